"""What looks like a secret."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.leaks.looks import _BEARER, _DETECTORS, _FORMS, _WORDS, Looks, _is_hidden
from tests.leaks import JWT


@pytest.mark.parametrize(
    "text",
    [
        f"token={JWT};",
        "Authorization: bearer abcdefghijklmnopqrstuvwxyz",
        "https://user:hunter22@host/path",
        "-----BEGIN RSA PRIVATE KEY-----",
        "ghp_" + "a1B2" * 9,
        "AKIA" + "ABCDEFGH12345678",
        "github_pat_" + "a1B2" * 9,
        "ATATT3xFf" + "a1B2" * 9,
        "AIza" + "a1B2c" * 7,
    ],
)
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


_PATTERNS = [pattern for detector in _DETECTORS for pattern in detector.denylist]


@pytest.mark.parametrize("pattern", _PATTERNS, ids=lambda pattern: pattern.pattern[:30])
@settings(max_examples=10)
@given(data=st.data())
def test_whatever_a_pattern_of_the_library_finds_is_found(
    pattern: re.Pattern[str], data: st.DataObject
) -> None:
    """The words by which most texts are passed over are in every text that has something to find."""
    text = data.draw(st.from_regex(pattern))
    (detector,) = (each for each in _DETECTORS if pattern in each.denylist)
    wanted = {
        (f"a secret of the kind {detector.secret_type}", found)
        for found in detector.analyze_string(text)
        if not _is_hidden(found)
    }

    assert {kind for kind, _ in wanted} <= {kind for kind, _ in Looks().find(text)}
    assert wanted <= set(Looks().find(text)) or "_authToken" in text


def test_the_words_are_of_patterns_that_there_are() -> None:
    """A pattern that the library changed is tried on every text, which takes time."""
    ours = {form.pattern for form in (*_FORMS.values(), _BEARER)}

    assert _WORDS.keys() <= ours | {pattern.pattern for pattern in _PATTERNS}


def test_letters_that_only_look_different_hide_nothing() -> None:
    """What is found without regard to case is found in letters that become others in another case."""
    key = "a1B2" * 10

    assert list(Looks().find(f"aw\u017f_key = '{key}'"))
    assert list(Looks().find(f"AWS_\u212aEY = '{key}'"))


@pytest.mark.parametrize("before", ["", "https://a/b ", "//other:x " * 50])
def test_tokens_of_npm_are_found_on_long_lines(before: str) -> None:
    """Each of them, also where a line has several; without the address before it it is none."""
    uuid = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
    line = f"{before}//packages.example.org/:_authToken=npm_abc then /:_authToken={uuid}"

    assert {found[:7] for _, found in Looks().find(line)} >= {"npm_abc", uuid[:7]}
    assert not list(Looks().find(f"/:_authToken={uuid}"))
    assert not list(Looks().find(f"//r\n/:_authToken={uuid}"))
