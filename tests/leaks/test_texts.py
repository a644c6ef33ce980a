"""Tests of values that a text gives the name of a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.leaks import LeakCheck
from harness.leaks.names import Names
from harness.redact import Redactor

_SECRET = "Qa81hzuQz7"
_FILES = [
    ("settings.toml", f'[api]\npassword = "{_SECRET}"\n'),
    ("job.sh", f"psql --password={_SECRET}\n"),
    ("job.sh", f"export ASTRO_API_TOKEN={_SECRET}\n"),
    ("job.py", f'import os\nos.environ["ASTRO_API_TOKEN"]="{_SECRET}"\n'),
    ("job.log", f"GET https://x/?access_token={_SECRET}\n"),
    ("job.log", f"login failed: password={_SECRET}\n"),
    ("note.txt", f"Authorization: Bearer {_SECRET}\n"),
    ("pom.xml", f"<server><password>{_SECRET}</password></server>\n"),
]


@pytest.mark.parametrize(("name", "text"), _FILES)
def test_file(tmp_path: Path, name: str, text: str) -> None:
    """A value by the name of a secret is found in files that are no data, and not once it is redacted."""
    path = tmp_path / name
    path.write_text(text)
    leaks = LeakCheck({}).file(path)
    path.write_text(Redactor().text(text))

    assert [leak.line for leak in leaks] == [1 + text[: text.index(_SECRET)].count("\n")]
    assert LeakCheck({}).file(path) == []


@pytest.mark.parametrize(
    "text",
    [
        *("token: required", "password: must be at least 8 characters", "Authorization: Bearer is missing"),
        *("token = os.environ['TOKEN_V2']", "token=${TOKEN_V2_NAME}", "password: ${{ secrets.PASSWORD_1 }}"),
        *(
            '-H "Authorization: Bearer $ASTRO_API_TOKEN2"',
            "token = get_token(v1)",
            "token: REDACTED-1a2b3c4d",
        ),
    ],
)
def test_prose(text: str) -> None:
    """What a text says about a secret, and what stands for one, is none."""
    assert list(Names().in_text(text)) == []


@pytest.mark.parametrize("before", ["login failed: ", "psql --", "", "java -D"])
def test_json(before: str) -> None:
    """A string of JSON is looked through as any other text, also options of a command."""
    content = f'{{"message": ["run", "{before}password={_SECRET}"]}}'.encode()

    assert [value for _, value in Names().in_content(content, "application/json")] == [_SECRET]
    assert list(Names().in_content(Redactor().content(content), "application/json")) == []


@pytest.mark.parametrize(
    "url", [f"https://h/tokens;token={_SECRET}/x", f"https://h/?filter=password%3D{_SECRET}"]
)
def test_url(url: str) -> None:
    """Matrix parameters and encoded filters of a URL are looked through."""
    assert [value for _, value in Names().in_url(url)] == [_SECRET]
    assert list(Names().in_url(Redactor().url(url))) == []
