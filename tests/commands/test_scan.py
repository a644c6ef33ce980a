"""``harness scan``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.calling import ALERTS, harness, refreshed, refused


def test_a_tree_is_scanned(tmp_path: Path) -> None:
    """What must be changed, and an exit code that CI can use."""
    (tmp_path / "a.sh").write_text("curl https://api.astronomer.io/iam/v1beta1/organizations/$O/users\n")
    called = harness("scan", tmp_path)

    assert (called.code, called.err) == (1, "")
    assert "a.sh:1:6: GET /organizations/{}/users (ListUsers): to be changed" in called.out


def test_a_clean_tree_is_clean(tmp_path: Path) -> None:
    """Nothing to do is success."""
    assert harness("scan", tmp_path).code == 0


def test_other_formats(tmp_path: Path) -> None:
    """JSON for programs, annotations for GitHub Actions."""
    (tmp_path / "a.sh").write_text("B=https://api.astronomer.io/iam/v1beta1\n")

    assert json.loads(harness("scan", tmp_path, "--format", "json").out)["found"][0]["kind"] == "base-url"
    assert harness("scan", tmp_path, "--format", "github").out.startswith("::warning file=")


JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"
URL = "https://api.astronomer.io/iam/v1beta1/organizations"


@pytest.mark.parametrize("form", ["text", "json", "github"])
@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (f"curl -H 'Authorization: Bearer hunter2hunter2hunter2' {URL}/$O/users", "REDACTED-"),
        (f"curl {URL}/{JWT}/users", "REDACTED-"),
        (f"curl {URL}/$O/{JWT}/{JWT}", "REDACTED-"),
        (f"ASTRO_API_TOKEN=hunter2hunter2 curl {URL}/$O/users", "is not shown"),
        (f"requests.post('{URL}/o/teams', headers={{'X-Api-Key': 'hunter2hunter2'}})", "is not shown"),
    ],
)
def test_a_secret_in_a_line_is_not_shown(tmp_path: Path, form: str, line: str, shown: str) -> None:
    """A log of CI has more readers than the repository has."""
    (tmp_path / "a.sh").write_text(f"{line}\n")
    told = harness("scan", tmp_path, "--format", form).out

    assert "hunter2" not in told
    assert JWT not in told
    # Annotations hold what is to be written instead, and not the line.
    assert shown in told or form == "github"


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    """A mistake of the caller is told without a traceback."""
    assert "cannot be read" in refused(harness("scan", tmp_path / "nowhere"))


def test_a_tree_is_scanned_by_the_projects_own_contracts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call that a refreshed contract of v1 has is not called unsupported."""
    refreshed(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text(f'requests.get("{ALERTS}")\n')

    assert "does not support" not in harness("scan", "a.py").out
