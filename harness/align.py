"""Lists are aligned by what identifies their elements, never by position alone.

A list of objects is aligned by the key whose values match best (``id`` before other names); a list of
scalars, and a list of objects without any such key, as a multiset, whatever order lists within them have.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterator

from harness.difference import ITEM, Difference, Kind, json_path
from harness.exchange import Json
from harness.struct import Struct, field, replace
from harness.values import Correspondence, ValueClass, type_name, value_class

MAX_DEPTH = 100
"""Levels of nesting that are compared; what lies deeper is reported as not compared."""

_OF_ELEMENTS = (Kind.ELEMENT_REMOVED, Kind.ELEMENT_ADDED)
_PREFERRED = ("id", "name", "username", "key", "code", "field", "shortId", "value")
"""Keys that identify an element, best first; then other ids and names."""

_OTHERS = ("Id", "_id", "Name", "_name", "Key", "email", "Email")

_NAMES = frozenset({"name", "username", "key", "objectKey", "code", "shortId"})
"""Keys by which people know a thing: what has the same one is the same, whatever its id."""


class Alignment(Struct, frozen=True, kw_only=True):
    """Two lists laid side by side.

    ``pairs`` are (index in the new list, old element, new element); ``only_old`` and ``only_new`` hold
    (index, element). ``identity`` says in words by what they were aligned, ``namesakes`` whether that is a
    name of theirs; ``reordered`` is True when the paired elements stand in another order.
    """

    pairs: tuple[tuple[int, Json, Json], ...]
    only_old: tuple[tuple[int, Json], ...]
    only_new: tuple[tuple[int, Json], ...]
    identity: str
    reordered: bool
    old_size: int
    new_size: int
    namesakes: bool = False


def align(
    old: list[Json], new: list[Json], correspondence: Correspondence, *, own: bool = False
) -> Alignment:
    """Align two lists; linear in their sizes for every key that is tried.

    With ``own`` each side made its own resource: what no key identifies is then paired by position, scalars
    too, because their values differ by construction.
    """
    if old == new and repr(old) == repr(new):  # 1, 1.0 and true are equal, and none of them is another
        return _as_it_is(old, new)
    key = _identity(old, new, correspondence)
    if key:
        before = [_key(element, key) for element in old]
        known = set(before)
        after = [_key(element, key, known, correspondence) for element in new]
        return replace(_matched(old, new, before, after, f"by {key}"), namesakes=key in _NAMES)
    before = [canonical(element) for element in old]
    after = [canonical(element) for element in new]
    if correspondence:
        known = set(before)
        after = [
            text if text in known else canonical(element, correspondence)
            for text, element in zip(after, new, strict=True)
        ]
    matched = _matched(old, new, before, after, "by value")
    if own:
        return _by_position(matched)
    if not (_are_objects(old) and _are_objects(new)):
        return matched
    return replace(matched, identity="by id") if _are_others(matched) else _by_position(matched)


def _matched(
    old: list[Json], new: list[Json], before: list[str], after: list[str], identity: str
) -> Alignment:
    """Pair elements with equal keys, first come first served, so that duplicates are counted."""
    same = _same(old, new, before, after) if len(set(before)) < len(before) else {}
    taken = set(same.values())
    waiting: dict[str, deque[int]] = defaultdict(deque)
    for index, key in enumerate(before):
        if index not in taken:
            waiting[key].append(index)
    pairs: list[tuple[int, int]] = []
    only_new = []
    for index, key in enumerate(after):
        if index in same:
            pairs.append((same[index], index))
        elif waiting.get(key):
            pairs.append((waiting[key].popleft(), index))
        else:
            only_new.append((index, new[index]))
    left = sorted(index for indices in waiting.values() for index in indices)
    order = [first for first, _ in pairs]
    return Alignment(
        pairs=tuple((second, old[first], new[second]) for first, second in pairs),
        only_old=tuple((index, old[index]) for index in left),
        only_new=tuple(only_new),
        identity=identity,
        reordered=order != sorted(order),
        old_size=len(old),
        new_size=len(new),
    )


def _same(old: list[Json], new: list[Json], before: list[str], after: list[str]) -> dict[int, int]:
    """Pair, by index in the new list, those of several elements with one key that are wholly equal.

    Such elements may differ in the order of the lists within them, or in all but what identifies them.
    """
    counts = Counter(before)
    waiting: dict[tuple[str, str], deque[int]] = defaultdict(deque)
    for index, key in enumerate(before):
        if counts[key] > 1 and isinstance(old[index], dict | list):  # of others, the key says all
            waiting[key, _dump(old[index])].append(index)
    found: dict[int, int] = {}
    for index, key in enumerate(after):
        if waiting and counts[key] > 1 and (equal := waiting.get((key, _dump(new[index])))):
            found[index] = equal.popleft()
    return found


def _as_it_is(old: list[Json], new: list[Json]) -> Alignment:
    """Pair the elements of equal lists, as whatever identifies them would; what that is, nobody needs."""
    return Alignment(
        pairs=tuple((index, *pair) for index, pair in enumerate(zip(old, new, strict=True))),
        only_old=(),
        only_new=(),
        identity="",
        reordered=False,
        old_size=len(old),
        new_size=len(new),
    )


def _by_position(matched: Alignment) -> Alignment:
    """Pair what nothing identifies by position: shapes can still be compared."""
    paired = list(zip(matched.only_old, matched.only_new, strict=False))
    return Alignment(
        pairs=(*matched.pairs, *((second[0], first[1], second[1]) for first, second in paired)),
        only_old=matched.only_old[len(paired) :],
        only_new=matched.only_new[len(paired) :],
        identity="by value, then by position" if paired else matched.identity,
        reordered=matched.reordered,
        old_size=matched.old_size,
        new_size=matched.new_size,
    )


def _identity(old: list[Json], new: list[Json], correspondence: Correspondence) -> str:
    """Return the key whose values tell elements apart on each side and match best; empty without one.

    What is no object among objects has no key, and does not keep the others from theirs.
    """
    sides = [[element for element in each if isinstance(element, dict)] for each in (old, new)]
    if not all(sides):
        return ""
    first = sides[0][0]
    others = sorted(key for key in first if key not in _PREFERRED and key.endswith(_OTHERS))
    best, best_overlap = "", 0
    for key in (*_PREFERRED, *others):
        before = _values(sides[0], key, (), Correspondence())
        after = before and _values(sides[1], key, before, correspondence)
        if not before or not after or not _tells(key, before, after, sides):
            continue
        overlap = len(before & after)
        if overlap > best_overlap:
            best, best_overlap = key, overlap
        if overlap == min(len(before), len(after)):
            break
        if key == "id" and overlap:
            break
    return best


def _tells(key: str, before: set[str], after: set[str], sides: list[list[dict[str, Json]]]) -> bool:
    """Whether a key's values are unique; of an id it is enough on one side: the other repeats an element."""
    unique = [len(values) == len(elements) for values, elements in zip((before, after), sides, strict=True)]
    return all(unique) or (key == "id" and any(unique))


