"""What Python runs first in a recorded job; each test starts one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.recorder.injected.front.sitecustomize import DIRECTORY, SEAMS
from harness.recorder.running import FRONT


def started(directory: Path, code: str, *, path: Path | None = None, **changes: str) -> tuple[str, str]:
    """Run some code in a Python that has the seam; return its output and errors."""
    front = os.pathsep.join([str(FRONT), *([str(path)] if path else [])])
    environment = {**os.environ, "PYTHONPATH": front, DIRECTORY: str(directory), **changes}
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    return done.stdout, done.stderr


def test_a_job_that_speaks_no_http_pays_for_nothing(tmp_path: Path) -> None:
    """Nothing but the one file is loaded, and the path is what it would have been."""
    code = """
import sys
print([name for name in sys.modules if "harness" in name or name in ("typing", "re", "socket", "json")])
print([entry for entry in sys.path if "harness" in entry and "front" in entry])
"""

    assert started(tmp_path, code) == ("[]\n[]\n", "")
    assert (tmp_path / "seen").exists()


@pytest.mark.parametrize("name", SEAMS)
def test_a_library_gets_its_seam_when_it_is_imported(tmp_path: Path, name: str) -> None:
    """Its loader is as before, and so is what it looks like."""
    (tmp_path / "scope.json").write_text('{"origins": [], "body": 1}', "utf-8")
    code = f"""
import importlib, sys
module = importlib.import_module({name!r})
print(sorted(each for each in sys.modules if each.startswith("_harness_recorder")))
print("exec_module" in vars(module.__spec__.loader))
print(module.__name__, module.__file__ == module.__spec__.origin)
"""
    out, err = started(tmp_path, code)

    assert err == ""
    assert f"'_harness_recorder.{SEAMS[name]}'" in out
    assert out.splitlines()[1:] == ["False", f"{name} True"]
    assert not (tmp_path / "troubles").exists()


def test_a_library_that_was_there_first_gets_it_too(tmp_path: Path) -> None:
    """A file of paths may import things before."""
    (tmp_path / "scope.json").write_text('{"origins": [], "body": 1}', "utf-8")
    code = f"""
import http.client, os, runpy, sys
os.environ[{DIRECTORY!r}] = {str(tmp_path)!r}
sys.modules["sitecustomize"] = sys
before = http.client.HTTPConnection.send
runpy.run_path({str(FRONT / "sitecustomize.py")!r}, run_name="sitecustomize")
print(http.client.HTTPConnection.send is before)
"""

    environment = {DIRECTORY: ""}

    assert started(tmp_path, code, path=None, **environment) == ("False\n", "")


@pytest.mark.parametrize("given", [True, False])
def test_a_sitecustomize_that_stands_behind_runs_as_ever(tmp_path: Path, given: bool) -> None:  # noqa: FBT001
    """Under its own name, recorded or not."""
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.ran = __file__\n", "utf-8")
    code = "import sys, sitecustomize; print(sys.ran == sitecustomize.__file__)"
    directory = {DIRECTORY: str(tmp_path) if given else ""}

    assert started(tmp_path, code, path=tmp_path, **directory) == ("True\n", "")


def test_a_sitecustomize_that_fails_fails_as_ever(tmp_path: Path) -> None:
    """Python says so, and goes on."""
    (tmp_path / "sitecustomize.py").write_text("import no_such_module\n", "utf-8")
    out, err = started(tmp_path, "print(1)", path=tmp_path, PYTHONVERBOSE="")

    assert out == "1\n"
    assert "no_such_module" in err


def test_trouble_is_written_for_the_recorder(tmp_path: Path) -> None:
    """Its kind and where it was; the library is there all the same."""
    out, err = started(tmp_path, "import http.client; print(http.client.OK)")  # there is no scope.json

    assert (out, err) == ("200\n", "")
    assert (tmp_path / "troubles").read_text().startswith("FileNotFoundError (recorder.py:")


def test_a_recorder_that_is_gone_is_no_trouble(tmp_path: Path) -> None:
    """A process may outlive it, and start others."""
    out, err = started(tmp_path / "gone", "import http.client; print(http.client.OK)")

    assert (out, err) == ("200\n", "")


def test_other_finders_are_asked_as_ever(tmp_path: Path) -> None:
    """A library that is not there is not there, and one that fails may be imported again."""
    (tmp_path / "scope.json").write_text('{"origins": [], "body": 1}', "utf-8")
    lines = [
        "import os",
        "if not os.path.exists('was'):",
        "    open('was', 'w').close()",
        "    raise ValueError",
    ]
    (tmp_path / "aiohttp.py").write_text("\n".join(lines), "utf-8")
    code = f"""
import os
os.chdir({str(tmp_path)!r})
try:
    import aiohttp
except ValueError:
    print("failed")
import aiohttp
print(aiohttp.__name__)
"""
    out, err = started(tmp_path, code, path=tmp_path)

    assert (out, err) == ("failed\naiohttp\n", "")
    assert (tmp_path / "troubles").read_text().startswith("AttributeError (aiohttp.py:")
