"""Commands that the runner of GitHub Actions reads from what a step prints: annotations on lines."""

from __future__ import annotations

from collections.abc import Mapping

from harness.report.words import visible


def workflow_command(level: str, properties: Mapping[str, object], message: str) -> str:
    """Write an annotation on one line, without its end; ``level`` is error, warning or notice.

    What is shown may come from a file or a response. It can neither end the command nor begin another.
    """
    said = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{level} {said}::{_data(message)}"


def _data(text: str) -> str:
    return visible(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
