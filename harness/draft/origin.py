"""Where the recordings of drafts come from, told as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from harness import __version__
from harness.inquiry import is_local
from harness.result import Provenance, Source
from harness.struct import replace

_TOOL: Final = f"astro-migration-harness {__version__}"


def provenance_of(provenances: Sequence[Provenance], urls: Iterable[str]) -> Provenance:
    """Return where recordings come from together: one from the sandbox makes all of them the sandbox's.

    ``urls`` are those that were called: who does not say where from may have called this machine.
    """
    local = any(map(is_local, urls))
    if not provenances:  # vcrpy does not say
        return Provenance(
            source=Source.SANDBOX if local else Source.CASSETTE,
            environment="unknown",
            recorded="",
            tool=_TOOL,
            contracts={},
            base_urls={},
        )
    worst = min(provenances, key=lambda each: each.source.rank)
    return replace(
        worst,
        source=Source.SANDBOX if local else worst.source,
        environment=" and ".join(sorted({each.environment for each in provenances})),
        recorded=min(each.recorded for each in provenances),
        contracts={api: date for each in provenances for api, date in each.contracts.items()},
        base_urls={api: url for each in provenances for api, url in each.base_urls.items()},
        anonymized=any(each.anonymized for each in provenances),
    )
