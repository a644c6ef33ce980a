"""What happens to a cassette that would hold a secret."""

from __future__ import annotations

import errno
import shutil
import subprocess
from pathlib import Path
from typing import IO

import pytest

from harness.cassette import CassetteWriter
from harness.errors import CassetteError
from harness.leaks import LeakCheck, Quarantine
from tests.cassette import PROVENANCE, answer, exchange, get


def save(path: Path, review: Quarantine, body: bytes) -> None:
    """Write a cassette with one answer."""
    writer = CassetteWriter(review=review)
    writer.add(exchange(get(), answer(body)), "a step")
    writer.save(path, PROVENANCE)


def test_a_cassette_with_a_secret_is_put_away(tmp_path: Path) -> None:
    """The old cassette stays, what was written is for its owner alone, and the message says where it is."""
    path, away = tmp_path / "cassettes" / "baseline.yaml", tmp_path / "state" / "quarantine"
    review = Quarantine(LeakCheck({}), away)
    save(path, review, b'{"a": 1}')
    old = path.read_bytes()
    with pytest.raises(CassetteError) as caught:
        save(path, review, b'{"password": "open sesame"}')
    (kept,) = away.glob("*.yaml")

    assert path.read_bytes() == old
    assert [*path.parent.iterdir()] == [path]
    assert kept.stat().st_mode & 0o777 == 0o600
    assert away.stat().st_mode & 0o077 == 0
    assert b"open sesame" in kept.read_bytes()
    assert str(caught.value) == (
        f"{path}: the cassette was not written, because a secret would be in it: exchange 1 (GET), response "
        f"body: the value by the name `password`. It is kept at {kept}, for you alone. Add the name or a "
        "pattern to [tool.harness.secrets], make the cassette again, and delete what is kept."
    )


def test_many_secrets_are_summed_up(tmp_path: Path) -> None:
    """The message names the first ones and counts the rest."""
    body = b'{"a": {"password": "p1"}, "b": {"token": "t1"}, "apiKey": "k1", "secret": "s1", "jwt": "j1"}'
    with pytest.raises(CassetteError, match="; and 2 more"):
        save(tmp_path / "x.yaml", Quarantine(LeakCheck({}), tmp_path / "q"), body)


def test_git_does_not_take_it_in(tmp_path: Path) -> None:
    """Whatever the project's own list says, a file with a secret is not added with the rest."""
    path, away = tmp_path / "cassettes" / "baseline.yaml", tmp_path / ".harness" / "quarantine"
    with pytest.raises(CassetteError):
        save(path, Quarantine(LeakCheck({}), away), b'{"password": "open sesame"}')
    added = ""
    for words in ("init -q", "add .", "ls-files"):
        command = ["git", "-C", str(tmp_path), *words.split()]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ours
        added = done.stdout

    assert len([*away.glob("*.yaml")]) == 1
    assert added == ""


def test_a_quarantine_that_is_open_is_closed(tmp_path: Path) -> None:
    """An earlier version may have made it, or a person; the next file makes it private."""
    away = tmp_path / "state" / "quarantine"
    away.mkdir(parents=True)
    away.chmod(0o755)
    with pytest.raises(CassetteError):
        save(tmp_path / "x.yaml", Quarantine(LeakCheck({}), away), b'{"password": "open sesame"}')

    assert away.stat().st_mode & 0o777 == 0o700


def test_what_cannot_be_put_away_is_deleted(tmp_path: Path) -> None:
    """One message says what would have been in it, why it is not kept, and what to do; no file is left."""
    away = tmp_path / "quarantine"
    away.write_text("in the way")
    with pytest.raises(CassetteError) as caught:
        save(tmp_path / "c" / "x.yaml", Quarantine(LeakCheck({}), away), b'{"password": "open sesame"}')

    assert str(caught.value) == (
        f"{tmp_path / 'c' / 'x.yaml'}: the cassette was not written, because a secret would be in it: "
        "exchange 1 (GET), response body: the value by the name `password`. It could not be kept at "
        f"{away} (Not a directory), and was deleted. Add the name or a pattern to [tool.harness.secrets], "
        "and make the cassette again."
    )
    assert list((tmp_path / "c").iterdir()) == []


def test_a_long_name_is_put_away(tmp_path: Path) -> None:
    """The names of directories and files may be as long as the system allows; together they are too long."""
    path, away = tmp_path / ("d" * 250) / f"{'ä' * 100}.yaml", tmp_path / "quarantine"
    with pytest.raises(CassetteError, match="It is kept at"):
        save(path, Quarantine(LeakCheck({}), away), b'{"password": "open sesame"}')

    assert len([*away.glob("*.yaml")]) == 1


def test_on_its_way_to_another_disk_nobody_else_sees_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy is its owner's alone before there is anything in it."""
    modes: list[tuple[int, int]] = []
    copy, away = shutil.copyfileobj, tmp_path / "quarantine"

    def other_disk(*_: object, **__: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    def copied(source: IO[bytes], target: IO[bytes], length: int = 0) -> None:
        (path,) = away.glob("*.yaml")
        modes.append((path.stat().st_size, path.stat().st_mode & 0o777))
        copy(source, target, length)

    monkeypatch.setattr("os.rename", other_disk)
    monkeypatch.setattr(shutil, "copyfileobj", copied)
    with pytest.raises(CassetteError, match="It is kept at"):
        save(tmp_path / "c" / "x.yaml", Quarantine(LeakCheck({}), away), b'{"password": "open sesame"}')
    (kept,) = away.glob("*.yaml")

    assert modes == [(0, 0o600)]
    assert b"open sesame" in kept.read_bytes()
    assert list((tmp_path / "c").iterdir()) == []


def test_a_copy_that_broke_off_is_not_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of it would be of no use to anybody, and a secret may be in it."""
    away = tmp_path / "quarantine"

    def other_disk(*_: object, **__: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.rename", other_disk)
    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(CassetteError, match=r"\(No space left on device\), and was deleted"):
        save(tmp_path / "c" / "x.yaml", Quarantine(LeakCheck({}), away), b'{"password": "open sesame"}')

    assert [path.name for path in away.iterdir()] == [".gitignore"]
    assert list((tmp_path / "c").iterdir()) == []
