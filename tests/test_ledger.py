"""The ledger of a run: what stands on the disk, whatever ends the process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.exchange import Side
from harness.ledger import Ledger, hold, ledgers, left_by, read_ledger

TEAMS = "https://astro.example.com/v1/organizations/o/teams"
LABELS = {"name": "harness 3fa9c1 candidate"}
NEW = Side.CANDIDATE


def ledger(directory: Path) -> Ledger:
    """Open a ledger."""
    return Ledger(directory, run="3fa9c1d20b7e", environment="staging")


def one(directory: Path) -> Path:
    """Return the only ledger there is."""
    (path,) = ledgers(directory)
    return path


def killed(directory: Path, code: str) -> Path:
    """Write a ledger in a process that is killed, and return its path."""
    prelude = (
        "import os, signal\nfrom pathlib import Path\nfrom harness.exchange import Side\n"
        "from harness.ledger import Ledger\n"
        f"book = Ledger(Path({str(directory)!r}), run='3fa9c1d20b7e', environment='staging')\n"
        f"def intend(): return book.intend(Side.CANDIDATE, 'teams/life', {TEAMS!r}, {LABELS!r})\n"
    )
    done = subprocess.run(  # noqa: S603 - it runs what the tests write
        [sys.executable, "-c", f"{prelude}{code}\nos.kill(os.getpid(), signal.SIGKILL)"], check=False
    )
    assert done.returncode == -9
    return one(directory)


def test_a_run_that_makes_nothing_leaves_no_file(tmp_path: Path) -> None:
    """Not even a directory."""
    ledger(tmp_path / "ledger").close()

    assert list(tmp_path.iterdir()) == []
    assert ledgers(tmp_path / "ledger") == ()


def test_an_intent_is_on_disk_at_once(tmp_path: Path) -> None:
    """Before anything is made; with all that is needed to find it again."""
    book = ledger(tmp_path)
    book.intend(NEW, "teams/life", TEAMS, LABELS)
    account = read_ledger(one(tmp_path))
    (entry,) = account.entries

    assert (account.run, account.environment, account.process) == ("3fa9c1d20b7e", "staging", os.getpid())
    assert (entry.side, entry.scenario, entry.collection) == (NEW, "teams/life", TEAMS)
    assert entry.labels == LABELS
    assert (entry.made, entry.why) == ("", "the run ended before there was an answer")
    assert entry.where == f"{one(tmp_path)}:2"
    book.close()


def test_what_was_made_is_open_until_it_is_gone(tmp_path: Path) -> None:
    """Then nothing is, and the file goes with the run."""
    book = ledger(tmp_path)
    first, second = (book.intend(NEW, "a", TEAMS, {}) for _ in range(2))
    book.made(first, f"{TEAMS}/t1")
    book.refused(second)
    assert [entry.made for entry in read_ledger(one(tmp_path)).entries] == [f"{TEAMS}/t1"]
    assert left_by(tmp_path, "3fa9c1d20b7e") == 1
    assert left_by(tmp_path, "another") == 0

    book.deleted(f"{TEAMS}/t1")
    assert read_ledger(one(tmp_path)).entries == ()
    book.close()
    book.close()

    assert ledgers(tmp_path) == ()


def test_what_is_below_is_gone_too(tmp_path: Path) -> None:
    """A deployment takes its tokens along, and not those of one whose id begins like its own."""
    book = ledger(tmp_path)
    for url in ("/t1", "/t1/tokens/a", "/t12", "/t12/tokens/b"):
        book.made(book.intend(NEW, "a", TEAMS, {}), TEAMS + url)
    book.deleted(f"{TEAMS}/t1")

    assert [entry.made for entry in read_ledger(one(tmp_path)).entries] == [
        f"{TEAMS}/t12",
        f"{TEAMS}/t12/tokens/b",
    ]
    book.close()


def test_what_nobody_knows_stays(tmp_path: Path) -> None:
    """With the reason, after the end of the run too."""
    book = ledger(tmp_path)
    book.unknown(book.intend(NEW, "a", TEAMS, LABELS), "the connection was lost")
    book.deleted(f"{TEAMS}/t1")
    book.close()
    (entry,) = read_ledger(one(tmp_path)).entries

    assert (entry.made, entry.why) == ("", "the connection was lost")


def test_many_threads_write_whole_lines(tmp_path: Path) -> None:
    """Every entry has a number of its own, and no line is in another one."""
    book = ledger(tmp_path)

    def make(number: int) -> int:
        entry = book.intend(NEW, f"scenario {number}", TEAMS, LABELS)
        book.made(entry, f"{TEAMS}/{number}")
        return entry

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(make, range(200)))
    account = read_ledger(one(tmp_path))

    assert sorted(numbers) == list(range(1, 201))
    assert account.damaged == ()
    assert {entry.made for entry in account.entries} == {f"{TEAMS}/{number}" for number in range(200)}
    book.close()


def test_a_kill_loses_nothing(tmp_path: Path) -> None:
    """What was written before it is there, and the file is free."""
    path = killed(tmp_path, f"book.made(intend(), {TEAMS + '/t1'!r})\nintend()")
    held = hold(path)

    assert held is not None
    with held:
        assert [entry.made for entry in held.account.entries] == [f"{TEAMS}/t1", ""]
    assert path.exists()


def test_what_is_settled_goes(tmp_path: Path) -> None:
    """An entry after the other; what an interrupt leaves is still there, and at last the file is removed."""
    path = killed(tmp_path, f"book.made(intend(), {TEAMS + '/t1'!r})\nintend()")
    for left in (1, 0):
        held = hold(path)
        assert held is not None
        with held:
            held.gone(held.account.entries[-1])
        assert len(read_ledger(path).entries) == left

    assert ledgers(tmp_path) == ()


def test_the_ledger_of_a_run_that_lives_is_its_own(tmp_path: Path) -> None:
    """Nobody else holds it, and nobody two at a time."""
    book = ledger(tmp_path)
    book.unknown(book.intend(NEW, "a", TEAMS, {}), "why")
    path = one(tmp_path)
    assert hold(path) is None
    book.close()

    held = hold(path)
    assert held is not None
    with held:
        assert hold(path) is None
    assert hold(tmp_path / "nothing.jsonl") is None


def test_a_last_line_that_was_cut_short_is_no_damage(tmp_path: Path) -> None:
    """A kill does that: what it was about was not begun; what is written next stands on a line of its own."""
    path = killed(tmp_path, "intend()")
    whole = path.read_bytes()
    for end in range(1, 60):
        path.write_bytes(whole + b'{"event":"made","id":1,"url":"https://astro.example.com/x/t1"}'[:end])
        held = hold(path)
        assert held is not None
        with held:
            assert (len(held.account.entries), held.account.damaged) == (1, ())
            held.gone(held.account.entries[0])
            assert path.read_bytes() == whole + b'{"event":"gone","id":1}\n'


@pytest.mark.parametrize("end", [b"", b'{"event":"made","id"', b'{"event":"gone","id":1}\n'])
def test_who_only_looks_changes_nothing(tmp_path: Path, end: bytes) -> None:
    """Neither a last line that was cut short, nor a file in which nothing is open; also one to read only."""
    path = killed(tmp_path, "intend()")
    path.write_bytes(path.read_bytes() + end)
    path.chmod(0o400)
    before = path.read_bytes()
    held = hold(path, look=True)
    assert held is not None
    with held:
        assert len(held.account.entries) == (0 if b"gone" in end else 1)

    assert path.read_bytes() == before


def test_an_intent_says_when(tmp_path: Path) -> None:
    """When it was sent, then when its answer failed to come; older ledgers say only when the run began."""
    times = iter(["2026-11-29T10:00:00Z", "2026-11-29T10:00:01Z", "2026-11-29T10:00:31Z"])
    book = Ledger(tmp_path, run="3fa9c1d20b7e", environment="staging", now=lambda: next(times))
    entry = book.intend(NEW, "a", TEAMS, LABELS)
    (sent,) = read_ledger(one(tmp_path)).entries
    book.unknown(entry, "the connection was lost")
    (lost,) = read_ledger(one(tmp_path)).entries
    book.close()
    lines = [json.loads(line) for line in one(tmp_path).read_text("utf-8").splitlines()]
    older = [json.dumps({key: value for key, value in line.items() if key != "at"}) for line in lines]
    one(tmp_path).write_text("\n".join([*older, ""]), "utf-8")
    (old,) = read_ledger(one(tmp_path)).entries

    assert [each.at for each in (sent, lost, old)] == [
        "2026-11-29T10:00:01Z",
        "2026-11-29T10:00:31Z",
        "2026-11-29T10:00:00Z",
    ]


def test_what_is_forgotten_takes_the_file_along(tmp_path: Path) -> None:
    """Also lines that cannot be read."""
    path = killed(tmp_path, "intend()\nintend()")
    path.write_bytes(path.read_bytes() + b"nonsense\n")
    held = hold(path)
    assert held is not None
    with held:
        held.forget()

    assert not path.exists()


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "[]",
        '{"event": "made", "id": 9, "url": "u"}',
        '{"event": "intent", "id": 9}',
        '{"event": "intent", "id": 9, "side": "both", "scenario": "a", "url": "u", "labels": {}}',
        '{"event": "flown", "id": 1}',
        '{"id": 1}',
        "[" * 100_000,
        '{"event": "made", "id": 1, "url": 7}',
        '{"event": "made", "id": 1, "url": ""}',
        '{"event": "intent", "id": 1, "side": "baseline", "scenario": "a", "url": "u", "labels": {}}',
        '{"event": "intent", "id": 9, "side": "baseline", "scenario": "a", "url": 7, "labels": {}}',
        '{"event": "intent", "id": 9, "side": "baseline", "scenario": "a", "url": "u", "labels": []}',
        '{"event": "intent", "id": 9, "side": "baseline", "scenario": "", "url": "u", "labels": {"n": null}}',
        '{"event": "unknown", "id": 1, "why": "", "at": "yesterday"}',
        '{"event": "unknown", "id": 1, "why": "", "at": "2026-11-29T10:00:00"}',
        '{"event": "unknown", "id": 1, "why": "", "at": 7}',
        '{"event": "run", "run": "r", "environment": "other", "process": 1, "started": "s"}',
    ],
)
def test_a_damaged_line_is_told_with_its_place(tmp_path: Path, line: str) -> None:
    """The others count, and the file stays: the line may stand for something."""
    path = killed(tmp_path, "intend()\nintend()")
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([*lines[:2], line, *lines[2:], ""]), "utf-8")
    held = hold(path)
    assert held is not None
    with held:
        (problem,) = held.account.damaged
        for entry in held.account.entries:
            held.gone(entry)

    assert str(problem).startswith(f"{path}:3: this line of the ledger cannot be read")
    assert len(held.account.entries) == 2
    assert path.exists()


def test_where_nothing_can_be_written_nothing_is_to_be_made(tmp_path: Path) -> None:
    """The message names the directory and the setting."""
    (tmp_path / "file").touch()
    book = ledger(tmp_path / "file" / "ledger")
    with pytest.raises(UsageError, match=r"file/ledger: the ledger .* Make it writable, or set `state`"):
        book.intend(NEW, "a", TEAMS, {})
    book.close()


def test_a_disk_that_fills_up_takes_no_answer_along(tmp_path: Path) -> None:
    """What came of an intent is not worth losing an answer: the intent is on disk, and is looked up."""
    book = ledger(tmp_path)
    entry = book.intend(NEW, "a", TEAMS, {})
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, book._file)
    os.close(full)

    book.made(entry, f"{TEAMS}/t1")
    with pytest.raises(UsageError, match="No space left"):
        book.intend(NEW, "a", TEAMS, {})
    assert [each.made for each in read_ledger(one(tmp_path)).entries] == [""]
    book.close()


def test_a_ledger_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A directory of that name is none."""
    (tmp_path / "a.jsonl").mkdir()

    with pytest.raises(UsageError, match="Is a directory"):
        read_ledger(tmp_path / "a.jsonl")
    with pytest.raises(UsageError, match="Is a directory"):
        hold(tmp_path / "a.jsonl")


def test_every_line_is_json(tmp_path: Path) -> None:
    """In ASCII, so that no editor breaks a line."""
    book = ledger(tmp_path)
    book.unknown(book.intend(NEW, "ü\u2028", TEAMS, {"name": "\n"}), "why")
    lines = one(tmp_path).read_bytes().decode("ascii").splitlines()

    assert [json.loads(line)["event"] for line in lines] == ["run", "intent", "unknown"]
    book.close()


def test_a_ledger_that_is_begun_again_keeps_what_it_held(tmp_path: Path) -> None:
    """A call that outlives the end of its run, and a second run of the process, replace no file."""
    book = ledger(tmp_path)
    book.intend(NEW, "a", TEAMS, LABELS)
    book.close()
    book.intend(NEW, "b", TEAMS, LABELS)
    other = ledger(tmp_path)
    other.intend(NEW, "c", TEAMS, LABELS)

    scenarios = {entry.scenario for path in ledgers(tmp_path) for entry in read_ledger(path).entries}
    assert scenarios == {"a", "b", "c"}
    assert left_by(tmp_path, "3fa9c1d20b7e") == 3
    book.close()
    other.close()
