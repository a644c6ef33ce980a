"""What a page says, without secrets."""

from __future__ import annotations

import pytest

from harness.redact import Redactor
from harness.report.cleaning import Clean
from harness.report.views import ScenarioView
from tests.report.builders import scenario

SECRET = "hunter2-abcdef"


def view(id_: str, title: str = "List tokens") -> ScenarioView:
    """Show a scenario in a line."""
    return ScenarioView(
        anchor=f"scenario-{id_}",
        href=f"#scenario-{id_}",
        marks="",
        scenario=scenario(id=id_, title=title),
        counted="1 step",
    )


class Counting(Redactor):
    """Counts the texts that are looked through one by one."""

    asked = 0

    def text(self, text: str) -> str:
        """Take secrets out."""
        self.asked += 1
        return super().text(text)


def test_what_many_scenarios_say_is_looked_through_at_once() -> None:
    """Texts without a hint of a secret are known after that, and shown as they are."""
    redactor = Counting()
    clean = Clean(redactor)
    views = [view(f"tokens-{number}", title=f"List {number}") for number in range(100)]
    clean.learn(views)

    assert [clean(each.scenario.title) for each in views] == [f"List {number}" for number in range(100)]
    assert [clean(each.anchor) for each in views] == [each.anchor for each in views]
    assert redactor.asked == 0


def test_a_secret_among_them_is_taken_out() -> None:
    """Whatever stands beside it, and the others stay as they are."""
    clean = Clean(Redactor({"TOKEN": SECRET}))
    views = [view("a"), view("b", title=f"List with {SECRET}"), view("c")]
    clean.learn(views)

    assert [clean(each.scenario.title) for each in views] == [
        "List tokens",
        "List with [TOKEN]",
        "List tokens",
    ]


@pytest.mark.parametrize("learned", [True, False])
def test_what_hides_in_a_text_is_visible(*, learned: bool) -> None:
    """Whether it was looked through with others or alone: it must not turn the line around."""
    clean = Clean(Redactor())
    if learned:
        clean.learn([view("a", title="a\u202eb")])

    assert clean("a\u202eb") == "a\\u202eb"
