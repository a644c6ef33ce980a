"""One exchange while it goes by."""

from __future__ import annotations

import ast
import gzip
import hashlib
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import harness.recorder.injected
from harness.recorder.injected.exchange import Body, Chunks, Taken
from tests.recorder.injected import Box

PACKAGE = Path(harness.recorder.injected.__file__).parent


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.name)
def test_it_needs_an_old_python_and_nothing_else(path: Path) -> None:
    """A job's environment may be Python 3.9 without any package."""
    tree = ast.parse(path.read_text("utf-8"), feature_version=(3, 9))
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and not node.level:
            names.append(node.module or "")
        assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names
        # What is written in types is not run: the future import stands in every file that has some.
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert "from __future__ import annotations" in path.read_text("utf-8")


def test_a_body_is_kept_up_to_its_limit() -> None:
    """Beyond it, its length and hash are; nothing is held in memory."""
    body = Body(4)
    for part in (b"ab", bytearray(b"cd"), memoryview(b"ef"), b"g"):
        body.add(part)

    assert (body.content, body.cut) == (b"", [7, hashlib.sha256(b"abcdefg").hexdigest()])

    body.clear()
    body.add(b"abcd")

    assert (body.content, body.cut) == (b"abcd", None)


@given(
    st.lists(st.binary(min_size=1, max_size=40), max_size=5),
    st.lists(st.integers(min_value=1, max_value=30), min_size=1, max_size=20),
)
def test_chunks_are_undone_however_they_come(parts: list[bytes], sizes: list[int]) -> None:
    """Whatever pieces the wire gives, and what follows the last chunk is no body."""
    wire = b"".join(b"%x;name=value\r\n%s\r\n" % (len(part), part) for part in parts)
    wire += b"0\r\nTrailer: x\r\n\r\n"
    chunks = Chunks()
    found = b""
    at = 0
    while at < len(wire):
        size = sizes[at % len(sizes)]
        found += b"".join(chunks.feed(wire[at : at + size]))
        at += size

    assert (found, chunks.done) == (b"".join(parts), True)


def test_an_exchange_ends_with_the_last_byte_of_its_length() -> None:
    """Before the client gets that byte: whatever then kills it, the exchange is handed over."""
    box = Box()
    taken = box.took()
    taken.answered(200, [(b"Content-Length", b"4")], "HTTP/1.1")
    taken.read(b"ab")

    assert box.ended == []

    taken.read(b"cd")

    assert [(event["status"], event["part"], body) for event, _, body in box.ended] == [(200, False, b"abcd")]


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_what_has_no_body_ends_with_its_head(method: str, status: int) -> None:
    """A client has no reason to read it."""
    box = Box()
    box.took(method).answered(status, [("Content-Length", "4")], "HTTP/1.1")

    assert len(box.ended) == 1


def test_it_ends_once() -> None:
    """The first ending is the one."""
    box = Box()
    taken = box.took()
    taken.failed(TimeoutError("with data in it"))
    taken.closed()
    taken.dropped()

    assert [event["failure"] for event, _, _ in box.ended] == ["TimeoutError"]
    assert "with data" not in str(box.ended)


@pytest.mark.parametrize(
    ("headers", "failure"),
    [
        ([("Content-Length", "4")], "IncompleteRead"),
        ([("Transfer-Encoding", "chunked")], "IncompleteRead"),
        ([], ""),
    ],
)
def test_a_connection_that_ends_too_early_is_a_failure(headers: list[tuple[str, str]], failure: str) -> None:
    """Where the response says how long it is; otherwise its end is the connection's."""
    box = Box()
    taken = box.took()
    taken.answered(200, headers, "HTTP/1.1")
    taken.read(b"ab")
    taken.at_end()

    assert [event["failure"] for event, _, _ in box.ended] == [failure]


def test_only_what_has_an_answer_is_left_over() -> None:
    """A call without one is under way, and stays so."""
    box = Box()
    waiting, answered = box.took(), box.took()
    answered.answered(200, [], "HTTP/1.1")
    answered.read(b"half")
    for taken in (waiting, answered):
        taken.left()
        taken.dropped()

    assert [(event["id"], event["part"], body) for event, _, body in box.ended] == [(2, True, b"half")]


def test_a_coding_that_the_client_undoes_is_undone_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the client's own library: the recorder may not have it."""
    monkeypatch.setitem(sys.modules, "brotli", type(sys)("brotli"))
    monkeypatch.setattr(sys.modules["brotli"], "decompress", gzip.decompress, raising=False)
    box = Box()
    for body in (gzip.compress(b"plain"), b"no such coding"):
        taken = box.took()
        taken.answered(200, [("Content-Encoding", "br")], "HTTP/1.1")
        taken.read(body)
        taken.ended()

    assert [(event["decoded"], body) for event, _, body in box.ended] == [
        (True, b"plain"),
        (False, b"no such coding"),
    ]


def test_what_fails_in_it_is_told_and_not_raised() -> None:
    """The client must get its answer."""
    box = Box()
    taken = box.took()
    taken.sent("text is no body")
    taken.answered(200, [], "HTTP/1.1")
    taken.read(object())
    taken.ended()

    assert [type(error) for error in box.errors] == [TypeError, TypeError]
    assert len(box.ended) == 1


def test_an_exchange_of_before_a_fork_is_the_parents() -> None:
    """The child has it too, and says nothing."""
    box = Box()
    taken: Taken = box.took()
    taken.answered(200, [], "HTTP/1.1")
    taken._process += 1
    taken.ended()

    assert box.ended == []
