"""The catalogue of rules: what a kind of difference means to the caller, and what to do about it.

The first rule of the catalogue that applies to a difference gives its finding. Sources: the vendor's
migration guide, the published contracts, oasdiff's list of checks and Google's AIP-180.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from harness.difference import Difference, Kind
from harness.rules import behaviour, contracts, endpoint, paging, properties, sequences, values
from harness.rules.rule import Check, Circumstances, Documentation, Profile, Rule, Severity

CATALOGUE: tuple[Rule, ...] = (
    *endpoint.FIRST_RULES,
    *sequences.RULES,
    *behaviour.AUTH_RULES,
    *endpoint.RULES,
    *properties.RULES,
    *values.RULES,
    *behaviour.RULES,
    *paging.RULES,
    *contracts.RULES,
)
"""Every rule, in the order in which they are asked."""

RULES: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in CATALOGUE})
"""Rules by id; two rules may share an id when one finding has two directions."""

_BY_KIND: Mapping[Kind, tuple[Rule, ...]] = MappingProxyType(
    {kind: tuple(rule for rule in CATALOGUE if kind in rule.kinds) for kind in Kind}
)


def rule_for(difference: Difference, circumstances: Circumstances) -> Rule:
    """Return the first rule that applies; for each kind the last one always does."""
    return next(rule for rule in _BY_KIND[difference.kind] if rule.applies(difference, circumstances))


__all__ = [
    "CATALOGUE",
    "RULES",
    "Check",
    "Circumstances",
    "Documentation",
    "Profile",
    "Rule",
    "Severity",
    "rule_for",
]
