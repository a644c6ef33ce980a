"""The door to standard output and error, and every command before it."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cli import _parser
from harness.commands.printing import Printed, put
from harness.errors import HarnessError
from harness.report.formats import FORMATS
from harness.struct import replace
from tests.calling import Called, harness
from tests.cassette import answer, write
from tests.commands.test_gate import write as write_log
from tests.recorder import exchange
from tests.report.builders import hostile_run

EVIL: Final = "x\n::add-mask::e ##[set-output name=x]y ##VSO[task.x]\x1b[2J\r::b::\u202e"
"""What a terminal and the runners of CI services would obey; a file may be called so."""
_COMMAND = re.compile(r"^\s*::(?!(?:error|warning|notice) )|##\[|##vso\[", re.IGNORECASE)
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def commands(*texts: str) -> list[str]:
    """Return the lines of printed texts that somebody would obey."""
    lines = [line for text in texts for line in text.split("\n")]
    return [line for line in lines if _COMMAND.search(line) or _OBEYED.search(line)]


@given(texts=st.lists(st.text(st.sampled_from("#[:v so]\n\u3000a\x1b\r") | st.characters(), max_size=20)))
def test_whatever_is_written_in_whatever_pieces(texts: list[str]) -> None:
    """No piece makes a command, alone or with those before it; all that is no command comes out."""
    plain = StringIO()
    out = Printed(plain)
    for text in texts:
        assert out.write(text) == len(text)
    out.finish()

    assert not [line for line in plain.getvalue().split("\n") if _COMMAND.search(line)]
    assert not _OBEYED.search(plain.getvalue())
    assert plain.getvalue().count("\n") == "".join(texts).count("\n")


def test_what_waits_is_written_when_it_is_asked_for() -> None:
    """A line without an end is seen by who flushes, and lines come through as they are."""
    plain = StringIO()
    out = Printed(plain)
    out.writelines(["a::b\n", "wait"])

    assert plain.getvalue() == "a::b\n"
    out.flush()
    assert plain.getvalue() == "a::b\nwait"


def test_formats_stay_what_they_are() -> None:
    """JSON and XML have other ways to write the sign; annotations are commands, and a page is for no log."""
    written: dict[str, str] = {}
    for form in ("json", "junit", "github", "html", "markdown"):
        plain = StringIO()
        out = Printed(plain)
        put(out, {"json": '["##[a]"]\n', "junit": "<a>##[a]</a>\n"}.get(form, "::error ::##[a]\n"), form)
        written[form] = plain.getvalue()

    assert json.loads(written["json"]) == ["##[a]"]
    assert ET.fromstring(written["junit"]).text == "##[a]"  # noqa: S314 - our own
    assert not commands(written["json"], written["junit"], written["markdown"])
    assert written["github"] == written["html"] == "::error ::##[a]\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in a project where everything says what somebody would obey."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    run = hostile_run({"one": EVIL, "two": EVIL.replace("\n", " ")})
    for log in (Path("reports/latest/events.jsonl"), Path("shard.jsonl")):
        write_log(log, run)
    made = exchange(f"https://api.astronomer.io/iam/v1beta1/organizations/o/{EVIL}")
    evil = replace(made, response=answer(json.dumps({EVIL: [EVIL]}).encode(), status=500))
    source = Path(EVIL.replace("/", ""))
    source.mkdir()
    text = f"curl https://api.astronomer.io/iam/v1beta1/organizations/$O/users {EVIL} password=open-sesame\n"
    (source / f"{EVIL}.sh").write_text(text * 2 + "-----BEGIN RSA PRIVATE KEY-----")
    write(source / "c.yaml", evil)
    (source / f"{EVIL}.yaml").write_text(f"scenario: {EVIL!r}\nsteps: [{EVIL!r}]\n")
    (source / "s.yaml").write_text("scenario: x\nsteps: []\n")
    return tmp_path


C: Final = f"{EVIL}/c.yaml"
CALLS: Final[dict[str, Sequence[Sequence[str]]]] = {
    "contract where": [["GET", EVIL], [EVIL, "https://api.astronomer.io/v1"]],
    "contract build": [[EVIL], [f"{EVIL}=x", "--output", EVIL]],
    "contract diff": [[], [EVIL], ["--format", "markdown"], ["--format", "json"]],
    "contract show": [[EVIL], ["ListUsers"]],
    "rules": [[], ["--format", "json"], [EVIL]],
    "explain": [[EVIL]],
    "schema": [["--output", f"{EVIL}/no/such"], []],
    "sandbox": [["--port", EVIL], ["--faults", EVIL], ["--faults", f"*:ListUsers:{EVIL}"], ["--list", EVIL]],
    "report": [["--format", form] for form in sorted(FORMATS)] + [["--output", f"{EVIL}.d"], [EVIL]],
    "attach": [["--github", EVIL, "--dry-run"], ["--jira", "AB-1", "--dry-run"], ["--github", "o/n#1", EVIL]],
    "coverage": [["--format", form] for form in ("text", "json", "markdown")] + [[EVIL], ["--traffic", C]],
    "gate": [[], [EVIL], ["--evidence", EVIL]],
    "learn": [[], [EVIL]],
    "history": [[], [EVIL], ["--format", "json"]],
    "drift": [[EVIL], [C]],
    "compare": [[C, C], [EVIL, EVIL], [C, C, "--format", "json"], [C, C, "--format", "markdown"]],
    "scan": [[EVIL], [".", "--format", "github"], [".", "--format", "json"], [f"{EVIL}no"]],
    "inspect": [[EVIL], [C, "--format", "json"], [C, "--format", "markdown"], [C], [f"{EVIL}no"]],
    "merge": [["shard.jsonl"], [EVIL], ["shard.jsonl", "reports/latest/events.jsonl", "--output", EVIL]],
    "doctor": [["--environment", EVIL]],
    "init": [[EVIL], ["--environment", EVIL]],
    "record": [
        ["--from", EVIL],
        ["--from", C, "--output", f"{EVIL}.d"],
        ["--recover", "--output", EVIL],
        ["--listen", EVIL],
        ["--ignore", f"({EVIL}", "--from", C],
        ["--body-cap", EVIL],
        ["--", f"{EVIL}no-such-command"],
    ],
    "draft": [
        [EVIL, "-o", EVIL],
        [C, "-o", f"{EVIL}/scenarios"],
        [C, "-o", "scenarios/x", "--format", "json"],
    ],
    "check-secrets": [[EVIL], [".", "--format", "github"], [".", "--format", "json"], [f"{EVIL}no"]],
    "sweep": [[], ["--environment", EVIL], [EVIL]],
}
"""How each command is called with what somebody would obey."""


def _names(parser: argparse.ArgumentParser, prefix: str = "") -> set[str]:
    """Return the commands that there are, as one writes them."""
    found: set[str] = set()
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                found |= _names(below, f"{prefix} {name}".strip()) or {f"{prefix} {name}".strip()}
    return found


def test_every_command_is_called() -> None:
    """A new one must come by here, too."""
    assert CALLS.keys() == _names(_parser())


@pytest.mark.parametrize("name", CALLS)
def test_nothing_that_a_command_prints_is_obeyed(
    name: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither its report nor its mistakes, on none of the streams; and no call ends in a traceback."""
    for arguments in CALLS[name]:
        called = harness(*name.split(), *arguments)
        told = capsys.readouterr()

        assert not commands(told.out, told.err)
        if "html" not in arguments:
            assert not commands(called.out, called.err)
        assert "Traceback" not in called.err
        assert called.code in {0, 1, 2, 3}
    assert project.exists()


def test_json_stays_json(project: Path) -> None:
    """What is escaped in it is the same to whoever reads it."""
    found = json.loads(harness("scan", ".", "--format", "json").out)["found"]

    assert any(EVIL.partition("\n")[2].partition("\x1b")[0] in each["path"] for each in found)
    assert project.exists()


def test_a_mistake_is_told_without_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever raises it, and whatever it says."""

    def fails(*_: object) -> int:
        from harness.errors import Problem

        raise HarnessError(Problem(where=EVIL, what=EVIL, advice=EVIL))

    monkeypatch.setattr("harness.commands.gate._gate", fails, raising=True)
    called: Called = harness("gate")

    assert called.code == 2
    assert not commands(called.err)
    assert called.err.startswith("harness: x\n\\x3a:add-mask::e \\x23#[set-output")
