"""What the settings are without a file, and how names are found in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.contract import BASE_URLS
from harness.errors import UsageError
from harness.rules import Profile
from harness.settings import PRODUCTION, SANDBOX, Environment, load_settings


def test_the_vendors_service_is_production() -> None:
    """The default environment calls the published base URLs over https and is marked as production."""
    assert PRODUCTION.base_urls == BASE_URLS
    assert (PRODUCTION.production, PRODUCTION.sandbox) == (True, False)


def test_a_real_token_is_not_sent_to_the_sandbox() -> None:
    """The sandbox is on loopback, and takes its token from another variable than the vendor's service."""
    assert all(url.startswith("http://127.0.0.1:8765/") for url in SANDBOX.base_urls.values())
    assert {SANDBOX.token, SANDBOX.organization}.isdisjoint({PRODUCTION.token, PRODUCTION.organization})


def test_files_of_the_project_are_shown_by_their_paths_in_it(tmp_path: Path) -> None:
    """Whoever reads of them has the project somewhere else."""
    read = load_settings(tmp_path)

    assert read.shown(f"{tmp_path / 'cassettes' / 'a'}: gone; /elsewhere") == "cassettes/a: gone; /elsewhere"


def test_an_unknown_environment_or_profile_is_told_with_the_nearest(tmp_path: Path) -> None:
    """What was asked for on the command line is checked against what there is."""
    read = load_settings(tmp_path)

    with pytest.raises(UsageError, match=r"there is no environment `prod`\. Write `production`\."):
        read.environment_named("prod")
    with pytest.raises(UsageError, match=r"there is no profile `lax`\. Use one of strict, tolerant\."):
        read.with_profile("lax")
    assert read.with_profile(None) is read
    assert read.with_profile("tolerant").profile is Profile.TOLERANT


def test_other_tokens_and_organizations_have_the_name_of_the_first_one() -> None:
    """An environment with variables of its own has all of them."""
    own = Environment(name="x", base_urls={}, token="MY_TOKEN", organization="MY_ORG")

    assert own.token_of("readonly") == "MY_TOKEN_READONLY"
    assert own.other_organization == "MY_ORG_OTHER"


def test_directories_that_are_named_in_vain(tmp_path: Path) -> None:
    """What a project names and does not have is told; that it has no `scenarios` yet is no mistake."""
    assert load_settings(tmp_path).absent == ()
    (tmp_path / "pyproject.toml").write_text("[tool.harness]\nscenarios = ['there', 'ther']\n", "utf-8")
    (tmp_path / "there").mkdir()

    assert load_settings(tmp_path).absent == (tmp_path.resolve() / "ther",)
