"""Where the recordings of drafts come from, told as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from harness import __version__
from harness.exchange import Exchange
from harness.inquiry import is_sandboxed
from harness.result import Provenance, Source
from harness.struct import replace

_TOOL: Final = f"astro-migration-harness {__version__}"


def provenance_of(provenances: Sequence[Provenance], exchanges: Iterable[Exchange]) -> Provenance:
    """Return where recordings come from together: one from the sandbox makes all of them the sandbox's.

    ``exchanges`` are what was recorded: who does not say where from may have called the sandbox.
    """
    sandboxed = any(map(is_sandboxed, exchanges))
    if not provenances:  # vcrpy does not say
        return Provenance(
            source=Source.SANDBOX if sandboxed else Source.CASSETTE,
            environment="unknown",
            recorded="",
            tool=_TOOL,
            contracts={},
            base_urls={},
        )
    worst = min(provenances, key=lambda each: each.source.rank)
    return replace(
        worst,
        source=Source.SANDBOX if sandboxed else worst.source,
        environment=" and ".join(sorted({each.environment for each in provenances})),
        recorded=min(each.recorded for each in provenances),
        contracts={api: date for each in provenances for api, date in each.contracts.items()},
        base_urls={api: url for each in provenances for api, url in each.base_urls.items()},
        anonymized=any(each.anonymized for each in provenances),
    )
