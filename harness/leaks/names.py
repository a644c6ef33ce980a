"""Values that must be placeholders, because of the names that they go by.

It knows the same kinds of names as the redaction and shares no code with it. Where the two disagree, one of
them is wrong; tests set them against each other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from harness.leaks.texts import named

_ENDINGS: Final = (
    *("token", "secret", "password", "passwd", "passphrase", "passcode", "pwd", "credential", "cookie"),
    *("apikey", "accesskey", "secretkey", "privatekey", "signingkey", "encryptionkey", "masterkey"),
    *("integrationkey", "sharedkey", "accountkey", "sshkey", "subscriptionkey", "fernetkey", "authkey"),
    *("connectionstring", "webhookurl", "authorization", "jwt", "otp", "secretvalue", "passwordhash"),
    "clientassertion",
)
_NO_PASS: Final = (
    "bypass",
    "compass",
    "surpass",
    "trespass",
    "overpass",
    "underpass",
    "boardingpass",
    "seasonpass",
)
_TO_PASS: Final = ("onpass", "allpass")
_VARIANTS: Final = ("old", "new", "confirm", "confirmation", "repeat")
_CURSOR = re.compile(
    r"(page|next|prev|previous|continuation|continue|cursor|sync|paging|pagination|position)token$"
)
_FLAGS: Final = frozenset({"secret", "issecret", "sensitive", "issensitive", "encrypted", "isencrypted"})
_ABSENT: Final = ("", "null", "none")
_FLAG_WORDS: Final = ("true", "false", "1", "0", "yes", "no", "on", "off", *_ABSENT)
_HOLDERS: Final = ("secret", "secrets", "password", "passwords", "credential", "credentials")
_CONNECTIONS: Final = {
    **dict.fromkeys(("connection", "connectionoverrides"), "extra"),
    **dict.fromkeys(("metricsexport", "metricsexportoverrides"), "headers"),
}
"""What ends the name of an object of the vendor, and what in it has values of any name."""
_DESCRIBING: Final = (
    *("id", "name", "names", "type", "kind", "scope", "status", "at", "by", "description", "user", "login"),
    *("host", "email", "version"),
)
_LABELS = re.compile(
    r"(?:^|[a-z0-9_-])(?:[Ii]d|[Nn]ames?|[Tt]ype|[Kk]ind|[Ss]cope|[Ss]tatus|[Aa]t|[Bb]y|[Dd]escription"
    r"|[Uu]sername|[Uu]ser|[Ll]ogin|[Hh]ost|[Ee]mail|[Vv]ersion)$"
    r"|(?:^|[^A-Z])(?:ID|NAMES?|TYPE|KIND|SCOPE|STATUS|AT|BY|DESCRIPTION|USER(?:NAME)?|LOGIN|HOST|EMAIL|VERSION)$"
)
_SIGNATURES: Final = frozenset({"sig", "signature", "xamzsignature", "xgoogsignature"})
_HARMLESS = re.compile(r"|true|false|null|none|\d{1,5}|[*\u2022]+", re.IGNORECASE)
# What redaction writes, and the paths by which scenarios capture.
_PLACEHOLDER = re.compile(r"REDACTED-[0-9a-f]{8}|\[[A-Z][A-Z0-9_]*\]|\$[.\[].*")
# Variables of scenarios and of CI: a value with one in it is a template.
_VARIABLE = re.compile(r"\$\{[^{}]*\}|\$\{\{[^{}]*\}\}")
_PROBE: Final = "harness-probe"
_SHORT_TOKEN: Final = ("shorttoken", 16)
_CREDENTIALS: Final = ("authorization", "proxy-authorization")
_SCHEMES: Final = ("apikey", "basic", "bearer", "digest", "negotiate", "token")
_DEEPEST: Final = 200
_PART = re.compile(rb'\bname="([^"]+)"[^\r\n]*(?:\r?\n[^\r\n]+)*\r?\n\r?\n(.*?)(?=\r?\n--|\Z)', re.DOTALL)

Named = tuple[str, str]
"""The name, and the value that goes by it."""


class Names:
    """Finds values that are no placeholders where the name says that they should be."""

    def __init__(self, own: Collection[str] = (), *, answers: bool = True) -> None:
        """Take the names that the project adds.

        ``answers`` is for what a service answered, where the value of a variable may be a secret although
        nothing says so; a person who writes one knows what it is.
        """
        self._own = frozenset(map(_flat, own))
        self._answers = answers

    def in_headers(self, headers: Collection[tuple[str, str]]) -> Iterator[Named]:
        """Look through header fields: credentials behind their scheme, and cookies one by one."""
        for name, value in headers:
            lower = name.lower()
            if lower in {"cookie", "set-cookie"}:
                pairs = value.split(";")
                for pair in pairs[:1] if lower == "set-cookie" else pairs:
                    cookie, equals, content = pair.strip().partition("=")
                    if not _hidden(content if equals else cookie):
                        yield name, content if equals else cookie
            elif lower in _CREDENTIALS:
                if not _hidden(_credential(value)):
                    yield name, _credential(value)
            elif self._is_secret(name) and not _harmless(value):
                yield name, value

    def in_url(self, url: str) -> Iterator[Named]:
        """Look through the query and the fragment of a URL, and for a password before its host."""
        address, _, rest = url.partition("?")
        authority = address.partition("://")[2].partition("/")[0]
        if "@" in authority:
            password = unquote(authority.rpartition("@")[0].partition(":")[2])
            if not _hidden(password):
                yield "the password in a URL", password
        for segment in address.partition("://")[2].split("/")[1:]:
            if "&" not in segment:
                yield from self.in_form("&".join(segment.split(";")[1:]))
        yield from self.in_form(rest.replace("#", "&"))
        yield from self.in_form(address.partition("#")[2])

    def in_form(self, text: str) -> Iterator[Named]:
        """Look through ``name=value`` pairs."""
        for name, value in parse_qsl(text.replace("+", "%2B"), keep_blank_values=True):
            if (self._is_secret(name) or _flat(name) in _SIGNATURES) and not _harmless(value):
                yield name, value
            elif "=" in value:
                yield from self.in_text(value)

    def in_text(self, text: str) -> Iterator[Named]:
        """Look through what a text names."""
        for name, value in named(text):
            if self._is_secret(name) and not _harmless(value):
                yield name, value

    def in_content(self, content: bytes, media: str) -> Iterator[Named]:
        """Look through a body: JSON, JSON lines, a form or the parts of one."""
        if content.lstrip()[:1] in (b"{", b"["):
            for text in [content] if _json(content) is not None else content.splitlines():
                yield from self.in_json(_json(text))
        elif "form-urlencoded" in media:
            yield from self.in_form(content.decode("utf-8", "replace"))
        elif "multipart/" in media:
            for name, value in _PART.findall(content):
                found = value.decode("utf-8", "replace")
                if self._is_secret(name.decode("utf-8", "replace")) and not _harmless(found):
                    yield name.decode("utf-8", "replace"), found
        else:
            yield from self.in_text(content.decode("utf-8", "replace"))

    def in_json(self, value: Any, depth: int = 0) -> Iterator[Named]:
        """Look through a JSON value at any depth, and through JSON in its strings."""
        if depth > _DEEPEST:
            return
        if isinstance(value, dict):
            yield from self._in_object(value, depth)
        elif isinstance(value, list):
            for each in value:
                yield from self.in_json(each, depth + 1)
        elif isinstance(value, str) and value[:1] in ("{", "[") and len(value) > 4:
            yield from self.in_json(_json(value), depth + 1)
        elif isinstance(value, str) and ("=" in value or ":" in value or "</" in value):
            yield from self.in_text(value)

    def _in_object(self, value: dict[str, Any], depth: int) -> Iterator[Named]:
        named = next((value[key] for key in ("name", "key") if isinstance(value.get(key), str)), "")
        flags = list(_flags(value))
        for key, each in value.items():
            flat = _flat(key)
            guarded = flat == "value" and (any(flags) or (not flags and self._is_header(value, named)))
            if key.lower() in _CREDENTIALS and isinstance(each, str):
                yield from self.in_headers([(key, each)])
            elif flat in _FLAGS and isinstance(each, str) and each.lower() in _FLAG_WORDS:
                continue
            elif self._is_secret(key) or guarded:
                yield from ((key, text) for text in _strings(each, flat) if not _hidden(text))
            elif self._answers and _is_guarded(flat, each):
                yield from ((key, text) for text in _strings(each.get("value"), flat) if not _hidden(text))
            elif self._answers and isinstance(each, dict):
                yield from _in_connection(flat, each)
            yield from self.in_json(each, depth + 1)

    def _is_header(self, value: dict[str, Any], named: str) -> bool:
        """Whether an object is a field with a secret in it, as files of other tools write fields."""
        text = value.get("value")
        if not isinstance(text, str) or _harmless(text):
            return False
        return any(True for _ in self.in_headers([(named, text)]))

    def _is_secret(self, name: str) -> bool:
        flat = _flat(name)
        if flat in self._own:
            return True
        kind = _of_several(flat)
        if kind.endswith(_NO_PASS) or kind in _TO_PASS:
            return False
        return (kind.removesuffix("s").endswith(_ENDINGS) or kind.endswith("pass")) and not _CURSOR.search(
            kind
        )


@lru_cache(maxsize=8192)
def _of_several(flat: str) -> str:
    """Return a name without what tells several of its kind apart: a number, and which one it is."""
    bare = flat.rstrip("0123456789")
    if bare != flat:
        bare = bare.removesuffix("v")
    return next((bare.removesuffix(each) for each in _VARIANTS if bare.endswith(each)), bare)


def _is_guarded(name: str, value: Any) -> bool:
    """Whether a name is of an environment object of the vendor, secret unless a flag says that it is not."""
    if not name.endswith(("airflowvariable", "environmentvariable")) or not isinstance(value, dict):
        return False
    flags = list(_flags(value))
    return not flags or any(flags)


def _flags(value: dict[str, Any]) -> Iterator[bool]:
    """Yield whether each flag of an object says that there is a secret: all do but what is plainly false."""
    for key, each in value.items():
        said = str(each).lower()
        if _flat(key) in _FLAGS and isinstance(each, str | bool | int | float) and said not in _ABSENT:
            yield said not in ("false", "0")


def _in_connection(flat: str, value: dict[str, Any]) -> Iterator[Named]:
    """Yield what must be a placeholder where a name is of an object that has secrets under any name."""
    for ending, extra in _CONNECTIONS.items():
        if flat.endswith(ending):
            yield from ((extra, text) for text in _everything(value.get(extra)) if not _harmless(text))


def _everything(value: Any, depth: int = 0) -> Iterator[str]:
    """Yield the strings of what a connection has beside its fields, but those that only describe."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and depth < _DEEPEST:
        for each in value:
            yield from _everything(each, depth + 1)
    elif isinstance(value, dict) and depth < _DEEPEST:
        for key, each in value.items():
            if not key.lower().endswith(_DESCRIBING):
                yield from _everything(each, depth + 1)


