"""The document reader: JSON values from YAML and JSON, lines, and mistakes told with their lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.document import MAX_ALIASED, MAX_DEPTH, DocumentError, read_document, read_text, span_of
from harness.exchange import Json

_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x7f", exclude_categories=["Cc", "Cs"]))
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=12,
)


def _message(text: str) -> str:
    with pytest.raises(DocumentError) as caught:
        read_document(text, "some.yaml")
    return str(caught.value)


@given(_VALUES, st.booleans())
def test_json_is_read_as_json(value: Json, ascii_only: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    """Every JSON document is read to the value that Python's own reader gives."""
    text = json.dumps({"value": value}, ensure_ascii=ascii_only)

    assert read_document(text, "x.json").data == json.loads(text)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("on", "on"),
        ("NO", "NO"),
        ("2027-01-31", "2027-01-31"),
        ("2027-01-31T10:00:00Z", "2027-01-31T10:00:00Z"),
        ("12:30", "12:30"),
        ("007", "007"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("+1", "+1"),
        (".inf", ".inf"),
        ("-12", -12),
        ("1.50", 1.5),
        ("2e3", 2000.0),
        ("null", None),
        ("~", None),
        ("", None),
        ("'1'", "1"),
        ("!!str 1", "1"),
        ("!!int '1'", 1),
        ("${name}", "${name}"),
        ("$.tokens[*].type", "$.tokens[*].type"),
    ],
)
def test_scalars_are_those_of_json(written: str, value: Json) -> None:
    """Only true, false, null and JSON's numbers are more than text."""
    read = read_document(f"key: {written}", "x.yaml").data

    assert isinstance(read, dict)
    assert (read["key"], type(read["key"])) == (value, type(value))


def test_lines_of_every_node() -> None:
    """A key's line stands for its value, a list item has its own line, the root has the first."""
    document = read_document(
        "# a comment\nsteps:\n  - name: one\n    query:\n      limit: 20\n  - two\n", "x.yaml"
    )

    assert dict(document.lines) == {
        (): 2,
        ("steps",): 2,
        ("steps", 0): 3,
        ("steps", 0, "name"): 3,
        ("steps", 0, "query"): 4,
        ("steps", 0, "query", "limit"): 5,
        ("steps", 1): 6,
    }


def test_line_of_what_is_not_there() -> None:
    """A place that does not exist has the line of the nearest one above it."""
    document = read_document("a:\n  b: 1\nc: 2\n", "x.yaml")

    assert [document.line(place) for place in (("a", "b"), ("a", "x", 3), ("x",), ("c",))] == [2, 1, 1, 3]


def test_the_span_of_a_node() -> None:
    """A block ends behind its last content, not where the next one begins; brackets behind the last one."""
    text = "a:\n  - b: 1  # one\n    c: x\n\n  # two\n  - {d: [2]}  # three\ne: |\n  f\ng:\n"
    spans = {
        place: span_of(text, "x.yaml", place)
        for place in [("a", 0), ("a", 1), ("a",), ("e",), ("g",), (), ("a", 2), ("a", "b"), ("x",), ("e", 0)]
    }

    assert [
        (place, (span.line, span.column), (span.end_line, span.end_column), span.flow)
        for place, span in spans.items()
        if span
    ] == [
        (("a", 0), (1, 4), (2, 8), False),
        (("a", 1), (5, 4), (5, 12), True),
        (("a",), (1, 2), (5, 12), False),
        (("e",), (6, 3), (8, 0), False),
        (("g",), (8, 2), (8, 2), False),
        ((), (0, 0), (8, 2), False),
    ]
    assert span_of("", "x.yaml", ()) is None


def test_lines_of_json() -> None:
    """JSON has lines too, with tabs for indentation as well."""
    document = read_document('{\n\t"a": [\n\t\t1,\n\t\t{"b": null}\n\t]\n}', "x.json")

    assert document.line(("a", 1, "b")) == 4


def test_json_has_keys_that_yaml_would_refuse() -> None:
    """A key of any length, and one whose colon is on the next line; lines stay the file's own."""
    long = "k" * 3000
    text = f'{{\n"a, \\"b\\": c": "x: {{",\n"{long}"\n: {{"p":\n1}},\n"z": ["\\\\", ":"]\n}}'
    document = read_document(text, "x.json")

    assert document.data == {'a, "b": c': "x: {", long: {"p": 1}, "z": ["\\", ":"]} == json.loads(text)
    assert [document.line(place) for place in ((long,), (long, "p"), ("z",))] == [3, 4, 6]


@pytest.mark.parametrize("text", ["", "\n# nothing\n", "---\n"])
def test_an_empty_document_is_null(text: str) -> None:
    """A document without content is null."""
    document = read_document(text, "x.yaml")

    assert (document.data, set(document.lines)) == (None, {()})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "some.yaml:3: the key `a` is already on line 1"),
        ("a:\n\t- b\n", "some.yaml:2: a tab is used for indentation. Indent with spaces."),
        ("1: a\n", "some.yaml:1: the key `1` is not text. Put the key in quotes."),
        ("ok: 1\nyes: 2\nnull: 3\n", "some.yaml:3: the key `null` is not text"),
        ("? [a]\n: b\n", "some.yaml:1: the key a list or mapping is not text"),
        ("a: 1\n---\nb: 2\n", "some.yaml:2: there are several documents in one file"),
        ("a: b: c\n", "some.yaml:1: mapping values are not allowed in this context. Put a value that holds"),
        ("a: 1\nb: @x\n", "some.yaml:2: while scanning for the next token found character"),
        ("a: *b\n", "some.yaml:1: found undefined alias. Put the value in quotes"),
        ('a: 1\nb: "x\n', "some.yaml:2: while scanning a quoted scalar"),
        ('{"a": 1,\n"b": [', "some.yaml:2: while parsing a flow node"),
        ("a: !secret x\n", "some.yaml:1: the tag !secret is not supported. Remove the tag."),
        ("a: !!set {b}\n", "some.yaml:1: the tag !!set is not supported"),
        (
            "a: !!python/object:os.system {}\n",
            "some.yaml:1: the tag !!python/object:os.system is not supported",
        ),
        ("a: !!bool maybe\n", "some.yaml:1: `maybe` is no number or boolean that JSON knows"),
        ("a: 1e999\n", "some.yaml:1: `1e999` is no number or boolean that JSON knows. Put it in quotes."),
        ("a: 1\nb: \x00\n", "some.yaml:2: the character U+0000 is not allowed. Remove it."),
        ("a: \ud800\n", "some.yaml: the text holds a character that is half of one"),
        ("<<: 1\n", "some.yaml:1: `<<` takes a mapping or a list of mappings"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, message: str) -> None:
    """A mistake names the file, the line, what is wrong, and mostly what to write."""
    assert _message(text).startswith(message)


