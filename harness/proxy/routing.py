"""Where a request goes: below one of the environment's base URLs, or nowhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from harness.contract import BASE_URLS
from harness.settings import Environment
from harness.struct import Struct

PATHS: Final[Mapping[str, str]] = {api: urlsplit(url).path for api, url in BASE_URLS.items()}
"""The path of each API's base URL below the proxy's own: that of the vendor's service."""

_PORTS: Final = {"http": 80, "https": 443}
# Some servers decode slashes, or drop what follows a semicolon, before they resolve dot segments.
_DOTS = re.compile(r"(?:^|/|%2f|%5c)(?:\.|%2e){1,2}(?=/|%2f|%5c|;|$)", re.IGNORECASE)
_HOST = re.compile(r"(\[[^\]]*\]|[^:]*)(?::\d*)?")
_LOCAL = frozenset({"127.0.0.1", "[::1]", "localhost"})


class Origin(Struct, frozen=True, kw_only=True):
    """What a connection is made to; ``authority`` is what the Host field says to it."""

    scheme: str
    host: str
    port: int
    authority: str


class Destination(Struct, frozen=True, kw_only=True):
    """Where one request goes; ``target`` is the path with its query, ``url`` all of it."""

    origin: Origin
    target: str
    url: str


class Refusal(Struct, frozen=True, kw_only=True):
    """Why a request goes nowhere; ``kind`` is the same for what has the same remedy."""

    status: int
    kind: str
    message: str
    advice: str


class Routes:
    """The ways through the proxy."""

    def __init__(self, environment: Environment, own: str) -> None:
        """Take where requests may go, and the proxy's own URL, without a trailing slash."""
        self.own = own
        self.bases = _bases(environment)
        self._ways = {PATHS[api]: (origin_of(base), base) for api, base in self.bases.items()}
        # Another name may lead to this machine as well, by a page in a browser that wants to be this client.
        self._hosts = _LOCAL | {_named(urlsplit(own).netloc)}

    def find(self, method: str, target: str, host: str | None) -> Destination | Refusal:
        """Return where a request goes; ``host`` is its Host field, None without any."""
        if method == "CONNECT" or not target.startswith("/"):
            return Refusal(
                status=405 if method == "CONNECT" else 400,
                kind="forward proxy",
                message="This is a recorder for base URLs, and no proxy for whatever else a client calls.",
                advice=f"Leave HTTP_PROXY and HTTPS_PROXY alone. {self.advice}",
            )
        if host is not None and _named(host) not in self._hosts:
            return Refusal(
                status=421,
                kind="host",
                message="The Host field of the request names another server than this one.",
                advice=f"Call the recorder by {self.own}, and let the client set the Host field.",
            )
        path = target.partition("?")[0]
        if "#" in target or "\\" in target or _DOTS.search(path):
            return Refusal(
                status=400,
                kind="path",
                message="The path of the request has dot segments, or characters that no path has.",
                advice="Send the path as it is meant: without `.` and `..`, and with `#` and `\\` encoded.",
            )
        for prefix, (origin, base) in self._ways.items():
            if path == prefix or path.startswith(f"{prefix}/"):
                rest = target.removeprefix(prefix)
                return Destination(origin=origin, target=urlsplit(base).path + rest, url=base + rest)
        return Refusal(
            status=404,
            kind="base URL",
            message="The path of the request is below none of the recorder's base URLs.",
            advice=self.advice,
        )

    @property
    def advice(self) -> str:
        """What to set in a client."""
        return f"Set the client's base URLs to {', '.join(self.own + PATHS[api] for api in self.bases)}."


def origin_of(url: str) -> Origin:
    """Return the origin of a base URL of the settings, which has a scheme and a host."""
    parts = urlsplit(url)
    authority = parts.netloc.rpartition("@")[2]
    port = parts.port or _PORTS[parts.scheme]
    return Origin(scheme=parts.scheme, host=parts.hostname or "", port=port, authority=authority)


def _bases(environment: Environment) -> Mapping[str, str]:
    """Return the base URLs of an environment, and that of Labs, which stands beside that of v1."""
    bases = {api: environment.base_urls[api] for api in PATHS if api in environment.base_urls}
    beside = environment.base_urls["v1"].removesuffix(PATHS["v1"])
    bases.setdefault("labs", beside + PATHS["labs"])
    return bases


def _named(host: str) -> str:
    """Return the name in a Host field, without its port."""
    found = _HOST.fullmatch(host.strip().lower())
    return found[1].rstrip(".") if found else ""
