"""Where the exchanges of a recording come from: which side, which API, which environment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from harness import __version__
from harness.contract import API_VERSIONS, V1BETA1, load_contract
from harness.exchange import Exchange, Side
from harness.inquiry import below_base, is_sandboxed
from harness.result import Provenance, Source

_TOOL: Final = f"astro-migration-harness {__version__}"


def side_of(url: str) -> tuple[Side, str]:
    """Return the side that a URL is of, and its API: iam, platform, v1, labs, or empty for none of them."""
    base = below_base(url)[0]
    for api, version in API_VERSIONS.items():
        ending = f"/{api}/{version}" if version == V1BETA1 else f"/{version}"
        if base.endswith(ending) and not (api == "v1" and base.endswith("/labs/v1")):
            return (Side.BASELINE if version == V1BETA1 else Side.CANDIDATE), api
    return Side.BASELINE, ""


class Origin:
    """Where the exchanges of a recording come from, gathered while they are read."""

    def __init__(self, *, anonymized: bool = False) -> None:
        """Take whether what is personal was replaced."""
        self._anonymized = anonymized
        self._started: dict[Side, str] = {}
        self._bases: dict[Side, dict[str, str]] = {side: {} for side in Side}
        self._local: set[Side] = set()

    def add(self, exchange: Exchange) -> Side:
        """Note where an exchange comes from; return its side."""
        url = exchange.request.url
        side, api = side_of(url)
        self._started.setdefault(side, exchange.started)
        if api:
            self._bases[side].setdefault(api, below_base(url)[0])
        if is_sandboxed(exchange):
            self._local.add(side)
        return side

    def of(self, side: Side, environment: str) -> Provenance:
        """Return it; what the sandbox answered, or this machine, is no proof of anything."""
        return Provenance(
            source=Source.SANDBOX if side in self._local else Source.LIVE,
            environment=environment,
            recorded=self._started.get(side, ""),
            tool=_TOOL,
            contracts=_dates(self._bases[side]),
            base_urls=self._bases[side],
            anonymized=self._anonymized,
        )


def _dates(apis: Iterable[str]) -> dict[str, str]:
    """Return the dates of the contracts by which a recording will be understood."""
    return {api: load_contract(API_VERSIONS[api]).apis[api].date for api in apis}
