"""Retries: what is made again and when, and what never is."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from harness.client.retrying import Made, Retrying
from harness.exchange import Exchange, Failure, FailureKind, Request, Response, Retry
from harness.settings import Retries

Answer = int | FailureKind | Response
SAFE = ["GET", "HEAD", "OPTIONS"]
OK = 200


class Calls:
    """Answers calls one after the other, the last answer for ever; time passes only in pauses."""

    def __init__(self, method: str, *answers: Answer, sent: bool = True, host: str = "a.example.com") -> None:
        self.request = Request(method=method, url=f"https://{host}/x")
        self.answers = answers
        self.sent = sent
        self.made = 0
        self.pauses: list[float] = []

    def __call__(self) -> Made[None]:
        """Make the next call."""
        answer = self.answers[min(self.made, len(self.answers) - 1)]
        self.made += 1
        if isinstance(answer, FailureKind):
            failure = Failure(kind=answer, message="no answer")
            return Made(exchange=Exchange(request=self.request, failure=failure), sent=self.sent, rest=None)
        response = answer if isinstance(answer, Response) else Response(status=answer)
        return Made(exchange=Exchange(request=self.request, response=response), sent=True, rest=None)

    def wait(self, seconds: float) -> bool:
        """Note a pause."""
        self.pauses.append(seconds)
        return True

    def run(self, retrying: Retrying | None = None) -> Exchange:
        """Make the calls, by retries of the test or by those of a new run."""
        ours = retrying or retries(now=lambda: sum(self.pauses))
        return ours.persist(self, self.wait).exchange


def retries(
    *, now: Callable[[], float] = lambda: 0.0, chance: float = 1.0, attempts: int = 4, seconds: float = 60
) -> Retrying:
    """Return retries whose clock and chance the test sets."""
    return Retrying(Retries(attempts=attempts, seconds=seconds), now=now, chance=lambda: chance)


def status(exchange: Exchange) -> int:
    """Return the status of an answer."""
    assert exchange.response is not None
    return exchange.response.status


@pytest.mark.parametrize("method", [*SAFE, "PUT", "DELETE"])
@pytest.mark.parametrize("answer", [429, 502, 503, 504, *list(FailureKind)[:3]])
def test_what_may_succeed_later_is_made_again(method: str, answer: Answer) -> None:
    """A method that does no harm when it is repeated is, until there is an answer; each attempt is told."""
    calls = Calls(method, answer, answer, OK)
    exchange = calls.run()

    assert status(exchange) == OK
    assert calls.made == 3
    assert [retry.status or retry.failure for retry in exchange.retries] == [answer, answer]
    assert [retry.wait for retry in exchange.retries] == calls.pauses


@pytest.mark.parametrize("answer", [200, 301, 400, 401, 404, 409, 500, 501, FailureKind.PROTOCOL])
def test_what_will_not_change_is_made_once(answer: Answer) -> None:
    """An answer that is final, a 500 as well, is the answer."""
    calls = Calls("GET", answer)

    assert calls.run().retries == ()
    assert calls.made == 1


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("answer", [502, 503, 504, FailureKind.DISCONNECT, FailureKind.TIMEOUT])
def test_a_create_that_may_have_arrived_is_made_once(method: str, answer: Answer) -> None:
    """Nobody knows whether the service acted on it, so it is not sent a second time."""
    calls = Calls(method, answer, OK)
    calls.run()

    assert calls.made == 1


def test_a_create_that_was_refused_or_did_not_arrive_is_made_again() -> None:
    """After 429 nothing was done, and without a connection nothing arrived."""
    refused = Calls("POST", 429, OK)
    unconnected = Calls("POST", FailureKind.CONNECT, OK, sent=False)
    late = Calls("POST", FailureKind.TIMEOUT, OK, sent=False)

    assert [status(calls.run()) for calls in (refused, unconnected, late)] == [OK] * 3


def test_after_all_attempts_the_last_answer_counts() -> None:
    """So many attempts as are allowed are made, and the answer then is what it is."""
    calls = Calls("GET", 503)
    exchange = calls.run()

    assert status(exchange) == 503
    assert (calls.made, len(exchange.retries)) == (4, 3)


def test_one_attempt_means_no_retry() -> None:
    """Retries can be switched off."""
    calls = Calls("GET", 503)
    calls.run(retries(attempts=1))

    assert calls.made == 1


def test_pauses_grow_and_differ() -> None:
    """Each pause may be twice as long as the one before, none is endless, and chance spreads them."""
    longest, shortest = Calls("GET", 503), Calls("GET", 503)
    longest.run(retries(attempts=8, chance=1.0))
    shortest.run(retries(attempts=8, chance=0.0))

    assert longest.pauses == [0.5, 1, 2, 4, 8, 8, 8]
    assert shortest.pauses == [pause / 2 for pause in longest.pauses]


DATE = "Mon, 23 Nov 2026 22:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "least"),
    [
        ({"Retry-After": "7"}, 7),
        ({"retry-after": " 0 "}, 0),
        ({"Date": DATE, "Retry-After": "Mon, 23 Nov 2026 22:00:09 GMT"}, 9),
        ({"Date": DATE, "Retry-After": "Mon, 23 Nov 2026 21:00:00 GMT"}, 0),
        ({"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0),
    ],
)
def test_the_service_says_when(headers: dict[str, str], least: float) -> None:
    """Retry-After in seconds or as a date, by the service's own clock, is kept, plus a little."""
    calls = Calls("GET", Response(status=429, headers=tuple(headers.items())), OK)
    calls.run()

    assert len(calls.pauses) == 1
    assert least <= calls.pauses[0] <= least + 0.5


