"""What a command costs before it does anything."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks.measure import Row, milliseconds, python
from tests.benchmarks.workspace import Workspace


def starting(workspace: Workspace) -> Iterator[Row]:
    """Print the help of the command line, against Python that starts and does nothing."""
    times = 1 if workspace.quick else 10
    command = ("-c", "from harness.cli import console; console()", "--help")
    yield Row(
        what="harness --help",
        ours=milliseconds(python(*command, directory=workspace.directory), times=times),
        bar=300,
        theirs=milliseconds(python("-c", "pass", directory=workspace.directory), times=times),
        against="python -c pass",
    )