def _strings(value: Any, name: str) -> Iterator[str]:
    """Yield the strings of a value that goes by the name of a secret."""
    if isinstance(value, str):
        limit = _SHORT_TOKEN[1] if name == _SHORT_TOKEN[0] else 0
        if len(value) > limit:
            yield value
    elif isinstance(value, list):
        for each in value:
            if name in _HOLDERS or not isinstance(each, dict):
                yield from _strings(each, name)
    elif isinstance(value, dict) and name in _HOLDERS:
        for key, each in value.items():
            if not _LABELS.search(key):
                yield from _strings(each, name)


def _credential(value: str) -> str:
    """Return what stands behind the scheme in the value of an Authorization header."""
    scheme, _, credential = value.strip().partition(" ")
    return credential.strip() if scheme.lower() in _SCHEMES else value.strip()


def _hidden(value: str) -> bool:
    """Whether a value is a placeholder, a made-up credential, a mask, or nothing."""
    if not value.strip("*\u2022 ") or _PROBE in value:
        return True
    return bool(_PLACEHOLDER.fullmatch(value) or _VARIABLE.search(value))


def _harmless(value: str) -> bool:
    """Whether a value of a header or a query is hidden, or a setting such as ``true`` or ``42``."""
    return _hidden(value) or bool(_HARMLESS.fullmatch(value))


def _json(text: bytes | str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


@lru_cache(maxsize=8192)
def _flat(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