def _values(
    elements: list[dict[str, Json]], key: str, known: Collection[str], correspondence: Correspondence
) -> set[str] | None:
    """Return the values of a key when every element has a scalar there."""
    values = set()
    for element in elements:
        value = element.get(key)
        if value is None or isinstance(value, dict | list):
            return None
        values.add(_known(value, known, correspondence))
    return values


def _key(
    element: Json, key: str, known: Collection[str] = (), correspondence: Correspondence | None = None
) -> str:
    """Write what identifies an element; that is the whole of what is no object."""
    if not isinstance(element, dict):
        return f"={canonical(element, correspondence)}"
    value = element[key]
    return _scalar(value) if correspondence is None else _known(value, known, correspondence)


def _are_others(matched: Alignment) -> bool:
    """Whether what is left of both lists are other things: each has an id, all of one form, none in common.

    Where v1 writes ids in another form, the same things may stand behind them.
    """
    sides: list[set[str]] = []
    for elements in (matched.only_old, matched.only_new):
        ids = [element.get("id") if isinstance(element, dict) else None for _, element in elements]
        if not ids or not all(isinstance(each, str) and each for each in ids):
            return False
        sides.append({str(each) for each in ids})
    return sides[0].isdisjoint(sides[1]) and len({_form(each) for each in sides[0] | sides[1]}) == 1


def _form(text: str) -> tuple[ValueClass, int]:
    """Return the form of an id; of what has none that is known, its length."""
    found = value_class(text)
    return found, len(text) if found is ValueClass.TEXT else 0


