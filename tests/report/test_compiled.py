"""Compiled templates are kept for the next process, and nothing depends on them."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from harness.report.compiled import compiled


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the directory for temporary files; what is kept stands in one below it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def rendered(text: str = "one {{ 1 + 1 }}") -> str:
    """Render a template of this text with the cache."""
    environment = Environment(loader=DictLoader({"page": text}), autoescape=True, bytecode_cache=compiled())
    return environment.get_template("page").render()


def kept(directory: Path) -> list[Path]:
    """Return the files of the cache."""
    return [path for path in directory.rglob("*") if path.is_file()]


def test_what_was_compiled_is_taken_again(directory: Path) -> None:
    """The second process finds the file of the first and leaves it as it is."""
    assert rendered() == "one 2"
    (file,) = kept(directory)
    before = file.stat().st_ino
    assert rendered() == "one 2"
    assert [path.stat().st_ino for path in kept(directory)] == [before]
    assert file.parent.stat().st_mode & 0o077 == 0


def test_another_text_is_compiled_anew(directory: Path) -> None:
    """The cache is of a text, not of a name."""
    assert rendered() == "one 2"
    assert rendered("two {{ 2 }}") == "two 2"
    assert len(kept(directory)) == 1


@pytest.mark.parametrize("size", [0, 3, 40, 60, 200])
def test_a_damaged_file_is_compiled_anew(directory: Path, size: int) -> None:
    """What a killed process or a full disk left is no reason to fail."""
    rendered()
    (file,) = kept(directory)
    file.write_bytes(file.read_bytes()[:size] + b"\xff" * 9)
    assert rendered() == "one 2"


def test_a_disk_that_is_full(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is written all the same, and nothing half is left."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    cache = compiled()
    monkeypatch.setattr("jinja2.bccache.Bucket.write_bytecode", full)
    environment = Environment(loader=DictLoader({"page": "one"}), autoescape=True, bytecode_cache=cache)
    assert environment.get_template("page").render() == "one"
    assert kept(directory) == []


def test_without_a_directory_of_its_own(directory: Path) -> None:
    """Where the directory's name is taken by something else, nothing is kept."""
    rendered()
    (file,) = kept(directory)
    file.unlink()
    place = file.parent
    place.rmdir()
    place.write_text("a file")
    assert compiled() is None
    assert rendered() == "one 2"
