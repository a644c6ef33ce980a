"""Commands of curl: what a shell makes of them is what the evidence shows, with the token filled in."""

from __future__ import annotations

import shlex
import subprocess

import pytest

from harness.exchange import Body, BodyKind
from harness.report.curl import LONGEST_BODY, curl
from harness.report.words import visible
from harness.result import Evidence
from tests.report.builders import HOSTILE, body, evidence


def _curl(sent: Evidence) -> str:
    return curl(sent.method, sent.url, sent.request_headers, sent.request_body)


def _words(command: str, **environment: str) -> list[str]:
    """Return the arguments that a shell hands to curl."""
    echo = "curl() { printf '%s\\0' \"$@\"; }\n"
    done = subprocess.run(  # noqa: S603 - the command is the subject
        ["/bin/sh", "-c", echo + command],
        env=environment,
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""
    return done.stdout.decode().split("\0")[:-1]


def test_a_read_names_its_url_and_takes_the_token_from_the_environment() -> None:
    """The shell fills in the variable that stands where the token was."""
    assert _words(_curl(evidence()), ASTRO_API_TOKEN="to ken") == [
        "--include",
        "--globoff",
        "--url",
        "http://127.0.0.1:8765/v1/organizations/clsandboxorg0000000000000/tokens?limit=20",
        "--header",
        "authorization: Bearer to ken",
        "--header",
        "accept: application/json",
    ]


def test_the_variable_is_the_one_that_the_evidence_names() -> None:
    """An environment may have a token of its own; what was hidden without a name is the usual one."""
    named = evidence(request_headers=(("Authorization", "Bearer [OTHER_TOKEN]"),))
    unnamed = evidence(request_headers=(("Authorization", "Bearer REDACTED-0123abcd"),))
    assert "--header 'Authorization: Bearer '\"$OTHER_TOKEN\"" in _curl(named)
    assert "--header 'Authorization: Bearer '\"$ASTRO_API_TOKEN\"" in _curl(unnamed)


def test_a_write_has_its_method_and_its_body() -> None:
    """What curl writes itself is left to it."""
    sent = evidence(
        method="POST",
        request_headers=(("Content-Type", "application/json"), ("Content-Length", "17"), ("Host", "x")),
        request_body=body({"name": "it's"}),
    )
    words = _words(_curl(sent))
    assert words[:4] == ["--include", "--globoff", "--request", "POST"]
    assert words[-2:] == ["--data-raw", '{"name": "it\'s"}']
    assert "content-length" not in _curl(sent).lower()


@pytest.mark.parametrize(
    "sent",
    [
        body("x" * LONGEST_BODY),
        Body(kind=BodyKind.BINARY),
        Body(kind=BodyKind.TEXT, data="two\nlines"),
    ],
)
def test_a_body_that_no_command_line_holds_is_read_from_a_file(sent: Body) -> None:
    """Long, binary and multi-line bodies."""
    assert _curl(evidence(request_body=sent)).endswith("--data-binary @body.txt")


@pytest.mark.parametrize("text", [*HOSTILE, "$(touch x)`touch y`", "'; touch x; '", '"$HOME" \\'])
def test_foreign_text_is_data_for_the_shell_too(text: str) -> None:
    """Each text is one argument, and nothing in it is run or filled in."""
    sent = evidence(url=f"http://h/{text}", method=text, request_headers=((f"x{text}", text),))
    shown = visible(text)
    words = _words(_curl(sent))
    assert words[2:6] == ["--request", shown, "--url", f"http://h/{shown}"]
    assert words[6:] in ([], ["--header", f"x{shown}: {shown}"])
    assert shlex.split(_curl(sent).replace("\\\n", ""))[3:] == words[2:]
