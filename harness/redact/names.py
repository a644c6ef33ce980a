"""Which names stand for secrets, and which only sound like it.

``token``, ``basicToken`` and ``client_secret`` are secrets. ``tokenId``, ``tokenType`` and ``isSecret`` are
about secrets. ``tokens`` is a list of token objects; only strings directly in it are secrets.
``nextPageToken`` is a position that the next request repeats. ``shortToken`` of the Astro API is kept:
it is the few characters that the vendor's own pages show to tell tokens apart, and a value of up to 16
characters cannot be a whole token.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Final

from harness.struct import Struct, replace

PROBE: Final = "harness-probe"
"""Marks the made-up credentials of the auth probes, which must stay readable."""

PLACEHOLDER: Final = re.compile(r"REDACTED-[0-9a-f]{8}|\[[A-Z][A-Z0-9_]*\]")
"""What stands where a secret stood."""

SHORT_TOKEN_LENGTH: Final = 16
"""The longest ``shortToken`` that is kept."""

_SECRET = re.compile(
    r"(?:token|secret|password|passwd|passphrase|passcode|pwd|credential|cookie)s?$"
    r"|(?:api|access|secret|private|signing|encryption|master|integration|shared|account|ssh|subscription"
    r"|functions|fernet|auth)keys?$"
    r"|(?:connectionstring|webhookurl|authorization|clientassertion|jwt|otp)$"
    r"|(?<!by)(?<!com)(?<!sur)(?<!tres)(?<!^on)(?<!^all)(?<!over)(?<!under)(?<!boarding)(?<!season)pass$"
    r"|(?:secret|password|passphrase|privatekey)(?:key|value|hash|data|text|string|base|pem|content|json)$"
    r"|token(?:value|hash|data|string)$"
)
_CURSOR = re.compile(
    r"(?:page|next|previous|prev|continuation|continue|cursor|sync|paging|pagination|position)token$"
)
_HOLDER = re.compile(r"(?:secret|password|credential)s?$")
_NUMERIC = re.compile(r"(?:password|passwd|passphrase|passcode|pwd|otp)$")
_FLAG = re.compile(r"(?:is)?(?:secret|sensitive|encrypted)$")
_VARIABLE = re.compile(r"(?:airflow|environment)variable(?:overrides)?$")
_CONNECTION = re.compile(r"(?:connection|metricsexport)(?:overrides)?$")
_EXTRA = frozenset({"extra", "headers"})
_SIGNATURE = re.compile(r"(?:sig|signature|xamzsignature|xgoogsignature)$")
_VARIANT = re.compile(r"(?<=[a-z])(?:old|new|confirm|confirmation|repeat)?(?:v?[0-9]+)?$")
"""What tells secrets of one kind apart, behind their name: ``password2``, ``tokenV2``, ``passwordOld``."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_LABELS = frozenset(
    {"id", "name", "names", "type", "kind", "scope", "status", "at", "by", "description", "username"}
    | {"user", "login", "host", "email", "version"}
)
_LITERALS = frozenset({"true", "false", "null", "none"})
_SHORTEST_NUMBER: Final = 6
_VALUES = frozenset({"value", "values", "defaultvalue", "rawvalue"})
_NAMING = frozenset({"name", "key"})


class Name(Struct, frozen=True):
    """What a name says about the value that goes by it.

    ``secret``: strings by this name are secrets. ``numeric``: numbers too. ``holder``: so is every string
    inside an object by this name, unless its own name is a ``label``. ``flag``: the value true makes
    a secret of its neighbour that is a ``value``. ``naming``: so does the name of a secret by this name,
    if that is a ``single`` one. ``variable``: an environment object of the vendor, whose
    value is a secret unless it says otherwise (an update or an override does not repeat ``isSecret``).
    ``connection``: another such, as a metrics export is, and ``extra``: what in one holds values of any
    name, all of them secrets.
    ``signature``: a secret in a query, where it makes a URL a key.
    """

    secret: bool = False
    numeric: bool = False
    holder: bool = False
    label: bool = False
    flag: bool = False
    value: bool = False
    single: bool = False
    naming: bool = False
    variable: bool = False
    connection: bool = False
    extra: bool = False
    signature: bool = False
    short_token: bool = False
    plain: bool = True


@lru_cache(maxsize=8192)
def read_name(text: str) -> Name:
    """Classify a name of any spelling: camelCase, snake_case, kebab-case."""
    flat = _flat(text)
    words = _WORD.findall(text)
    short_token = flat == "shorttoken"
    kind = _VARIANT.sub("", flat)
    secret = bool(_SECRET.search(kind)) and not short_token and not _CURSOR.search(kind)
    flag = bool(_FLAG.match(flat))
    variable = bool(_VARIABLE.search(flat))
    return Name(
        secret=secret,
        numeric=bool(_NUMERIC.search(kind)),
        holder=bool(_HOLDER.search(kind)),
        label=bool(words) and words[-1].lower() in _LABELS,
        flag=flag,
        value=flat in _VALUES,
        single=flat == "value",
        naming=text in _NAMING,
        variable=variable,
        connection=bool(_CONNECTION.search(flat)),
        extra=flat in _EXTRA,
        signature=bool(_SIGNATURE.match(flat)),
        short_token=short_token,
        plain=not (secret or flag or variable or short_token or flat == "value" or flat in _EXTRA),
    )


def reader_of(names: Collection[str]) -> Callable[[str], Name]:
    """Return :func:`read_name` for a project in which these names stand for secrets too, numbers included."""
    if not names:
        return read_name
    own = frozenset(map(_flat, names))

    @lru_cache(maxsize=8192)
    def read(text: str) -> Name:
        known = read_name(text)
        if _flat(text) not in own:
            return known
        return replace(known, secret=True, numeric=True, short_token=False, plain=False)

    return read


def is_setting(value: str) -> bool:
    """Tell ``showSecrets=true`` and ``x-remaining-tokens: 42`` from secrets."""
    return value.lower() in _LITERALS or (value.isdigit() and len(value) < _SHORTEST_NUMBER)


def _flat(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
