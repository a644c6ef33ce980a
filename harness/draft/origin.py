"""Where the recordings of drafts come from, told as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from harness import __version__
from harness.result import Provenance, Source

_TOOL: Final = f"astro-migration-harness {__version__}"


def provenance_of(provenances: Sequence[Provenance]) -> Provenance:
    """Return where recordings come from together: one from the sandbox makes all of them the sandbox's."""
    if not provenances:  # vcrpy does not say
        return Provenance(
            source=Source.CASSETTE, environment="unknown", recorded="", tool=_TOOL, contracts={}, base_urls={}
        )
    worst = min(provenances, key=lambda each: each.source.rank)
    return replace(
        worst,
        environment=" and ".join(sorted({each.environment for each in provenances})),
        recorded=min(each.recorded for each in provenances),
        contracts={api: date for each in provenances for api, date in each.contracts.items()},
        base_urls={api: url for each in provenances for api, url in each.base_urls.items()},
    )
