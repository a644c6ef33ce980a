"""Runs a command as if nobody stood between it and its caller, with its Python processes recorded.

Streams, exit code and signals are the command's. Its processes find a private directory in their environment:
what is recorded, and the socket for it; nothing that was sent or answered is ever in it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Final

from harness.errors import Problem, UsageError
from harness.recorder.injected.front.sitecustomize import DIRECTORY
from harness.recorder.keeper import Keeper
from harness.recorder.receiving import Receiver
from harness.struct import Struct

FRONT: Final = Path(__file__).parent / "injected" / "front"
"""What goes before the command's ``PYTHONPATH``."""

ADDON: Final = FRONT.with_name("mitm.py")
"""The script that a recorded mitmproxy loads."""

_FORWARDED: Final = ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2")
_OF_THE_TERMINAL: Final = ("SIGINT", "SIGQUIT")
_LONGEST: Final = 80
"""Bytes of a directory's path; that of a socket must be shorter than 104 on some systems."""


class Job(Struct, frozen=True, kw_only=True):
    """What became of a command.

    ``code`` is its exit code, 128 and the signal's number where one killed it. ``reached`` is whether any
    Python of it took the recorder in, ``processes`` counts those that called a configured host, ``running``
    those of them that outlived it. ``parts`` are exchanges whose response was not read to its end.
    ``troubles`` are the recorder's own in the command's processes.
    """

    code: int
    reached: bool = True
    processes: int = 0
    running: int = 0
    parts: int = 0
    troubles: tuple[str, ...] = ()


def run_job(
    command: Sequence[str], environ: Mapping[str, str], keeper: Keeper, alert: Callable[[str], object]
) -> Job:
    """Run a command to its end, and keep what its Python processes exchange.

    Raises:
        UsageError: There is no such command, it cannot be run, or this system cannot record one. It did not
            run then.
    """
    program = _program(command[0], environ)
    with _private() as directory, ExitStack() as stack:
        (directory / "scope.json").write_text(json.dumps(_told(keeper)))
        receiver = Receiver(keeper, directory / "socket", alert)
        stack.callback(receiver.stop)
        code = _run(program, command, _environment(environ, directory))
        stack.pop_all().close()
        return Job(
            code=code if code >= 0 else 128 - code,
            reached=(directory / "seen").exists(),
            processes=receiver.processes,
            running=receiver.running,
            parts=receiver.parts,
            troubles=_troubles(directory),
        )


def _program(name: str, environ: Mapping[str, str]) -> str:
    if not hasattr(socket, "AF_UNIX"):
        what = "a command can only be recorded where Python has Unix sockets"
        advice = "Use Linux, macOS or WSL, or record with a proxy."
        raise UsageError(Problem(where="harness record", what=what, advice=advice))
    found = shutil.which(name, path=environ.get("PATH"))
    if found is None:
        advice = "Write the command after `--` as in a shell: `harness record -- python job.py`."
        raise UsageError(Problem(where="harness record", what=f"there is no command `{name}`", advice=advice))
    return found


@contextmanager
def _private() -> Iterator[Path]:
    """Make a directory that only this user can enter, with a path that is short enough for a socket."""
    place = None if len(os.fsencode(tempfile.gettempdir())) <= _LONGEST else "/tmp"  # noqa: S108 - it makes its own
    directory = Path(tempfile.mkdtemp(prefix="harness-", dir=place))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _told(keeper: Keeper) -> dict[str, object]:
    scope = keeper.scope
    return {"origins": sorted(scope.origins), "body": scope.body}


def _environment(environ: Mapping[str, str], directory: Path) -> dict[str, str]:
    path = environ.get("PYTHONPATH")
    front = str(FRONT)
    return {
        **environ,
        DIRECTORY: str(directory),
        "PYTHONPATH": f"{front}{os.pathsep}{path}" if path else front,
    }


def _run(program: str, command: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run it, pass signals on, and return what it came to, negative for a signal."""
    waiting: list[int] = []
    running: list[subprocess.Popen[bytes]] = []

    def forward(number: int, _: FrameType | None) -> None:
        if not running:
            waiting.append(number)
        elif number not in terminal or not _in_foreground():
            running[0].send_signal(number)

    terminal = {getattr(signal, name) for name in _OF_THE_TERMINAL}
    with _handling([*terminal, *(getattr(signal, name) for name in _FORWARDED)], forward):
        try:
            running.append(subprocess.Popen([*command], executable=program, env=environ))  # noqa: S603 - the user's command
        except OSError as error:
            what = f"`{command[0]}` cannot be run ({error.strerror or error})"
            raise UsageError(Problem(where="harness record", what=what)) from error
        for number in waiting:
            running[0].send_signal(number)
        return running[0].wait()


@contextmanager
def _handling(numbers: Sequence[int], handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Handle signals; one that is ignored stays so, here and in the command."""
    before = {number: signal.getsignal(number) for number in numbers}
    taken = {number: old for number, old in before.items() if old not in (signal.SIG_IGN, None)}
    for number in taken:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, old in taken.items():
            signal.signal(number, old)


def _in_foreground() -> bool:
    """Whether the terminal sends its signals to the command, too: nothing is sent twice then."""
    with suppress(OSError), Path("/dev/tty").open("rb") as terminal:
        return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    return False


def _troubles(directory: Path) -> tuple[str, ...]:
    try:
        lines = (directory / "troubles").read_text("ascii").splitlines()
    except OSError:
        return ()
    return tuple(dict.fromkeys(lines))
