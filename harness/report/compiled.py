"""Templates as an earlier process compiled them, in the user's own directory of jinja2's cache.

Compiling the page's templates takes longer than filling them for a hundred scenarios. The cache only saves
time: what is missing, damaged or cannot be kept is compiled again. A template, jinja2 or the harness itself
of another version never meets what was compiled for this one.
"""

from __future__ import annotations

from contextlib import suppress
from importlib.metadata import version

import jinja2
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from jinja2.bccache import Bucket

from harness import __version__


class _Compiled(FileSystemBytecodeCache):
    """A cache that never gets in the way."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what was compiled, if it is whole."""
        try:
            super().load_bytecode(bucket)
        except Exception:  # noqa: BLE001 - a damaged file makes the reader raise nearly anything
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled, if there is a place for it."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def _version() -> str:
    """Return that of jinja2; to ask the installation for it takes longer than all else here."""
    return str(vars(jinja2).get("__version__") or version("jinja2"))


def compiled() -> BytecodeCache | None:
    """Return the cache; None where the user has no directory that nobody else can write to."""
    try:
        return _Compiled(pattern=f"harness-{__version__}-jinja2-{_version()}-%s.cache")
    except (OSError, RuntimeError):
        return None
