"""The journal: whatever happens to its file, what was written whole is read."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.exchange import Exchange, Failure, FailureKind, Request
from harness.recorder.journal import Begun, Contents, Journal, read_journal
from tests.recorder import exchange

BEGUN = Begun(method="GET", url="https://api.example.org/a", started="2026-11-27T10:00:00.000Z")
FAILED = Exchange(
    request=Request(method="POST", url="https://api.example.org/b", content=b"\xff\x00"),
    failure=Failure(kind=FailureKind.TIMEOUT, message="timed out"),
    started="2026-11-27T10:00:00.000Z",
    elapsed=1.5,
)


def written(path: Path) -> list[Exchange]:
    """Write a journal with three exchanges that ended and one that did not."""
    exchanges = [exchange(), FAILED, exchange(content=b"\x00binary\xff")]
    with Journal(path) as journal:
        for number, each in enumerate(exchanges, 1):
            journal.began(number, BEGUN)
            journal.ended(number, each, f"step {number}")
        journal.began(9, BEGUN)
    return exchanges


def test_what_ended_is_read_as_it_was(tmp_path: Path) -> None:
    """Bytes, failures and times; what only began is in flight."""
    exchanges = written(tmp_path / "j")
    contents = Contents()
    found = list(read_journal(tmp_path / "j", contents))

    assert [each for each, _ in found] == exchanges
    assert [step for _, step in found] == ["step 1", "step 2", "step 3"]
    assert (contents.ended, contents.damaged, contents.flying) == (3, [], {9: BEGUN})


def test_a_file_that_was_cut_anywhere_keeps_what_is_whole(tmp_path: Path) -> None:
    """A kill may come between any two bytes: as many exchanges are there as have their whole line."""
    exchanges = written(tmp_path / "j")
    data = (tmp_path / "j").read_bytes()
    ends = [at for at in range(len(data)) if data[at : at + 1] == b"\n"]
    whole = [at for at in ends if b'"event":"ended"' in data[data.rfind(b"\n", 0, at) + 1 : at]]
    for size in range(0, len(data) + 1, 7):
        (tmp_path / "cut").write_bytes(data[:size])
        contents = Contents()
        found = [each for each, _ in read_journal(tmp_path / "cut", contents)]

        assert found == exchanges[: sum(at < size for at in whole)]
        assert contents.damaged == []


@given(st.integers(min_value=0, max_value=10_000), st.integers(min_value=1, max_value=255))
def test_a_damaged_line_costs_itself_only(
    tmp_path_factory: pytest.TempPathFactory, at: int, mask: int
) -> None:
    """A byte that flipped is noticed, and every other line is read."""
    path = tmp_path_factory.mktemp("journal") / "j"
    exchanges = written(path)
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= mask
    path.write_bytes(data)
    contents = Contents()
    found = [each for each, _ in read_journal(path, contents)]

    assert len(found) >= len(exchanges) - 2  # a line feed that is gone joins two lines
    assert all(each in exchanges for each in found)


def test_damaged_lines_are_numbered_as_an_editor_does(tmp_path: Path) -> None:
    """From one, in their order, and only those."""
    written(tmp_path / "j")
    lines = (tmp_path / "j").read_bytes().splitlines(keepends=True)
    lines[1] = b"?" + lines[1]
    lines[4] = b"\n"
    (tmp_path / "j").write_bytes(b"".join(lines))
    contents = Contents()

    assert len(list(read_journal(tmp_path / "j", contents))) == 2
    assert contents.damaged == [2, 5]


def test_what_could_not_be_kept_is_counted(tmp_path: Path) -> None:
    """It is not in flight any more."""
    with Journal(tmp_path / "j") as journal:
        journal.began(1, BEGUN)
        journal.lost(1)
    contents = Contents()

    assert list(read_journal(tmp_path / "j", contents)) == []
    assert (contents.lost, contents.flying) == (1, {})


def test_a_line_that_the_disk_took_half_of_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next line must not be glued to it."""
    write = os.write
    with Journal(tmp_path / "j") as journal:
        journal.ended(1, exchange())
        with monkeypatch.context() as full:
            full.setattr(os, "write", lambda file, data: write(file, data[: len(data) // 2]))
            with pytest.raises(OSError, match="No space left"):
                journal.ended(2, exchange())
        journal.ended(3, exchange())
    contents = Contents()

    assert len(list(read_journal(tmp_path / "j", contents))) == 2
    assert contents.damaged == []


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    """A journal is working data, not meant for a repository."""
    written(tmp_path / "j")

    assert (tmp_path / "j").stat().st_mode & 0o777 == 0o600


def test_a_journal_that_is_not_there(tmp_path: Path) -> None:
    """That is told as a mistake."""
    with pytest.raises(UsageError, match="cannot be read"):
        list(read_journal(tmp_path / "j", Contents()))


def test_each_line_is_json_behind_its_checksum(tmp_path: Path) -> None:
    """As documented, for whoever must look into one by hand."""
    written(tmp_path / "j")
    for line in (tmp_path / "j").read_text().splitlines():
        assert json.loads(line[9:])["event"] in {"began", "ended"}
