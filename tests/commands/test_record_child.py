"""``harness record -- COMMAND``."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.calling import harness
from tests.recorder import TOKEN


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a project without settings whose token is known."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASTRO_API_TOKEN", TOKEN)
    return tmp_path


def test_the_exit_code_is_the_commands(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Our words are on standard error, each line marked as ours."""
    called = harness("record", "-o", project / "rec", "--", sys.executable, "-c", "print('its'); exit(3)")
    written = capfd.readouterr()

    assert (called.code, called.out, written.out) == (3, "", "its\n")
    assert all(line.startswith("harness: ") for line in written.err.splitlines())
    assert "nothing was kept" in written.err


def test_handlers_of_signals_are_put_back(project: Path) -> None:
    """Whoever calls the command line from Python has them as before."""
    before = signal.getsignal(signal.SIGTERM)
    harness("record", "-o", project / "rec", "--", sys.executable, "-c", "")

    assert signal.getsignal(signal.SIGTERM) is before


def test_a_command_that_there_is_not_leaves_nothing(project: Path) -> None:
    """The directory is as free as before."""
    called = harness("record", "-o", project / "rec", "--", "no-such-command")

    assert called.code == 2
    assert not (project / "rec").exists()


def test_a_command_that_cannot_run_leaves_nothing(project: Path) -> None:
    """Even where that shows when it is started only."""
    script = project / "script"
    script.write_bytes(b"\x7fELF, but not really")
    script.chmod(0o700)
    called = harness("record", "-o", project / "rec", "--", script)

    assert called.code == 2
    assert f"`{script}` cannot be run (Exec format error)" in called.err
    assert not (project / "rec").exists()


@pytest.mark.parametrize("code", [0, 5])
@pytest.mark.parametrize("closed", ["2>&1 | true", "2>/dev/full", "2>&-"])
def test_the_exit_code_is_the_commands_where_nobody_is_told(project: Path, closed: str, code: int) -> None:
    """A standard error that is full, closed, or that nobody reads takes our words, and not its code."""
    if "full" in closed and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    console = "import sys; from harness.cli import console; sys.argv[0] = 'harness'; console()"
    job = f"import time; time.sleep(0.2); raise SystemExit({code})"
    words = [sys.executable, "-c", console, "record", "-o", "rec", "--", sys.executable, "-c", job]
    line = f"set -o pipefail; {shlex.join(words)} {closed}"
    done = subprocess.run(["bash", "-c", line], check=False, capture_output=True, text=True, cwd=project)  # noqa: S603, S607 - our own line

    assert (done.returncode, done.stdout, done.stderr) == (code, "", "")
