"""Calls the command line as its user does, and keeps what came of it."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Final, NamedTuple

from harness.cli import main
from harness.contract import V1, V1BETA1, load_contract
from harness.openapi import dump_api
from harness.struct import replace

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


def refreshed(project: Path) -> None:
    """Make a project whose own contract of v1 has the operations on alerts, which the package's lacks."""
    alerts = [each for each in load_contract(V1BETA1).apis["platform"].operations if "Alert" in each.id]
    api = load_contract(V1).apis["v1"]
    moved = tuple(replace(each, api="v1", request={}, responses={"200": {}}) for each in alerts)
    (project / "contracts").mkdir()
    (project / "contracts" / "v1.json").write_text(
        dump_api(replace(api, operations=(*api.operations, *moved))), "utf-8"
    )
    (project / "pyproject.toml").write_text('[tool.harness]\ncontracts = "contracts"\n', "utf-8")


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
