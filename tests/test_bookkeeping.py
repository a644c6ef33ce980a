"""What goes over the network is booked, before and after."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from harness.bookkeeping import Book, BookedSender, below, unmarked
from harness.contract import load_contracts
from harness.errors import Problem, TargetError, UsageError
from harness.exchange import Exchange, Failure, FailureKind, Request, Response, Side
from harness.inquiry import Filled
from harness.ledger import Account, Ledger, ledgers, read_ledger
from harness.redact import Redactor
from harness.struct import replace
from tests.stage import BASES, TOKEN

TEAMS = f"{BASES['iam']}/organizations/o/teams"
RUN_ID = "3fa9c10b2e44"
NAME = f"harness {RUN_ID} baseline"
CONTRACTS = tuple(load_contracts()[side] for side in Side)
OWN = ("Authorization", f"Bearer {TOKEN}")


def answered(status: int, data: Any = None) -> Response:
    """Return a response with JSON."""
    return Response(
        status=status, headers=(("content-type", "application/json"),), content=json.dumps(data).encode()
    )


@dataclass
class Service:
    """Answers each request with the next of its answers, and keeps what the ledger said meanwhile."""

    directory: Path
    answers: list[Response | Failure | TargetError]
    before: tuple[Exchange, ...] = ()
    seen: list[Account] = field(default_factory=list)
    closed: bool = False

    def send(
        self, request: Request, *, follow_redirects: bool = False, timeout: float | None = None
    ) -> tuple[Exchange, ...]:
        """Answer."""
        assert (follow_redirects, timeout) == (True, 7)
        self.seen += [read_ledger(path) for path in ledgers(self.directory)]
        answer = self.answers.pop(0)
        if isinstance(answer, TargetError):
            raise answer
        if isinstance(answer, Failure):
            return (*self.before, Exchange(request=self.last(request), failure=answer))
        return (*self.before, Exchange(request=self.last(request), response=answer))

    def last(self, request: Request) -> Request:
        """Return the request of the last hop: after a redirect it is a GET."""
        return replace(request, method="GET") if self.before else request

    def close(self) -> None:
        """Note that it was closed."""
        self.closed = True


@dataclass
class Desk:
    """A booked service and its ledger."""

    directory: Path
    ledger: Ledger
    service: Service
    sender: BookedSender

    def send(self, method: str, url: str, body: Any = None, header: tuple[str, str] = OWN) -> None:
        """Send a request."""
        content = b"" if body is None else json.dumps(body).encode()
        request = Request(method=method, url=url, headers=(header,), content=content)
        self.sender.send(request, follow_redirects=True, timeout=7)

    def create(self, *answers: Response | Failure | TargetError) -> None:
        """Create a team; the service answers so."""
        self.service.answers += answers
        self.send("POST", TEAMS, {"name": NAME, "organizationRole": "ORGANIZATION_MEMBER"})

    @property
    def entries(self) -> list[tuple[str, str]]:
        """What is open: its URL, and why nobody knows it."""
        return [
            (each.made, each.why) for path in ledgers(self.directory) for each in read_ledger(path).entries
        ]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Give a desk."""
    ledger = Ledger(tmp_path, run=RUN_ID, environment="staging")
    service = Service(tmp_path, [])
    book = Book(
        ledger=ledger,
        side=Side.BASELINE,
        scenario="teams/life",
        run_id=RUN_ID,
        authorization=f"Bearer {TOKEN}",
        base_urls=tuple(BASES.values()),
        contracts=CONTRACTS,
        redactor=Redactor({"ASTRO_API_TOKEN": TOKEN}),
    )
    yield Desk(tmp_path, ledger, service, BookedSender(service, book))
    ledger.close()


def test_the_ledger_knows_before_the_service_does(desk: Desk) -> None:
    """With the texts of the body that hold the run's id, and no other ones."""
    desk.create(answered(200, {"id": "t1"}))
    (entry,) = desk.service.seen[0].entries

    assert entry.collection == TEAMS
    assert entry.labels == {"name": NAME}
    assert entry.made == ""
    assert desk.entries == [(f"{TEAMS}/t1", "")]


