"""The kinds of probes: what each is called, what it belongs to, and how a refusal of it is recognized."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from harness.rules import Check
from harness.struct import Struct

MALFORMED_AUTHORIZATION: Final = "harness-probe malformed"
"""A header that no scheme of authorization has."""

INVALID_AUTHORIZATION: Final = "Bearer harness-probe-invalid-token"
"""A well-formed header with a token that nobody was given."""

ALL: Final = "all"
"""What ``checks`` say for every kind, of each operation of the scenario."""


class Kind(Struct, frozen=True, kw_only=True):
    """What ``checks`` call by one name.

    ``authorization`` is the header's value in place of the token's: empty sends none, None leaves the
    token's. ``token``: the token of that name is sent. ``single``: the name alone asks for one probe in all,
    not for one of each operation. ``refusals`` are the statuses by which a service can refuse what is wrong
    with such a probe (empty: any); another one says that it did not come so far.
    """

    title: str
    check: Check = Check.ERRORS
    authorization: str | None = None
    token: bool = False
    single: bool = False
    refusals: frozenset[int] = frozenset()


_OF_IDS = frozenset({400, 403, 404, 410, 422})
_OF_VALUES = frozenset({400, 409, 412, 422})

KINDS: Final[Mapping[str, Kind]] = {
    "missing": Kind(title="missing token", check=Check.AUTH, authorization="", single=True),
    "malformed": Kind(
        title="malformed header", check=Check.AUTH, authorization=MALFORMED_AUTHORIZATION, single=True
    ),
    "invalid": Kind(
        title="invalid token", check=Check.AUTH, authorization=INVALID_AUTHORIZATION, single=True
    ),
    "expired": Kind(title="expired token", check=Check.AUTH, token=True),
    "readonly": Kind(title="read-only token", check=Check.AUTH, token=True),
    "workspace": Kind(title="token of a workspace", check=Check.AUTH, token=True),
    "not-found": Kind(title="unknown id", single=True, refusals=_OF_IDS),
    "invalid-query": Kind(title="invalid query", single=True, refusals=_OF_VALUES),
    "invalid-body": Kind(title="invalid body", single=True, refusals=_OF_VALUES),
    "foreign-id": Kind(title="id of another organization", refusals=_OF_IDS),
    "missing-field": Kind(title="missing field", refusals=_OF_VALUES),
    "unknown-field": Kind(title="unknown field", refusals=_OF_VALUES),
    "mistyped-field": Kind(title="field of another type", refusals=_OF_VALUES),
    "bad-enum": Kind(title="value that is not listed", refusals=_OF_VALUES),
    "too-long": Kind(title="text that is too long", refusals=_OF_VALUES),
    "out-of-range": Kind(title="number out of range", refusals=_OF_VALUES),
    "negative-paging": Kind(title="negative limit or offset", refusals=_OF_VALUES),
    "malformed-json": Kind(title="malformed JSON", refusals=frozenset({400, 422})),
    "wrong-content-type": Kind(title="wrong content type", refusals=frozenset({400, 406, 415, 422})),
    "wrong-method": Kind(title="wrong method", refusals=frozenset({404, 405, 501})),
}
"""Every kind by its name in ``checks``, those of authentication first."""

_INCLUDED: Final = frozenset({"invalid-query", "invalid-body"})
"""What ``all`` leaves out: the matrix has the same mistakes, told apart."""


def wanted(check: Check, asked: Iterable[str]) -> Mapping[str, bool]:
    """Return the kinds that ``checks`` ask for under one key, and whether of each operation."""
    asked = dict.fromkeys(asked)
    each = [name for name, kind in KINDS.items() if kind.check is check and name not in _INCLUDED]
    found = dict.fromkeys(each, True) if ALL in asked else {}
    return found | {name: not KINDS[name].single for name in asked if name != ALL and name not in found}
