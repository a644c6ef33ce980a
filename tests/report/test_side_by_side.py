"""Side by side: what differs stays in view, findings are marked, and nothing of either side is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.difference import Difference, Kind
from harness.exchange import Json, Side
from harness.report.codec import pretty
from harness.report.side_by_side import LARGEST, Block, Mark, places, side_by_side
from tests.report.builders import difference, tokens


def _marked(blocks: tuple[Block, ...], mark: Mark) -> tuple[list[str], list[str]]:
    """Return the lines of each side with a mark."""
    old = [line.text.strip(" ,") for block in blocks for line in block.baseline if line.mark is mark]
    new = [line.text.strip(" ,") for block in blocks for line in block.candidate if line.mark is mark]
    return old, new


def _of(old: Json, new: Json, *facts: Difference) -> tuple[Block, ...]:
    return side_by_side(pretty(old), pretty(new), facts)


def test_equal_texts_are_written_once() -> None:
    """One block, for both sides."""
    assert _of({"a": [1, 2]}, {"a": [1, 2]}) == (
        Block(alike=("{", '  "a": [', "    1,", "    2", "  ]", "}")),
    )


def test_a_rename_is_marked_at_its_old_and_its_new_place() -> None:
    """In every element of the list, and nowhere else."""
    blocks = _of(tokens("type"), tokens("scope"), difference())
    assert _marked(blocks, Mark.FOUND) == (
        ['"type": "ORGANIZATION"', '"type": "WORKSPACE"'],
        ['"scope": "ORGANIZATION"', '"scope": "WORKSPACE"'],
    )
    assert _marked(blocks, Mark.DIFFERS) == ([], [])


def test_what_differs_without_a_finding_is_marked_as_less() -> None:
    """A time or an id differs by itself."""
    gone = difference(kind=Kind.REMOVED, path="$.body.x", to="")
    blocks = _of({"at": "1", "x": {"y": 1}}, {"at": "2"}, gone)
    assert _marked(blocks, Mark.DIFFERS) == (['"at": "1"'], ['"at": "2"'])
    assert _marked(blocks, Mark.FOUND) == (['"x": {', '"y": 1', "}"], [])


def test_what_one_side_shows_is_marked_where_both_are_alike() -> None:
    """A finding about one side's contract needs no difference."""
    facts = [
        difference(kind=Kind.BROKEN, path="$.body.x", to="", side=Side.CANDIDATE),
        difference(kind=Kind.REMOVED, path="$.body.y", to=""),
        difference(kind=Kind.STATUS, path="$.status", to=""),
        difference(kind=Kind.ACCEPTANCE, path="not a path", to=""),
    ]
    blocks = _of({"x": 1, "y": 2}, {"x": 1, "y": 2}, *facts)
    assert _marked(blocks, Mark.FOUND) == ([], ['"x": 1'])


def test_a_comma_is_no_difference() -> None:
    """The last line of an object has none."""
    blocks = _of({"a": 1}, {"a": 1, "b": 2})
    assert _marked(blocks, Mark.DIFFERS) == ([], ['"b": 2'])


def test_long_stretches_alike_are_folded_around_what_differs() -> None:
    """Two lines of context stay on each side of a change."""
    old: dict[str, Json] = {f"k{number}": number for number in range(40)}
    blocks = _of(old, old | {"k20": "x"})
    assert [len(block.alike) for block in blocks] == [19, 0, 18]
    assert [line.text.strip(" ,") for line in blocks[1].baseline] == [
        f'"k{at}": {at}' for at in range(18, 23)
    ]


def test_parts_of_a_request_are_found_under_their_own_root() -> None:
    """The body of a request is a place of its own."""
    fact = difference(kind=Kind.REQUEST, path="$.request.body.type", to="")
    blocks = side_by_side(pretty({"type": "a"}), pretty({"type": "b"}), [fact], root="request.body")
    assert _marked(blocks, Mark.FOUND) == (['"type": "a"'], ['"type": "b"'])


def test_what_is_too_large_to_align_stands_as_it_is() -> None:
    """Time is bounded: every line differs, and none is lost."""
    size = int(LARGEST**0.5) + 1
    old, new = ("\n".join(f"{side}{at}" for at in range(size)) for side in "ab")
    (block,) = side_by_side(old, new)
    assert "\n".join(line.text for line in block.baseline) == old
    assert "\n".join(line.text for line in block.candidate) == new


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(old=_JSON, new=_JSON)
def test_both_sides_are_whole_and_level(old: Json, new: Json) -> None:
    """Put together again, the blocks are the two texts; each block has as many lines on both sides."""
    blocks = _of(old, new, difference(kind=Kind.VALUE, path="$.body", to=""))
    before = [
        text
        for block in blocks
        for text in (*block.alike, *(line.text for line in block.baseline if line.text))
    ]
    after = [line.text for block in blocks for line in block.candidate if line.text]
    assert before == pretty(old).split("\n")
    assert len(after) <= len(pretty(new).split("\n"))
    assert all(len(block.baseline) == len(block.candidate) for block in blocks)


@given(value=_JSON)
def test_every_line_of_json_has_its_place(value: Json) -> None:
    """There are as many lines at a scalar's place as there are such scalars."""
    found = list(places(pretty(value).split("\n")))

    def walk(inner: Json, place: tuple[str, ...]) -> list[tuple[str, ...]]:
        if isinstance(inner, dict) and inner:
            return [
                place,
                *(each for key, below in inner.items() for each in walk(below, (*place, key))),
                place,
            ]
        if isinstance(inner, list) and inner:
            return [place, *(each for below in inner for each in walk(below, (*place, "*"))), place]
        return [place]

    assert found == walk(value, ())
