"""The benchmarks run; what they measure is for people to read, so no time is asserted."""

from __future__ import annotations

import subprocess
import sys
from io import StringIO

import pytest

from tests.benchmarks.__main__ import BENCHMARKS, LONG, main
from tests.documentation import ROOT


def test_every_benchmark_prints_its_rows() -> None:
    """With small sizes, all of them run in one go and each leaves its rows in the table."""
    out = StringIO()
    main(["--quick"], out)
    lines = out.getvalue().splitlines()
    for start in (
        "what",
        "replay 45 scenarios",
        "replay 1 scenario",
        "each further pair",
        "look up a request among 100 ",
        "look up a request among 1,000 ",
        "harness --help",
        "pytest --collect-only of 45 ",
        "compare 100 elements a side, a rename",
        "compare 100 elements a side, three changes in each, shuffled",
        "compare 10 elements a side, three changes",
        "judge 100 small pairs, a pair",
        "judge 100 elements a side, an element",
        "peak memory of judging 100 elements",
        "reports of 45 scenarios",
        "report.html of 100 pairs and 20 findings: size ",
        "sandbox lists 100 deployments, in process",
        "sandbox lists 100 deployments, over loopback",
        "sandbox, memory over ",
        "harness scan of 500 files",
    ):
        assert any(line.startswith(start) for line in lines), start


def test_the_long_ones_print_their_rows_when_they_are_named() -> None:
    """Live benchmarks work at small sizes, and only their names start them."""
    out = StringIO()
    main(["--quick", *LONG], out)
    lines = out.getvalue().splitlines()
    for start in (
        "15 live reads within the limits, one process, of the floor",
        "15 live reads within the limits, one process, answers 429 ",
        "15 live reads within the limits, -n 4, answers 429 ",
        "a live pair, without limits and latency",
        "what the harness adds to a live pair",
        "peak memory of 100 live scenarios with reports",
        "recorded job, median that it adds to a call of httpx",
        "recorded job, median that it adds to a call of requests",
        "recorded job, median that it adds to a call of aiohttp",
        "record 100 exchanges and draft from them",
        "proxy, median that it adds to a call",
        "proxy, p99 that it adds to a call",
        "proxy, time of a call when 16 clients are busy",
        "proxy, memory over 400 exchanges",
        "proxy, peak memory of 2 bodies of 50 MiB both ways",
        "proxy, exchanges missing after 2 kills",
        "proxy, exchanges doubled after 2 kills",
        "recorded job, exchanges missing after 4 kills",
        "recorded job, exchanges doubled after 4 kills",
    ):
        assert any(line.startswith(start) for line in lines), start
    assert not LONG.keys() & BENCHMARKS.keys()


def test_an_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A name that is no benchmark ends the command and lists those there are."""
    with pytest.raises(SystemExit):
        main(["--quick", "nothing"], StringIO())
    said = capsys.readouterr().err
    assert all(name in said for name in ("nothing", *BENCHMARKS, *LONG))


def test_a_library_that_is_missing_is_named() -> None:
    """Who installed only what users need is told what to install, without a traceback."""
    code = "import runpy, sys; sys.modules['playwright'] = None; "
    code += "runpy.run_module('tests.benchmarks', run_name='__main__')"
    called = subprocess.run(  # noqa: S603 - Python itself
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert called.returncode == 1
    assert called.stderr.startswith("python -m tests.benchmarks: there is no module `playwright")
    assert called.stderr.endswith(" Install it with `.venv/bin/pip install -e '.[dev]'`.\n")
    assert "Traceback" not in called.stderr
