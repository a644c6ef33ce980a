"""Whatever comes from a response, a scenario or a link, a browser takes it for text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.result import RunResult, ScenarioResult
from harness.struct import replace
from tests.report.browser import Visit
from tests.report.builders import hostile_run, run, scenario, step
from tests.report.payloads import PAYLOADS

_ELEMENTS = (
    "html head meta title style script body header nav main section article footer h1 h2 h3 p div span ul li "
    "dl dt dd a b strong small code pre mark table thead tbody tr th td details summary label input select "
    "option button svg rect line text"
)
_LINK = r"^((\.\./report|(report-details/)?[a-z]+-\d+)\.html)?(#[a-z0-9-]+)?$"
_FOREIGN = """([elements, link]) => {
    const odd = [];
    for (const each of document.querySelectorAll("*")) {
        if (!elements.split(" ").includes(each.localName)) odd.push(each.outerHTML);
        for (const name of each.getAttributeNames()) {
            if (/^on|^style$|^src|^action$|^formaction$/.test(name)) odd.push(each.outerHTML);
        }
        const href = each.getAttribute("href");
        if (href !== null && !new RegExp(link).test(href)) odd.push(each.outerHTML);
    }
    return odd;
}"""


def _foreign(opened: Visit) -> list[str]:
    """Return the elements that no template has."""
    found: list[str] = opened.page.evaluate(_FOREIGN, [_ELEMENTS, _LINK])
    return found


def _hostile(texts: tuple[str, ...]) -> RunResult:
    """Build a run with the texts at every place, in tags and checks of history too."""
    made = hostile_run({str(number): text for number, text in enumerate(texts)})
    text = texts[0]
    return replace(
        made,
        tool=text,
        mode=text,
        environment=text,
        profile=text,
        started=text,
        finished=text,
        unfinished=texts,
        missing=texts,
        planned=3 * len(texts),
    )


_PARTS = tuple(PAYLOADS[start : start + 8] for start in range(0, len(PAYLOADS), 8))


@pytest.mark.parametrize("texts", _PARTS, ids=range(len(_PARTS)))
def test_no_text_becomes_an_element_or_a_request(visit: Callable[..., Visit], texts: tuple[str, ...]) -> None:
    """Everything is opened, every filter is chosen, and still nothing has run."""
    opened = visit(_hostile(texts), states={"0123456789ab": "new"})
    page = opened.page
    assert _foreign(opened) == []
    page.get_by_role("button", name="Expand all").click()
    for select in page.locator("select").all():
        for value in [each.get_attribute("value") for each in select.locator("option").all()][:12]:
            select.select_option(value)
        select.select_option("")
    for text in texts:
        page.get_by_role("searchbox").fill(text[:200])
    page.get_by_role("searchbox").fill("")
    page.mouse.move(300, 300)
    assert _foreign(opened) == []
    assert page.locator("script").count() == 1


@pytest.mark.parametrize("text", [*PAYLOADS[:12], "%", "%E0%A4%A", "=", "&&&", "severity", "a" * 10_000])
def test_a_link_can_do_no_more_than_choose(visit: Callable[..., Visit], text: str) -> None:
    """A fragment is foreign text as well."""
    opened = visit(run(scenario(step())))
    for fragment in (text, f"search={text}", f"{text}={text}", f"severity={text}&operation={text}"):
        opened.follow(fragment)
    opened.follow("scenarios")
    assert _foreign(opened) == []
    assert opened.page.locator("script").count() == 1


def _spread(texts: tuple[str, ...]) -> list[ScenarioResult]:
    made = _hostile(texts).scenarios
    return [replace(each, id=f"{number} {each.id}") for number in range(300) for each in made]


def test_files_beside_the_page_are_as_safe(visit: Callable[..., Visit]) -> None:
    """They have the same policy, and go back to the page."""
    opened = visit(run(*_spread(PAYLOADS[11:15])))
    page = opened.page
    page.goto(opened.url.replace("report.html", "report-details/scenarios-1.html"))
    page.get_by_role("button", name="Expand all").click()
    assert _foreign(opened) == []
    page.locator("header a").first.click()
    assert page.url.split("#")[0] == opened.url
