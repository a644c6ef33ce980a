"""Which files of a tree are read."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from harness.errors import UsageError
from harness.scan.files import LARGEST, Walked, sources

MARK = b"v1beta1"


def plant(root: Path, **files: str) -> None:
    """Write files; two underscores in a name stand for a slash, one at the end for a dot at the beginning."""
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def forbid(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """Refuse to read a file or a directory, also to root, to whom no permissions apply."""
    file, directory = Path.open, os.scandir

    def refusing(real: Any) -> Any:
        def call(given: Any, *args: Any, **kwargs: Any) -> Any:
            if Path(given) == path:
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return real(given, *args, **kwargs)

        return call

    monkeypatch.setattr(Path, "open", refusing(file))
    monkeypatch.setattr(os, "scandir", refusing(directory))


def read(root: Path, *, without: tuple[Path, ...] = ()) -> list[str]:
    """Return the paths that a walk yields."""
    return [source.path for source in sources(root, [MARK], Walked(), without)]


def test_only_files_with_a_mark_are_yielded_in_order(tmp_path: Path) -> None:
    """What cannot call v1beta1 is not looked at; the order is that of the paths, on every machine."""
    plant(tmp_path, b__z="v1beta1", a="v1beta1", b__a="v1beta1", c="v1")

    assert read(tmp_path) == ["a", "b/a", "b/z"]


def test_what_git_ignores_is_left_out(tmp_path: Path) -> None:
    """The innermost file that speaks of a path decides, and may take it back in."""
    plant(tmp_path, out__a="v1beta1", src__gen__a="v1beta1", src__gen__keep="v1beta1", src__b="v1beta1")
    (tmp_path / ".gitignore").write_text("out/\n**/gen/*\n")
    (tmp_path / "src" / "gen" / ".gitignore").write_text("!keep\n")

    assert read(tmp_path) == ["src/b", "src/gen/keep"]


def test_a_directory_within_a_repository_is_ignored_alike(tmp_path: Path) -> None:
    """Where the walk begins further down, what stands above it holds all the same."""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("/src/made/\n*.log\n")
    plant(tmp_path, src__made__a="v1beta1", src__b="v1beta1")
    (tmp_path / "src" / "c.log").write_text("v1beta1")

    assert read(tmp_path / "src") == ["b"]


def test_without_a_repository_nothing_above_counts(tmp_path: Path) -> None:
    """A .gitignore above a tree that is in no repository belongs to something else."""
    (tmp_path / ".gitignore").write_text("*\n")
    plant(tmp_path, src__b="v1beta1")

    assert read(tmp_path / "src") == ["b"]


def test_installed_and_named_directories_are_left_out(tmp_path: Path) -> None:
    """Nobody wrote what an installer put there; what the harness writes is told by the caller."""
    plant(tmp_path, node_modules__a="v1beta1", cassettes__a="v1beta1", a="v1beta1")

    assert read(tmp_path, without=(tmp_path / "cassettes",)) == ["a"]


def test_hidden_files_and_directories_are_read(tmp_path: Path) -> None:
    """CI jobs live in them."""
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "ci.yml").write_text("v1beta1")
    (tmp_path / ".gitlab-ci.yml").write_text("v1beta1")

    assert read(tmp_path) == [".github/ci.yml", ".gitlab-ci.yml"]


def test_links_are_not_followed(tmp_path: Path) -> None:
    """A link that leads back would have no end."""
    plant(tmp_path, a="v1beta1")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "b").symlink_to(tmp_path / "a")

    assert read(tmp_path) == ["a"]


def test_large_and_binary_files_are_not_read_as_text(tmp_path: Path) -> None:
    """A large file is told, one that is no text is nobody's source."""
    (tmp_path / "large").write_bytes(MARK + b"x" * LARGEST)
    (tmp_path / "binary").write_bytes(b"\0" + MARK)
    walked = Walked()

    assert list(sources(tmp_path, [MARK], walked)) == []
    assert walked.skipped == {"large": "it is larger than 4 MiB"}
    assert walked.files == 2


def test_text_that_is_not_utf8_is_read(tmp_path: Path) -> None:
    """Somebody's old file calls v1beta1 as well."""
    (tmp_path / "a").write_bytes(b"caf\xe9 v1beta1")

    assert [source.text for source in sources(tmp_path, [MARK], Walked())] == ["caf\ufffd v1beta1"]


def test_a_single_file_is_read(tmp_path: Path) -> None:
    """A path may name a file."""
    plant(tmp_path, a="v1beta1")

    assert read(tmp_path / "a") == ["a"]


def test_a_path_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A mistyped path is no empty tree."""
    with pytest.raises(UsageError, match="cannot be read"):
        read(tmp_path / "nowhere")


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One file does not end the scan of all others."""
    plant(tmp_path, a="v1beta1", b="v1beta1")
    forbid(monkeypatch, tmp_path / "a")
    walked = Walked()

    assert [source.path for source in sources(tmp_path, [MARK], walked)] == ["b"]
    assert walked.skipped is not None
    assert set(walked.skipped) == {"a"}


def test_a_line_that_is_no_pattern_is_passed_over(tmp_path: Path) -> None:
    """Git does so: a mark of exclusion alone does not end the scan."""
    plant(tmp_path, a="v1beta1", b="v1beta1")
    (tmp_path / ".gitignore").write_text("!\n/\nb\n")

    assert read(tmp_path) == ["a"]


def test_a_directory_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a container wrote as somebody else does not end the scan of all others."""
    plant(tmp_path, a="v1beta1", data__b="v1beta1")
    forbid(monkeypatch, tmp_path / "data")
    walked = Walked()
    found = [source.path for source in sources(tmp_path, [MARK], walked)]

    assert found == ["a"]
    assert walked.skipped is not None
    assert set(walked.skipped) == {"data/"}


def test_a_named_file_that_may_not_be_read_is_a_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To say that nothing was found in it would be wrong."""
    plant(tmp_path, a="v1beta1")
    forbid(monkeypatch, tmp_path / "a")

    with pytest.raises(UsageError, match="cannot be read"):
        read(tmp_path / "a")


def test_text_in_utf16_is_read(tmp_path: Path) -> None:
    """PowerShell writes it, with a mark that is none of the text."""
    (tmp_path / "a").write_bytes("\ufeffx v1beta1".encode("utf-16-le"))
    (tmp_path / "b").write_bytes("\ufeffx v1beta1".encode())

    assert [source.text for source in sources(tmp_path, [MARK], Walked())] == ["x v1beta1"] * 2


def test_a_large_file_that_is_no_text_is_not_told(tmp_path: Path) -> None:
    """A repository has images and archives."""
    (tmp_path / "a.zip").write_bytes(b"\0" * (LARGEST + 1))
    walked = Walked()

    assert list(sources(tmp_path, [MARK], walked)) == []
    assert walked.skipped is None
