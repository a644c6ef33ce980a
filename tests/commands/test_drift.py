"""``harness drift``."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from harness.history import FILE, opened
from harness.sandbox import running
from harness.sandbox.setup import Setup, chosen
from harness.settings import SANDBOX
from tests.calling import harness, refused
from tests.documentation import ROOT

Configure = Callable[[str], None]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Be in a project with a recording of the shipped sandbox; the result points it at a URL."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "cassettes" / "users" / "list", tmp_path / "cassettes" / "users" / "list")

    def configure(url: str) -> None:
        lines = [f'{api} = "{url}{urlsplit(base).path}"' for api, base in SANDBOX.base_urls.items()]
        text = "\n".join(["[tool.harness.environments.sandbox]", "sandbox = true", *lines, ""])
        (tmp_path / "pyproject.toml").write_text(text, "utf-8")

    return configure


def test_today_is_as_it_was_and_then_it_is_not(project: Configure, tmp_path: Path) -> None:
    """Exit code 0 without drift and 1 with it; the second time says what is new, the third what is fixed."""
    calm, changed = Setup(), Setup(on=chosen(added=("number-as-text",)))
    told = []
    for setup in (calm, changed, calm):
        with running(setup=setup) as url:
            project(url)
            told.append(harness("drift", "--environment", "sandbox"))
    first, second, third = told
    with opened(tmp_path / ".harness" / FILE, write=False) as store:
        kept = [(run.mode, run.readiness) for run in store.runs()]

    assert [each.code for each in told] == [0, 1, 0]
    assert first.out.startswith("No earlier run")
    assert "type-changed at " in second.out
    assert " 0 new" not in second.out.splitlines()[0]
    assert " 0 fixed" not in third.out.splitlines()[0]
    assert kept == [("drift", "")] * 3
    assert all("the sandbox: it proves nothing about the vendor's service." in each.out for each in told)


def test_a_pinned_version_is_asked(project: Configure) -> None:
    """The sandbox has one minor version: pinned to it, nothing differs; another one it refuses."""
    with running() as url:
        project(url)
        same = harness("drift", "users/list", "--environment", "sandbox", "--pinned", "1.0")
        other = harness("drift", "--environment", "sandbox", "--pinned", "7.3", "--format", "json")

    assert (same.code, other.code) == (0, 1)
    assert "v1 without a pin and pinned to 1.0, environment sandbox" in same.out
    assert json.loads(other.out)["pinned"] == "7.3"


def test_nothing_to_ask_is_trouble(
    project: Configure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A recording of another environment is not asked, and that is never clean; nothing is kept of it."""
    project("http://127.0.0.1:9")
    monkeypatch.setenv("ASTRO_API_TOKEN", "made-up")
    called = harness("drift", "--environment", "production")

    assert called.code == 2
    assert "recorded from `sandbox`" in called.out
    assert not (tmp_path / ".harness" / FILE).exists()


def test_mistakes_are_said(project: Configure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token that is not set, a version that is none, a scenario that was not recorded."""
    project("http://127.0.0.1:9")
    monkeypatch.delenv("ASTRO_API_TOKEN", raising=False)

    assert "ASTRO_API_TOKEN is not set" in refused(harness("drift", "--environment", "production"))
    assert refused(harness("drift", "--environment", "sandbox", "--pinned", "one")).startswith("--pinned: ")
    assert refused(harness("drift", "nothing", "--environment", "sandbox")).startswith("nothing: ")
    shutil.rmtree(tmp_path / "cassettes")
    assert "there are no recordings of v1" in refused(harness("drift", "--environment", "sandbox"))
