"""Chromium without a window, for tests that need to see what a browser makes of a page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, sync_playwright

from harness.readiness import assess
from harness.report.html import html_files
from harness.result import RunResult
from tests.report.builders import contracts
from tests.report.histories import of_states

NAMES = ("chromium", "chromium-browser", "google-chrome")
"""The commands that it goes by; Debian's package has the first name."""

MISSING = "there is no Chromium here: install Debian's package `chromium` to run the tests in a browser"


def chromium() -> str:
    """Return the path of the browser; empty where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), "")


@contextmanager
def opened_browser() -> Iterator[Browser]:
    """Give a browser, which is closed at the end."""
    # Chromium's own sandbox refuses to start for root, as whom tests run in containers.
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), chromium_sandbox=not root)
        try:
            yield browser
        finally:
            browser.close()


@dataclass(slots=True, kw_only=True)
class Visit:
    """A page that is open. ``complaints`` are what no page may do, in words."""

    page: Page
    url: str
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)

    def watch(self, directory: Path) -> None:
        """Note requests for what is not of the report, messages, errors, dialogs and new windows."""
        own = directory.as_uri()

        def request(url: str) -> None:
            if not url.startswith(own):
                self.complaints.append(f"request: {url}")

        def message(said: ConsoleMessage) -> None:
            self.complaints.append(f"console: {said.text}")

        def dialog(shown: Dialog) -> None:
            self.complaints.append(f"dialog: {shown.message}")
            shown.dismiss()

        self.context.on("request", lambda sent: request(sent.url))
        self.page.on("console", message)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("dialog", dialog)
        self.page.on("popup", lambda _: self.complaints.append("popup"))

    def follow(self, fragment: str) -> None:
        """Go to another fragment of the page, as a link in a ticket would."""
        self.page.evaluate("fragment => { location.hash = fragment; }", fragment)
        self.page.wait_for_function("() => new Promise(done => requestAnimationFrame(() => done(true)))")

    def visible(self, selector: str) -> list[str]:
        """Return the ids of the elements that can be seen."""
        return [
            str(each.get_attribute("id")) for each in self.page.locator(selector).all() if each.is_visible()
        ]

    def close(self) -> None:
        """Close the page."""
        self.context.close()


def visited(
    browser: Browser,
    directory: Path,
    run: RunResult,
    fragment: str = "",
    *,
    states: Mapping[str, str] | None = None,
    scheme: Literal["light", "dark"] = "light",
    width: int = 1280,
    script: bool = True,
) -> Visit:
    """Write the page of a run with the files beside it, and open it."""
    history = of_states(states) if states else None
    for name, text in html_files(run, assess(run, contracts=contracts()), history):
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 900}, java_script_enabled=script
    )
    made = Visit(page=context.new_page(), url=(directory / "report.html").as_uri(), context=context)
    made.watch(directory)
    made.page.goto(f"{made.url}{fragment and f'#{fragment}'}")
    return made
