"""Two JSON bodies become differences: what counts say, and what each side made itself."""

from __future__ import annotations

from deepdiff import DeepDiff
from hypothesis import given
from hypothesis import strategies as st

from harness.bodies import Context, compare_json
from harness.difference import NAMESAKE, Difference, Kind, segments
from harness.exchange import Json
from harness.values import Correspondence


def _only(differences: tuple[Difference, ...], kind: Kind) -> Difference:
    (found,) = (difference for difference in differences if difference.kind is kind)
    return found


def _tokens(*each: Json) -> Json:
    return {
        "tokens": [
            {"id": f"t{number}", **(one if isinstance(one, dict) else {})} for number, one in enumerate(each)
        ]
    }


def test_a_property_that_all_lost_is_counted_on_both_sides() -> None:
    """Removed from all samples, it was present in all of the one side and none of the other."""
    found = _only(compare_json(_tokens({"end": "x"}, {"end": "y"}), _tokens({}, {})), Kind.REMOVED)

    assert (found.path, found.seen, found.samples, found.present) == ("$.body.tokens[*].end", 2, 2, (2, 0))


def test_a_property_that_some_lost_is_counted_on_both_sides() -> None:
    """Where only some elements lost it, the counts tell an optional property from a removed one."""
    became_optional = compare_json(
        _tokens({"end": "x"}, {"end": "y"}, {"end": "z"}), _tokens({}, {"end": "y"}, {})
    )
    was_optional = compare_json(_tokens({"end": "x"}, {}, {}), _tokens({}, {}, {}))

    assert _only(became_optional, Kind.REMOVED).present == (3, 1)
    assert _only(was_optional, Kind.REMOVED).present == (1, 0)


def test_an_added_property_is_counted_on_both_sides() -> None:
    """Added to some elements, it is present in those that had it before and those that got it."""
    found = _only(
        compare_json(_tokens({}, {"end": "y"}, {}), _tokens({"end": "x"}, {"end": "y"}, {})), Kind.ADDED
    )

    assert found.present == (1, 2)


def test_values_have_no_presence() -> None:
    """Presence is a fact about properties that one side lacks, not about values."""
    found = _only(compare_json({"a": 1}, {"a": 2}), Kind.VALUE)

    assert found.present is None


def test_scalars_that_each_side_made_are_paired_by_position() -> None:
    """The addresses of two deployments differ by construction: that is a value, not a missing element."""
    old: Json = {"ips": ["198.51.100.1", "198.51.100.2"]}
    new: Json = {"ips": ["198.51.100.8", "198.51.100.9"]}

    own = compare_json(old, new, Context(own=True))
    shared = compare_json(old, new)

    assert [(each.kind, each.path, each.seen) for each in own] == [(Kind.VALUE, "$.body.ips[*]", 2)]
    assert {each.kind for each in shared} == {Kind.ELEMENT_REMOVED, Kind.ELEMENT_ADDED}


def test_an_element_that_one_side_did_not_make_is_missing_all_the_same() -> None:
    """Resources of each side's own are paired as far as both lists go; the rest is said."""
    found = _only(
        compare_json({"ips": ["198.51.100.1", "198.51.100.2"]}, {"ips": ["198.51.100.8"]}, Context(own=True)),
        Kind.ELEMENT_REMOVED,
    )

    assert (found.path, found.seen, found.samples) == ("$.body.ips[*]", 1, 2)


def test_the_first_element_that_went_or_came_is_the_example() -> None:
    """Of several elements that went or came, the first one is shown, with its place."""
    gone, came = compare_json([1, 2, 3, 4], [1, "a", "b", None])

    assert (gone.kind, gone.baseline, gone.example) == (Kind.ELEMENT_REMOVED, 2, "$.body[1]")
    assert (came.kind, came.candidate, came.example) == (Kind.ELEMENT_ADDED, "a", "$.body[1]")


def test_elements_paired_by_position_have_the_place_of_the_candidate() -> None:
    """What differs in an element that nothing identifies is shown at its index in the candidate's list."""
    (fact,) = compare_json([{"a": 1}, {"a": 2}], [{"a": 2}, {"a": 3}])

    assert (fact.kind, fact.baseline, fact.candidate) == (Kind.VALUE, 1, 3)
    assert fact.example == "$.body[1].a"


_objects = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["", "x"]),
    lambda inner: st.dictionaries(st.sampled_from(["a", "b", "c", "__d", "e f"]), inner, max_size=4),
    max_leaves=12,
)


@given(old=_objects, new=_objects)
def test_what_is_known_without_deepdiff_is_what_it_says(old: Json, new: Json) -> None:
    """Properties that came or went are told without asking it, and it would have told the same ones."""
    tree = DeepDiff(
        old, new, view="tree", ignore_private_variables=False, threshold_to_diff_deeper=0, verbose_level=0
    )
    asked = {
        (kind, ("body", *map(str, item.path(output_format="list"))))
        for report, kind in (("dictionary_item_removed", Kind.REMOVED), ("dictionary_item_added", Kind.ADDED))
        for item in tree.get(report, ())
    }
    told = {
        (fact.kind, segments(fact.path))
        for fact in compare_json(old, new)
        if fact.kind in (Kind.REMOVED, Kind.ADDED)
    }

    assert told == asked


def test_another_id_of_the_same_name_is_told() -> None:
    """Where elements were aligned by their names, their ids that differ say so; nothing else does."""
    old: Json = {"teams": [{"id": "t1", "name": "a", "size": 1, "owner": {"id": "x"}}]}
    new: Json = {"teams": [{"id": "t2", "name": "a", "size": 2, "owner": {"id": "y"}}]}

    assert {each.path: each.detail for each in compare_json(old, new)} == {
        "$.body.teams[*].id": NAMESAKE,
        "$.body.teams[*].size": "",
        "$.body.teams[*].owner.id": "",
    }


def test_keys_of_a_map_correspond() -> None:
    """A map by ids has the same entries where the ids correspond; what else stands there is compared."""
    context = Context(correspondence=Correspondence([("team-1", "team-2")]))
    old: Json = {"roles": {"team-1": {"role": "VIEWER"}, "team-3": 1}}

    assert compare_json(old, {"roles": {"team-2": {"role": "VIEWER"}, "team-3": 1}}, context) == ()
    (found,) = compare_json(old, {"roles": {"team-2": {"role": "EDITOR"}, "team-3": 1}}, context)
    assert found.path == "$.body.roles['team-1'].role"
    both = compare_json(old, {"roles": {"team-1": {"role": "VIEWER"}, "team-2": 2, "team-3": 1}}, context)
    assert [each.kind for each in both] == [Kind.ADDED]
