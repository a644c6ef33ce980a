"""OpenAPI documents while they are read: versions, references and the lines of mistakes."""

from __future__ import annotations

import pytest

from harness.document import NodePath, read_document
from harness.openapi_source import Source


def _source(text: str) -> Source:
    return Source(read_document(text, "x.yaml", scalar_keys=True), "x.yaml")


def _problems(source: Source) -> list[str]:
    return [str(problem) for problem in source.problems]


@pytest.mark.parametrize(
    ("version", "minor"), [("3.0.3", 0), ("3.0", 0), ("'3.1'", 1), ("3.1.1", 1), ("3.1.0-rc1", 1)]
)
def test_versions_that_are_read(version: str, minor: int) -> None:
    """OpenAPI 3.0 and 3.1 are read, whatever the last number."""
    source = _source(f"openapi: {version}\npaths: {{}}\n")

    assert (source.is_openapi(), source.minor, source.problems) == (True, minor, [])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("info: {}\nswagger: '2.0'\npaths: {}\n", "x.yaml:2: this is Swagger 2.0. Use an OpenAPI 3.0 or 3.1"),
        ("openapi: 3.2.0\npaths: {}\n", "x.yaml:1: OpenAPI 3.2.0 is not supported. Use"),
        ("openapi: 30.0\npaths: {}\n", "x.yaml:1: OpenAPI 30.0 is not supported"),
        ("openapi:\npaths: {}\n", "x.yaml:1: OpenAPI None is not supported"),
        ("scenario: x\n", "x.yaml:1: this is no OpenAPI document: it has no `openapi: 3.0.3`"),
        ("openapi: 3.0.3\n", "x.yaml:1: the document has no `paths`"),
        ("- openapi: 3.0.3\n", "x.yaml:1: the document is not a mapping"),
        ("", "x.yaml:1: the document is not a mapping"),
        ("<html>hello</html>", "x.yaml:1: the document is not a mapping"),
    ],
)
def test_documents_that_are_not_read(text: str, problem: str) -> None:
    """Anything else is told in one message with its line."""
    source = _source(text)

    assert not source.is_openapi()
    assert len(source.problems) == 1
    assert _problems(source)[0].startswith(problem)


def test_following_references() -> None:
    """A reference to a reference is followed to the end, and the place goes with it."""
    source = _source("openapi: 3.0.3\na: {$ref: '#/b/0'}\nb:\n- $ref: '#/c'\nc: {d: 1}\n")

    assert source.follow({"$ref": "#/a"}, ("x",)) == ({"d": 1}, ("c",))
    assert source.follow({"e": 2}, ("x",)) == ({"e": 2}, ("x",))
    assert source.problems == []


@pytest.mark.parametrize(
    ("ref", "problem"),
    [
        ("#/a", "x.yaml:2: the reference #/a leads back to itself"),
        ("#/b", "x.yaml:4: the reference #/c leads nowhere"),
        ("#/d", "x.yaml:5: `d` is not a mapping"),
        ("#/e/1", "x.yaml:1: the reference #/e/1 leads nowhere"),
        ("other.yaml", "x.yaml:1: the reference 'other.yaml' leads out of the document"),
    ],
)
def test_references_that_fail(ref: str, problem: str) -> None:
    """A reference that cannot be followed is told, and reads as an empty mapping."""
    source = _source("openapi: 3.0.3\na: {$ref: '#/a'}\nb:\n  $ref: '#/c'\nd: 5\ne: [{}]\n")

    assert source.follow({"$ref": ref}, ())[0] == {}
    assert [message.startswith(problem) for message in _problems(source)] == [True]


def test_members_and_elements() -> None:
    """Members are given without extensions, elements with their places; a wrong kind is told once."""
    source = _source("openapi: 3.0.3\nm: {a: 1, x-b: 2}\nl: [p, q]\n")
    no_place: NodePath = ()

    assert list(source.members(source.root, no_place, "m")) == [("a", 1, ("m", "a"))]
    assert list(source.elements(source.root, no_place, "l")) == [("p", ("l", 0)), ("q", ("l", 1))]
    assert list(source.members(source.root, no_place, "none")) == []
    for _ in range(2):
        assert list(source.elements(source.root, no_place, "m")) == []
        assert list(source.members(source.root, no_place, "l")) == []
    assert _problems(source) == ["x.yaml:2: `m` is not a list", "x.yaml:3: `l` is not a mapping"]
