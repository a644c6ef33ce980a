"""The names of probes, as far as rules tell them apart by what may come of them."""

from __future__ import annotations

from typing import Final

UNAUTHORIZED: Final = frozenset({"missing", "malformed", "invalid", "expired"})
"""Probes without a valid token, which every endpoint must refuse."""

ROLES: Final = frozenset({"readonly", "workspace"})
"""Probes with another valid token, which an endpoint may refuse or not: but both sides alike."""

MISTAKES: Final = frozenset(
    {
        "missing-field",
        "unknown-field",
        "mistyped-field",
        "bad-enum",
        "too-long",
        "out-of-range",
        "negative-paging",
        "malformed-json",
        "wrong-content-type",
        "wrong-method",
    }
)
"""Probes with a mistake that a service may be lenient about: but both sides alike."""
