"""report.html: it loads nothing and runs nothing but its own script, whatever is in it."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harness.difference import Kind
from harness.exchange import Body, BodyKind, Side
from harness.readiness import assess
from harness.redact import Redactor
from harness.report import html
from harness.report.evidence import BODY
from harness.report.html import html_files, render_html
from harness.result import RunResult, Verdict, Walked
from harness.struct import replace
from tests.report.builders import (
    HOSTILE,
    accepted,
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
from tests.report.histories import of_states

_ANY_TEXT = st.text(st.characters(exclude_categories=()), min_size=1, max_size=60) | st.sampled_from(HOSTILE)
_VOID = {"meta", "input"}
_ACTIVE_SVG = ("animate", "foreignobject", "image", "set", "use")
"""Elements of pictures that would load or run something."""
_ATTRIBUTES = {
    "aria-label",
    "aria-labelledby",
    "autocomplete",
    "charset",
    "class",
    "colspan",
    "content",
    "data-list",
    "data-marks",
    "data-part",
    "for",
    "hidden",
    "href",
    "http-equiv",
    "id",
    "lang",
    "name",
    "role",
    "scope",
    "spellcheck",
    "tabindex",
    "type",
    "value",
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
        self.script = ""
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
        elif self.open and self.open[-1] == "script":
            self.script += data
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
    # A text that is the name of an operation or a probe is not foreign: it has a row in a table.
    assume(not any(re.fullmatch(r"[A-Za-z-]+", value) for value in values))
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
    """One script, no frame, no image, no inline style; pictures are shapes; links stay within the page."""
    page = _page(made)
    assert not {"iframe", "img", "link", "object", "form", "base", *_ACTIVE_SVG} & set(page.tags)
    assert page.tags.count("script") == page.tags.count("style") == 1
    assert page.script == html._resource("script.js")
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


def test_the_policy_allows_the_style_sheet_and_the_script_and_nothing_else() -> None:
    """The hashes are those of what is in the page."""
    page = _page(sandbox_run())
    style, script = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (page.style, page.script)
    )
    policy = next(value for value in page.values("content") if "default-src" in value)
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_the_script_writes_no_markup() -> None:
    """What shows and hides parts cannot turn a text into an element."""
    script = html._resource("script.js")
    for writer in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "Function(", "</"):
        assert writer not in script


def test_no_control_character_is_in_the_page() -> None:
    """Null bytes, escapes and turned writing directions are shown, not sent."""
    text = render_html(hostile_run(), assess(hostile_run()))
    hidden = {char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert hidden <= {"\n", "\t"}
    assert "\\x1b]0;owned\\x07" in text


def test_the_first_screen_has_readiness_sandbox_and_checks() -> None:
    """In this order, with what breaks and what to change, before the findings in full."""
    shown = " ".join("".join(_page(sandbox_run()).text).split())
    places = [
        shown.index(part)
        for part in (
            "NO-GO Not ready to cut over to v1",
            "it proves nothing about the vendor's service.",
            "v1beta1 ends in January 2027: 41 days to 1 January.",
            "v1 does not support 1 operation used here: ListAlerts.",
            "1 breaking",
            "Responses NO-GO",
            "Evidence: 3 scenarios from the sandbox",
            "What breaks, and what to change",
            "ListAlerts is not in v1's contract",
            "Remove the call",
            "Breaking findings",
            "The guide's four checks",
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
    long = evidence("v1", body=Body(kind=BodyKind.TEXT, data="x" * (BODY + 1234)))
    page = render_html(made := run(scenario(step(candidate=long))), assess(made, contracts=contracts()))
    assert "… 1,234 more characters are in run.json" in page
    assert page.count("x" * BODY) == 1


def _long(number: int) -> RunResult:
    """Build a run of so many large scenarios in which nothing could be concluded; the last one differs."""
    large = evidence("v1", body=Body(kind=BodyKind.TEXT, data="x" * BODY))
    bulk = [
        scenario(step(candidate=large, verdict=Verdict.INCONCLUSIVE), id=f"a{each:04}")
        for each in range(number)
    ]
    bad = scenario(step(finding(), verdict=Verdict.MISMATCH, candidate=large), id="z")
    return run(*bulk, bad)


def test_what_the_page_has_no_room_for_is_beside_it() -> None:
    """The worst scenario keeps its proof in the page; each other one is in exactly one file, and linked."""
    made = _long(600)
    written = dict(html_files(made, assess(made, contracts=contracts())))
    page = written.pop("report.html")

    assert len(page) < html.ROOM * 1.2
    first = page.index('<details class="scenario" id="scenario-z"')
    assert "Requests and responses</summary>" in page[first : first + 3000]
    assert f"The rest is in {len(written)} files in the directory <code>report-details</code>" in page
    everywhere = page + "".join(written.values())
    for number in range(600):
        assert everywhere.count(f'<details class="scenario" id="scenario-a{number:04}"') == 1
    links = set(re.findall(r'href="(report-details/scenarios-\d+\.html)#scenario-a0599"', page))
    assert len(links) == 1
    assert 'id="scenario-a0599"' in written[links.pop()]


def test_a_page_alone_says_that_the_rest_is_elsewhere() -> None:
    """No link leads to a file that is not there."""
    made = _long(600)
    page = render_html(made, assess(made, contracts=contracts()))
    assert "More scenarios, in run.json" in page
    assert "report-details" not in page
    parsed = _Page(page)
    assert {target[1:] for target in parsed.values("href")} <= set(parsed.values("id"))


def test_causes_beyond_the_first_are_in_a_line_with_all_of_it_beside() -> None:
    """Two thousand findings make a page that opens, and none is lost."""
    steps = [
        step(
            finding(difference(path=f"$.body.x{number}", to=""), fingerprint=f"{number:012x}"),
            verdict=Verdict.MISMATCH,
        )
        for number in range(html.CAUSES + 10)
    ]
    made = run(scenario(*steps))
    written = dict(html_files(made, assess(made, contracts=contracts())))
    page, beside = written["report.html"], written["report-details/findings-1.html"]

    assert page.count('<article class="finding') == html.CAUSES
    assert page.count(">All of it</a>") == 10
    assert beside.count('<article class="finding') == 10
    for target in re.findall(r'href="report-details/findings-1.html#([a-z0-9-]+)">All of it', page):
        assert f'<article class="finding breaking" id="{target}"' in beside
        assert f'<tr id="{target}"' in page
    assert re.search(r'href="\.\./report\.html#step-tokens-list-\d+"', beside)


def test_evidence_beside_the_page_has_a_limit() -> None:
    """What a file has no room for is said to be in run.json."""
    made = _long(600)
    written = dict(html_files(made, assess(made, contracts=contracts())))
    text = written["report-details/scenarios-1.html"]
    assert len(text) < html.ROOM_BESIDE * 1.2
    assert "Requests and responses are left out here to keep this file small" in text


def test_evidence_of_what_is_alike_has_less_room() -> None:
    """All that match are in the page; the first of them with their evidence, the rest without."""
    large = evidence("v1", body=Body(kind=BodyKind.TEXT, data="x" * BODY))
    made = run(*(scenario(step(candidate=large), id=f"a{each:04}") for each in range(200)))
    written = dict(html_files(made, assess(made, contracts=contracts())))
    page = written.pop("report.html")

    assert not written
    assert page.count('<details class="scenario"') == 200
    with_evidence = page.count("<summary>Requests and responses</summary>")
    assert 10 < with_evidence < 100
    assert page.count("Requests and responses are left out here") == 200 - with_evidence
    assert len(page) < html.ROOM_ALIKE * 2


def test_secrets_are_taken_out_once_more() -> None:
    """A log that somebody else wrote may hold one: in a header, a URL, a body, a sentence or a name."""
    token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjbHUxIn0.c2lnbmF0dXJlLXRoYXQtaXMtbG9uZw"
    known = "sturdy-walrus-42"
    leaking = evidence(
        "v1",
        {"password": "hunter2-hunter2", "note": f"see {known}"},
        url=f"http://h/v1/x?token={token}&q={known}",
        request_headers=(("authorization", f"Bearer {token}"), ("x-api-key", "abcdefabcdef")),
        headers=(("set-cookie", "session=abcdef123456"),),
        request_body=Body(kind=BodyKind.JSON, data={"secret": "ghijkl-ghijkl"}),
    )
    found = finding(explanation=f"Op: v1 says `Bearer {token}` and {known}", remedy=f"Use {token}.")
    made = run(scenario(step(found, candidate=leaking, verdict=Verdict.MISMATCH), title=f"{known} {token}"))
    assessment = assess(made, contracts=contracts())
    page = render_html(made, assessment, redactor=Redactor({"MY_TOKEN": known}))

    for secret in (token, known, "hunter2-hunter2", "abcdefabcdef", "abcdef123456", "ghijkl-ghijkl"):
        assert secret not in page, secret
    assert "[MY_TOKEN]" in page


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


def test_what_history_says_is_shown_and_can_be_chosen() -> None:
    """A new finding is called so, and so are those that are not."""
    made = failing_run()
    assessment = assess(made, contracts=contracts())
    page = render_html(made, assessment, of_states({"0123456789ab": "new"}))
    assert '<span class="pill new">new</span>' in page
    assert '<option value="new">new</option>' in page
    assert "Since the last run" not in render_html(made, assessment)


def test_tables_of_thousands_are_cut_and_say_so() -> None:
    """What changed, and what was agreed: a browser would take seconds for them."""
    fingerprints = [f"{number:012x}" for number in range(html.MOST_ROWS + 7)]
    steps = [
        step(
            finding(
                fingerprint=each, accepted=replace(accepted(f"because of {each}"), where=f"{each}.yaml:1")
            ),
            verdict=Verdict.ACCEPTED,
        )
        for each in fingerprints
    ]
    made = run(scenario(*steps))
    page = render_html(made, assess(made), of_states(dict.fromkeys(fingerprints, "new")))
    changed, agreed = (
        page.partition(f'<section aria-labelledby="{name}">')[2] for name in ("changes", "acceptances")
    )

    for section, said in ((changed, "7 more: the filter for new and known"), (agreed, "7 more, with the")):
        table, _, rest = section.partition("</table>")
        assert table.count("<tr>") == 1 + html.MOST_ROWS
        assert f"and {said}" in rest.partition("</section>")[0]


def test_a_finding_can_be_repeated_and_settled() -> None:
    """Two commands, the acceptance to paste with where it goes, and the override of a refused request."""
    refused = finding(
        difference(kind=Kind.REQUEST, path="$.request.query.type", to="", baseline=None, candidate="X")
    )
    made = run(scenario(step(refused, verdict=Verdict.MISMATCH)))
    text = "".join(_page(made).text)
    assert text.count("curl --include --globoff") == 4
    assert 'Authorization: Bearer \'"$ASTRO_API_TOKEN"' in text.replace("authorization", "Authorization")
    assert "To accept it, give a reason and write this into the step at scenarios/tokens/list.yaml:9" in text
    assert "candidate:  # what v1 takes in place of what the step sends" in text


def test_acceptances_have_their_own_table() -> None:
    """With what ends when, and which of them hold no more."""
    stale = finding(difference(kind=Kind.ACCEPTANCE, path="$.body.x", to="r"), rule="acceptance-unused")
    made = run(scenario(step(finding(accepted=accepted()), stale, verdict=Verdict.MISMATCH)))
    text = " ".join("".join(_page(made).text).split())
    assert "2027-01-31, 71 days after the run" in text
    assert "These hold no more: acceptance-unused" in text
