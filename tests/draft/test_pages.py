"""Pages of a list among other calls."""

from __future__ import annotations

from harness.draft.calls import calls_of
from harness.draft.pages import Pages, pages_of, together
from harness.exchange import Exchange, Json
from tests.draft import IAM, JUDGE, call, id_


def users(offset: int, ids: int, limit: int = 2) -> Exchange:
    """Return a page of users."""
    shown: Json = [{"id": id_(offset + at)} for at in range(ids)]
    return call("GET", f"{IAM}/users?limit={limit}&offset={offset}", {"users": shown})


def found(*exchanges: Exchange) -> list[Pages]:
    """Return the lists that were read."""
    return pages_of(calls_of(exchanges, JUDGE.baseline)[0])


def test_pages_are_found_over_other_calls() -> None:
    """Other operations, and the same one with another limit; a list that is read again is another read."""
    read = found(users(0, 2), users(0, 1, limit=1), users(2, 1), users(0, 2), users(2, 2))

    assert [[each.number for each in pages.calls] for pages in read] == [[1, 3], [4, 5]]
    assert [pages.is_whole for pages in read] == [True, False]


def test_pages_of_clients_side_by_side_are_told_apart() -> None:
    """By where each came to; what nobody came to goes on with the latest."""
    read = found(users(0, 2), users(0, 1), users(2, 2), users(1, 2), users(9, 1))

    assert [[each.number for each in pages.calls] for pages in read] == [[1, 3], [2, 4, 5]]


def test_a_gap_is_no_whole_list() -> None:
    """Elements that no page has may be what v1 does not show."""
    (gap,) = found(users(0, 2), users(4, 0))
    (late,) = found(users(2, 2), users(4, 0))

    assert (gap.is_whole, late.is_whole) == (False, False)


def test_a_refusal_is_no_last_page() -> None:
    """It may be that of a token in the middle of a list."""
    refused = call("GET", f"{IAM}/users?limit=2&offset=2", {}, status=403)
    (pages,) = found(users(0, 2), refused)

    assert not pages.is_whole


def test_pages_count_what_stands_before_them() -> None:
    """So that an element is found in the list of all pages."""
    (pages,) = found(users(0, 2), users(2, 1), users(3, 0))

    assert pages.list_name == "users"
    assert pages.before == {1: 0, 2: 2, 3: 3}
    assert pages.beyond


def test_pages_come_together_where_the_first_one_was() -> None:
    """Unless something was changed in between."""
    other = call("GET", f"{IAM}/teams", {"teams": []})
    made = call("POST", f"{IAM}/teams", {"id": id_(1)}, body={"name": "a"})
    orders = []
    for between in (other, made):
        calls, _ = calls_of([users(0, 2), between, users(2, 1)], JUDGE.baseline)
        orders.append([each.number for each in together(calls, pages_of(calls))])

    assert orders == [[1, 3, 2], [1, 2, 3]]
