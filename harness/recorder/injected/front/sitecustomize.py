"""What Python runs first in a recorded job: it waits for libraries that speak HTTP, and does nothing else.

A ``sitecustomize`` that stands behind this one runs as ever. In a job that imports no such library nothing
more than this file is loaded. Whatever goes wrong here is written for the recorder, and the job goes on.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # as typing has it, whose import would cost every process of a job half its start
if TYPE_CHECKING:
    from typing import Any

DIRECTORY = "HARNESS_RECORDER"
"""The variable with the recorder's private directory."""

SEAMS = {"http.client": "http_client", "httpcore": "httpcore", "aiohttp": "aiohttp"}
"""The libraries that are waited for, and the modules of this package that know them."""

_HERE = os.path.dirname(os.path.abspath(__file__))
_PACKAGE = "_harness_recorder"


class Watch:
    """A finder of modules that finds nothing itself: it sees which are imported, and when they are there."""

    def __init__(self, directory: str) -> None:
        """Take the recorder's private directory."""
        self.directory = directory

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Return what the other finders find; a library that speaks HTTP is told of when it has run."""
        if name not in SEAMS:
            return None
        for finder in sys.meta_path:
            find = None if finder is self else getattr(finder, "find_spec", None)
            spec = find(name, path, target) if find else None
            if spec is not None:
                self._await(name, spec.loader)
                return spec
        return None

    def _await(self, name: str, loader: Any) -> None:
        try:
            execute = loader.exec_module

            def exec_module(module: Any) -> None:
                del loader.exec_module
                execute(module)
                self.imported(name, module)

            loader.exec_module = exec_module
        except Exception as error:
            self.tell(error)

    def imported(self, name: str, module: Any) -> None:
        """Put the seam into a library that was imported."""
        try:
            recorder = self.part("recorder").recorder(self.directory, self.tell)
            self.part(SEAMS[name]).patch(module, recorder)
        except Exception as error:
            self.tell(error)

    def part(self, name: str) -> Any:
        """Return a module of this package, which is not on the job's path."""
        import importlib.util

        if _PACKAGE not in sys.modules:
            place = os.path.dirname(_HERE)
            spec = importlib.util.spec_from_file_location(
                _PACKAGE, os.path.join(place, "__init__.py"), submodule_search_locations=[place]
            )
            sys.modules[_PACKAGE] = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
        return importlib.import_module(f"{_PACKAGE}.{name}")

    def tell(self, error: BaseException) -> None:
        """Write a trouble of ours for the recorder: its kind and where, not its text, which may hold data."""
        try:
            at = error.__traceback__
            while at is not None and at.tb_next is not None:
                at = at.tb_next
            where = f" ({os.path.basename(at.tb_frame.f_code.co_filename)}:{at.tb_lineno})" if at else ""
            line = f"{type(error).__name__}{where}\n".encode("ascii", "backslashreplace")
            file = os.open(
                os.path.join(self.directory, "troubles"), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600
            )
            try:
                os.write(file, line)
            finally:
                os.close(file)
        except Exception:
            return


def begin(directory: str) -> None:
    """Wait for the libraries, and say that this process was reached; not where the recorder is gone."""
    watch = Watch(directory)
    try:
        os.close(os.open(os.path.join(directory, "seen"), os.O_WRONLY | os.O_CREAT, 0o600))
        sys.meta_path.insert(0, watch)
        for name in SEAMS:
            if name in sys.modules:
                watch.imported(name, sys.modules[name])
    except OSError:
        return


def run_shadowed() -> None:
    """Run the ``sitecustomize`` that would have run without ours, with the path as it would have been."""
    ours = sys.modules.pop("sitecustomize")
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != _HERE]
    try:
        __import__("sitecustomize")
    except ImportError as error:
        if error.name != "sitecustomize":
            raise
    finally:
        # The import of ours ends with taking its name out and in again.
        sys.modules.setdefault("sitecustomize", ours)


if __name__ == "sitecustomize":
    if os.environ.get(DIRECTORY):
        begin(os.environ[DIRECTORY])
    run_shadowed()
