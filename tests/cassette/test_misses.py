"""What is said when a cassette has no answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cassette import Cassette
from harness.errors import CassetteError
from harness.exchange import Json, Request
from tests.cassette import exchange, get, post, write


@pytest.fixture
def cassette(tmp_path: Path) -> Cassette:
    """A cassette with a few exchanges."""
    return Cassette.load(
        write(
            tmp_path / "x.yaml",
            exchange(get("/o/users?limit=20&offset=0")),
            exchange(post({"name": "a", "type": "WORKSPACE", "roles": [{"id": 1}]}, "/o/tokens")),
            exchange(get("/o/deployments/d")),
        ),
        remedy="record me",
    )


def miss(cassette: Cassette, request: Request) -> str:
    """Ask for what is not there; return what is said."""
    with pytest.raises(CassetteError) as caught:
        cassette.play(request)
    said = str(caught.value)
    assert "\n" not in said
    assert said.startswith(f"{cassette.path}: no recorded answer for {request.method} /")
    assert said.endswith("Record it again: record me")
    return said


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (
            get("/o/users?limit=5&offset=0"),
            "number 1, step 'step 1': query limit 5, recorded 20",
        ),
        (get("/o/users?limit=20"), "query offset absent, recorded 0"),
        (get("/o/users?limit=20&offset=0&sorts=id"), "query sorts id, recorded absent"),
        (
            get("/o/user?limit=20&offset=0"),
            "path /o/user, recorded /o/users",
        ),
        (get("/o/deployments/e"), "path /o/deployments/e, recorded"),
        (post({}, "/o/deployments/d"), "method POST, recorded GET"),
        (
            get("/o/deployments/d", authorization="harness-probe malformed"),
            "authorization harness-probe malformed, recorded token",
        ),
        (
            post({"name": "b", "roles": [{"id": 1}, 2], "extra": None}, "/o/tokens"),
            'body.extra null, recorded absent; body.name "b", recorded "a"; body.roles[1] 2, recorded absent',
        ),
    ],
)
def test_the_nearest_request_is_shown_with_what_differs(
    cassette: Cassette, request_: Request, expected: str
) -> None:
    """Method, path, query, body field by field, and authorization are compared."""
    assert expected in miss(cassette, request_)


def test_many_differences_are_counted(cassette: Cassette) -> None:
    """The line stays readable."""
    body: Json = {f"field{n}": n for n in range(20)}

    assert miss(cassette, post(body, "/o/tokens")).count("recorded") == 6
    assert "; and 18 more" in miss(cassette, post(body, "/o/tokens"))


def test_a_body_that_is_no_json_is_measured(cassette: Cassette) -> None:
    """Bytes are not poured into the terminal."""
    request = Request(method="POST", url="https://h/o/tokens", content=b"\x1b[31m\xff")

    assert "body of 6 bytes, recorded" in miss(cassette, request)


def test_secrets_and_controls_are_not_shown(cassette: Cassette) -> None:
    """What was asked may hold a real secret or an escape sequence; neither reaches the terminal."""
    body: Json = {"name": "\x1b[31mred\n", "password": "hunter2"}
    said = miss(cassette, post(body, "/o/tokens"))

    assert "hunter2" not in said
    assert "\x1b" not in said


def test_an_empty_cassette_says_so(tmp_path: Path) -> None:
    """There is no nearest request where nothing is recorded."""
    empty = Cassette.load(write(tmp_path / "x.yaml"), remedy="record me")

    assert "nothing is recorded" in miss(empty, get())


def test_an_answer_that_was_used_up_is_told_from_a_miss(cassette: Cassette) -> None:
    """The same request once too often is another mistake than a different request."""
    cassette.play(get("/o/deployments/d"))

    assert "it was recorded once and played once" in miss(cassette, get("/o/deployments/d"))
    assert "already played" in miss(cassette, get("/o/deployments/e"))


def test_what_differs_in_long_values_is_shown(tmp_path: Path) -> None:
    """Ids at the end of long paths, and ends of long values, are what tells two requests apart."""
    base = "/organizations/clx0000000000000000000000/deployments/clx1111111111111111111111/deploys"
    path = write(
        tmp_path / "x.yaml",
        exchange(get(f"{base}/one?page=1")),
        exchange(get(f"/o/users?sorts={'name:asc,' * 9}id")),
        exchange(post({"text": f"{'word ' * 20}end"}, "/o/tokens")),
    )
    cassette = Cassette.load(path, remedy="record me")

    assert "path …1/deploys/two, recorded …1/deploys/one" in miss(cassette, get(f"{base}/two?page=1"))
    assert "name:asc,e, recorded …" in miss(cassette, get(f"/o/users?sorts={'name:asc,' * 9}e"))
    said = miss(cassette, post({"text": f"{'word ' * 20}start"}, "/o/tokens"))
    assert 'body.text …word word start", recorded …word word end"' in said
