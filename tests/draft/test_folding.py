"""Many calls become one step."""

from __future__ import annotations

from harness.draft.calls import calls_of
from harness.draft.folding import Fold, Shape, fold
from harness.draft.links import link
from harness.exchange import Exchange, Json
from tests.draft import IAM, JUDGE, PLATFORM, call, id_

DEPLOYMENT = f"{PLATFORM}/deployments/{id_(1)}"


def folds(*exchanges: Exchange) -> list[Fold]:
    """Fold a recording that is one flow."""
    calls, _ = calls_of(exchanges, JUDGE.baseline)
    return fold(calls, link(calls))


def shapes(*exchanges: Exchange) -> list[tuple[Shape, int]]:
    """Return the shapes of the steps and their numbers of calls."""
    return [(each.shape, len(each.calls)) for each in folds(*exchanges)]


def users(offset: int, number: int, total: Json = None) -> Exchange:
    """Return a page of users; ``total`` is how many it says that there are."""
    listed: Json = [{"id": id_(100 + offset + at)} for at in range(number)]
    stated = {} if total is None else {"totalCount": total}
    return call("GET", f"{IAM}/users?limit=2&offset={offset}", {"users": listed, **stated})


def test_the_same_question_with_the_same_answer_is_one_step() -> None:
    """It is counted; after a change it is asked for a reason and stays."""
    asked = call("GET", f"{IAM}/teams", {"teams": []})
    made = call("POST", f"{IAM}/teams", {"id": id_(1)}, body={"name": "a"})

    assert [len(each.repeats) for each in folds(asked, asked, asked)] == [2]
    assert shapes(asked, made, asked) == [(Shape.ONCE, 1)] * 3


def test_a_question_that_was_asked_until_the_answer_changed_is_a_poll() -> None:
    """By the property that only the last answer has, and the pause in between."""
    states = ["CREATING", "CREATING", "HEALTHY"]
    answers: list[Json] = [{"status": state, "updatedAt": str(at)} for at, state in enumerate(states)]
    (poll,) = folds(*[call("GET", DEPLOYMENT, each, at=5 * at) for at, each in enumerate(answers)])

    assert (poll.shape, len(poll.calls), poll.until) == (Shape.POLL, 3, (("status",), "HEALTHY"))
    assert poll.every == 5.0


def _state(number: int, state: str) -> Exchange:
    return call("GET", f"{PLATFORM}/deployments/{id_(number)}", {"status": state})


def test_two_things_may_be_waited_for_at_once() -> None:
    """A job asks for each in turn; each is a poll of its own, in the order in which they were asked first."""
    states = [_state(1, "CREATING"), _state(2, "CREATING"), _state(1, "HEALTHY"), _state(2, "CREATING")]
    found = folds(*states, _state(2, "HEALTHY"))

    assert [(each.shape, len(each.calls), each.until) for each in found] == [
        (Shape.POLL, 2, (("status",), "HEALTHY")),
        (Shape.POLL, 3, (("status",), "HEALTHY")),
    ]


def test_each_round_may_ask_for_something_else_too() -> None:
    """What is asked beside it is a step of its own, behind the poll."""
    beside = call("GET", f"{PLATFORM}/deployments/{id_(1)}/deploys", {"deploys": []})
    rounds = [_state(1, "CREATING"), beside, _state(1, "CREATING"), beside, _state(1, "HEALTHY"), beside]

    assert [(each.shape, len(each.calls), len(each.repeats)) for each in folds(*rounds)] == [
        (Shape.POLL, 3, 0),
        (Shape.ONCE, 1, 2),
    ]


def test_the_same_may_be_waited_for_twice() -> None:
    """What was asked after a wait is asked anew, and no call is lost or told twice."""
    beside = call("GET", f"{PLATFORM}/clusters", {"clusters": []})
    states = ["CREATING", "CREATING", "HEALTHY", "HEALTHY", "UNHEALTHY"]
    made = [each for state in states for each in (_state(1, state), beside)]
    found = folds(*made)

    assert [(each.shape, each.until) for each in found if each.shape is Shape.POLL] == [
        (Shape.POLL, (("status",), "UNHEALTHY"))
    ]
    told = [one.number for each in found for one in (*each.calls, *each.repeats)]
    assert sorted(told) == sorted({one.number for one in calls_of(made, JUDGE.baseline)[0]})


