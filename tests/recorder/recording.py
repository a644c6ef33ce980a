"""Records a command as its user does: ``harness record -o rec -- ...``, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.cassette import Cassette
from harness.exchange import Exchange
from tests.documentation import ROOT

JOBS = Path(__file__).with_name("jobs.py")
CONSOLE = "from harness.cli import console; console()"
RECORD = (sys.executable, "-c", CONSOLE, "record", "-o", "rec")


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What came of a command; ``exchanges`` are those of its cassette."""

    code: int
    out: str
    err: str
    exchanges: tuple[Exchange, ...]


def project(directory: Path, *origins: str) -> Path:
    """Make a project whose environments are at some origins, as ``http://127.0.0.1:8765``."""
    lines = []
    for number, origin in enumerate(origins):
        lines += [f"[tool.harness.environments.local{number}]", "sandbox = true"]
        lines += [f'{api} = "{origin}/{api}/v1beta1"' for api in ("iam", "platform")]
        lines += [f'v1 = "{origin}/v1"']
    (directory / "pyproject.toml").write_text("\n".join(lines), "utf-8")
    return directory


def environment(**changes: str) -> dict[str, str]:
    """Return the environment of a command; ours is not to be seen in it, but where it finds the harness."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "PYTEST_"))}
    return {**kept, "PYTHONPATH": str(ROOT), **changes}


def record(
    directory: Path,
    *command: object,
    given: str = "",
    env: Mapping[str, str] | None = None,
    recorder: Sequence[str] = RECORD,
) -> Recorded:
    """Record a command in a project, and read its cassette."""
    done = subprocess.run(  # noqa: S603 - our own command
        [*recorder, "--", *(str(word) for word in command)],
        cwd=directory,
        env=environment(**(env or {})),
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    path = directory / "rec" / "baseline.yaml"
    exchanges = Cassette.load(path).exchanges if path.exists() else ()
    return Recorded(code=done.returncode, out=done.stdout, err=done.stderr, exchanges=tuple(exchanges))


def python(directory: Path, code: str, *arguments: object, **changes: str) -> Recorded:
    """Record a script."""
    script = directory / "job.py"
    script.write_text(code, "utf-8")
    return record(directory, sys.executable, script, *arguments, env=changes)
