"""The budget: every call has its turn, in all threads and processes, and no service sees too many."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.client.budget import Budget, kind_of
from harness.errors import TargetError, UsageError
from harness.exchange import Request
from harness.sandbox.call import Refusal
from harness.sandbox.limits import Limits
from harness.settings import LIMITS

TOKEN = "tok-5f1d0c7e9b2a4836"


class Time:
    """A clock that only moves when somebody waits."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        """Return the time."""
        return self.now

    def wait(self, seconds: float) -> bool:
        """Let it pass."""
        self.now += seconds
        return True


def request(method: str = "GET", token: str = TOKEN) -> Request:
    """Return a request with a token."""
    headers = (("Authorization", f"Bearer {token}"),) if token else ()
    return Request(method=method, url="https://astro.example.com/", headers=headers)


@pytest.mark.parametrize("method", LIMITS)
def test_a_second_holds_fewer_calls_than_are_allowed(tmp_path: Path, method: str) -> None:
    """Whatever second one looks at, as many calls as the vendor documents were not made in it, but nearly."""
    time = Time()
    budget = Budget(tmp_path, LIMITS, time)
    made = []
    for _ in range(200):
        budget.take(request(method), time.wait)
        made.append(time.now)
    budget.close()
    most = max(sum(begin <= moment < begin + 1 for moment in made) for begin in made)

    assert LIMITS[method] - 1 <= most <= LIMITS[method]
    assert (made[-1] - made[0]) / 199 < 1.2 / LIMITS[method]


def test_bunched_calls_find_room(tmp_path: Path) -> None:
    """A network that holds calls back for half a second and lets them through at once causes no 429."""
    time = Time()
    budget = Budget(tmp_path, LIMITS, time)
    service = Limits(time)
    for _ in range(20):
        held = 0
        until = time.now + 0.5
        while time.now < until:
            budget.take(request(), time.wait)
            held += 1
        for _ in range(held):
            service.take(TOKEN, "GET")  # raises a refusal where the budget did not suffice
    budget.close()

    # The service does count: what the budget did not give finds no room.
    with pytest.raises(Refusal):
        _ = [service.take(TOKEN, "GET") for _ in range(30)]  # type: ignore[func-returns-value]


def test_tokens_and_methods_have_budgets_of_their_own(tmp_path: Path) -> None:
    """Another token, another method, and a call without a token wait for nobody."""
    time = Time()
    budget = Budget(tmp_path, LIMITS, time)
    for each in (request(), request("POST"), request("DELETE"), request(token="other"), request(token="")):
        budget.take(each, time.wait)
    budget.close()

    assert time.now == 1000


@pytest.mark.parametrize(("method", "like"), [("HEAD", "GET"), ("PUT", "POST"), ("PATCH", "POST")])
def test_methods_without_a_limit_count_as_what_they_are_like(tmp_path: Path, method: str, like: str) -> None:
    """What no document limits shares the budget of a method that is limited."""
    time = Time()
    budget = Budget(tmp_path, LIMITS, time)
    budget.take(request(like), time.wait)
    budget.take(request(method), time.wait)
    budget.close()

    assert time.now > 1000


def test_without_limits_nothing_is_kept(tmp_path: Path) -> None:
    """An environment without limits leaves no file."""
    time = Time()
    budget = Budget(tmp_path / "budget", {}, time)
    for _ in range(100):
        budget.take(request(), time.wait)
    budget.close()

    assert time.now == 1000
    assert not (tmp_path / "budget").exists()


def test_the_token_is_not_written(tmp_path: Path) -> None:
    """Neither the name nor the content of the file tells the token, and others cannot read it."""
    budget = Budget(tmp_path, LIMITS)
    budget.take(request(), lambda _: True)
    budget.close()
    (file,) = tmp_path.iterdir()

    assert TOKEN not in file.name
    assert TOKEN.encode() not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0


def test_threads_and_processes_share_it(tmp_path: Path) -> None:
    """No two calls get the same turn, whichever thread of whichever process asks."""
    code = (
        "import sys; from pathlib import Path; from harness.client.budget import Budget\n"
        "from tests.client.test_budget import request\n"
        "budget = Budget(Path(sys.argv[1]), {'GET': 1000.0}, lambda: 5.0)\n"
        "for _ in range(100): budget.take(request(), lambda left: print(left) or True)\n"
    )
    budget = Budget(tmp_path, {"GET": 1000.0}, lambda: 5.0)
    turns: list[float] = []

    def wait(left: float) -> bool:
        turns.append(left)
        return True

    processes = [
        subprocess.Popen(  # noqa: S603 - our own code
            [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(100):
            pool.submit(budget.take, request(), wait)
    for process in processes:
        turns += map(float, process.communicate()[0].split())
    budget.close()

    # The very first turn is at once, so nobody waits for it.
    assert len(turns) == 299
    assert len({round(turn * 1000) for turn in turns}) == 299


def test_a_turn_of_before_the_last_start_of_the_machine_is_forgotten(tmp_path: Path) -> None:
    """A clock that began anew makes nobody wait for hours."""
    before = Budget(tmp_path, LIMITS, Time(100_000.0))
    before.take(request(), lambda _: True)
    before.close()
    time = Time(10.0)
    budget = Budget(tmp_path, LIMITS, time)
    budget.take(request(), time.wait)
    budget.close()

    assert time.now == 10


def test_an_interrupted_wait_makes_no_call(tmp_path: Path) -> None:
    """Who waits for a turn when the run is interrupted is told not to call."""
    budget = Budget(tmp_path, LIMITS, Time())
    budget.take(request(), lambda _: False)
    with pytest.raises(TargetError, match="interrupted before this call was made"):
        budget.take(request(), lambda _: False)
    budget.close()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """Without a place for the budget no call is made, and the message says which setting to change."""
    place = tmp_path / "budget"
    place.write_text("")
    with pytest.raises(UsageError, match=r"budget: the budget .*`state` in \[tool.harness\]"):
        Budget(place, LIMITS).take(request(), lambda _: True)


def test_methods_without_a_limit_count_as_what_they_are_most_like() -> None:
    """A plan counts them as the budget does."""
    assert [kind_of(method) for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE")] == [
        "GET",
        "GET",
        "POST",
        "POST",
        "DELETE",
        "TRACE",
    ]
