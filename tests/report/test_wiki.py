"""Wiki markup."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.readiness import assess
from harness.report.ticket import LIMITS, TicketPart, part_of, utf16_units
from harness.report.wiki import code, prose, render_wiki, text
from harness.result import RunResult, Verdict
from tests.report.builders import (
    difference,
    failing_run,
    finding,
    good_run,
    hostile_run,
    run,
    sandbox_run,
    scenario,
    step,
)
from tests.report.payloads import LINKS

MARK = "harness-0123456789ab"


def _render(made: RunResult) -> str:
    return render_wiki(
        TicketPart(ticket="", run=made, assessment=assess(made), note=""), attached=(), mark=MARK
    )


def test_what_a_reader_must_know() -> None:
    """Readiness and reasons, the causes with what to do, and where the files are."""
    shown = render_wiki(part_of(failing_run(), "PLAT-412"), attached=("a.html", "b.zip"), mark=MARK)

    assert shown.startswith("h2. Astro API: migration from v1beta1 to v1: NO-GO\n\nThis is the part of a run")
    assert "*The whole report:* [^a.html], [^b.zip]" in shown
    assert "* What to do: Read {{effectiveWorkloadIdentity}}" in shown
    assert 'v1 (candidate): "effectiveWorkloadIdentity": "astro@example.iam"' in shown
    assert "(/) Accepted in PLAT\\-413" not in shown
    assert "(/) Accepted in PLAT-413 until 2027-01-31: the client reads scope since 4.2" in shown


def test_what_v1_does_not_support_and_what_was_not_proved() -> None:
    """Each has a part of its own."""
    assert "h3. Operations that v1 does not support\n\n* *ListAlerts*. Remove the call" in _render(
        sandbox_run()
    )
    assert "h3. What was not proved\n\n* {{workspaces/life}}: it was planned" in _render(failing_run())


def test_a_good_run_is_short() -> None:
    """Nothing that did not happen has a heading."""
    assert "h3." not in _render(good_run())


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("{code}x{code}", r"\{code\}x\{code\}"),
        ("[~admin] [x|http://e.example]", r"\[\~admin\] \[x\|http&#58;//e.example\]"),
        ("*a* _b_ -c- +d+", r"\*a\* \_b\_ \-c\- \+d\+"),
        ("PLAT-412 A_1-2 v1beta1-2 a-b", r"PLAT\-412 A\_1\-2 v1beta1-2 a-b"),
        ("!http://evil.example/x.png!", r"\!http&#58;//evil.example/x.png\!"),
        ("HTTPS://e.example file:///x", "HTTPS&#58;//e.example file&#58;///x"),
        ("mailto:a@b.example Skype:me", r"mailto&#58;a\@b.example Skype&#58;me"),
        ("2026-01-01T10:00:00Z a.yaml:14", "2026-01-01T10:00:00Z a.yaml:14"),
        ("(y) (/) :) ;-D :P <3 (see x)", r"\(y) \(/) &#58;) &#59;\-D &#58;P &#60;3 (see x)"),
        ("h1. big", "&#104;1. big"),
        ("bq. said", "&#98;q. said"),
        ("a\n||b||", r"a&#92;n\|\|b\|\|"),
        ("# one", r"\# one"),
        (r"C:\x &lt;b&gt; R&D", r"C:&#92;x &#38;lt;b&#38;gt; R&D"),
    ],
)
def test_foreign_text_is_text(said: str, written: str) -> None:
    """It opens no macro, makes no link, no list and no heading, and tells nobody."""
    assert text(said) == written


def test_code_and_prose() -> None:
    """Paths are shown in a font of equal widths."""
    assert code("$.body.a[*]") == r"{{$.body.a\[\*\]}}"
    assert code(" ") == ""
    assert prose("v1 calls `type` so, at $.body.x.") == "v1 calls {{type}} so, at {{$.body.x}}."


@pytest.mark.parametrize("made", [hostile_run(), failing_run(), sandbox_run()])
def test_hostile_answers_open_no_macro(made: RunResult) -> None:
    """Every brace, bracket and bar that is not escaped is ours."""
    shown = _render(made)
    outside = "".join(shown.split("{noformat}")[::2])
    left = re.sub(r"\\.|\{\{|\}\}", "", outside)

    assert shown.count("{noformat}") % 2 == 0
    assert not set(left) & set("{}[]")
    assert all(line.startswith("|") for line in left.splitlines() if "|" in line)


def test_nothing_foreign_becomes_a_link() -> None:
    """No protocol, no address and no key of a ticket stands bare outside of examples, which have no links."""
    shown = _render(
        hostile_run({text: text for text in (*LINKS, "PLAT-412 (y) :)", "mailto:a@b.example file://x")})
    )
    outside = "".join(shown.split("{noformat}")[::2])

    assert not re.search(r"://|(?i:mailto|skype|callto|file|news):(?=\S)|(?<!\\)@", outside)
    assert not re.search(r"PLAT-\d|(?<!\d)[:;]\)|(?<!\\)\(y\)", outside)
    assert "https&#58;//evil.example/x" in outside
    assert "\u200b" not in shown


@given(evil=st.text(st.characters(exclude_categories=()), max_size=60))
def test_no_answer_ends_its_block(evil: str) -> None:
    """What stands in an example stays there."""
    hostile = f"{{noformat}} {{ NoFormat }}{{code}} {evil}"
    fact = difference(baseline=hostile, candidate=hostile)
    shown = _render(run(scenario(step(finding(fact, explanation=hostile), verdict=Verdict.MISMATCH))))

    assert shown.count("{noformat}") == 2
    assert shown.rstrip().endswith(f"{MARK}_")


@pytest.mark.parametrize("letter", ["x", "漢", "🚀", "{", "*"])
def test_it_fits_into_a_comment(letter: str) -> None:
    """Whatever the letters: cut between causes, counted, and the mark is always there."""
    made = run(
        *(
            scenario(
                step(
                    finding(
                        difference(path=f"$.body.p{each}", to="", baseline=letter * 150),
                        explanation=f"{each} {letter * 400}",
                        fingerprint=f"{each:012x}",
                        cause=f"Thing.p{each}",
                    ),
                    verdict=Verdict.MISMATCH,
                ),
                id=f"s{each}",
                verdict=Verdict.MISMATCH,
            )
            for each in range(300)
        )
    )
    shown = _render(made)
    left = re.search(
        r"^_(\d+) causes more: left out here to stay under [\d,]+ characters; ", shown, re.MULTILINE
    )

    assert 10_000 < utf16_units(shown) < LIMITS["jira"]
    assert left is not None
    assert int(left[1]) + shown.count("\nh4. ") == 300
    assert shown.rstrip().endswith(f"{MARK}_")
