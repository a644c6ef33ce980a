"""Tests of secrets that a text gives a name."""

from __future__ import annotations

import json

import pytest

from harness.redact import Redactor

_SECRET = "Qa81hzuQz"


@pytest.mark.parametrize(
    "text",
    [
        *(f"token: {_SECRET}", f"X-Api-Key: {_SECRET}", f"Authorization: {_SECRET}", f"password='{_SECRET}'"),
        *(f"Set-Cookie: sid={_SECRET}; Path=/", f"login failed: password={_SECRET}", f"see ?token={_SECRET}"),
        *(f"<a><password>{_SECRET}</password></a>", f'<input name="token" value="{_SECRET}">'),
        *(
            f"--token={_SECRET}",
            f"x -- --api-key='{_SECRET}'",
            f"-password={_SECRET}",
            f"-Dpassword={_SECRET}",
        ),
        *(
            f"DB_PASSWORD_2={_SECRET}",
            f"password1={_SECRET}&password2=x",
            f"?token2={_SECRET}",
        ),
        *(f'password = "{_SECRET}"', f'os.environ["ASTRO_API_TOKEN"] = "{_SECRET}"'),
    ],
)
def test_text(text: str) -> None:
    """A value by the name of a secret leaves a text and a string of JSON, and stays away."""
    redactor = Redactor()
    for written in (text, json.dumps({"message": text}), json.dumps({"message": ["run", text]})):
        cleaned = redactor.content(written.encode())

        assert _SECRET not in cleaned.decode()
        assert redactor.content(cleaned) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        *("token: required", "password: must be at least 8 characters", "Authorization: Bearer is missing"),
        *("at 2026-01-02T03:04:05Z", "token2: required", "bypass=on1y-this-one", "pass=12"),
        *("token: invalid", "tokens: 3", "<label>token</label>", "https://h/tokens", "token: v1beta1"),
    ],
)
def test_prose(text: str) -> None:
    """What a message says about a secret stays as it is."""
    assert Redactor().text(text) == text
    assert json.loads(Redactor().content(json.dumps({"message": text}).encode())) == {"message": text}


@pytest.mark.parametrize(
    "url", [f"https://h/tokens;token={_SECRET}/x", f"https://h/?filter=password%3D{_SECRET}"]
)
def test_url(url: str) -> None:
    """Matrix parameters and encoded filters of a URL lose their secrets; the rest keeps its spelling."""
    cleaned = Redactor().url(url)

    assert _SECRET not in cleaned
    assert cleaned.partition("REDACTED")[0] == url.partition(_SECRET)[0]


def test_extra() -> None:
    """What a connection has as extra is secret under any name, but labels and settings."""
    extra = {"nested": {"k": "abc"}, "oauth": {"client": ["x"]}, "on": "true", "region_name": "eu"}

    cleaned = json.loads(Redactor().content(json.dumps({"connection": {"extra": extra}}).encode()))

    found = cleaned["connection"]["extra"]
    assert found["nested"]["k"].startswith("REDACTED-")
    assert found["oauth"]["client"][0].startswith("REDACTED-")
    assert (found["on"], found["region_name"]) == ("true", "eu")


@pytest.mark.parametrize("text", [f"X-Api-Key-2: {_SECRET}", f"at 12:30: token12: {_SECRET}"])
def test_a_number_before_a_colon(text: str) -> None:
    """A name may end in one, although most such colons are those of a time of day."""
    assert _SECRET not in Redactor().text(text)
