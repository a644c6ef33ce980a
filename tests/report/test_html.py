"""report.html: one file that loads and runs nothing, whatever is in it."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.difference import Kind
from harness.exchange import Body, BodyKind, Side
from harness.readiness import assess
from harness.report import html
from harness.report.html import render_html
from harness.result import RunResult, Verdict, Walked
from tests.report.builders import (
    HOSTILE,
    contracts,
    difference,
    evidence,
    failing_run,
    finding,
    good_run,
    hostile_run,
    lens_run,
    run,
    sandbox_run,
    scenario,
    step,
)

_ANY_TEXT = st.text(st.characters(exclude_categories=()), min_size=1, max_size=60) | st.sampled_from(HOSTILE)
_VOID = {"meta"}
_ACTIVE_SVG = ("animate", "foreignobject", "image", "set", "use")
"""Elements of pictures that would load or run something."""
_ATTRIBUTES = {
    "aria-label",
    "aria-labelledby",
    "charset",
    "class",
    "colspan",
    "content",
    "href",
    "http-equiv",
    "id",
    "lang",
    "name",
    "role",
    "scope",
    "tabindex",
    *("height", "viewbox", "width", "x", "x1", "x2", "y", "y1", "y2"),
}


class _Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.style = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "style":
            self.style += data
        else:
            self.text.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def values(self, name: str) -> list[str]:
        """Return the values of an attribute, in order."""
        return [value for _, each, value in self.attributes if each == name]


def _page(made: RunResult) -> _Page:
    return _Page(render_html(made, assess(made, contracts=contracts())))


def _skeleton(page: _Page) -> list[str]:
    """Return the elements without those that mark code within a sentence."""
    return [tag for tag in page.tags if tag != "code"]


@given(values=st.lists(_ANY_TEXT, min_size=1, max_size=2, unique=True))
def test_foreign_text_adds_no_element_and_no_attribute(values: list[str]) -> None:
    """The page of hostile texts has the elements of the page of harmless ones."""
    hostile = _page(hostile_run({str(number): value for number, value in enumerate(values)}))
    harmless = _page(hostile_run({str(number): f"x{number}" for number in range(len(values))}))
    assert _skeleton(hostile) == _skeleton(harmless)
    assert not hostile.open
    texts = {name for _, name, _ in hostile.attributes}
    assert texts <= _ATTRIBUTES


@pytest.mark.parametrize("text", HOSTILE)
def test_foreign_text_is_shown_as_it_is(text: str) -> None:
    """Escaping loses nothing: a reader sees what was sent."""
    shown = "".join(_page(hostile_run({"one": text})).text)
    visible = "".join(char for char in text if unicodedata.category(char)[0] in "LNPS")
    assert re.sub(r"\s", "", visible).replace("`", "") in re.sub(
        r"\s|\\[xu][0-9a-f]+|\\r", "", shown
    ).replace("`", "")


@pytest.mark.parametrize("made", [good_run(), sandbox_run(), failing_run(), hostile_run()])
def test_the_page_loads_and_runs_nothing(made: RunResult) -> None:
    """No script, no frame, no image, no inline style; pictures are shapes; links stay within the page."""
    page = _page(made)
    assert not {"script", "iframe", "img", "link", "object", "form", "base", *_ACTIVE_SVG} & set(page.tags)
    assert {name for _, name, _ in page.attributes} <= _ATTRIBUTES
    assert all(re.fullmatch(r"#[a-z0-9-]+", target) for target in page.values("href"))
    assert "url(" not in page.style
    assert "@import" not in page.style


@pytest.mark.parametrize("made", [good_run(), sandbox_run(), failing_run(), hostile_run()])
def test_every_link_has_its_target_and_every_name_is_unique(made: RunResult) -> None:
    """Links from a cause to its steps, and back."""
    page = _page(made)
    names = page.values("id")
    assert len(names) == len(set(names))
    assert {target[1:] for target in page.values("href")} <= set(names)
    assert {name for value in page.values("aria-labelledby") for name in value.split()} <= set(names)


def test_the_policy_allows_the_style_sheet_and_nothing_else() -> None:
    """The hash is that of the style sheet in the page."""
    page = _page(sandbox_run())
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    policy = next(value for value in page.values("content") if "default-src" in value)
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_no_control_character_is_in_the_page() -> None:
    """Null bytes, escapes and turned writing directions are shown, not sent."""
    text = render_html(hostile_run(), assess(hostile_run()))
    hidden = {char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert hidden <= {"\n", "\t"}
    assert "\\x1b]0;owned\\x07" in text


def test_the_first_screen_has_readiness_sandbox_and_checks() -> None:
    """In this order, before any finding."""
    shown = " ".join("".join(_page(sandbox_run()).text).split())
    places = [
        shown.index(part)
        for part in (
            "NO-GO Not ready to cut over to v1",
            "it proves nothing about the vendor's service.",
            "v1 does not support 1 operation used here: ListAlerts.",
            "The guide's four checks",
            "Breaking findings",
        )
    ]
    assert places == sorted(places)


def test_both_sides_of_a_step_are_shown_with_their_evidence() -> None:
    """Request, headers, status and body of both sides."""
    shown = "".join(_page(sandbox_run()).text)
    for part in (
        "GET http://127.0.0.1:8765/iam/v1beta1/organizations/",
        "GET http://127.0.0.1:8765/v1/organizations/",
        "authorization: Bearer [ASTRO_API_TOKEN]",
        "answered 404 in 12 ms",
        '"scope": "WORKSPACE"',
    ):
        assert part in shown


def test_a_long_body_is_cut_and_says_so() -> None:
    """One download does not make the page unreadable."""
    long = evidence("v1", body=Body(kind=BodyKind.TEXT, data="x" * (html.BODY + 1234)))
    page = render_html(made := run(scenario(step(candidate=long))), assess(made, contracts=contracts()))
    assert "… 1,234 more characters are in run.json" in page
    assert page.count("x" * html.BODY) == 1


def test_evidence_beyond_the_budget_is_left_out_of_the_best_scenarios_first() -> None:
    """The page stays small; what differs keeps its proof."""
    large = evidence("v1", body=Body(kind=BodyKind.TEXT, data="x" * html.BODY))
    bulk = [scenario(step(candidate=large), id=f"a{number:04}") for number in range(400)]
    bad = scenario(step(finding(), verdict=Verdict.MISMATCH, candidate=large), id="z")
    text = render_html(made := run(*bulk, bad), assess(made, contracts=contracts()))
    assert len(text) < html.EVIDENCE * 1.5
    assert "Requests and responses are left out here" in text
    first = text.index('<details class="scenario" id="s1">')
    assert '<span class="id">z</span>' in text[first : first + 200]
    assert "Requests and responses</summary>" in text[first : first + 2000]


def test_a_walk_is_told_with_the_answers() -> None:
    """Beside the answers to the first page stands what all pages of each side showed."""
    walks = (
        Walked(side=Side.BASELINE, elements=(20, 3), total=23, end="an empty list"),
        Walked(side=Side.CANDIDATE, elements=(20,), total=23, end="<b>no list</b>"),
    )
    made = run(scenario(step(walks=walks)))
    page = render_html(made, assess(made))

    assert "v1beta1 (baseline) showed 23 elements on 2 pages, total 23, ended by: an empty list" in page
    assert "&lt;b&gt;no list&lt;/b&gt;" in page


def test_a_cause_shows_every_path_and_its_evidence() -> None:
    """One cause in two operations is one article, with both paths, all samples and what they show."""
    gone = finding(
        difference(kind=Kind.REMOVED, path="$.body.x", to="", seen=1, samples=1),
        rule="property-removed",
        cause="Thing.x",
    )
    listed = replace(gone, difference=replace(gone.difference, path="$.body.things[*].x"))
    has, lacks = evidence(data={"x": 1, "things": [{"x": 1}]}), evidence(data={"things": [{}]})
    both = step(gone, listed, baseline=has, candidate=lacks, verdict=Verdict.MISMATCH)
    made = run(scenario(both, step(baseline=has, candidate=has)))
    page = render_html(made, assess(made))

    assert page.count('<article class="finding') == 1
    assert "<code>$.body.x</code>, <code>$.body.things[*].x</code>" in page
    assert "in 2 of 4 samples, 1 of 1 scenario, ListApiTokens" in page
    assert "<code>property-became-optional</code>" in page


def test_the_page_says_what_breaks_for_the_reader_and_what_left_its_contract() -> None:
    """The count against all, the findings by what the contracts say, and a table of departures."""
    text = " ".join(_page(lens_run()).text)

    assert "Breaking for you: 2 of 3 (1 accepted)." in text
    assert "3 documented, 2 undocumented, 1 contract broken" in text
    assert "Operations whose answers left their contract" in text
    assert "Operations whose answers left their contract" not in " ".join(_page(failing_run()).text)


def test_the_page_has_the_matrix_and_what_was_not_seen() -> None:
    """A row for each operation with its method and path; what an answer lacks is folded away."""
    page = _page(failing_run())

    assert {"none", "cassette", "not-in-v1"} <= set(page.values("class"))
    assert page.values("class").count("unseen") == 4
    assert "GET /organizations/{organizationId}/alerts" in page.text


def test_the_matrix_does_not_grow_with_the_run() -> None:
    """Ten times as many scenarios leave the section as long as it was, but for its numbers."""
    sizes = []
    for number in (30, 300):
        made = run(*(scenario(step(), id=f"s{each}") for each in range(number)))
        text = render_html(made, assess(made, contracts=contracts()))
        start = text.index('<section aria-labelledby="coverage">')
        sizes.append(text.index("</section>", start) - start)

    assert sizes[1] - sizes[0] <= 4