def _are_objects(elements: list[Json]) -> bool:
    return bool(elements) and all(isinstance(element, dict) for element in elements)


def _scalar(value: Json) -> str:
    return f"{type(value).__name__}:{value}"


def _known(value: Json, known: Collection[str], correspondence: Correspondence) -> str:
    """Write an identifying value as the baseline would.

    A value that the baseline's list has too stays as it is: both sides may show what either has made.
    """
    own = _scalar(value)
    return own if own in known else _scalar(correspondence.to_baseline(value))


def canonical(element: Json, correspondence: Correspondence | None = None) -> str:
    """Write an element so that only an equal one, lists in any order, is written alike."""
    return _dump(_unordered(element, correspondence, 0))


def _unordered(value: Json, correspondence: Correspondence | None, depth: int) -> Json:
    if depth > MAX_DEPTH:
        return "..."  # alike, and therefore paired: the comparison says that it was not compared
    if isinstance(value, dict):
        return {key: _unordered(inner, correspondence, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return sorted((_unordered(inner, correspondence, depth + 1) for inner in value), key=_dump)
    return correspondence.to_baseline(value) if correspondence else value


def _dump(value: Json) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _retyped(aligned: Alignment) -> bool:
    """Whether no element is on both sides because all have another JSON type."""
    if aligned.pairs or not aligned.only_old or not aligned.only_new:
        return False
    old, new = ({type_name(element) for _, element in each} for each in (aligned.only_old, aligned.only_new))
    return len(old) == len(new) == 1 and old != new and "null" not in old | new


class Lists(Struct, kw_only=True):
    """All lists that stand at one generic place, and how they differ; ``segments`` is that place."""

    segments: tuple[str, ...]
    count: int = 0
    sizes: dict[Kind, int] = field(default_factory=lambda: dict.fromkeys(_OF_ELEMENTS, 0))
    gone: dict[Kind, list[tuple[str, Json]]] = field(
        default_factory=lambda: {kind: [] for kind in _OF_ELEMENTS}
    )
    reordered: list[str] = field(default_factory=list)
    retyped: list[tuple[str, Json, Json]] = field(default_factory=list)
    identity: str = ""

    def add(self, aligned: Alignment, example: str) -> None:
        """Take in one more pair of lists; ``example`` is their concrete path."""
        self.count += 1
        self.sizes[Kind.ELEMENT_REMOVED] += aligned.old_size
        self.sizes[Kind.ELEMENT_ADDED] += aligned.new_size
        if _retyped(aligned):
            (at, old), (_, new) = aligned.only_old[0], aligned.only_new[0]
            self.retyped.append((f"{example}[{at}]", old, new))
            return
        for kind, elements in zip(_OF_ELEMENTS, (aligned.only_old, aligned.only_new), strict=True):
            self.gone[kind] += ((f"{example}[{index}]", element) for index, element in elements)
        if aligned.reordered:
            self.reordered.append(example)
        if aligned.reordered or aligned.only_old or aligned.only_new:
            self.identity = self.identity or aligned.identity

    def differences(self) -> Iterator[Difference]:
        """Yield what the lists differ in: one difference a kind."""
        for kind, gone in self.gone.items():
            if gone:
                example, value = gone[0]
                yield Difference(
                    kind=kind,
                    path=json_path(*self.segments, ITEM),
                    baseline=value if kind is Kind.ELEMENT_REMOVED else None,
                    candidate=value if kind is Kind.ELEMENT_ADDED else None,
                    seen=len(gone),
                    samples=self.sizes[kind],
                    present=(self.sizes[Kind.ELEMENT_REMOVED], self.sizes[Kind.ELEMENT_ADDED]),
                    example=example,
                    detail=self.identity,
                )
        if self.retyped:
            example, old, new = self.retyped[0]
            yield Difference(
                kind=Kind.TYPE,
                path=json_path(*self.segments, ITEM),
                baseline=old,
                candidate=new,
                seen=len(self.retyped),
                samples=self.count,
                example=example,
            )
        if self.reordered:
            yield Difference(
                kind=Kind.ORDER,
                path=json_path(*self.segments),
                seen=len(self.reordered),
                samples=self.count,
                example=self.reordered[0],
                detail=self.identity,
            )
