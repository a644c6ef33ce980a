"""The formats by their names."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from harness.commands.report import FORMATS as OFFERED
from harness.readiness import assess
from harness.redact import Redactor
from harness.report.formats import FORMATS, Told, rendered
from harness.result import RunResult, Verdict
from tests.report.builders import (
    failing_run,
    finding,
    good_run,
    hostile_run,
    run,
    sandbox_run,
    scenario,
    step,
)


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