@pytest.mark.parametrize(
    "text", ["soon", "-3", "1.5", "", "²", "32 Nov 2026", "Mon, 99 Nov 2026 99:00:00 GMT"]
)
def test_what_is_no_retry_after_is_ignored(text: str) -> None:
    """A header that HTTP does not have so changes nothing."""
    calls = Calls("GET", Response(status=503, headers=(("Retry-After", text),)), OK)
    calls.run()

    assert calls.pauses == [0.5]


@pytest.mark.parametrize("text", ["3600", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_nobody_waits_for_hours(text: str) -> None:
    """Who is asked to wait longer than is allowed does not call again, rather than too early."""
    calls = Calls("GET", Response(status=429, headers=(("Retry-After", text),)), OK)

    assert status(calls.run()) == 429
    assert calls.pauses == []


def test_no_attempt_begins_after_the_time() -> None:
    """The time of slow attempts counts as well."""
    clock = count(0, 25)
    calls = Calls("GET", FailureKind.TIMEOUT)
    calls.run(retries(now=lambda: float(next(clock)), attempts=9))

    assert calls.made == 3


def test_an_interrupt_ends_it() -> None:
    """When the run is interrupted in a pause, no further attempt is made."""
    calls = Calls("GET", 503)
    exchange = retries().persist(calls, lambda _: False).exchange

    assert calls.made == 1
    assert exchange.retries == ()


@pytest.mark.parametrize("answer", [503, FailureKind.TIMEOUT])
def test_a_delete_that_may_have_been_done_is_not_called_gone(answer: Answer) -> None:
    """Where an attempt without an answer may have deleted it, a 404 to the next one is not the answer."""
    exchange = Calls("DELETE", answer, 404).run()

    assert (
        exchange.response.status if exchange.response else exchange.failure and exchange.failure.kind
    ) == answer
    assert len(exchange.retries) == 1


def test_a_delete_that_was_refused_before_is_gone() -> None:
    """After 429 nothing was deleted, so a 404 is the answer."""
    assert status(Calls("DELETE", 429, 404).run()) == 404


def test_a_host_that_is_down_costs_time_once() -> None:
    """When a host cannot be reached in all attempts, the next calls try once, until one succeeds."""
    retrying = retries()
    first, second = (Calls("GET", FailureKind.CONNECT, sent=False) for _ in range(2))
    elsewhere = Calls("GET", FailureKind.CONNECT, sent=False, host="b.example.com")
    for calls in (first, second, elsewhere):
        calls.run(retrying)
    Calls("GET", OK).run(retrying)
    again = Calls("GET", FailureKind.CONNECT, sent=False)
    again.run(retrying)

    assert [calls.made for calls in (first, second, elsewhere, again)] == [4, 1, 4, 4]


def test_what_is_told_of_a_retry() -> None:
    """A status or a kind of failure, and the seconds of the pause."""
    exchange = Calls("GET", 503, FailureKind.TIMEOUT, OK).run()

    assert exchange.retries == (Retry(wait=0.5, status=503), Retry(wait=1.0, failure=FailureKind.TIMEOUT))
