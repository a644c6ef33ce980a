"""The key that outlives processes."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.redact import Redactor, lasting_key
from harness.redact.key import NAME


def test_equal_secrets_stay_equal_between_recordings(tmp_path: Path) -> None:
    """Each process reads the key that the first one made."""
    said = {Redactor(key=lasting_key(tmp_path / "state")).text("password=open sesame") for _ in range(3)}

    assert len(said) == 1
    assert said != {Redactor(key=lasting_key(tmp_path / "other")).text("password=open sesame")}


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    """Whoever has it can try secrets against placeholders."""
    lasting_key(tmp_path)

    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {".gitignore", NAME}


def test_git_leaves_it_alone(tmp_path: Path) -> None:
    """Also in a project that was not set up by `harness init`; what a project says there itself stays."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / ".gitignore").write_text("mine\n")
    for name in ("own", "new"):
        lasting_key(tmp_path / name)
    added = ""
    for words in ("init -q", "add .", "ls-files"):
        command = ["git", "-C", str(tmp_path / "new"), *words.split()]
        added = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - ours

    assert added == ".gitignore\n"
    assert (tmp_path / "own" / ".gitignore").read_text() == "mine\n"


def test_many_at_once_agree(tmp_path: Path) -> None:
    """The first one wins."""
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: lasting_key(tmp_path), range(64)))

    assert len(keys) == 1


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_a_damaged_key_is_told(tmp_path: Path, content: bytes) -> None:
    """Another in its place would make the placeholders of new recordings others; half a key would be weak."""
    (tmp_path / NAME).write_bytes(content)
    with pytest.raises(UsageError, match=f"it has {len(content)} bytes in place of 32. Restore it, or"):
        lasting_key(tmp_path)

    assert (tmp_path / NAME).read_bytes() == content


def test_a_key_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is somebody's, and stays."""
    key = lasting_key(tmp_path)

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", refuse)
        with pytest.raises(UsageError, match=r"cannot be read \(Permission denied\)"):
            lasting_key(tmp_path)

    assert lasting_key(tmp_path) == key


def test_without_a_place_there_still_is_a_key(tmp_path: Path) -> None:
    """Secrets leave all the same."""
    (tmp_path / "file").write_text("")
    keys = {lasting_key(tmp_path / "file" / "below") for _ in range(2)}

    assert {len(key) for key in keys} == {32}
    assert len(keys) == 2
