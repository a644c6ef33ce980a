"""Calls at the same time, pauses between them, and what an interrupt does to both."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from functools import partial

import pytest

from harness.pace import Pace


@pytest.fixture(params=[True, False], ids=["threads", "in turn"])
def pace(request: pytest.FixtureRequest) -> Iterator[Pace]:
    """Give a pace of both kinds."""
    made = Pace(threads=request.param)
    yield made
    made.close()


@pytest.fixture
def main_thread() -> Iterator[int]:
    """Give the main thread, where Ctrl-C raises KeyboardInterrupt even if the tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    ident = threading.main_thread().ident
    assert ident is not None
    yield ident
    signal.signal(signal.SIGINT, before)


def test_calls_return_by_their_keys(pace: Pace) -> None:
    """What each call returns comes back under its key, in the order of the keys."""
    assert list(pace.together({"b": lambda: 1, "a": lambda: 2}).items()) == [("b", 1), ("a", 2)]


def test_calls_are_made_again_and_again(pace: Pace) -> None:
    """One pace makes any number of calls, also after it was closed."""
    for number in range(3):
        assert pace.together({"x": partial(int, number)}) == {"x": number}
        pace.close()


def test_calls_run_at_the_same_time() -> None:
    """In threads no call waits for another one to end."""
    meeting = threading.Barrier(3, timeout=10)
    pace = Pace()
    met = pace.together(dict.fromkeys("abc", meeting.wait))
    pace.close()

    assert sorted(met.values()) == [0, 1, 2]


def test_calls_run_in_turn_without_threads() -> None:
    """A replay makes its calls in the caller's thread."""
    names = Pace(threads=False).together(dict.fromkeys("ab", threading.current_thread))

    assert set(names.values()) == {threading.current_thread()}


def test_what_a_call_raises_is_raised_when_all_have_ended() -> None:
    """The trouble of one call does not leave another one running."""
    failed = threading.Event()
    ended = threading.Event()

    def fails() -> None:
        failed.set()
        raise LookupError

    def works() -> None:
        failed.wait(10)
        ended.set()

    pace = Pace()
    with pytest.raises(LookupError):
        pace.together({"fails": fails, "works": works})
    pace.close()

    assert ended.is_set()


def test_pauses_pass(pace: Pace) -> None:
    """A pause without an interrupt ends by itself, and says so."""
    assert pace.wait(0.001)


def test_an_interrupt_ends_pauses_and_waits_for_calls(main_thread: int) -> None:
    """Ctrl-C wakes every pause at once and is raised when no call is under way any more."""
    pace = Pace()
    pauses: list[bool] = []

    def first() -> None:
        signal.pthread_kill(main_thread, signal.SIGINT)
        pauses.append(pace.wait(3600))

    def second() -> None:
        pauses.append(pace.wait(3600))

    with pytest.raises(KeyboardInterrupt):
        pace.together({"first": first, "second": second})

    assert pauses in ([False], [False, False])
    assert pace.together({"cleanup": lambda: pace.wait(0.001)}) == {"cleanup": True}
    pace.close()


def test_what_had_not_begun_when_the_interrupt_came_is_not_made(main_thread: int) -> None:
    """After Ctrl-C no call of this round begins any more: nothing is made that nobody knows of."""
    pace = Pace()
    made: list[str] = []

    def first() -> None:
        signal.pthread_kill(main_thread, signal.SIGINT)
        made.append("first")

    for _ in range(50):
        made.clear()
        with pytest.raises(KeyboardInterrupt):
            pace.together({"first": first, "second": lambda: made.append("second")})
        seen = list(made)
        pace.close()

        assert made == seen
        assert "first" in made


def test_it_goes_on_until_it_is_interrupted(main_thread: int) -> None:
    """A call that makes further ones asks before each; the next calls of a run go on again."""
    pace = Pace()
    seen: list[bool] = []

    def many() -> None:
        seen.append(pace.goes_on())
        signal.pthread_kill(main_thread, signal.SIGINT)
        pace.wait(3600)
        seen.append(pace.goes_on())

    with pytest.raises(KeyboardInterrupt):
        pace.together({"many": many})

    assert seen == [True, False]
    assert pace.together({"cleanup": pace.goes_on}) == {"cleanup": True}
    pace.close()


def test_another_thread_interrupts_a_scenario() -> None:
    """Calls of a thread that somebody else interrupts end, and that thread learns of it once."""
    pace = Pace()
    raised: list[bool] = []
    begun = threading.Event()

    def waits() -> bool:
        begun.set()
        return pace.wait(3600)

    def scenario() -> None:
        for call in (waits, lambda: True):
            try:
                pace.together({"x": call})
            except KeyboardInterrupt:
                raised.append(True)
            else:
                raised.append(False)

    thread = threading.Thread(target=scenario)
    thread.start()
    assert begun.wait(10)
    pace.interrupt()
    thread.join(10)
    pace.close()

    assert raised == [True, False]


def test_an_interrupt_between_calls_is_heeded_at_the_next() -> None:
    """Where no call is under way, the next one is not made."""
    pace = Pace()
    pace.interrupt()
    with pytest.raises(KeyboardInterrupt):
        pace.together({"x": lambda: pytest.fail("it was called")})
    pace.close()


def test_cleaning_up_is_not_interrupted() -> None:
    """Nobody else's interrupt, earlier or meanwhile, keeps a scenario from unmaking what it made."""
    pace = Pace()
    pace.interrupt()
    with pace.calm():
        pace.interrupt()

        assert pace.together({"x": lambda: pace.wait(0.001)}) == {"x": True}
    assert pace.together({"x": pace.goes_on}) == {"x": True}
    pace.close()
