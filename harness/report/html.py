"""``report.html``: one page that people act on, and files beside it for what it has no room for.

The page loads nothing. Its Content-Security-Policy forbids all but its own style sheet and its own script,
by their hashes; every value is escaped by the template engine after secrets were taken out of it once more
and it was made visible. Without its script the page reads the same, from top to bottom.

What is worst comes first and is in the page; see :data:`ROOM`. The only user of jinja2.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from harness.causes import Cause
from harness.history import History
from harness.readiness import Assessment, sandbox_reason
from harness.redact import Redactor
from harness.report import acceptances, behaviour, changes, matrix, probing, words
from harness.report.anchors import BESIDE, PAGE, Anchors
from harness.report.cleaning import Clean
from harness.report.compiled import compiled
from harness.report.digest import digest
from harness.report.evidence import BODY
from harness.report.filters import Filters
from harness.report.provenance import provenance
from harness.report.views import PLACES, ScenarioView, SectionView, Views
from harness.report.words import clip
from harness.result import RunResult, ScenarioResult, Verdict
from harness.rules import Severity
from harness.struct import Struct

ROOM: Final = 3_000_000
"""Characters of causes and scenarios in a page, about: a larger one opens slowly, and trackers refuse it."""

ROOM_BESIDE: Final = 2_000_000
"""Characters of scenarios in a file beside it, about."""

ROOM_ALIKE: Final = 250_000
"""Characters of evidence in a page, about, for scenarios that match, or differ as accepted.

Each cause shows the evidence of its first place in any case; the rest only made the page slow to write, to
open and to send.
"""

CAUSES: Final = 250
"""Causes that a page shows in full, and a file beside it."""

ROWS: Final = 2_000
"""Causes that a page shows in a line."""

WORST: Final = 6
"""Causes that a page names before all others, in a row each."""

LINES: Final = 1_000
"""Scenarios that a page shows in a line."""

FILE: Final = 200
"""Scenarios in one file beside the page."""

EVIDENCE_BESIDE: Final = 10_000_000
"""Characters of evidence in all files beside the page together; ``run.json`` has the rest.

A file of scenarios that match, or differ as accepted, has none.
"""

UNPROVED: Final = 500
"""Lines of what was not proved."""

PART: Final = 100
"""Rows of a long table that a browser lays out at once, when they come into view."""

MOST_ROWS: Final = 200
"""Rows of a table of what changed, of what was agreed, or of places that left their contract, at most.

