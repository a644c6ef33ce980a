"""Commands of GitHub Actions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.readiness import assess
from harness.report.text import failure_text, gate_text, summary_text
from harness.report.workflow_commands import printed, quieted, workflow_command
from tests.report.builders import hostile_run

COMMANDS = (
    "::error::x",
    " \u3000::add-mask::e",
    "##[add-mask]e",
    "###[set-output name=x]y",
    "##VSO[task.x]",
    "\n::a::",
)
_READ = re.compile(r"^\s*::|##\[|##vso\[", re.IGNORECASE)
"""What a runner looks for in a line."""


def test_an_annotation() -> None:
    """Each property has its name, and what would separate them is escaped."""
    assert workflow_command("error", {"file": "a,b.yaml", "line": 3, "title": "x: 50%"}, "a: b\nc, 5%") == (
        "::error file=a%2Cb.yaml,line=3,title=x%3A 50%25::a: b%0Ac, 5%25"
    )


@given(text=st.text(st.characters(exclude_categories=())))
def test_nothing_that_is_shown_is_a_command(text: str) -> None:
    """It stays on its line and in its place."""
    written = workflow_command("notice", {"title": text}, text)

    assert written.splitlines() == [written]
    assert re.fullmatch(r"::notice title=[^:,]*::.*", written)


@pytest.mark.parametrize("command", COMMANDS)
def test_no_text_for_people_is_a_command(command: str) -> None:
    """Neither where a line begins with what a response says, nor anywhere in it."""
    made = hostile_run({"one": command, "two": command})
    texts = [failure_text(each) for each in made.scenarios]
    texts += ["\n".join(summary_text(made, assess(made), Path("x"))), gate_text(assess(made))]

    assert _READ.search(command.strip("\n"))
    assert not [line for text in texts for line in text.split("\n") if _READ.search(line)]


@given(text=st.text("#[:v so]\n\u3000a", max_size=30))
def test_whatever_stands_together(text: str) -> None:
    """What is replaced makes no new one."""
    assert not [line for line in quieted(text).split("\n") if _READ.search(line)]


def test_what_is_no_command_stays() -> None:
    """Colons and signs within a line."""
    assert quieted("a::b ## [c]\n# d\n: e") == "a::b ## [c]\n# d\n: e"
    assert quieted("  ::a\n##[b]") == "  \\x3a:a\n\\x23#[b]"


@pytest.mark.parametrize("command", COMMANDS)
def test_each_printed_line_stays_one(command: str) -> None:
    """Whatever is in it."""
    text = printed([command, f"a {command}"])

    assert text.count("\n") == len(text.splitlines()) == 2
    assert not [line for line in text.split("\n") if _READ.search(line)]
