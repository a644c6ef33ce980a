"""The catalogue of rules: what a kind of difference means to the caller, and what to do about it.

The first rule of the catalogue that applies to a difference gives its finding. Sources: the vendor's
migration guide, the published contracts, oasdiff's list of checks and Google's AIP-180.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from harness.difference import Difference, Kind
from harness.rules import (
    behaviour,
    contracts,
    endpoint,
    errors,
    headers,
    lists,
    paging,
    properties,
    sequences,
    values,
)
from harness.rules.rule import Check, Circumstances, Documentation, Profile, Rule, Severity, Told, plain

CATALOGUE: tuple[Rule, ...] = (
    *endpoint.FIRST_RULES,
    *sequences.RULES,
    *behaviour.AUTH_RULES,
    *endpoint.RULES,
    *errors.RULES,
    *values.APART_RULES,
    *lists.RULES,
    *properties.RULES,
    *values.RULES,
    *headers.RULES,
    *behaviour.RULES,
    *paging.RULES,
    *contracts.RULES,
)
"""Every rule, in the order in which they are asked."""

DIRECTIONS: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {
        each.id: tuple(
            sorted(
                (rule for rule in CATALOGUE if rule.id == each.id),
                key=lambda rule: list(Severity).index(rule.strict),
            )
        )
        for each in CATALOGUE
    }
)
"""Rules by id; several share an id when one finding has several directions, the most severe one first."""

RULES: Mapping[str, Rule] = MappingProxyType({id_: rules[0] for id_, rules in DIRECTIONS.items()})
"""One rule of each id: of several the most severe."""

_BY_KIND: Mapping[Kind, tuple[Rule, ...]] = MappingProxyType(
    {kind: tuple(rule for rule in CATALOGUE if kind in rule.kinds) for kind in Kind}
)


def rule_for(difference: Difference, circumstances: Circumstances) -> Rule:
    """Return the first rule that applies; for each kind the last one always does."""
    return next(rule for rule in _BY_KIND[difference.kind] if rule.applies(difference, circumstances))


__all__ = [
    "CATALOGUE",
    "DIRECTIONS",
    "RULES",
    "Check",
    "Circumstances",
    "Documentation",
    "Profile",
    "Rule",
    "Severity",
    "Told",
    "plain",
    "rule_for",
]