A browser takes seconds to lay out a table of thousands.
"""

_MOST_LINES = 40
_OF_CAUSE, _OF_ROW, _OF_LINE = 4_500, 550, 350
"""Characters that a cause in full takes, one in a line, and a scenario in a line."""

_CODE, _PLAIN = Markup("<code>{}</code>"), Markup("{}")
_PILL = Markup('<span class="pill {}">{}</span>')
_CODE_LINK = Markup('<a href="{}"><code>{}</code></a>')
_ALIKE = (Verdict.MATCH, Verdict.ACCEPTED)
_REDACTOR = Redactor()


class _Plan(Struct, frozen=True, kw_only=True):
    """What goes where: ``full`` and ``rows`` are in the page, ``beside`` maps files to what is in them."""

    full: tuple[Cause, ...]
    rows: tuple[Cause, ...]
    causes: Mapping[str, Sequence[Cause]]
    scenarios: tuple[ScenarioView, ...]
    lines: tuple[ScenarioResult, ...]
    beside: Mapping[str, Sequence[ScenarioResult]]


def render_html(
    run: RunResult,
    assessment: Assessment,
    history: History | None = None,
    *,
    redactor: Redactor = _REDACTOR,
) -> str:
    """Write the page of a run alone: what it has no room for, ``run.json`` has.

    Args:
        run: What is reported.
        assessment: What it proves.
        history: What earlier runs say of it; None where none were asked.
        redactor: Takes secrets out; one that knows values finds them in every spelling.
    """
    return next(_Pages(run, assessment, history, redactor, alone=True).all())[1]


def html_files(
    run: RunResult,
    assessment: Assessment,
    history: History | None = None,
    *,
    redactor: Redactor = _REDACTOR,
) -> Iterator[tuple[str, str]]:
    """Yield the page and the files beside it as (path, text); the paths are relative, the page is first."""
    return _Pages(run, assessment, history, redactor, alone=False).all()


class _Pages:
    """The files of one run."""

    def __init__(
        self,
        run: RunResult,
        assessment: Assessment,
        history: History | None,
        redactor: Redactor,
        *,
        alone: bool,
    ) -> None:
        self._run, self._assessment, self._alone = run, assessment, alone
        self._history = history
        states = {each.fingerprint: str(each.state) for each in history.tracked} if history else {}
        self._shown = digest(run, assessment)
        self._anchors = Anchors(self._shown.causes, self._shown.scenarios)
        self._filters = Filters(run, self._shown.causes, states)
        self._views = Views(self._anchors, self._filters, redactor)
        self._environment, self._clean = _environment(redactor)

    def all(self) -> Iterator[tuple[str, str]]:
        """Yield the page, then the files beside it."""
        plan = self._plan()
        yield PAGE, self._page(plan)
        for name, causes in plan.causes.items():
            yield f"{BESIDE}/{name}", self._beside(name, causes=causes)
        left = EVIDENCE_BESIDE
        for name, scenarios in plan.beside.items():
            # Who looks beyond the page looks for what differs; the rest would only make files larger.
            differs = any(each.verdict not in _ALIKE for each in scenarios)
            room = min(left, ROOM_BESIDE) if differs else 0
            views, shown = self._views.in_file(name), []
            for scenario in scenarios:
                shown.append(views.scenario(scenario, room))
                taken = views.taken(scenario, room)
                room -= taken
                left -= taken
            yield f"{BESIDE}/{name}", self._beside(name, scenarios=shown)

    def _plan(self) -> _Plan:
        """Decide what is in the page; names must have their places before anything links to them."""
        anchors = self._anchors
        causes = [cause for cause in self._shown.causes if cause.severity is not Severity.INFO]
        rest, info = causes[CAUSES:], self._shown.of(Severity.INFO)
        in_files = {} if self._alone else _files("findings", rest, CAUSES)
        rows = (*rest, *info)[:ROWS]
        named = {id(cause) for cause in rows}
        for file, some in in_files.items():
            names = [(anchors.cause(each), id(each) in named) for each in some]
            anchors.keep([name for name, in_row in names if not in_row], file)
            anchors.more.update({name: file for name, in_row in names if in_row})
        lost = [*rest, *info] if self._alone else info
        anchors.absent.update(anchors.cause(each) for each in lost if id(each) not in named)
        room = ROOM - _OF_CAUSE * len(causes[:CAUSES]) - _OF_ROW * len(rows)
        room -= _OF_LINE * min(len(self._shown.scenarios), LINES)
        kept, evidence = self._kept(room)
        left = self._shown.scenarios[kept:]
        beside = {} if self._alone else _files("scenarios", left, FILE)
        for file, part in beside.items():
            anchors.keep([anchors.scenario(each.id) for each in part], file)
            anchors.keep([name for each in part for name in anchors.steps(each)], file)
        if self._alone:
            anchors.absent.update(name for each in left for name in anchors.steps(each))
            anchors.absent.update(anchors.scenario(each.id) for each in left[LINES:])
        shown = self._shown.scenarios[:kept]
        views = [self._views.scenario(each, room) for each, room in zip(shown, evidence, strict=True)]
        return _Plan(
            full=tuple(causes[:CAUSES]),
            rows=rows,
            causes=in_files,
            scenarios=tuple(views),
            lines=left[:LINES],
            beside=beside,
        )

    def _kept(self, room: int) -> tuple[int, list[int]]:
        """Count the scenarios that the page has room for, worst first, and give each room for evidence."""
        alike = ROOM_ALIKE
        rooms: list[int] = []
        for number, scenario in enumerate(self._shown.scenarios):
            if room <= 0:
                return number, rooms
            matches = scenario.verdict in _ALIKE
            rooms.append(min(room, alike) if matches else room)
            taken = self._views.taken(scenario, rooms[-1])
            room -= taken
            alike -= taken if matches else 0
        return len(self._shown.scenarios), rooms

    def _page(self, plan: _Plan) -> str:
        run, assessment, shown = self._run, self._assessment, self._shown
        self._clean.learn(plan.scenarios)
        return self._render(
            "report.html.jinja",
            run=run,
            assessment=assessment,
            digest=shown,
            changes=changes,
            changed=list(changes.rows(self._history)) if self._history else [],
            most=MOST_ROWS,
            PART=PART,
            behaviour=behaviour,
            picture=behaviour.picture(assessment.behaviour),
            history=self._history,
            severities=self._views.severities(shown),
            worst=[self._views.row(cause) for cause in shown.worst[:WORST]],
            more_worst=max(len(shown.worst) - WORST, 0),
            finished=words.finished_counts(run),
            noise=words.noise(run),
            provenance=provenance(run),
            filters=self._filters.all,
            sections=self._sections(plan),
            unsupported=self._views.unsupported(shown),
            unproved=shown.unproved[:UNPROVED],
            agreed=acceptances.agreed(
                assessment.causes, run.started, self._history, standing=assessment.behaviour.findings
            ),
            lapsed=[self._views.row(cause) for cause in acceptances.lapsed(shown.causes)[:PLACES]],
            operations=self._views.operations(assessment),
            scenarios=plan.scenarios,
            lines=[self._views.line(each) for each in plan.lines],
            left=len(shown.scenarios) - len(plan.scenarios) - len(plan.lines),
            beside=[f"{BESIDE}/{name}" for name in (*plan.causes, *plan.beside)],
        )

    def _sections(self, plan: _Plan) -> list[SectionView]:
        return [
            self._views.section(
                severity,
                self._shown.of(severity),
                [self._views.cause(each) for each in plan.full if each.severity is severity],
                [each for each in plan.rows if each.severity is severity],
            )
            for severity in Severity
        ]

    def _beside(self, name: str, causes: Sequence[Cause] = (), scenarios: Sequence[ScenarioView] = ()) -> str:
        views = self._views.in_file(name)
        self._clean.learn(scenarios)
        shown = [views.cause(each) for each in causes]
        return self._render("details.html.jinja", run=self._run, causes=shown, scenarios=scenarios, name=name)

    def _render(self, template: str, **values: Any) -> str:
        style, script = _resource("style.css"), _resource("script.js")
        return self._environment.get_template(template).render(
            **values,
            style=style,
            style_hash=_hash(style),
            script=script,
            script_hash=_hash(script),
            page=PAGE,
            sandbox=sandbox_reason(self._run),
        )


def _files(kind: str, whole: Sequence[Any], size: int) -> dict[str, Sequence[Any]]:
    """Divide what does not fit into the page among files."""
    return {
        f"{kind}-{number}.html": whole[start : start + size]
        for number, start in enumerate(range(0, len(whole), size), start=1)
    }


@lru_cache(maxsize=4)
def _environment(redactor: Redactor) -> tuple[Environment, Clean]:
    """Return the templates, and what their texts go through: whatever they write, the redactor has seen."""
    clean = Clean(redactor)

    def finalize(value: Any) -> Any:
        # What a macro wrote has been through here.
        return clean(value) if isinstance(value, str) and not hasattr(value, "__html__") else value

    environment = Environment(
        loader=FunctionLoader(_resource),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        bytecode_cache=compiled(),
        keep_trailing_newline=True,
    )

    # They stand in nearly every line, with the same few texts; a macro would make each of them anew.
    @lru_cache(maxsize=10_000)
    def rich(said: str) -> Markup:
        # A secret that stands partly in code must be whole when it is looked for.
        pieces = words.pieces(redactor.text(said))
        shown = [(_CODE if is_code else _PLAIN).format(clean(piece)) for is_code, piece in pieces]
        return Markup().join(shown)

    @lru_cache(maxsize=1_000)
    def pill(word: str) -> Markup:
        return _PILL.format(_slug(word), clean(word))

    @lru_cache(maxsize=10_000)
    def coded(href: str, said: str) -> Markup:
        return _CODE_LINK.format(clean(href), clean(said)) if href else _CODE.format(clean(said))

    environment.filters.update(slug=_slug, short=_short)
    environment.globals.update(
        words=words, matrix=matrix, probing=probing, most_places=PLACES, rich=rich, pill=pill, coded=coded
    )
    return environment, clean


@lru_cache
def _resource(name: str) -> str:
    return files("harness.report").joinpath("page", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _slug(word: str) -> str:
    """Make a class name of one of our own words."""
    return word.lower().replace(" ", "-")


def _short(text: str) -> str:
    lines = text.split("\n")
    more = len(lines) - _MOST_LINES
    shown = lines if more <= 0 else [*lines[:_MOST_LINES], f"… {words.count(more, 'more line')}"]
    return clip("\n".join(shown), BODY)
