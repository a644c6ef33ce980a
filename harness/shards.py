"""Shards: the scenarios of one run, dealt out to several machines.

Every machine collects the same scenarios and takes its own hand of them: each scenario is in exactly one
shard, shards differ by one scenario at most, and neither the order of collection nor the machine matters.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from harness.errors import Problem, UsageError
from harness.struct import Struct

_WRITTEN = re.compile(r"(\d{1,4})/(\d{1,4})")


class Shard(Struct, frozen=True, kw_only=True, order=True):
    """The ``number``-th of ``total`` shards, counted from 1."""

    total: int
    number: int

    def __str__(self) -> str:
        """Write ``2/5``."""
        return f"{self.number}/{self.total}"

    def takes(self, ids: Iterable[str]) -> frozenset[str]:
        """Return those of the ids of all shards that are in this one."""
        # By hash, so that neighbours, which are alike and take as long, do not end up in one shard.
        dealt = sorted(set(ids), key=lambda id_: (hashlib.sha256(id_.encode()).digest(), id_))
        return frozenset(dealt[self.number - 1 :: self.total])


def parse_shard(text: str) -> Shard:
    """Read ``2/5``.

    Raises:
        UsageError: it is something else, or there is no such shard.
    """
    found = _WRITTEN.fullmatch(text)
    number, total = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= number <= total:
        what = f"`{text}` is no shard"
        advice = "Write for example `--shard 2/5` for the second of five; they are counted from 1."
        raise UsageError(Problem(where="--shard", what=what, advice=advice))
    return Shard(number=number, total=total)


def collection(ids: Iterable[str]) -> str:
    """Return 12 hex digits that are the same where the same scenarios were collected."""
    return hashlib.sha256("\n".join(sorted(set(ids))).encode()).hexdigest()[:12]
