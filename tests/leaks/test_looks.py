"""What looks like a secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.leaks.looks import _DETECTORS, Looks
from tests.leaks import JWT

SECRETS = (
    f"token={JWT};",
    "Authorization: bearer abcdefghijklmnopqrstuvwxyz",
    "https://user:hunter22@host/path",
    "-----BEGIN RSA PRIVATE KEY-----",
    "ghp_" + "a1B2" * 9,
    "AKIA" + "ABCDEFGH12345678",
    "github_pat_" + "a1B2" * 9,
    "ATATT3xFf" + "a1B2" * 9,
    "AIza" + "a1B2c" * 7,
)


@pytest.mark.parametrize("text", SECRETS)
def test_secrets_are_known_by_their_look(text: str) -> None:
    """Each is found in the middle of other text."""
    assert list(Looks().find(f"some text, {text} and more"))


@pytest.mark.parametrize(
    "text",
    [
        "Bearer REDACTED-0123abcd",
        "Bearer [ASTRO_API_TOKEN]",
        "Bearer harness-probe-invalid-token-0001",
        "Bearer ${env:ASTRO_API_TOKEN_OF_PRODUCTION}",
        "https://user:REDACTED-0123abcd@host",
        "https://user:%5BA_PASSWORD%5D@host",
        "clxxxxxxxxxxxxxxxxxxxxxxx",
        "3fa85f64-5717-4562-b3fc-2c963f66afa6",
        "the bearer of this letter",
    ],
)
def test_placeholders_and_ids_are_no_secrets(text: str) -> None:
    """What stands where a secret stood, made-up credentials and ids are let pass."""
    assert not list(Looks().find(text))


def test_a_project_adds_patterns() -> None:
    """Its own look counts too, beside placeholders."""
    looks = Looks(["corp-[0-9]{4}", "[0-9a-f]{8}"])

    assert [what for what, _ in looks.find("corp-1234 REDACTED-0123abcd")] == [
        "pattern 1 of the project's own"
    ]


@given(
    st.lists(
        st.sampled_from(
            [*SECRETS, "xoxb-1-a", "1" * 9 + ":" + "a" * 35, "glpat-" + "a" * 20, "rk_live_" + "1" * 24]
        )
        | st.text(max_size=8)
        | st.from_regex("[A-Za-z0-9_:@/.-]{0,40}", fullmatch=True),
        max_size=6,
    ).map("".join)
)
def test_what_a_detector_of_the_library_finds_is_found(text: str) -> None:
    """None is left out because its patterns were asked first."""
    found = list(Looks().find(text))
    theirs = [
        (f"a secret of the kind {detector.secret_type}", secret)
        for detector in _DETECTORS
        for secret in detector.analyze_string(text)
    ]

    assert found[: len(theirs)] == theirs
