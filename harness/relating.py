"""Joins differences that are one and the same: a property that was renamed, a map with other keys."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from harness.contract import Contract, Operation
from harness.difference import FOLLOWS, ITEM, Difference, Kind, json_path, segments
from harness.exchange import Json, Side
from harness.rules.lists import COUNTS
from harness.schema import Place, Schema
from harness.struct import Struct, replace
from harness.values import ValueClass, type_name, value_class

_TRIVIAL: tuple[Json, ...] = (None, True, False, 0, 1, "", [], {})
_MORE = {Kind.ELEMENT_ADDED: 1, Kind.ELEMENT_REMOVED: -1}
_TOTALS = frozenset(json_path("body", name) for name in COUNTS)
_FEWEST_KEYS = 2
"""Keys of each form that make a map: one alone may be any property."""

_RUNS = ((re.compile(r"\d+"), "9"), (re.compile(r"[^\W\d_]+"), "a"))


class Promise(Struct, frozen=True, kw_only=True):
    """What one contract says of the body of an answer; None where it has no operation, or no body."""

    contract: Contract
    operation: Operation | None = None
    schema: Schema | None = None

    def at(self, parts: tuple[str, ...]) -> Place | None:
        """Return what is documented at a place below the body."""
        if self.operation is None or self.schema is None:
            return None
        return self.contract.place(self.operation, self.schema, parts)

    def name(self, parts: tuple[str, ...]) -> str:
        """Return the contract's name for a place below the body, such as ``ApiToken.type``; empty: none."""
        if self.operation is None or self.schema is None:
            return ""
        return self.contract.place_name(self.operation, self.schema, parts)


class Promises(Struct, frozen=True, kw_only=True):
    """What both contracts say of the bodies of a pair."""

    baseline: Promise
    candidate: Promise

    @property
    def complete(self) -> bool:
        """Whether both contracts say what such an answer's body is: only then do they tell what it lacks."""
        return self.baseline.schema is not None and self.candidate.schema is not None

    def at(self, path: str) -> tuple[Place | None, Place | None]:
        """Return what the two contracts say of a place in the response's body."""
        parts = segments(path)
        if parts[:1] != ("body",):
            return None, None
        return self.baseline.at(parts[1:]), self.candidate.at(parts[1:])


def related(facts: Sequence[Difference], promises: Promises, *, own: bool) -> tuple[Difference, ...]:
    """Join the differences that are one and the same; pass on the rest, in their order.

    ``own``: each side was asked about a resource of its own, so that values differ by construction.
    """
    facts = _counted(facts)
    added = {fact.path: fact for fact in facts if fact.kind is Kind.ADDED}
    removed = [fact for fact in facts if fact.kind is Kind.REMOVED]
    if not added or not removed:
        return tuple(facts)
    taken: set[str] = set()
    joined: dict[str, Difference] = {}
    for fact in removed:
        twin = _twin(fact, added, taken, promises, own=own)
        if twin is not None:
            taken.add(twin.path)
            joined[fact.path] = replace(
                fact, kind=Kind.RENAMED, to=twin.path, candidate=twin.candidate, alike=()
            )
    left = [fact for fact in removed if fact.path not in joined]
    keys = _maps(left, [fact for path, fact in added.items() if path not in taken])
    told: set[str] = set()
    result = []
    for fact in facts:
        if fact.kind not in (Kind.REMOVED, Kind.ADDED):
            result.append(fact)
        elif (whole := keys.get(fact.path)) is not None:
            if whole.path not in told:
                told.add(whole.path)
                result.append(whole)
        elif fact.kind is Kind.REMOVED:
            result.append(joined.get(fact.path, fact))
        elif fact.path not in taken:
            result.append(fact)
    return tuple(result)


def is_trivial(value: Json) -> bool:
    """Whether a value is so common that to stand in two places proves nothing."""
    return value in _TRIVIAL


def _breaks_v1(fact: Difference, told: Kind) -> bool:
    """Whether v1 has a value that its contract forbids, where all that is told is that something came.

    A property's null that the contract does not mention is common; a list's is not.
    """
    if fact.kind is not Kind.BROKEN or fact.side is not Side.CANDIDATE:
        return False
    return told is Kind.ELEMENT_ADDED or (told is Kind.ADDED and fact.candidate is not None)


_WHOLE = frozenset({Kind.WRAPPED, Kind.UNWRAPPED})
"""Kinds that say that v1's body stands elsewhere as a whole, and so each of its properties does."""


def untold(found: Iterable[Difference], facts: Iterable[Difference]) -> list[Difference]:
    """Leave out what a difference of the same place, or of a whole body, says already.

    That a property or an element came does not say that its value breaks the contract.
    """
    told = {fact.path: fact.kind for fact in facts}
    wrapped = not _WHOLE.isdisjoint(told.values())
    return [
        fact
        for fact in found
        if (fact.path not in told or _breaks_v1(fact, told[fact.path]))
        and not (wrapped and fact.side is Side.CANDIDATE and fact.path.startswith("$.body"))
    ]


def _counted(facts: Sequence[Difference]) -> Sequence[Difference]:
    """Say of a total that it counts the elements that came and went, where the numbers add up."""
    net = 0
    for fact in facts:
        if fact.kind in _MORE and len(segments(fact.path)) == len(("body", "teams", ITEM)):
            net += _MORE[fact.kind] * fact.seen
    if not net:
        return facts
    return [replace(fact, detail=FOLLOWS) if _is_total(fact, net) else fact for fact in facts]