def test_nothing_is_moved_past_a_change() -> None:
    """What was asked before and after it was asked for two reasons."""
    change = call("POST", f"{PLATFORM}/deployments/{id_(1)}", {"id": id_(1)}, body={"name": "a"})

    assert shapes(_state(1, "HIBERNATING"), change, _state(1, "HEALTHY")) == [(Shape.ONCE, 1)] * 3


def test_a_state_may_be_waited_for_in_a_list() -> None:
    """That of its only element; of several, nobody knows which was meant."""

    def listed(*states: str) -> Exchange:
        answer: Json = {"deployments": [{"id": id_(1), "status": state} for state in states]}
        return call("GET", f"{PLATFORM}/deployments?deploymentIds={id_(1)}", answer)

    (poll,) = folds(listed("CREATING"), listed("HEALTHY"))

    assert (poll.shape, poll.until) == (Shape.POLL, (("deployments", 0, "status"), "HEALTHY"))
    assert Shape.POLL not in [each.shape for each in folds(listed("A", "B"), listed("A", "C"))]
    assert Shape.POLL not in [each.shape for each in folds(listed(), listed("HEALTHY"))]


def test_how_many_there_are_is_not_waited_for() -> None:
    """Others make some meanwhile, as another draft did here, and there will be another number."""
    listed = [call("GET", f"{IAM}/teams", {"teams": [], "totalCount": number}) for number in (5, 5, 6)]

    assert Shape.POLL not in [each.shape for each in folds(*listed)]


def test_a_poll_may_wait_for_a_status() -> None:
    """Until the resource is gone."""
    (poll,) = folds(call("GET", DEPLOYMENT, {"id": "x"}), call("GET", DEPLOYMENT, {}, status=404))

    assert (poll.shape, poll.until) == (Shape.POLL, None)


def test_pages_to_an_empty_one_are_a_walk() -> None:
    """That is how the walk of a scenario ends; else each offset is asked for."""
    assert shapes(users(0, 2), users(2, 1), users(3, 0)) == [(Shape.WALK, 3)]
    assert shapes(users(0, 2), users(2, 2)) == [(Shape.EACH, 2)]


def test_pages_to_the_stated_total_or_a_short_one_are_a_walk() -> None:
    """Most clients ask for no page past the end, and the walk asks for none either."""
    (short,) = folds(users(0, 2), users(2, 1))
    (stated,) = folds(users(0, 2, total=4), users(2, 2, total=4))
    capped = folds(users(0, 1, total=4), users(1, 1, total=4))

    assert [each.shape for each in (short, stated, *capped)] == [Shape.WALK, Shape.WALK, Shape.EACH]
    assert [each.pages.beyond for each in (short, stated) if each.pages] == [False, False]


def test_pages_are_a_walk_over_what_was_read_in_between() -> None:
    """What was done for each element of each page is a foreach over all of them."""
    gets = [call("GET", f"{IAM}/users/{id_(100 + at)}", {}) for at in range(3)]
    read = shapes(users(0, 2), *gets[:2], users(2, 1), gets[2], users(3, 0))

    assert read == [(Shape.WALK, 3), (Shape.EACH, 3)]


def test_pages_stay_where_they_are_over_a_change() -> None:
    """What a later page has may be because of it."""
    made = call("POST", f"{IAM}/teams", {"id": id_(1)}, body={"name": "a"})

    assert shapes(users(0, 2), made, users(2, 1)) == [(Shape.ONCE, 1)] * 3


def test_what_was_done_for_every_element_is_a_foreach() -> None:
    """In the order of the list, and for all of it."""
    listed = call("GET", f"{IAM}/teams", {"teams": [{"id": id_(1)}, {"id": id_(2)}]})
    one, two = (call("GET", f"{IAM}/teams/{id_(number)}", {}) for number in (1, 2))

    assert shapes(listed, one, two) == [(Shape.ONCE, 1), (Shape.EACH, 2)]
    assert shapes(listed, two, one) == [(Shape.ONCE, 1)] * 3
    assert shapes(listed, one) == [(Shape.ONCE, 1)] * 2


def test_calls_that_differ_in_more_are_no_foreach() -> None:
    """Each body says something of its own."""
    listed = call("GET", f"{IAM}/teams", {"teams": [{"id": id_(1)}, {"id": id_(2)}]})
    updates = [call("POST", f"{IAM}/teams/{id_(n)}", {}, body={"name": f"team {n}"}) for n in (1, 2)]

    assert shapes(listed, *updates) == [(Shape.ONCE, 1)] * 3
