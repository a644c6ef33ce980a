"""Foreign text within a line of Markdown, read by the parser that GitHub made for itself."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import given
from hypothesis import strategies as st

from harness.readiness import assess
from harness.report.inline import code, prose, text
from harness.report.markdown import render_markdown
from harness.report.migration_notes import render_migration_notes
from tests.report.builders import HOSTILE, contracts, hostile_run
from tests.report.payloads import LINKS, PAYLOADS

_ANY_TEXT = (
    st.text(st.characters(exclude_categories=()), max_size=80)
    | st.text("`|\\@<>&[]()*_#~$!-+=1.:/ a\n\x1b", max_size=16)
    | st.lists(
        st.sampled_from(("@", "`", "|", "\\", " ", "www.a.b", "https://a.b", "me", "#1", ":tada:", "_", "(")),
        max_size=9,
    ).map("".join)
    | st.sampled_from((*HOSTILE, *LINKS))
)
_OPEN_PIPE = re.compile(r"(?<!\\)\|")

# What GitHub does to text that is neither code nor a link, after it was parsed.
_NOTICED = (
    re.compile(r"(?<![A-Za-z0-9`])@[A-Za-z0-9]"),
    re.compile(r"#[0-9]"),
    re.compile(r"\bgh-[0-9]", re.IGNORECASE),
    re.compile(r"\b[0-9a-f]*[0-9][0-9a-f]*\b(?<=[0-9a-f]{7})"),
    re.compile(r":(?:\+1|[a-z_]+|100):"),
    re.compile(r"\b(?:GHSA|CVE)-[0-9a-z]"),
)


class _Page(HTMLParser):
    """Collects the elements of a page, and its text that is no code."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.texts: list[str] = []
        self.said = ""
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element; those of our Markdown have no attributes but of tables and code."""
        del attrs
        self.elements.add(tag)
        self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.said += data
        if not {"code", "pre"} & set(self._inside):
            self.texts.append(data)


def _read(markdown: str) -> _Page:
    """Read Markdown as GitHub does, with any HTML that is in it."""
    page = _Page()
    page.feed(cmarkgfm.github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE))
    page.close()
    return page


def _assert_harmless(page: _Page) -> None:
    assert not page.elements & {"a", "img", "input", "script", "iframe", "style", "svg"}
    assert [each for each in page.texts for noticed in _NOTICED if noticed.search(each)] == []


@pytest.mark.parametrize("links", LINKS[:-2])
def test_the_parser_makes_links_of_the_corpus(links: str) -> None:
    """What is tried here would do something: the tests below can fail."""
    page = _read(links)
    noticed = [each for each in page.texts for noticed in _NOTICED if noticed.search(each)]

    assert noticed or page.elements & {"a", "img"}


@pytest.mark.parametrize("value", [*LINKS, *PAYLOADS])
def test_nothing_foreign_becomes_a_link_a_mention_or_a_picture(value: str) -> None:
    """Neither alone, nor in a sentence, nor in a table."""
    for written in (text(value), code(value), prose(f"v1 says {value} and `{value}`.")):
        _assert_harmless(_read(written))
        _assert_harmless(_read(f"# {written}\n\n- **{written}**: {written}"))
        _assert_harmless(_read(f"| a | b |\n|---|---|\n| {written} | {written} |"))


@given(value=_ANY_TEXT)
def test_nothing_that_can_be_made_up_does(value: str) -> None:
    """Whatever stands beside whatever."""
    page = _read(f"| a |\n|---|\n| {text(value)} |\n| {code(value)} |\n| {prose(value)} |")

    _assert_harmless(page)
    assert page.elements <= {"table", "thead", "tbody", "tr", "th", "td", "code"}


@pytest.mark.parametrize("value", LINKS[:-3])
def test_the_reader_sees_what_was_said(value: str) -> None:
    """Every character is there to read and to copy, and no other; blanks may be fewer."""
    said = re.sub(r"\s+", "", value)

    assert re.sub(r"\s+", "", _read(text(value)).said) == said
    assert re.sub(r"\s+", "", _read(code(value)).said) == said


@given(value=_ANY_TEXT)
def test_foreign_text_stays_in_its_cell_and_is_no_markup(value: str) -> None:
    """No bare pipe, no line break, no tag, no link."""
    written = text(value)
    outside = re.sub(r"`[^`]*`", "", written.replace("\\\\", "").replace("\\`", ""))
    assert "\n" not in written
    assert not _OPEN_PIPE.search(written.replace("\\\\", ""))
    assert "<" not in outside
    assert not re.search(r"(?<!\\)[\[\]`*]", outside)


@given(value=_ANY_TEXT)
def test_foreign_code_cannot_leave_its_span(value: str) -> None:
    """Spans, with nothing but an escaped pipe or an entity between them."""
    written = code(value)
    assert "\n" not in written
    assert re.fullmatch(r"(?:`[^`|]*[^`|\\]`|\\\||&#96;|&#92;|\s)*|` `", written)


@given(value=_ANY_TEXT)
def test_sentences_are_text_and_code_only(value: str) -> None:
    """Backticks mark code as they do in our own sentences, and nothing else does anything."""
    written = prose(f"v1 says `{value}` and {value}.")
    assert "\n" not in written
    assert "<script" not in re.sub(r"`[^`]*`", "", written)
    assert "|" not in re.sub(r"\\.", "", written)


@given(value=_ANY_TEXT, limit=st.integers(30, 200))
def test_nothing_is_longer_than_twice_its_limit(value: str, limit: int) -> None:
    """However many escapes it needs."""
    for long in (value * 20, f"@{value}|`" * 20):
        assert len(text(long, limit)) <= 2 * limit
        assert len(code(long, limit)) <= 2 * limit


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("the client reads scope since 4.2", "the client reads scope since 4.2"),
        ("see (https://x.example/a).", "see (`https://x.example/a`)."),
        ("ask @octocat, #12", "ask `@octocat`, `#12`"),
        ("at 10:00:00Z, high-5 @ 7", "at 10:00:00Z, high-5 @ 7"),
        ("https://x.example/a|b", r"`https://x.example/a`\|`b`"),
        ("12. a", r"12\. a"),
        ("- a", r"\- a"),
        ("a - b", "a - b"),
    ],
)
def test_it_reads_well_as_plain_text(said: str, written: str) -> None:
    """Only what must be is written otherwise."""
    assert text(said) == written


def test_a_sentence_keeps_its_spaces_and_shows_paths_as_code() -> None:
    """It reads as plain text, too."""
    said = "v1 answers with $.body.tokens[*].kind as `well` as before."
    assert prose(said) == "v1 answers with `$.body.tokens[*].kind` as `well` as before."
    assert prose("at $.body.x@octo") == "at `$.body.x@octo`"


@pytest.mark.parametrize("texts", [HOSTILE, LINKS])
def test_whole_reports_of_foreign_text_do_nothing(texts: tuple[str, ...]) -> None:
    """In every place that a response, a header or a scenario reaches: no link, no tag but our own."""
    made = hostile_run({each: each for each in texts})
    assessed = assess(made, contracts=contracts())
    ours = {"h1", "h2", "h3", "p", "ul", "li", "strong", "em", "blockquote", "pre", "code", "br"}
    tables = {"table", "thead", "tbody", "tr", "th", "td"}

    for report in (render_markdown(made, assessed), render_migration_notes(made, assessed)):
        page = _read(report)
        _assert_harmless(page)
        assert page.elements <= ours | tables
