"""YAML that is read as what was meant."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.document import read_document
from harness.exchange import Json
from harness.yaml_text import block, comment, text

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
jsons = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(texts, jsons, min_size=1, max_size=4))
def test_what_is_written_is_read_again(value: dict[str, Json]) -> None:
    """Whatever stands in a recording, on one line or on many."""
    lines = [line for key, inner in value.items() for line in block(key, inner, 0)]

    assert read_document("\n".join(lines) + "\n", "a").data == value


def test_plain_words_have_no_quotes() -> None:
    """Only what needs them."""
    assert [text(each) for each in ("copy of a", "true", "1", "${x}", "a: b", "")] == [
        "copy of a",
        '"true"',
        '"1"',
        '"${x}"',
        '"a: b"',
        '""',
    ]


@given(st.text(max_size=300))
def test_a_comment_stays_one(said: str) -> None:
    """No line of it is read as YAML."""
    assert all(line.startswith("  # ") for line in comment(said, 2))
    assert read_document("\n".join([*comment(said, 0), "a: 1"]), "a").data == {"a": 1}
