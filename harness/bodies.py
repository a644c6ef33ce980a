"""Two JSON bodies become differences. The only user of deepdiff.

Lists are aligned by identity first, equal values are dropped by equality, properties that came or went are
known by then, and deepdiff classifies what is left. Elements that differ in the same places with the same
types are classified once, so a rename in a thousand elements costs what it costs in one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.align import MAX_DEPTH, Lists, align
from harness.difference import ITEM, NAMESAKE, Difference, Kind, json_path
from harness.exchange import Json
from harness.shape import Shape, merged, shape_of
from harness.struct import Struct, field
from harness.values import Correspondence, same_instant, type_name, value_class

_SCALARS = frozenset({str, int, float, bool, type(None)})
_MAX_TWINS = 4096
"""Removed times added properties of one object; beyond it the object is a map that has other keys."""


_MAX_ENVELOPE = 12
"""Properties that an object may have to be taken for the envelope of another one."""

_FEWEST_SHARED = 2
"""Names that two objects must share to be the same thing in other places, unless they are equal."""


class Context(Struct, frozen=True, kw_only=True):
    """What a comparison has to know besides the pair.

    ``correspondence`` maps values that differ between the sides by construction (captured ids, names
    that carry the side) onto each other. ``own``: each side was asked about a resource of its own, so
    values do not identify the elements of its lists.
    """

    correspondence: Correspondence = field(default_factory=Correspondence)
    own: bool = False


def compare_json(
    old: Json, new: Json, context: Context | None = None, place: tuple[str, ...] = ("body",)
) -> tuple[Difference, ...]:
    """Return the differences of two JSON bodies; ``place`` is where the baseline has what is compared."""
    walk = _Walk(context or Context())
    walk.units(old, new, place, json_path(*place), 0)
    return tuple(walk.differences())


class Wrapper(Struct, frozen=True, kw_only=True):
    """Where all of one body stands in another: in the property ``name``, with other names ``beside`` it."""

    name: str
    content: Json
    beside: list[Json]


def wrapper(inner: Json, outer: Json) -> Wrapper | None:
    """Return where all of a body stands in another one; None where it does not.

    It does where the two objects share no name, or one is a list, and a property of the outer one looks like
    the inner one: most names, or those of the first elements, are the same.
    """
    if not isinstance(outer, dict) or not inner or len(outer) > _MAX_ENVELOPE:
        return None
    if isinstance(inner, dict) and inner.keys() & outer.keys():
        return None
    names = _names(inner)
    for name, value in outer.items():
        if type_name(value) != type_name(inner) or not isinstance(value, dict | list) or not value:
            continue
        shared, there = names & _names(value), names | _names(value)
        if value == inner or (len(shared) >= _FEWEST_SHARED and len(shared) * 2 > len(there)):
            return Wrapper(name=name, content=value, beside=[each for each in outer if each != name])
    return None


def _names(value: Json) -> set[str]:
    """Return the names of an object, or of the first element of a list."""
    if isinstance(value, list):
        value = value[0] if value else None
    return set(value) if isinstance(value, dict) else set()


_Leaf = tuple[tuple[str, ...], str, str]
"""A place below its unit, and the JSON types there on the two sides (empty: nothing there)."""

_Form = tuple[tuple[tuple[str, ...], Kind | None], ...]
"""The places where two residues differ, and how; the kind is None where the values decide it."""


class _Group:
    """The aligned list elements (or the one root) that share a generic place."""

    def __init__(self, segments: tuple[str, ...]) -> None:
        self.segments = segments
        self.elements: tuple[list[Json], list[Json]] = ([], [])
        self.namesakes = False
        self._shapes: tuple[Shape, Shape] | None = None
        self.residues: dict[tuple[_Leaf, ...], list[tuple[str, Json, Json]]] = {}

    def add(self, example: str, old: Json, new: Json, leaves: tuple[_Leaf, ...]) -> None:
        self.residues.setdefault(leaves, []).append((example, old, new))

    def differences(self) -> Iterator[Difference]:
        """Classify one residue of each form, then count it for all of that form."""
        places: dict[tuple[Kind, tuple[str, ...]], list[tuple[str, Json, Json]]] = {}
        alike: dict[tuple[str, ...], dict[str, int]] = {}
        for leaves, cases in self.residues.items():
            _, first_old, first_new = cases[0]
            classified = _form(leaves, first_old, first_new)
            for place, structural in classified:
                for example, old, new in cases:
                    before, after = _at(old, place), _at(new, place)
                    kind = structural or _value_kind(before, after)
                    places.setdefault((kind, place), []).append((example, before, after))
            self._pair_up(cases, classified, alike)
        for (kind, place), cases in places.items():
            yield self._difference(kind, place, cases, alike.get(place, {}))

    def _pair_up(
        self,
        cases: list[tuple[str, Json, Json]],
        classified: _Form,
        alike: dict[tuple[str, ...], dict[str, int]],
    ) -> None:
        """Count, for removed properties, the same values of the same element in what was added.

        That is an added property, or one of the same name in an added object.
        """
        removed = [place for place, kind in classified if kind is Kind.REMOVED]
        added = [place for place, kind in classified if kind is Kind.ADDED]
        if len(removed) * len(added) > _MAX_TWINS:
            return
        _, _, first = cases[0]  # all of the cases have the same types in the same places
        objects = {came for came in added if isinstance(_at(first, came), dict)}
        for gone in removed:
            for came in added:
                self._count(cases, (gone, came), alike)
                if came in objects:
                    self._count(cases, (gone, (*came, gone[-1])), alike)

    def _count(
        self,
        cases: list[tuple[str, Json, Json]],
        places: tuple[tuple[str, ...], tuple[str, ...]],
        alike: dict[tuple[str, ...], dict[str, int]],
    ) -> None:
        gone, came = places
        equal = sum(
            _same_value(_at(old, gone), there) and (there is not None or _is_there(new, came))
            for _, old, new in cases
            for there in (_at(new, came),)
        )
        if equal:
            path = json_path(*self.segments, *came)
            counts = alike.setdefault(gone, {})
            counts[path] = counts.get(path, 0) + equal

    def _difference(
        self,
        kind: Kind,
        place: tuple[str, ...],
        cases: list[tuple[str, Json, Json]],
        alike: Mapping[str, int],
    ) -> Difference:
        example, old, new = cases[0]
        return Difference(
            kind=kind,
            path=json_path(*self.segments, *place),
            baseline=old,
            candidate=new,
            seen=len(cases),
            samples=len(self.elements[0]),
            present=self._present(kind, place, len(cases)),
            example=example + json_path(*place)[1:],
            alike=tuple(sorted(alike.items())) if kind is Kind.REMOVED else (),
            detail=NAMESAKE if self.namesakes and place == ("id",) and kind is Kind.VALUE else "",
        )

    def _present(self, kind: Kind, place: tuple[str, ...], seen: int) -> tuple[int, int] | None:
        """Count the elements that have a property, on each side."""
        if kind not in (Kind.REMOVED, Kind.ADDED):
            return None
        samples = len(self.elements[0])
        if seen == samples:
            return (samples, 0) if kind is Kind.REMOVED else (0, samples)
        if self._shapes is None:
            old, new = (merged(map(shape_of, elements)) for elements in self.elements)
            self._shapes = old, new
        before, after = (shape.at(place) for shape in self._shapes)
        return before.count if before else 0, after.count if after else 0


class _Walk:
    """Splits two JSON values into units without lists, and keeps of each only what differs."""

    def __init__(self, context: Context) -> None:
        self.correspondence = context.correspondence
        self.own = context.own
        self.groups: dict[tuple[str, ...], _Group] = {}
        self.lists: dict[tuple[str, ...], Lists] = {}
        self.too_deep: dict[str, int] = {}

    def differences(self) -> Iterator[Difference]:
        """Yield what was found: what was not compared, then lists, then properties and values."""
        detail = f"deeper than {MAX_DEPTH} levels"
        for path, seen in self.too_deep.items():
            yield Difference(kind=Kind.BUDGET, path=path, seen=seen, samples=seen, detail=detail)
        for lists in self.lists.values():
            yield from lists.differences()
        for group in self.groups.values():
            yield from group.differences()

    def units(self, old: Json, new: Json, segments: tuple[str, ...], example: str, depth: int) -> None:
        """Take in one aligned element (or the root), and the lists within it as further units."""
        group = self.groups.setdefault(segments, _Group(segments))
        group.elements[0].append(old)
        group.elements[1].append(new)
        if isinstance(old, list) and isinstance(new, list):
            self.elements(old, new, segments, example, depth)
            return
        leaves: list[_Leaf] = []
        residue = self.residue(old, new, (segments, (), example), leaves, depth)
        if residue is not None:
            group.add(example, *residue, tuple(leaves))

    def residue(
        self,
        old: Json,
        new: Json,
        at: tuple[tuple[str, ...], tuple[str, ...], str],
        leaves: list[_Leaf],
        depth: int,
    ) -> tuple[Json, Json] | None:
        """Return what is left of both sides without what is equal; None where all is."""
        base, place, example = at
        if isinstance(old, dict) and isinstance(new, dict):
            return self._properties(old, new, at, leaves, depth)
        if isinstance(old, list) and isinstance(new, list):
            self.elements(old, new, (*base, *place), example + json_path(*place)[1:], depth)
            return None
        if self.correspondence.same(old, new):
            return None
        leaves.append((place, type_name(old), type_name(new)))
        return old, new

    def _properties(
        self,
        old: dict[str, Json],
        new: dict[str, Json],
        at: tuple[tuple[str, ...], tuple[str, ...], str],
        leaves: list[_Leaf],
        depth: int,
    ) -> tuple[Json, Json] | None:
        base, place, example = at
        if depth > MAX_DEPTH:
            self.give_up((*base, *place))
            return None
        new = self._renamed(old, new)
        before: dict[str, Json] = {}
        after: dict[str, Json] = {}
        for key, value in old.items():
            if key not in new:
                before[key] = value
                leaves.append(((*place, key), type_name(value), ""))
                continue
            other = new[key]
            if value.__class__ in _SCALARS and value.__class__ is other.__class__ and value == other:
                continue  # most are, so they are asked about first
            left = self.residue(value, other, (base, (*place, key), example), leaves, depth + 1)
            if left is not None:
                before[key], after[key] = left
        for key, value in new.items():
            if key not in old:
                after[key] = value
                leaves.append(((*place, key), "", type_name(value)))
        return (before, after) if before or after else None

    def _renamed(self, old: dict[str, Json], new: dict[str, Json]) -> dict[str, Json]:
        """Return an object whose keys are as the baseline would say them: keys of a map may be ids."""
        if not self.correspondence or old.keys() >= new.keys():
            return new
        names = {key: str(self.correspondence.to_baseline(key)) for key in new if key not in old}
        known = {key: name for key, name in names.items() if name in old and name not in new}
        return {known.get(key, key): value for key, value in new.items()} if known else new

    def elements(
        self, old: list[Json], new: list[Json], segments: tuple[str, ...], example: str, depth: int
    ) -> None:
        """Align two lists; pairs become units, the rest becomes differences of the list."""
        if depth > MAX_DEPTH:
            self.give_up(segments)
            return
        aligned = align(old, new, self.correspondence, own=self.own)
        self.lists.setdefault(segments, Lists(segments=segments)).add(aligned, example)
        if aligned.namesakes:
            self.groups.setdefault((*segments, ITEM), _Group((*segments, ITEM))).namesakes = True
        for index, before, after in aligned.pairs:
            self.units(before, after, (*segments, ITEM), f"{example}[{index}]", depth + 1)

    def give_up(self, segments: tuple[str, ...]) -> None:
        """Note that what lies here was not compared."""
        path = json_path(*segments)
        self.too_deep[path] = self.too_deep.get(path, 0) + 1


def _form(leaves: tuple[_Leaf, ...], old: Json, new: Json) -> _Form:
    """Return the form of two residues: that of all residues with the same leaves, in any body."""
    known = _FORMS.get(leaves)
    if known is None:
        known = _came_or_went(leaves) or tuple(_classified(old, new))
        if len(_FORMS) >= _MAX_FORMS:
            _FORMS.clear()
        if len(leaves) <= _MAX_LEAVES:
            _FORMS[leaves] = known
    return known


def _came_or_went(leaves: tuple[_Leaf, ...]) -> _Form:
    """Return the form of residues in which properties only came or went; empty where values differ too."""
    if not all(old == "" or new == "" for _, old, new in leaves):
        return ()
    removed = [(place, Kind.REMOVED) for place, _, new in leaves if not new]
    return (*removed, *((place, Kind.ADDED) for place, old, _ in leaves if not old))


def _classified(old: Json, new: Json) -> Iterator[tuple[tuple[str, ...], Kind | None]]:
    """Yield the places where two residues differ, each with its kind as far as it is known."""
    # Importing it takes as long as twenty scenarios do, and many a run has nothing that needs it.
    from deepdiff import DeepDiff

    tree = DeepDiff(
        old, new, view="tree", ignore_private_variables=False, threshold_to_diff_deeper=0, verbose_level=0
    )
    for report, kind in _REPORTS:
        for item in tree.get(report, ()):
            yield tuple(str(key) for key in item.path(output_format="list")), kind


_REPORTS: tuple[tuple[str, Kind | None], ...] = (
    ("dictionary_item_removed", Kind.REMOVED),
    ("dictionary_item_added", Kind.ADDED),
    ("type_changes", None),
    ("values_changed", None),
)
_MAX_FORMS = 1024
_MAX_LEAVES = 64  # maps that share no keys have many, and seldom the same ones again
_FORMS: dict[tuple[_Leaf, ...], _Form] = {}
"""What deepdiff has said already."""


def _value_kind(old: Json, new: Json) -> Kind:
    """Say what differs about two unequal values of one place."""
    if old is None or new is None:
        return Kind.NULL
    if type_name(old) != type_name(new):
        return Kind.TYPE
    if isinstance(old, str) and isinstance(new, str):
        if same_instant(old, new):
            return Kind.INSTANT
        if old.lower() == new.lower():
            return Kind.CASE
        if value_class(old) is not value_class(new):
            return Kind.FORMAT
    return Kind.VALUE


def _same_value(old: Json, new: Json) -> bool:
    return type_name(old) == type_name(new) and old == new


def _is_there(value: Json, place: tuple[str, ...]) -> bool:
    inside = _at(value, place[:-1])
    return isinstance(inside, dict) and place[-1] in inside


def _at(value: Json, place: tuple[str, ...]) -> Json:
    for key in place:
        if not isinstance(value, dict) or key not in value:
            return None
        value = value[key]
    return value