@pytest.mark.parametrize("status", [400, 401, 403, 409, 429])
def test_what_was_refused_was_not_made(desk: Desk, status: int) -> None:
    """The service says so."""
    desk.create(answered(status, {"id": "t1"}))

    assert desk.entries == []


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (answered(500), "it was answered with 500, without an id"),
        (answered(503, {"id": "t1"}), "it was answered with 503, without an id"),
        (answered(200, {"name": "x"}), "it was answered with 200, without an id"),
        (answered(302), "it was answered with 302, without an id"),
        (Failure(kind=FailureKind.DISCONNECT, message=f"lost {TOKEN}"), "lost [ASTRO_API_TOKEN]"),
        (Failure(kind=FailureKind.TIMEOUT, message="timed out"), "timed out"),
    ],
)
def test_what_nobody_knows_is_booked_so(desk: Desk, answer: Response | Failure, why: str) -> None:
    """It may have been made; the reason is without secrets."""
    desk.create(answer)

    assert desk.entries == [("", why)]


def test_what_did_not_arrive_was_not_made(desk: Desk) -> None:
    """Where there is no connection, and where the request could not be sent."""
    desk.create(Failure(kind=FailureKind.CONNECT, message="refused"))
    with pytest.raises(TargetError, match="interrupted"):
        desk.create(TargetError(Problem(where="", what="the run was interrupted")))

    assert desk.entries == []


@pytest.mark.parametrize(
    ("status", "header", "gone"),
    [
        (204, OWN, True),
        (204, ("Authorization", "Bearer other"), True),
        (404, OWN, True),
        (410, OWN, True),
        (404, ("Authorization", "Bearer other"), False),
        (403, OWN, False),
        (500, OWN, False),
    ],
)
def test_what_was_deleted_is_gone(desk: Desk, status: int, header: tuple[str, str], *, gone: bool) -> None:
    """Also if it was gone already; but what another token is told is no proof."""
    desk.create(answered(200, {"id": "t1"}))
    desk.service.answers.append(answered(status))
    desk.send("DELETE", f"{TEAMS}/t1?force=true", header=header)

    assert desk.entries == ([] if gone else [(f"{TEAMS}/t1", "")])


def test_a_delete_without_an_answer_deletes_nothing(desk: Desk) -> None:
    """The resource may still be there."""
    desk.create(answered(200, {"id": "t1"}))
    desk.service.answers.append(Failure(kind=FailureKind.DISCONNECT, message="lost"))
    desk.send("DELETE", f"{TEAMS}/t1")

    assert desk.entries == [(f"{TEAMS}/t1", "")]


def test_other_calls_are_not_booked(desk: Desk) -> None:
    """Reads, updates, and what is not below a base URL."""
    for method, url in (
        ("GET", TEAMS),
        ("POST", f"{TEAMS}/t1"),
        ("POST", "https://elsewhere.example/v1/organizations/o/teams"),
    ):
        desk.service.answers.append(answered(200, {"id": "t1"}))
        desk.send(method, url, {"name": NAME})

    assert ledgers(desk.directory) == ()


def test_bodies_of_every_kind_can_be_sent(desk: Desk) -> None:
    """A probe sends what is no JSON, or no object: there is no name to be found by then."""
    for body in (None, ["x"], {"name": 7}, {"name": "theirs"}):
        desk.service.answers.append(answered(500))
        desk.send("POST", TEAMS, body)
    (path,) = ledgers(desk.directory)

    assert [dict(entry.labels) for entry in read_ledger(path).entries] == [{}] * 4


def test_secrets_reach_no_ledger(desk: Desk) -> None:
    """Neither from the URL, nor from the body, nor from the answer."""
    desk.service.answers.append(answered(200, {"id": TOKEN}))
    desk.send("POST", f"{TEAMS}?key={TOKEN}", {"name": f"{RUN_ID} {TOKEN}", "secret": f"{RUN_ID} abc"})
    (path,) = ledgers(desk.directory)
    text = path.read_text("utf-8")

    assert TOKEN not in text
    assert "abc" not in text


