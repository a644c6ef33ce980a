"""What happens to a cassette that would hold a secret."""

from __future__ import annotations

import subprocess
from pathlib import Path

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
