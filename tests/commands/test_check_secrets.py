"""``harness check-secrets``."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.calling import harness, refused


def test_a_secret_is_found(tmp_path: Path) -> None:
    """One line says where it is and what, and the exit code is one that CI can use."""
    (tmp_path / "a.yaml").write_text("password: open sesame\n")
    called = harness("check-secrets", tmp_path)

    assert (called.code, called.err) == (1, "")
    assert called.out == (
        f"{tmp_path}/a.yaml:1: the value by the name `password`\n"
        "1 secret in 1 file of 1: take them out, and make these tokens invalid.\n"
    )


def test_clean_files_are_clean(tmp_path: Path) -> None:
    """Nothing found is success; what git keeps for itself is not looked at."""
    (tmp_path / "a.yaml").write_text("limit: 20\n")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("url = https://me:hunter22@host\n")
    called = harness("check-secrets", tmp_path)

    assert (called.code, called.out) == (0, "No secret in 1 file.\n")


def test_without_paths_it_is_the_projects_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cassettes, scenarios and reports; not what is in quarantine already."""
    monkeypatch.chdir(tmp_path)
    for name in ("cassettes", "scenarios", "reports", "other"):
        Path(name).mkdir()
        Path(name, "a.json").write_text('{"token": "abc"}')
    called = harness("check-secrets")

    assert called.code == 1
    assert [line.partition(":")[0] for line in called.out.splitlines()[:-1]] == [
        "cassettes/a.json",
        "scenarios/a.json",
        "reports/a.json",
    ]


def test_the_quarantine_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there holds secrets, and that was told."""
    monkeypatch.chdir(tmp_path)
    away = Path(".harness", "quarantine")
    away.mkdir(parents=True)
    (away / "a.json").write_text('{"token": "abc"}')

    assert harness("check-secrets", ".").code == 0


def test_secrets_of_the_environment_are_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token that is set is looked for by its value, in any file."""
    monkeypatch.setenv("ASTRO_API_TOKEN", "a-token-of-mine-0123")
    monkeypatch.setenv("CORP_PASSWORD", "hunter22-and-more")
    (tmp_path / "a.txt").write_text("see a-token-of-mine-0123\nand hunter22-and-more\n")

    assert harness("check-secrets", tmp_path).out.splitlines()[:-1] == [
        f"{tmp_path}/a.txt:1: the value of ASTRO_API_TOKEN",
        f"{tmp_path}/a.txt:2: the value of CORP_PASSWORD",
    ]


def test_other_formats(tmp_path: Path) -> None:
    """JSON for programs, annotations for GitHub Actions."""
    (tmp_path / "a.json").write_text('{"token": "abc"}')
    read = json.loads(harness("check-secrets", tmp_path, "--format", "json").out)

    assert (read["files"], read["leaks"][0]["line"]) == (1, 1)
    assert harness("check-secrets", tmp_path, "--format", "github").out.startswith(
        f"::error file={tmp_path}/a.json,line=1,title=A secret in a file::the value by the name `token`\n"
    )


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    """A mistake of the caller is told without a traceback."""
    assert "there is no such file" in refused(harness("check-secrets", tmp_path / "nowhere"))


def test_what_is_no_file_is_a_mistake(tmp_path: Path) -> None:
    """Nothing was looked at, which is not to be taken for nothing found."""
    os.mkfifo(tmp_path / "pipe")

    assert "it is no file, and no directory" in refused(harness("check-secrets", tmp_path / "pipe"))
