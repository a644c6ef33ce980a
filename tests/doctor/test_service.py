"""What the answers of a service mean."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from harness.doctor import Diagnosis, State
from harness.doctor.service import Service, skew_of
from harness.errors import Problem, TargetError
from harness.exchange import Exchange, Failure, FailureKind, Headers, Request, Response
from harness.settings import PRODUCTION, SANDBOX, Environment

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
JSON: Headers = (("content-type", "application/json"),)

Answer = Response | Failure | TargetError
Answering = Callable[[Request], Answer]


class Canned:
    """Answers as it is told, at noon; keeps the requests."""

    def __init__(self, answer: Answering) -> None:
        self.answer = answer
        self.requests: list[Request] = []

    def send(
        self, request: Request, *, follow_redirects: bool = False, timeout: float | None = None
    ) -> tuple[Exchange, ...]:
        """Answer a request."""
        del follow_redirects, timeout
        self.requests.append(request)
        answer = self.answer(request)
        if isinstance(answer, TargetError):
            raise answer
        started = NOW.isoformat().replace("+00:00", "Z")
        if isinstance(answer, Failure):
            return (Exchange(request=request, failure=answer, started=started),)
        return (Exchange(request=request, response=answer, started=started, elapsed=0.5),)

    def close(self) -> None:
        """Do nothing."""


def reply(status: int = 200, content: bytes = b"{}", headers: Headers = JSON) -> Response:
    """Answer with JSON."""
    return Response(status=status, headers=headers, content=content)


def examined(
    answer: Answering, environment: Environment = PRODUCTION, *, known: bool = True
) -> tuple[dict[str, Diagnosis], Canned]:
    """Examine a service that answers so; the diagnoses by name, and the client."""
    client = Canned(answer)
    service = Service(
        client=client, environment=environment, token="tok" if known else "", organization="cm/org"
    )
    return {each.name: each for each in service.examine()}, client


def _dated(ahead: float) -> Answering:
    date = format_datetime(NOW + timedelta(seconds=ahead), usegmt=True)
    return lambda _: reply(headers=(*JSON, ("Date", date)))


def test_only_reads_are_sent_and_each_with_the_token() -> None:
    """Both APIs of v1beta1 and v1 are asked, at their base URLs; ids are encoded."""
    _, client = examined(lambda _: reply())
    urls = [request.url for request in client.requests]

    assert {request.method for request in client.requests} == {"GET"}
    assert all(("Authorization", "Bearer tok") in request.headers for request in client.requests)
    assert urls[:3] == [
        "https://api.astronomer.io/iam/v1beta1/authorization/permission-groups?scopeType=ORGANIZATION",
        "https://api.astronomer.io/platform/v1beta1/organizations?limit=1",
        "https://api.astronomer.io/v1/organizations?limit=1",
    ]
    assert "https://api.astronomer.io/platform/v1beta1/organizations/cm%2Forg" in urls
    assert "https://api.astronomer.io/v1/organizations/cm%2Forg" in urls


@pytest.mark.parametrize(
    ("answer", "state", "found", "advice"),
    [
        (reply(), State.OK, "/v1 accepts it", ""),
        (reply(403), State.OK, "accepts it, and does not let it do ListOrganizations", ""),
        (reply(401), State.WRONG, "answers 401: the token is wrong or has expired", "ASTRO_API_TOKEN"),
        (reply(404), State.WRONG, "answers 404: the API is not there", "`v1` of the environment"),
        (reply(301), State.WRONG, "answers 301: the API is not there", "proxies"),
        (
            reply(200, b"<html>", (("content-type", "text/html"),)),
            State.WRONG,
            "answers no JSON: the API is not there",
            "proxies",
        ),
        (reply(429), State.UNKNOWN, "answers 429", "Try again"),
        (reply(503), State.UNKNOWN, "answers 503", "Try again"),
        (
            Failure(kind=FailureKind.CONNECT, message="could not connect: Name or service not known"),
            State.WRONG,
            "cannot be reached: could not connect: Name or service not known",
            "HTTPS_PROXY",
        ),
        (
            Failure(kind=FailureKind.CONNECT, message="could not connect: [SSL: CERTIFICATE_VERIFY_FAILED]"),
            State.WRONG,
            "cannot be reached",
            "SSL_CERT_FILE",
        ),
        (Failure(kind=FailureKind.TIMEOUT, message="timed out"), State.WRONG, "timed out", "`timeout`"),
        (
            TargetError(Problem(where="GET https://x", what="its URL is not valid")),
            State.WRONG,
            "its URL is not valid",
            "settings",
        ),
    ],
)
def test_whether_a_token_is_accepted(answer: Answer, state: State, found: str, advice: str) -> None:
    """What a service answers to a cheap read says whether it knows the token, and what to do if not."""
    diagnosis = examined(lambda _: answer)[0]["token at v1"]

    assert diagnosis.state is state
    assert found in diagnosis.found
    assert advice in diagnosis.advice
    assert bool(diagnosis.advice) is bool(advice)


def test_who_does_not_answer_is_not_asked_again() -> None:
    """Nobody waits five times for the same host; the sandbox has its own advice."""
    silent = Failure(kind=FailureKind.CONNECT, message="could not connect")
    found, client = examined(lambda _: silent, SANDBOX)

    assert len(client.requests) == 3
    assert "harness sandbox" in found["token at v1"].advice
    assert found["organization at v1"].state is State.UNKNOWN
    assert "cannot be reached" in found["organization at v1"].found


def test_the_organization_is_found_by_both_versions() -> None:
    """Its name is told; what is not there or not allowed is wrong."""
    good, _ = examined(lambda _: reply(content=b'{"name": "Acme"}'))
    bad, _ = examined(lambda request: reply(404 if "cm%2Forg" in request.url else 200))

    for api in ("platform", "v1"):
        assert good[f"organization at {api}"].found == "cm/org is `Acme`"
        assert bad[f"organization at {api}"].state is State.WRONG
        assert bad[f"organization at {api}"].found == "404 for cm/org"
        assert "ASTRO_ORGANIZATION_ID" in bad[f"organization at {api}"].advice


def test_the_roles_are_told_where_the_api_tells_them() -> None:
    """v1 tells them of the tokens of users; of others nothing is said that nobody knows."""
    role = b'{"role": "ORGANIZATION_OWNER", "scope": {"type": "ORGANIZATION", "entityId": "o1"}}'
    few, _ = examined(lambda _: reply(content=b'{"roles": [%s]}' % role))
    many, _ = examined(lambda _: reply(content=b'{"roles": [%s]}' % b",".join([role] * 7)))
    none, _ = examined(lambda _: reply(400))
    odd, _ = examined(lambda _: reply(content=b'{"roles": [1]}'))

    assert few["roles"].found == "ORGANIZATION_OWNER of ORGANIZATION o1"
    assert many["roles"].found.endswith(" and 2 more")
    assert none["roles"].state is State.UNKNOWN
    assert "400" in none["roles"].found
    assert odd["roles"].found == "?"


@pytest.mark.parametrize(
    ("ahead", "state", "found"),
    [
        (0.0, State.OK, "within 1 s"),
        (-20.0, State.OK, "within 20 s"),
        (120.0, State.WRONG, "this machine is 120 s behind the service"),
        (-3600.0, State.WRONG, "this machine is 3600 s ahead of the service"),
    ],
)
def test_the_clocks_are_compared(ahead: float, state: State, found: str) -> None:
    """The Date header against the moment in which the answer was there."""
    diagnosis = examined(_dated(ahead))[0]["clock"]

    assert diagnosis.state is state
    assert found in diagnosis.found


def test_a_clock_that_nobody_tells() -> None:
    """Without a Date header, or with one that is none, it stays unknown."""
    assert examined(lambda _: reply())[0]["clock"].state is State.UNKNOWN
    bad = Exchange(
        request=Request(method="GET", url="https://x"),
        response=reply(headers=(("date", "yesterday"),)),
        started="2026-11-01T12:00:00.000Z",
    )
    assert skew_of(bad) is None


def test_without_a_token_nobody_is_asked() -> None:
    """The line of the token says what is wrong, these say that they do not know."""
    found, client = examined(lambda _: reply(), known=False)

    assert not client.requests
    assert {each.state for each in found.values()} == {State.UNKNOWN}
