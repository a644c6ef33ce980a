"""What a recorder may forward and keep: the configured hosts, fewer paths, every so many exchanges."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

from harness.errors import Problem, UsageError
from harness.exchange import Request
from harness.settings import Environment
from harness.struct import Struct

LARGEST_BODY: Final = 4 * 1024 * 1024
"""Bytes of a body that are kept by default; of a larger one the length and a hash are."""

LARGEST_RECORDING: Final = 2 * 1024 * 1024 * 1024
"""Bytes that the journal of a recording may have by default."""

_PORTS: Final[Mapping[str, int]] = {"http": 80, "https": 443}


class Scope(Struct, frozen=True, kw_only=True):
    """What is recorded.

    ``origins`` are ``(scheme, host, port)`` of the configured base URLs, ``ignored`` patterns of paths that
    are forwarded and not kept. ``every`` keeps the first of so many exchanges. ``body`` and ``disk`` are
    bytes: the most that is kept of a body, and of all together. ``bases`` are the base URLs.
    """

    origins: frozenset[tuple[str, str, int]]
    ignored: tuple[re.Pattern[str], ...] = ()
    every: int = 1
    body: int = LARGEST_BODY
    disk: int = LARGEST_RECORDING
    bases: tuple[str, ...] = ()

    def allows(self, url: str) -> bool:
        """Whether a URL is of a configured host; nothing else is forwarded or kept."""
        return _origin(url) in self.origins

    def keeps(self, request: Request, number: int) -> bool:
        """Whether a request is kept; ``number`` counts the allowed ones from 0."""
        if number % self.every or not self.allows(request.url):
            return False
        return not any(pattern.search(urlsplit(request.url).path) for pattern in self.ignored)


def scope_of(
    environments: Iterable[Environment],
    *,
    ignored: Collection[str] = (),
    every: int = 1,
    body: int = LARGEST_BODY,
    disk: int = LARGEST_RECORDING,
) -> Scope:
    """Return the scope of some environments; ``ignored`` are regular expressions of paths.

    Raises:
        UsageError: one of those is none.
    """
    bases = tuple(dict.fromkeys(url for each in environments for url in each.base_urls.values()))
    patterns = []
    for text in ignored:
        try:
            patterns.append(re.compile(text))
        except re.error as error:
            what = f"`--ignore {text}` is no regular expression: {error}"
            raise UsageError(Problem(where="", what=what, advice="Write for example `/health$`.")) from error
    origins = frozenset(found for base in bases if (found := _origin(base)) is not None)
    return Scope(origins=origins, ignored=tuple(patterns), every=every, body=body, disk=disk, bases=bases)


def _origin(url: str) -> tuple[str, str, int] | None:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme.lower(), 0)
    except ValueError:
        return None
    if not host or not port or parts.username is not None or parts.password is not None:
        return None
    return parts.scheme.lower(), host.lower().rstrip("."), port
