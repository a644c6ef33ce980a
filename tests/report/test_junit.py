"""JUnit XML."""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.readiness import assess
from harness.report.junit import render_junit
from harness.result import RunResult, Verdict
from tests.report.builders import failing_run, good_run, hostile_run, lens_run, run, sandbox_run, scenario

ELEMENTS: Final = {
    "testsuites": (("name",), ("tests", "failures", "errors", "skipped", "time"), ("testsuite",)),
    "testsuite": (
        ("name", "tests", "failures", "errors"),
        ("skipped", "time", "timestamp"),
        ("properties", "testcase"),
    ),
    "properties": ((), (), ("property",)),
    "property": (("name", "value"), (), ()),
    "testcase": (("name", "classname", "time"), (), ("properties", "skipped", "error", "failure")),
    "skipped": ((), ("type", "message"), ()),
    "error": (("type", "message"), (), ()),
    "failure": (("type", "message"), (), ()),
}
"""The attributes that an element must and may have, and its children in their order."""


def _kept(element: ET.Element) -> None:
    """Hold an element to what the schemas of Jenkins and Surefire have in common."""
    required, optional, children = ELEMENTS[element.tag]
    there = set(element.attrib)
    order = [children.index(child.tag) for child in element]

    assert set(required) <= there <= {*required, *optional}, element.tag
    assert order == sorted(order), element.tag
    if element.tag == "testcase":
        assert len(order) == len(set(order))
    for name in ("tests", "failures", "errors", "skipped"):
        assert re.fullmatch(r"\d+", element.get(name, "0"))
    assert re.fullmatch(r"\d+\.\d{3}", element.get("time", "0.000"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", element.get("timestamp", "2026-01-01T00:00:00"))
    for child in element:
        _kept(child)


def _read(made: RunResult) -> ET.Element:
    text = render_junit(made, assess(made))
    root = ET.fromstring(text.encode())  # noqa: S314 - we wrote it
    _kept(root)
    return root


@pytest.mark.parametrize("made", [failing_run(), good_run(), hostile_run(), lens_run(), sandbox_run(), run()])
def test_it_keeps_to_the_format(made: RunResult) -> None:
    """Elements, their attributes and order, and numbers that add up."""
    suite = _read(made)[0]
    cases = suite.findall("testcase")

    assert int(suite.get("tests", "")) == len(cases) == max(made.planned, len(made.scenarios))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(suite.get(name, "")) == len(suite.findall(f"testcase/{tag}"))


def test_every_scenario_is_listed_with_what_it_is_about() -> None:
    """Verdict, title, ticket, tags and checks are properties, of green ones too."""
    (case,) = _read(good_run())[0].findall("testcase")
    found = [(each.get("name"), each.get("value")) for each in case.iter("property")]

    assert (case.get("classname"), case.get("name")) == ("scenarios.tokens", "tokens/list")
    assert ("verdict", "match") in found
    assert ("ticket", "PLAT-412") in found
    assert [value for name, value in found if name == "tag"] == ["tokens", "read"]
    assert [value for name, value in found if name == "check"] == ["responses", "auth", "errors", "behaviour"]


def test_the_suite_says_the_readiness() -> None:
    """Green cases alone do not say GO."""
    properties = {each.get("name"): each.get("value") for each in _read(sandbox_run())[0][0]}

    assert properties["readiness"] == "NO-GO"
    assert properties["readiness of auth"] == "NOT PROVEN"


def test_failures_say_what_differs() -> None:
    """The message has the sentences, the text is what pytest prints."""
    suite = _read(failing_run())[0]
    failure = suite.find("testcase/failure")
    errors = [(each.get("type"), each.get("message")) for each in suite.findall("testcase/error")]

    assert failure is not None
    assert "is called `effectiveWorkloadIdentity` in v1" in failure.get("message", "")
    assert "What to do: Read `effectiveWorkloadIdentity`" in (failure.text or "")
    assert errors == [
        ("error", "scenarios/users/self.yaml:5: the variable user_id has no value"),
        ("unfinished", "The scenario was planned and did not finish."),
    ]


@given(text=st.text(st.characters(exclude_categories=()), max_size=40))
def test_whatever_was_answered_it_is_xml(text: str) -> None:
    """No answer ends an element, and no character that XML has not breaks the file."""
    hostile = f"]]></failure><testcase/>\x00\x0b\ufffe\uffff\ud800&{text}"
    root = _read(hostile_run({"one": hostile, "two": hostile}))
    failed = scenario(id=hostile, verdict=Verdict.ERROR, reason=hostile, ticket=hostile)

    assert len(root.findall("testsuite/testcase")) == 2
    assert len(_read(run(failed)).findall("testsuite/testcase")) == 1
