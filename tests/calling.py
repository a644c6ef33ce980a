"""Calls the command line as its user does, and keeps what came of it."""

from __future__ import annotations

from io import StringIO
from typing import Final, NamedTuple

from harness.cli import main

ALERTS: Final = "https://api.astronomer.io/platform/v1beta1/organizations/o1/alerts"
"""A URL that v1 does not have."""

OPENAPI: Final = """\
openapi: 3.1.0
info: {title: Tiny, version: "1"}
paths:
  /things:
    get:
      operationId: ListThings
      responses: {"200": {description: ok, content: {application/json: {schema: {type: object}}}}}
"""
"""The smallest document that has an operation."""


class Called(NamedTuple):
    """What one call of the command line came to."""

    code: int
    out: str
    err: str


def harness(*arguments: object) -> Called:
    """Call the command line."""
    out, err = StringIO(), StringIO()
    code = main([str(argument) for argument in arguments], out, err)
    return Called(code, out.getvalue(), err.getvalue())


def refused(called: Called) -> str:
    """Return the one line of a command that refused."""
    (line,) = called.err.splitlines()
    assert (called.code, called.out) == (2, "")
    assert line.startswith("harness: ")
    return line.removeprefix("harness: ")