def _is_total(fact: Difference, net: int) -> bool:
    if fact.kind is not Kind.VALUE or fact.path not in _TOTALS:
        return False
    old, new = fact.baseline, fact.candidate
    return isinstance(old, int) and isinstance(new, int) and new - old == net


def _twin(
    removed: Difference, added: Mapping[str, Difference], taken: set[str], promises: Promises, *, own: bool
) -> Difference | None:
    """Return the added property that a removed one became, or one in an added object, when there is proof.

    Proof is: both contracts name one of the two and not the other, and the values are of one type and,
    where both sides were asked about the same thing, equal wherever they were seen. Without a
    contract it takes at least two samples with equal values that say something, or one of the same name
    in another spelling.
    """
    equal = dict(removed.alike)
    similar = {path for path in added if _similar(removed.path, path)} if equal or own else set()
    respelt = {path for path in (added if own else equal) if _respelt(removed.path, path)}
    known = equal.keys() | (similar | respelt if own else set())
    hosts = {path: host for path in known - taken if (host := _host(path, added))}
    nearest = sorted(
        hosts,
        key=lambda path: (-equal.get(path, 0), path not in similar, _far(removed.path, path), path),
    )
    for path in nearest:
        twin = hosts[path]
        if type_name(twin.candidate) != type_name(removed.baseline):
            continue
        all_equal = equal.get(path, 0) == removed.seen == twin.seen
        telling = all_equal and not is_trivial(removed.baseline)
        if _swapped(promises.at(removed.path), promises.at(path)):
            if telling or (path in similar and (all_equal or own)):
                return twin
        elif (telling and removed.seen >= 2) or (path in respelt and (all_equal or own)):
            return twin
    return None


def _host(path: str, added: Mapping[str, Difference]) -> Difference | None:
    """Return the added property at that place, also where it came within an added object."""
    if path in added:
        return added[path]
    *parent, name = segments(path)
    host = added.get(json_path(*parent))
    if host is None or not isinstance(host.candidate, dict) or name not in host.candidate:
        return None
    return replace(host, path=path, candidate=host.candidate[name])


def _swapped(before: tuple[Place | None, Place | None], after: tuple[Place | None, Place | None]) -> bool:
    """Whether the contracts say that one name went and the other came."""
    return before[0] is not None and before[1] is None and after[0] is None and after[1] is not None


def _similar(old: str, new: str) -> bool:
    """Whether the last names share a word: ``workloadIdentity`` and ``effectiveWorkloadIdentity`` do."""
    first, second = segments(old)[-1].lower(), segments(new)[-1].lower()
    return bool(first and second) and (first in second or second in first)


def _respelt(old: str, new: str) -> bool:
    """Whether the names differ only in case and in what parts their words, in one and the same object."""
    (*before, first), (*after, second) = segments(old), segments(new)
    return before == after and _letters(first) == _letters(second) != ""


def _letters(name: str) -> str:
    return "".join(letter for letter in name if letter.isalnum()).lower()


def _far(old: str, new: str) -> int:
    """How many letters the last names differ by in length."""
    return abs(len(segments(old)[-1]) - len(segments(new)[-1]))


def _maps(removed: Sequence[Difference], added: Sequence[Difference]) -> dict[str, Difference]:
    """Return, by the path of each key, the difference of a map whose keys changed their form.

    Such keys are data: all that went have one form, such as that of a date, and all that came another.
    """
    if len(removed) < _FEWEST_KEYS or len(added) < _FEWEST_KEYS:
        return {}
    gone, came = _by_parent(removed), _by_parent(added)
    found: dict[str, Difference] = {}
    for parent in gone.keys() & came.keys():
        old, new = _form(gone[parent]), _form(came[parent])
        if not old or not new or old == new:
            continue
        first, second = gone[parent][0], came[parent][0]
        whole = Difference(
            kind=Kind.KEYS,
            path=json_path(*parent, ITEM),
            baseline=segments(first.path)[-1],
            candidate=segments(second.path)[-1],
            seen=len(gone[parent]),
            samples=len(gone[parent]),
            example=first.example,
        )
        found |= {fact.path: whole for fact in (*gone[parent], *came[parent])}
    return found


def _by_parent(facts: Sequence[Difference]) -> dict[tuple[str, ...], list[Difference]]:
    parents: dict[tuple[str, ...], list[Difference]] = defaultdict(list)
    for fact in facts:
        parents[segments(fact.path)[:-1]].append(fact)
    return {parent: found for parent, found in parents.items() if len(found) >= _FEWEST_KEYS}


def _form(facts: Sequence[Difference]) -> str:
    """Return the one form of all these keys; empty where they have several, or look like names."""
    forms = {_form_of(segments(fact.path)[-1]) for fact in facts}
    return forms.pop() if len(forms) == 1 else ""


def _form_of(key: str) -> str:
    found = value_class(key)
    if found is not ValueClass.TEXT:
        return found.value
    if not any(letter.isdigit() for letter in key):
        return ""
    for pattern, sign in _RUNS:
        key = pattern.sub(sign, key)
    return key
