"""What is wrong with a file, and where."""

from __future__ import annotations

import pytest

from harness.document import Document, read_document
from harness.errors import Problem
from harness.exchange import Json
from harness.intake.checker import Checker, nearest, unknown_operation

_TEXT = 'a: 1\nb:\n  url: "http://h:port"\n  stauts: 200\n'


def _checker() -> Checker:
    return Checker("file", lambda: read_document(_TEXT, "file"))


def _said(checker: Checker) -> list[str]:
    return [str(problem) for problem in checker.problems]


def test_lines_are_looked_up_only_for_mistakes() -> None:
    """A large file is read a second time, for its lines, only where something is wrong with it."""
    asked: list[int] = []

    def locate() -> Document:
        asked.append(1)
        return read_document(_TEXT, "file")

    checker = Checker("file", locate)
    assert checker.mapping({"a": 1}, (), "the file", ("a",)) == {"a": 1}
    assert checker.where(()) == "file:1"
    assert asked == []
    assert (checker.where(("b",)), checker.where(("b", "url")), len(asked)) == ("file:2", "file:3", 1)


@pytest.mark.parametrize(
    ("word", "found"), [("lisTusers", "ListUsers"), ("ListUser", "ListUsers"), ("zzz", ""), ("", "")]
)
def test_the_nearest_name_is_found_whatever_its_case(word: str, found: str) -> None:
    """A near name is offered, a far one is not."""
    assert nearest(word, ("ListUsers", "GetTeam")) == found


def test_an_unknown_operation_is_a_problem_with_advice() -> None:
    """The nearest operation is named, else the command that finds it."""
    known = ("ListUsers",)
    near = Problem(
        where="w", what="there is no operation `ListUser` in v1beta1 or v1", advice="Write `ListUsers`."
    )
    assert unknown_operation("ListUser", known, "w") == near
    assert "harness contract where" in unknown_operation("zzz", known, "w").advice


def test_a_misspelt_key_is_one_mistake() -> None:
    """A key under a wrong name is not also reported as missing."""
    checker = _checker()
    data = checker.mapping({"stauts": 200}, ("b",), "`b`", ("status", "url"))
    assert checker.status(data or {}, ("b",)) == 0
    assert _said(checker) == ["file:4: `stauts` is not a key of `b`. Write `status`."]


def test_a_port_that_is_no_number_is_no_url() -> None:
    """A URL is read as far as its port."""
    checker = _checker()
    assert checker.url({"url": "http://h:port"}, ("b",)) == ""
    assert _said(checker)[0].startswith("file:3: `url` is no URL (Port could not be cast")


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        ({"a": "1", "b": ["2", "3"]}, (("a", "1"), ("b", "2"), ("b", "3"))),
        ([["a", "1"], ["a", ["2"]]], (("a", "1"), ("a", "2"))),
        ({}, ()),
        ([], ()),
    ],
)
def test_headers_are_a_mapping_or_pairs(value: Json, fields: tuple[tuple[str, str], ...]) -> None:
    """Both forms give the fields in their order, and a list of values repeats the field."""
    checker = _checker()
    assert checker.headers(value, ()) == fields
    assert checker.problems == []


def test_blanks_in_base64_are_nothing() -> None:
    """Long base64 is broken into lines."""
    checker = _checker()
    assert checker.base64({"x": "AP\n 8="}, "x", ()) == b"\x00\xff"
    assert checker.base64({"x": "é"}, "x", ()) == b""
    assert len(checker.problems) == 1


@pytest.mark.parametrize("method", ["GET\r\nX: y", "GET /a HTTP/1.1", "G\u00c4T", "a:b"])
def test_a_method_is_one_word(method: str) -> None:
    """Whatever else could be taken for more than a method where it is sent or shown again."""
    checker = Checker("a.json", lambda: Document(data=None, lines={}))

    assert checker.method({"method": method}, ()) == ""
    assert [str(problem) for problem in checker.problems] == [
        "a.json:1: `method` is no method of HTTP. Write for example GET."
    ]


def test_a_method_is_in_capitals() -> None:
    """As HTTP has the usual ones."""
    checker = Checker("a.json", lambda: Document(data=None, lines={}))

    assert checker.method({"method": "m-search"}, ()) == "M-SEARCH"
    assert checker.problems == []
