"""The command line, called as a function: what it prints where, and its exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from harness import __version__
from harness.cli import main
from harness.contract import V1, load_contract
from harness.openapi import dump_api
from harness.report.events import EventLog, RunStarted
from harness.result import ScenarioResult, Verdict
from harness.rules import RULES
from harness.scenario import schema_text

ALERTS: Final = "https://api.astronomer.io/platform/v1beta1/organizations/o1/alerts"
OPENAPI: Final = """\
openapi: 3.1.0
info: {title: Tiny, version: "1"}
paths:
  /things:
    get:
      operationId: ListThings
      responses: {"200": {description: ok, content: {application/json: {schema: {type: object}}}}}
"""


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


@pytest.mark.parametrize("arguments", [["--help"], ["contract", "--help"], ["contract", "build", "--help"]])
def test_help_is_told_where_it_is_asked_for(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Help goes to the given output, not to the process's, and is a success."""
    called = harness(*arguments)

    assert (called.code, called.err) == (0, "")
    assert called.out.startswith("usage: harness")
    assert capsys.readouterr() == ("", "")


def test_the_version() -> None:
    """The version is that of the package."""
    assert harness("--version") == (0, f"harness {__version__}\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nope"],
        ["contract"],
        ["contract", "where", "GET"],
        ["contract", "build", "x.yaml"],
        ["rules", "--format", "xml"],
        ["sandbox", "--port", "many"],
        ["report"],
    ],
)
def test_arguments_that_are_wrong(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A mistake in the arguments exits with 2 and says how they are used."""
    called = harness(*arguments)

    assert (called.code, called.out) == (2, "")
    assert called.err.startswith("usage: harness")
    assert capsys.readouterr() == ("", "")


def refused(called: Called) -> str:
    """Return the one line of a command that refused."""
    (line,) = called.err.splitlines()
    assert (called.code, called.out) == (2, "")
    assert line.startswith("harness: ")
    return line.removeprefix("harness: ")


def test_where_a_call_lands() -> None:
    """A call that v1 has is told with its new URL; the exit code is 0."""
    called = harness("contract", "where", "get", "/iam/v1beta1/organizations/o1/users?limit=5")

    assert (called.code, called.err) == (0, "")
    assert "In v1: GET https://api.astronomer.io/v1/organizations/o1/users?limit=5" in called.out


def test_where_an_unsupported_call_lands() -> None:
    """A call that v1 does not have exits with 1 and tells what there is instead."""
    called = harness("contract", "where", "GET", ALERTS)

    assert (called.code, called.err) == (1, "")
    assert "v1 does not support ListAlerts." in called.out
    assert "Labs API" in called.out


def test_where_an_unknown_call_lands() -> None:
    """A call that v1beta1 never had is a mistake, and the nearest ones are named."""
    line = refused(harness("contract", "where", "GET", "/organizations/o1/user"))

    assert line.startswith("v1beta1 has no operation GET /organizations/o1/user. ")
    assert "ListUsers" in line


def test_a_contract_is_built(tmp_path: Path) -> None:
    """A document becomes the facts that the harness reads, in a directory that need not be there."""
    document = tmp_path / "tiny.yaml"
    document.write_text(OPENAPI, "utf-8")
    output = tmp_path / "contracts" / "v1.json"
    called = harness("contract", "build", document, "--api", "v1", "--date", "2026-11-01", "--output", output)

    assert called == (0, f"{output}: 1 operations, 0 schemas\n", "")
    contract = load_contract(V1, tmp_path / "contracts")
    assert contract.apis["v1"].date == "2026-11-01"
    assert contract.find("GET", "/things") is not None


def test_a_contract_is_printed(tmp_path: Path) -> None:
    """Without an output the facts are printed, and nothing else."""
    document = tmp_path / "tiny.yaml"
    document.write_text(OPENAPI, "utf-8")
    called = harness("contract", "build", document, "--api", "v1", "--date", "2026-11-01")

    directory = tmp_path / "printed"
    directory.mkdir()
    (directory / "v1.json").write_text(called.out, "utf-8")
    assert called.out == dump_api(load_contract(V1, directory).apis["v1"])


MISTAKES: Final[dict[str, tuple[Callable[[Path], list[object]], str]]] = {
    "no file": (
        lambda root: ["contract", "build", root / "no.yaml", "--api", "v1"],
        "the file cannot be read",
    ),
    "a directory": (lambda root: ["contract", "build", root, "--api", "v1"], "the file cannot be read"),
    "no text": (lambda root: ["contract", "build", root / "bytes", "--api", "v1"], "it is not UTF-8 text"),
    "no API": (lambda root: ["contract", "build", root / "tiny.yaml", "--api", "v2"], "there is no API `v2`"),
    "no day": (
        lambda root: ["contract", "build", root / "tiny.yaml", "--api", "v1", "--date", "soon"],
        "`soon` is not a date",
    ),
    "no output": (
        lambda root: ["contract", "build", root / "tiny.yaml", "--api", "v1", "--output", root],
        "the file cannot be written (Is a directory)",
    ),
    "no directory": (
        lambda root: ["schema", "--output", root / "bytes" / "schema.json"],
        "the file cannot be written",
    ),
    "no rule": (
        lambda _: ["explain", "property-renamd"],
        "there is no rule `property-renamd`. Write `property-renamed`.",
    ),
    "no such rule at all": (
        lambda _: ["explain", "xyz"],
        "there is no rule `xyz`. `harness rules` lists them.",
    ),
    "no log": (lambda root: ["report", root / "events.jsonl"], "the log of the run cannot be read"),
    "no events": (lambda root: ["report", root / "tiny.yaml"], "this line is damaged"),
    "no port": (lambda _: ["sandbox", "--port", "99999"], "99999 is no port"),
    "no loopback": (lambda _: ["sandbox", "--host", "0.0.0.0"], "can be reached from other machines"),  # noqa: S104 - it is refused
}


@pytest.mark.parametrize(("arguments", "why"), MISTAKES.values(), ids=MISTAKES.keys())
def test_mistakes_are_one_line(tmp_path: Path, arguments: Callable[[Path], list[object]], why: str) -> None:
    """A mistake in what a command was given exits with 2 and one line on the error stream."""
    (tmp_path / "tiny.yaml").write_text(OPENAPI, "utf-8")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    before = sorted(tmp_path.iterdir())

    assert why in refused(harness(*arguments(tmp_path)))
    assert sorted(tmp_path.iterdir()) == before


def test_rules_are_listed() -> None:
    """Each rule of the catalogue has its line."""
    called = harness("rules")

    assert called.code == 0
    assert [line.split()[0] for line in called.out.splitlines()] == list(RULES)


def test_rules_are_listed_for_programs() -> None:
    """The same as JSON, with every part of a rule."""
    listed = json.loads(harness("rules", "--format", "json").out)

    assert [rule["id"] for rule in listed] == list(RULES)
    assert {key for rule in listed for key in rule} == {
        "id",
        "check",
        "strict",
        "tolerant",
        "consequence",
        "remedy",
    }


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_explained(rule: str) -> None:
    """A rule is explained in words, without the blanks that only a finding fills."""
    called = harness("explain", rule)

    assert called.code == 0
    assert called.out.startswith(f"{rule}\n  severity:")
    assert "{" not in called.out.replace("{status: ...}", "")


def test_the_schema_is_printed_and_written(tmp_path: Path) -> None:
    """The schema for editors is printed, or written where it is asked for."""
    printed = harness("schema").out
    path = tmp_path / "editors" / "scenario.schema.json"
    written = harness("schema", "--output", path)

    assert printed == path.read_text("utf-8") == schema_text()
    assert written.code == 0
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def log(path: Path, run: str, planned: tuple[str, ...], finished: tuple[str, ...]) -> Path:
    """Write the log of a run in which some scenarios finished."""
    with EventLog.join(path) as events:
        events.run_started(
            RunStarted(
                run=run,
                tool="t",
                mode="replay",
                environment="staging",
                profile="strict",
                planned=planned,
                started="2026-11-01T00:00:00.000Z",
            )
        )
        for scenario in finished:
            result = ScenarioResult(id=scenario, title=scenario, where="a.yaml:1", verdict=Verdict.MATCH)
            events.scenario_finished(result)
        events.run_finished(run, "2026-11-01T00:00:09.000Z")
    return path


def test_reports_of_several_runs(tmp_path: Path) -> None:
    """The logs of shards make one report, and the summary is printed."""
    logs = [
        log(tmp_path / "1.jsonl", "r1", ("a", "b"), ("a", "b")),
        log(tmp_path / "2.jsonl", "r2", ("c", "d"), ("c",)),
    ]
    called = harness("report", *logs, "--output", tmp_path / "out")
    document = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))

    assert (called.code, called.err) == (0, "")
    assert "Scenarios: 3 of 4 planned scenarios finished: 3 match" in called.out
    assert (document["planned"], document["unfinished"]) == (4, ["d"])
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "report.html",
        "report.md",
        "run.json",
    ]


def test_a_log_that_was_cut_short(tmp_path: Path) -> None:
    """What a killed run left can be reported: its last half line is not counted."""
    path = log(tmp_path / "1.jsonl", "r1", ("a", "b"), ("a", "b"))
    text = path.read_bytes()
    path.write_bytes(text[: text.rindex(b'"b"') + 2])
    called = harness("report", path, "--output", tmp_path / "out")

    assert called.code == 0
    assert "1 of 2 planned scenarios finished" in called.out


def command(*arguments: str, **options: int) -> subprocess.Popen[str]:
    """Start the installed command in a process of its own."""
    code = "import sys; from harness.cli import console; sys.argv = ['harness', *sys.argv[1:]]; console()"
    return subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
        [sys.executable, "-c", code, *arguments],
        stdout=options.get("stdout", subprocess.PIPE),
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_command_exits_with_its_code() -> None:
    """The installed command passes the exit code on."""
    process = command("contract", "where", "GET", ALERTS)
    out, err = process.communicate(timeout=50)

    assert (process.returncode, err) == (1, "")
    assert "ListAlerts" in out


def test_a_reader_that_goes_away_is_no_mistake() -> None:
    """`harness rules | head -1` ends without a traceback."""
    reading, writing = os.pipe()
    os.close(reading)
    process = command("rules", stdout=writing)
    os.close(writing)
    _, err = process.communicate(timeout=50)

    assert (process.returncode, err) == (0, "")


def test_help_needs_nothing_heavy() -> None:
    """`harness --help` imports none of the libraries that do the work."""
    code = (
        "import sys, io; from harness.cli import main; main(['--help'], io.StringIO(), io.StringIO());"
        "print(sorted({'httpx', 'vcr', 'pydantic', 'deepdiff', 'jinja2', 'msgspec', 'starlette', 'uvicorn',"
        " 'yaml', 'pytest'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own code

    assert done.stdout == "[]\n"


def test_facts_without_operations_are_refused(tmp_path: Path) -> None:
    """A document without operations would say that every endpoint is gone; nothing is written."""
    document, output = tmp_path / "v1.yaml", tmp_path / "v1.json"
    document.write_text("openapi: 3.0.3\ninfo: {title: a, version: v1}\npaths: {}\n", "utf-8")
    out, err = StringIO(), StringIO()

    code = main(["contract", "build", str(document), "--api", "v1", "--output", str(output)], out, err)

    assert code == 2
    assert "the document has no operations" in err.getvalue()
    assert not output.exists()
