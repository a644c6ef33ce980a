"""The formats by their names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Final
from xml.etree import ElementTree as ET

import pytest

from harness.commands.report import FORMATS as OFFERED
from harness.readiness import assess
from harness.redact import Redactor
from harness.report.formats import FORMATS, Told, rendered
from harness.result import RunResult, Verdict
from harness.struct import replace
from tests.report.builders import (
    contracts,
    failing_run,
    finding,
    good_run,
    hostile_run,
    run,
    sandbox_run,
    scenario,
    step,
)
from tests.report.payloads import LINKS, PAYLOADS
from tests.schemas import held

CELLS = ("=cmd|' /C calc'!A0", "+1+1", "-1", "@SUM(A1)", "\t=1", 'a,"b";c')
"""What a spreadsheet takes for a formula, or for more cells."""


def test_the_command_offers_all_of_them() -> None:
    """The names that the command line takes are those that can be written."""
    assert tuple(FORMATS) == OFFERED


@pytest.mark.parametrize("name", FORMATS)
def test_each_is_a_text_that_only_the_run_decides(name: str) -> None:
    """The same run gives the same text, in UTF-8."""
    made = failing_run()
    told = Told(run=made, assessment=assess(made), below="tools", link="https://ci.example.com/1")

    def text(parts: Iterable[str]) -> str:
        return "".join(parts)

    assert text(FORMATS[name](told)).encode()
    assert text(FORMATS[name](told)) == text(FORMATS[name](told))


@pytest.mark.parametrize("name", FORMATS)
def test_a_known_secret_is_in_none_of_them(name: str) -> None:
    """A log that somebody else wrote may hold a secret of this machine."""
    secret = "sturdy-walrus-42"
    told = finding(explanation=f"Op: v1 says {secret}", remedy=f"Use {secret}.")
    made = run(scenario(step(told, verdict=Verdict.MISMATCH), title=secret, ticket=secret))
    text = "".join(
        rendered(name, Told(run=made, assessment=assess(made), redactor=Redactor({"MY_TOKEN": secret})))
    )
    assert "walrus" not in text
    assert "MY_TOKEN" in text


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("build", [failing_run, good_run, hostile_run, sandbox_run])
def test_what_holds_no_secret_is_left_alone(name: str, build: Callable[[], RunResult]) -> None:
    """Looking once more changes nothing in what was clean."""
    made = build()
    told = Told(run=made, assessment=assess(made), redactor=Redactor({"MY_TOKEN": "sturdy-walrus-42"}))
    assert "".join(rendered(name, told)) == "".join(FORMATS[name](told))


ODD: Final[dict[str, Callable[[], RunResult]]] = {
    "corpus": lambda: hostile_run({text: text for text in (*PAYLOADS, *LINKS, *CELLS)}),
    "long": lambda: hostile_run({text: text for text in ("x" * 50_000, "`|@#" * 9_000, "\x00" * 9_000)}),
    "nothing ran": run,
    "nothing finished": lambda: run(planned=3, unfinished=("a\x1b", "")),
    "no names": lambda: run(scenario(step(name="", where=""), id="", title="", where="", ticket="")),
    "no words": lambda: replace(failing_run(), tool="", mode="", environment="", profile=""),
    "no times": lambda: replace(failing_run(), started="", finished="9999-99-99T00:00:00Z"),
}
"""Runs that no run of ours makes, and what a hostile service can put into one."""


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("odd", ODD)
def test_no_run_breaks_a_format(name: str, odd: str) -> None:
    """It is what its readers expect, and no character in it is one that a terminal obeys."""
    made = ODD[odd]()
    text = "".join(rendered(name, Told(run=made, assessment=assess(made, contracts=contracts()))))

    text.encode()
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    if name in ("ctrf", "sarif"):
        held(text, name)
    if name in ("json", "gitlab"):
        json.loads(text)
    if name == "junit":
        root = ET.fromstring(text)  # noqa: S314 - we wrote it
        assert root.tag == "testsuites"
