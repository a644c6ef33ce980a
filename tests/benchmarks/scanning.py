"""What a scan of a large source tree costs, against reading the same files and looking for one word."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from harness.contract import V1, V1BETA1, load_contract
from harness.judge import Judge
from harness.scan import scan
from tests.benchmarks.measure import Row, milliseconds
from tests.benchmarks.workspace import Workspace

_IN_A_DIRECTORY: Final = 100
_IGNORED: Final = "*.pyc\n*.log\ndist/\nout/\n/coverage\n**/gen/*.go\n!keep.log\n*.o"
_TEXT: Final = "\n".join(
    f"def function_{number}(value):\n    return value + {number}" for number in range(60)
)
_CALL: Final = '\nrequests.get("https://api.astronomer.io/iam/v1beta1/organizations/" + org + "/users")\n'


def scanning(workspace: Workspace) -> Iterator[Row]:
    """Scan files of which one in a hundred calls v1beta1; they were read before, so the disk has no part."""
    number = 500 if workspace.quick else 100_000
    root = workspace.directory / "tree"
    files = _plant(root, number)
    judge = Judge(baseline=load_contract(V1BETA1), candidate=load_contract(V1))
    yield Row(
        what=f"harness scan of {number:,} files",
        ours=milliseconds(lambda: scan([root], judge), times=1),
        bar=30_000,
        theirs=milliseconds(lambda: [b"v1beta1" in file.read_bytes() for file in files], times=1),
        against="reading each of the files and looking for v1beta1",
    )


def _plant(root: Path, number: int) -> list[Path]:
    files = []
    for index in range(number):
        directory = root / f"p{index // _IN_A_DIRECTORY // 50}" / f"m{index // _IN_A_DIRECTORY}"
        if index % _IN_A_DIRECTORY == 0:
            directory.mkdir(parents=True, exist_ok=True)
        file = directory / f"f{index % _IN_A_DIRECTORY}.py"
        file.write_text(_TEXT + (_CALL if index % _IN_A_DIRECTORY == 0 else ""), "utf-8")
        files.append(file)
    (root / ".gitignore").write_text(_IGNORED, "utf-8")
    return files
