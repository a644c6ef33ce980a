"""Measures and prints the table: ``python -m tests.benchmarks [--quick] [NAME ...]``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TextIO

try:
    from tests.benchmarks.comparing import accurate, comparing
    from tests.benchmarks.drafting import drafting
    from tests.benchmarks.jobs import jobs
    from tests.benchmarks.judging import judging
    from tests.benchmarks.kills import job_kills, proxy_kills
    from tests.benchmarks.living import budget, memory, overhead
    from tests.benchmarks.lookup import lookup
    from tests.benchmarks.measure import Row, table
    from tests.benchmarks.opening import opening
    from tests.benchmarks.proxy import proxy, proxy_memory
    from tests.benchmarks.replay import collect, replay, reports
    from tests.benchmarks.scanning import scanning
    from tests.benchmarks.serving import serving
    from tests.benchmarks.starting import starting
    from tests.benchmarks.workspace import Workspace
except ModuleNotFoundError as error:
    if __name__ != "__main__":
        raise
    sys.exit(
        f"python -m tests.benchmarks: there is no module `{error.name}`, and the benchmarks need what "
        "the tests need. Install it with `.venv/bin/pip install -e '.[dev]'`."
    )

BENCHMARKS: Final[Mapping[str, Callable[[Workspace], Iterator[Row]]]] = {
    "replay": replay,
    "lookup": lookup,
    "help": starting,
    "collect": collect,
    "compare": comparing,
    "accurate": accurate,
    "judge": judging,
    "reports": reports,
    "page": opening,
    "sandbox": serving,
    "scan": scanning,
}

LONG: Final[Mapping[str, Callable[[Workspace], Iterator[Row]]]] = {
    "budget": budget,
    "overhead": overhead,
    "memory": memory,
    "jobs": jobs,
    "draft": drafting,
    "proxy": proxy,
    "proxy-memory": proxy_memory,
    "proxy-kills": proxy_kills,
    "job-kills": job_kills,
}
"""Those that take minutes: they run when they are named."""


def main(argv: Sequence[str], stdout: TextIO) -> None:
    """Run the named benchmarks, or all; nothing is asserted, a figure over its bar is only said so."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description="Measures the harness, and in the same run what else one could use.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=_NAMES)
    parser.add_argument("--quick", action="store_true", help="small sizes, once each: shows that it works")
    arguments = parser.parse_args(argv)
    known = {**BENCHMARKS, **LONG}
    unknown = [name for name in arguments.names if name not in known]
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; {_NAMES}")
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="harness-benchmarks-") as directory:
        workspace = Workspace(Path(directory), quick=arguments.quick)
        for name in arguments.names or BENCHMARKS:
            rows += known[name](workspace)
    stdout.write(table(rows) + "\n")


_NAMES = f"which to run: {', '.join(BENCHMARKS)} (default: all of these), {', '.join(LONG)} (minutes)"

if __name__ == "__main__":
    main(sys.argv[1:], sys.stdout)
