"""The command line, called as a function: what it prints where, and its exit codes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness import __version__
from tests.calling import ALERTS, harness
from tests.commands.test_gate import write
from tests.report.builders import failing_run


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
        ["merge"],
    ],
)
def test_arguments_that_are_wrong(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A mistake in the arguments exits with 2 and says how they are used."""
    called = harness(*arguments)

    assert (called.code, called.out) == (2, "")
    assert called.err.startswith("usage: harness")
    assert capsys.readouterr() == ("", "")


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


def test_a_reader_that_goes_away_makes_no_go(tmp_path: Path) -> None:
    """The gate's code is the readiness, also where nobody reads why."""
    log = write(tmp_path / "events.jsonl", failing_run())
    reading, writing = os.pipe()
    os.close(reading)
    process = command("gate", str(log), stdout=writing)
    os.close(writing)
    _, err = process.communicate()

    assert (process.returncode, err) == (1, "")


def test_help_needs_nothing_heavy() -> None:
    """`harness --help` imports none of the libraries that do the work."""
    code = (
        "import sys, io; from harness.cli import main; main(['--help'], io.StringIO(), io.StringIO());"
        "print(sorted({'httpx', 'vcr', 'pydantic', 'deepdiff', 'jinja2', 'msgspec', 'starlette', 'uvicorn',"
        " 'yaml', 'pytest'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own code

    assert done.stdout == "[]\n"
