"""What runs ahead: in order, not too much at once, nothing that disturbs, and nothing after the end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator

import pytest

from harness.plugin.ahead import Ahead

Made = Callable[..., "Ahead[str, str]"]
PATIENCE = 20


class Stage:
    """Runs keys: each one begins, waits for its gate if it has one, and ends."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.together = 0
        self.most = 0
        self.gates: dict[str, threading.Event] = {}
        self.interrupted = threading.Event()
        self._lock = threading.Lock()
        self._begins = threading.Condition(self._lock)

    def gate(self, *keys: str) -> None:
        """Let these wait."""
        self.gates |= {key: threading.Event() for key in keys}

    def run(self, key: str) -> str:
        """Run one; its result is its name in capital letters."""
        with self._begins:
            self.begun.append(key)
            self.together += 1
            self.most = max(self.most, self.together)
            self._begins.notify_all()
        if key in self.gates:
            assert self.gates[key].wait(PATIENCE)
        with self._lock:
            self.together -= 1
        if key.startswith("bad"):
            raise LookupError(key)
        return key.upper()

    def await_begun(self, *keys: str) -> None:
        """Wait until these have begun."""
        with self._begins:
            assert self._begins.wait_for(lambda: set(keys) <= set(self.begun), PATIENCE)

    def interrupt(self) -> None:
        """Open all gates, as what waits is interrupted."""
        self.interrupted.set()
        for gate in self.gates.values():
            gate.set()


@pytest.fixture
def stage() -> Stage:
    """Give a stage."""
    return Stage()


@pytest.fixture
def ahead(stage: Stage) -> Iterator[Made]:
    """Give what makes one; two keys disturb each other if their last letter is a same digit."""
    made: list[Ahead[str, str]] = []

    def make(threads: int = 2, last: Callable[[str], bool] = lambda _: False) -> Ahead[str, str]:
        made.append(
            Ahead(
                stage.run,
                threads=threads,
                disturbs=lambda one, other: one[-1] == other[-1] and one[-1].isdigit(),
                last=last,
                interrupt=stage.interrupt,
            )
        )
        return made[-1]

    yield make
    for each in made:
        stage.interrupt()
        each.stop()


def test_results_come_in_the_order_in_which_they_are_asked_for(ahead: Made) -> None:
    """Each key has its own result, however many there are and whoever ended first."""
    keys = [f"k{number}x" for number in range(100)]
    pool = ahead(threads=7)
    pool.plan(keys)

    assert [pool.result(key) for key in keys] == [key.upper() for key in keys]


def test_so_many_run_at_once_and_no_more(stage: Stage, ahead: Made) -> None:
    """While the first runs, as many others do as there are threads for, in their order."""
    stage.gate("a", "b", "c")
    pool = ahead(threads=3)
    pool.plan("abcdef")
    stage.await_begun("a", "b", "c")
    begun = list(stage.begun)
    stage.interrupt()

    assert sorted(begun) == ["a", "b", "c"]
    assert [pool.result(key) for key in "abcdef"] == [*"ABCDEF"]
    assert stage.most == 3


def test_what_disturbs_waits_and_others_go_first(stage: Stage, ahead: Made) -> None:
    """A key that may not meet a running one begins after it; keys behind it need not wait for that."""
    stage.gate("a1")
    pool = ahead(threads=2)
    pool.plan(["a1", "b1", "c", "d1", "e"])
    stage.await_begun("a1", "c", "e")
    begun = list(stage.begun)
    stage.gates["a1"].set()
    for key in ("a1", "b1", "c", "d1", "e"):
        pool.result(key)

    assert "b1" not in begun
    assert "d1" not in begun
    assert stage.begun.index("b1") < stage.begun.index("d1")


def test_what_was_not_planned_is_run_when_it_is_asked_for(stage: Stage, ahead: Made) -> None:
    """A key that nobody planned comes before those that wait, and one that is asked for twice runs twice."""
    pool = ahead(threads=1)
    stage.gate("a")
    pool.plan("abc")
    stage.await_begun("a")
    threading.Timer(0.05, stage.gates["a"].set).start()

    assert pool.result("x") == "X"
    assert [pool.result(key) for key in "abc"] == [*"ABC"]
    assert stage.begun.index("x") == 1
    assert pool.result("a") == "A"


def test_what_one_raises_is_raised_where_it_is_asked_for(ahead: Made) -> None:
    """The trouble of one is not that of another."""
    pool = ahead()
    pool.plan(["bad", "b"])

    assert pool.result("b") == "B"
    with pytest.raises(LookupError, match="bad"):
        pool.result("bad")


def test_after_the_last_result_nothing_begins(stage: Stage, ahead: Made) -> None:
    """Who says that a result is the last one stops what has not begun, unless it is asked for."""
    pool = ahead(threads=1, last="B".__eq__)
    pool.plan("abcd")

    assert [pool.result("a"), pool.result("b")] == ["A", "B"]
    pool.stop()
    assert stage.begun == ["a", "b"]
    assert pool.result("d") == "D"


def test_stopping_waits_for_what_runs(stage: Stage, ahead: Made) -> None:
    """After a stop nothing runs any more, and what ran has ended by itself."""
    stage.gate("a", "b")
    pool = ahead(threads=2)
    pool.plan("abc")
    stage.await_begun("a", "b")
    for gate in stage.gates.values():
        threading.Timer(0.05, gate.set).start()
    pool.stop()

    assert stage.together == 0
    assert sorted(stage.begun) == ["a", "b"]
    assert not stage.interrupted.is_set()


def test_ctrl_c_interrupts_what_runs(stage: Stage, ahead: Made) -> None:
    """Ctrl-C while pytest waits for one ends all that run, begins nothing more, and is raised at the end."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    main = threading.main_thread().ident
    assert main is not None
    stage.gate("a", "b")
    pool = ahead(threads=2)
    pool.plan("abc")
    stage.await_begun("a", "b")
    timer = threading.Timer(0.1, lambda: signal.pthread_kill(main, signal.SIGINT))
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            pool.result("a")
    finally:
        signal.signal(signal.SIGINT, before)

    assert stage.interrupted.is_set()
    assert stage.together == 0
    assert "c" not in stage.begun


def test_threads_that_ended_are_started_again(ahead: Made) -> None:
    """Plans that come one by one, as a worker of xdist makes them, are all carried out."""
    pool = ahead(threads=2)
    for number in range(200):
        pool.plan([f"k{number}x", f"k{number + 1}x"])

        assert pool.result(f"k{number}x") == f"K{number}X"
