"""Commands that CI services read from what a step prints: annotations on lines, and how text is none.

The runner of GitHub Actions takes ``::command::`` at the start of a line and ``##[command]`` anywhere in it
(``ActionCommand.cs`` of https://github.com/actions/runner), Azure Pipelines ``##vso[command]``. Such a
command hides text from the log, or sets what later steps are given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from harness.report.words import visible, visible_lines

_SIGNED: Final = re.compile(r"#(?=#(?:\[|vso\[))", re.IGNORECASE)
_COMMAND: Final = re.compile(r"^(?P<blank>[^\S\n]*):(?=:)|#(?=#(?:\[|vso\[))", re.MULTILINE | re.IGNORECASE)


def quieted(text: str) -> str:
    """Return the lines of a text for people so that no CI service finds a command in them."""
    return _COMMAND.sub(_shown, text)


def printed(lines: Iterable[str]) -> str:
    """Return the text of lines that are printed: each stays one, and is no command to anybody."""
    return "".join(f"{quieted(visible(line))}\n" for line in lines)


def for_people(text: str) -> str:
    """Return text as a terminal and a job's log may have it: nothing in it is a command."""
    return quieted(visible_lines(text))


def respelled(text: str, sign: str) -> str:
    """Return JSON or XML in which the number sign of commands is written otherwise, which means the same."""
    return _SIGNED.sub(lambda _: sign, text)


def _shown(match: re.Match[str]) -> str:
    return r"\x23" if match["blank"] is None else rf"{match['blank']}\x3a"


def workflow_command(level: str, properties: Mapping[str, object], message: str) -> str:
    """Write an annotation on one line, without its end; ``level`` is error, warning or notice.

    What is shown may come from a file or a response. It can neither end the command nor begin another.
    """
    said = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{level} {said}::{_data(message)}"


def _data(text: str) -> str:
    shown = visible(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))
    return respelled(shown, r"\x23")  # Azure Pipelines finds its commands anywhere in a line


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
