"""The catalogue of rules: what a kind of difference means to the caller, and what to do about it.

A rule is a few lines of data and one small function over a difference and its circumstances. The
first rule of the catalogue that applies gives the finding. Sources: the vendor's migration guide,
the published contracts, oasdiff's check list and Google's AIP-180.
"""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters to a caller."""

    BREAKING = "breaking"
    RISKY = "risky"
    INFO = "info"


class Check(StrEnum):
    """The four checks of step 4 of the vendor's migration guide."""

    RESPONSES = "responses"
    AUTH = "auth"
    ERRORS = "errors"
    BEHAVIOUR = "behaviour"


class Profile(StrEnum):
    """A mapping of rules to severities."""

    STRICT = "strict"
    TOLERANT = "tolerant"