def test_nothing_is_made_that_cannot_be_booked(desk: Desk) -> None:
    """The service is not called."""
    desk.directory.rmdir()
    desk.directory.touch()
    with pytest.raises(UsageError, match="cannot be kept"):
        desk.create()

    assert desk.service.seen == []


def test_closing_closes_what_sends(desk: Desk) -> None:
    """The connections are its."""
    desk.sender.close()

    assert desk.service.closed


def test_the_longest_base_url_counts() -> None:
    """One may begin with another; and what only begins alike is not below."""
    bases = ("https://a.example/v1", "https://a.example/v1/labs")

    assert below("https://a.example/v1/labs/x?y=1", bases) == "/x?y=1"
    assert below("https://a.example/v1/x", bases) == "/x"
    assert below("https://a.example/v12/x", bases) == ""


@pytest.mark.parametrize(
    ("path", "body", "name"),
    [
        ("/organizations/o/teams", {"name": "mine"}, '"mine"'),
        ("/organizations/o/teams", {"name": NAME}, ""),
        ("/organizations/o/teams", {"name": 7}, ""),
        ("/organizations/o/teams", {"title": "mine"}, ""),
        ("/organizations/o/teams", ["mine"], ""),
        ("/organizations/o/teams/t1", {"name": "mine"}, ""),
    ],
)
def test_names_without_the_run_id_are_found(path: str, body: Any, name: str) -> None:
    """Those of what is made; an update may give any name."""
    request = Request(method="POST", url=BASES["iam"] + path, content=json.dumps(body).encode())
    filled = Filled(request=request, api="iam", path=path, operation=None)

    assert unmarked(filled, CONTRACTS, RUN_ID) == name


def redirected(desk: Desk, method: str, url: str) -> None:
    """Let the service answer with a redirect first, which is followed by a GET."""
    request = Request(method=method, url=url, headers=(OWN,))
    desk.service.before = (Exchange(request=request, response=answered(303)),)


@pytest.mark.parametrize(
    "answer",
    [answered(404), answered(200, {"id": "t1"}), Failure(kind=FailureKind.CONNECT, message="refused")],
)
def test_what_follows_a_redirect_says_nothing_of_a_creation(desk: Desk, answer: Response | Failure) -> None:
    """The create was answered with the redirect; what a GET finds elsewhere is another thing."""
    redirected(desk, "POST", TEAMS)
    desk.create(answer)

    assert desk.entries == [("", "it was redirected")]


@pytest.mark.parametrize("status", [200, 404])
def test_what_follows_a_redirect_says_nothing_of_a_deletion(desk: Desk, status: int) -> None:
    """A page to log in is found, and the resource is still there."""
    desk.create(answered(200, {"id": "t1"}))
    redirected(desk, "DELETE", f"{TEAMS}/t1")
    desk.service.answers.append(answered(status))
    desk.send("DELETE", f"{TEAMS}/t1")

    assert desk.entries == [(f"{TEAMS}/t1", "")]


def test_a_path_that_is_not_there_takes_nothing_along(desk: Desk) -> None:
    """That no operation deletes a whole collection says nothing of what is in it."""
    desk.create(answered(200, {"id": "t1"}))
    desk.service.answers.append(answered(404))
    desk.send("DELETE", TEAMS)

    assert desk.entries == [(f"{TEAMS}/t1", "")]


def test_a_request_timeout_of_a_gateway_is_no_refusal(desk: Desk) -> None:
    """The service may have got the request before."""
    desk.create(answered(408))

    assert desk.entries == [("", "it was answered with 408, without an id")]


@pytest.mark.parametrize("id_", [".", ".."])
def test_dots_are_no_id(desk: Desk, id_: str) -> None:
    """As a URL they would be that of the collection, or of what it belongs to."""
    desk.create(answered(200, {"id": id_}))

    assert desk.entries == [("", "it was answered with 200, without an id")]
