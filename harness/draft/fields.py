"""Header fields of recorded requests: which ones a client chose, and which every client has by itself."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from harness.exchange import Headers

AUTHORIZATION: Final = "Authorization"

_BY_ITSELF: Final = re.compile(
    r":.*"  # what HTTP/2 has in place of the request line, in HAR files
    r"|authorization|host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|via|forwarded"
    r"|content-(?:length|encoding|md5)|accept-(?:encoding|language|charset)|user-agent|date|from|dnt|priority"
    r"|cookie|origin|referer|cache-control|pragma|upgrade-insecure-requests|(?:proxy|sec|x-forwarded)-.*"
    r"|http2-settings|x-requested-with"
    # What proxies on the way add, which access logs of a gateway have.
    r"|(?:x-real|x-client|true-client)-ip|(?:x-envoy|x-original|x-azure|x-arr|x-appengine|cf|fastly)-.*"
    r"|x-scheme|cdn-loop|x-amz-cf-id"
    # What is another one in each request: tracing, and what keeps a request from being done twice.
    r"|trace(?:parent|state)|baggage|b3|x-b3-.*|sentry-.*|x-datadog-.*|x-amzn-.*|x-cloud-trace-context"
    r"|newrelic|elastic-apm-.*|uber-trace-id|(?:x-)?(?:request|correlation)-?id|(?:x-)?idempotency-key"
    # Which client it is, and how often it tried.
    r"|(?:x-)?astro-client-.*|x-client-.*|x-stainless-.*|(?:x-)?retry-.*"
)
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_OF_ROLE: Final = re.compile(r"\[[A-Z0-9_]+_(?:EXPIRED|READONLY|WORKSPACE)\]")
_CONDITION: Final = re.compile(r"if-.*|range", re.IGNORECASE)


@lru_cache(maxsize=4096)
def chosen(headers: Headers) -> Headers:
    """Return the fields that a client sent on purpose; the token and what stands for JSON are left out.

    A field that comes more than once has all its values, as HTTP allows. Requests of one client have the
    same fields, so it is found out once.
    """
    found: dict[str, tuple[str, str]] = {}
    for name, value in headers:
        key = name.lower()
        if _BY_ITSELF.fullmatch(key) or (key in {"accept", "content-type"} and _is_usual(value)):
            continue
        first, values = found.get(key, (name, ""))
        found[key] = (first, f"{values}, {value}" if key in found else value)
    return tuple(found.values())


def is_sendable(name: str, value: str) -> bool:
    """Whether a scenario can send a field."""
    return bool(_NAME.fullmatch(name)) and value.isascii() and value.isprintable()


def is_condition(name: str) -> bool:
    """Whether the answer depends on how a field fits what there is: another time it is another one."""
    return _CONDITION.fullmatch(name) is not None


def credential_of(authorization: str) -> tuple[str, str]:
    """Split the value of Authorization into its scheme, with a blank behind it, and the credential."""
    scheme, blank, credential = authorization.rpartition(" ")
    return scheme + blank, credential


def is_of_role(credential: str) -> bool:
    """Whether a credential stands for a token of another role, which cassettes tell from the usual one."""
    return _OF_ROLE.fullmatch(credential) is not None


def _is_usual(value: str) -> bool:
    """Whether a client that wants or sends JSON may say so."""
    return any(usual in value.lower() for usual in ("application/json", "*/*", "application/*"))