def test_all_mistakes_at_once() -> None:
    """Mistakes that are not of syntax are listed together, in the order of the lines."""
    lines = _message("a: 1\na: 2\n5: x\nb: !no y\n").splitlines()

    assert [line.split(":")[1] for line in lines] == ["2", "3", "4"]


def test_what_else_a_document_holds_is_kept() -> None:
    """Its reader can list its own mistakes beside those of YAML; of no document there is nothing to keep."""
    with pytest.raises(DocumentError) as caught:
        read_document("a: 1\n5: x\nb: {c: !no y}\n", "some.yaml")
    with pytest.raises(DocumentError) as broken:
        read_document("a: [\n", "some.yaml")

    assert caught.value.document is not None
    assert caught.value.document.data == {"a": 1, "b": {"c": None}}
    assert caught.value.document.line(("b", "c")) == 3
    assert broken.value.document is None


def test_scalar_keys() -> None:
    """On request a number or boolean is a key by its text, as OpenAPI documents write statuses."""
    document = read_document("200: a\n4XX: b\ntrue: c\n", "x.yaml", scalar_keys=True)

    assert document.data == {"200": "a", "4XX": "b", "true": "c"}


def test_aliases_and_merge_keys() -> None:
    """An alias repeats a value; ``<<`` adds keys, and the mapping's own keys and the first source win."""
    text = "x: &x {p: 1, q: 2}\ny: &y {q: 3, r: 4}\na: *x\nb:\n  q: own\n  <<: [*x, *y]\n"
    document = read_document(text, "x.yaml")

    assert document.data == {
        "x": {"p": 1, "q": 2},
        "y": {"q": 3, "r": 4},
        "a": {"p": 1, "q": 2},
        "b": {"q": "own", "p": 1, "r": 4},
    }
    assert (document.line(("b", "p")), document.line(("b", "q")), document.line(("a", "q"))) == (1, 5, 1)


@pytest.mark.parametrize(
    "text", ["a: &a [*a]\n", "a: &a {b: *a}\n", "a: &a\n  <<: *a\n", "a: &a\n  <<: [*a]\n"]
)
def test_an_alias_that_holds_itself(text: str) -> None:
    """An alias inside its own value is a mistake, not an endless reading."""
    assert f"{MAX_DEPTH}" in _message(text)


@pytest.mark.parametrize(
    "pattern", ["[{a}, {a}, {a}, {a}, {a}, {a}, {a}, {a}, {a}]", "{{p: {a}, q: {a}, r: {a}}}"]
)
def test_aliases_of_aliases_are_bounded(pattern: str) -> None:
    """A small file whose aliases multiply to billions of nodes is refused."""
    lines = ["l0: &l0 [x, x, x]"]
    lines += [f"l{n}: &l{n} {pattern.format(a=f'*l{n - 1}')}" for n in range(1, 25)]

    assert f"aliases repeat more than {MAX_ALIASED} nodes" in _message("\n".join(lines))


def test_deep_nesting_is_refused() -> None:
    """Brackets inside each other without end are a mistake and no crash."""
    deep = MAX_DEPTH + 1

    for text in ("[" * deep + "]" * deep, "[" * 100_000, "- " * 100_000, _indented(deep)):
        assert f"more than {MAX_DEPTH} levels" in _message(text)
    assert read_document(_indented(MAX_DEPTH), "x.yaml").line(("k",) * MAX_DEPTH) == MAX_DEPTH


def _indented(levels: int) -> str:
    return "".join(f"{' ' * level}k:\n" for level in range(levels))


def test_characters_beyond_the_basic_plane_in_json() -> None:
    """JSON's pair of escapes is one character; a half of a pair, which is none, is a mistake."""
    assert read_document(r'{"a": "\ud83d\ude00 \\ud83d\\ude00"}', "x.json").data == {"a": r"😀 \ud83d\ude00"}
    assert "Unicode character escape" in _message(r'{"a": "\ud83d"}')


def test_text_of_a_file(tmp_path: Path) -> None:
    """A file's text comes without its byte order mark."""
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: \xc3\xa9\n")

    assert read_text(path) == "a: é\n"


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing file, a directory and bytes that are not UTF-8 are told with the file's name."""
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"a: 1\nb: \xe9\n")

    for wrong, expected in (
        (path, f"{path}:2: the text is not UTF-8. Save the file as UTF-8."),
        (tmp_path / "none.yaml", f"{tmp_path}/none.yaml: the file cannot be read: No such file or directory"),
        (tmp_path, f"{tmp_path}: the file cannot be read: Is a directory"),
    ):
        with pytest.raises(DocumentError) as caught:
            read_text(wrong)
        assert str(caught.value) == expected
