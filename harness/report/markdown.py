"""``report.md``: the run for a migration ticket, worst first, within a tracker's limit.

The text is cut between findings, never within one, and says what was left out. Foreign text is shown as
:mod:`harness.report.inline` writes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from harness.behaviour import Behaviour
from harness.causes import Cause, Place
from harness.coverage import Coverage
from harness.history import History
from harness.probing import Probing
from harness.readiness import Assessment, CheckAssessment, OperationAssessment, sandbox_reason
from harness.report import acceptances, behaviour, changes, probing, words
from harness.report.acceptances import Agreed
from harness.report.digest import Digest, Unsupported, digest, found
from harness.report.fitting import Section, fitted_sections
from harness.report.inline import code, prose, text
from harness.report.matrix import EXPLAINED, cells, columns, gaps, headline, totals
from harness.report.provenance import provenance
from harness.report.words import clip, count, visible
from harness.result import Accepted, Readiness, RunResult, ScenarioResult, operation_name
from harness.rules import Severity
from harness.triangulation import Departure

LIMIT = 60_000
"""Characters of a report at most; GitHub takes 65,536 in one comment."""

ELSEWHERE = "`report.html` and `run.json` have them"
"""Which files have what is left out, where they stand beside the report."""

_SHORT = 200
"""Characters of one line of a body."""

_MOST_PLACES = 10
_MOST_PATHS = 5
_MOST_LINES = 12
_MOST_ROWS = 12


def render_markdown(
    run: RunResult,
    assessment: Assessment,
    history: History | None = None,
    *,
    limit: int = LIMIT,
    elsewhere: str = ELSEWHERE,
    note: str = "",
) -> str:
    """Write the report of a run, always shorter than ``limit`` characters (not less than 15,000).

    ``elsewhere`` ends the sentence of what was left out: which files have it. ``note`` is a sentence below
    the title.
    """
    shown = digest(run, assessment)
    head = "\n\n".join(_head(run, assessment, history, note))
    standing = assessment.behaviour.findings
    agreed = acceptances.agreed(assessment.causes, run.started, history, standing=standing)
    wanted = (*_changes(history), *_sections(shown), *_tables(shown, assessment), _acceptances(agreed))
    sections = [each for each in wanted if each.blocks]
    said = f"left out here to stay under {limit:,} characters; {elsewhere}"
    share = min(limit / LIMIT, 1.0)
    parts = fitted_sections(sections, limit - len(head) - 100, said, share=share)
    return "\n\n".join([head, *parts]) + "\n"


def _head(run: RunResult, assessment: Assessment, history: History | None, note: str) -> Iterator[str]:
    yield f"# {words.TITLE}: {assessment.readiness}"
    if note:
        yield text(note)
    if history:
        yield f"**{text(changes.headline(history))}**"
    if sandbox := sandbox_reason(run):
        yield f"> **{text(sandbox)}**"
    yield "\n".join(f"- {text(reason)}" for reason in assessment.reasons if reason != sandbox)
    if assessment.behaviour.countdown:
        yield f"**{assessment.behaviour.countdown}**"
    yield words.INTRODUCTION
    yield f"**Scenarios:** {words.finished_counts(run)}: {words.verdict_counts(assessment.verdicts)}."
    rows = [f"| {name} | {text(value, 300)} |" for name, value in provenance(run)]
    if len(rows) > _MOST_ROWS:
        rows[_MOST_ROWS:] = [f"| | {count(len(rows) - _MOST_ROWS, 'row')} more in `run.json` |"]
    yield "\n".join(["| Provenance | |", "|---|---|", *rows])
    yield "## The guide's four checks"
    yield "\n".join(
        [
            "| Check | Readiness | Steps | Breaking | Risky | Info | Accepted | Probes |",
            "|---|---|--:|--:|--:|--:|--:|---|",
            *map(_check_row, assessment.checks),
        ]
    )
    yield "Findings are counted where nobody accepted them; *accepted* counts the others."
    said = words.by_contracts(assessment.contracts)
    yield "\n".join(
        [
            f"- {prose(words.breaking_for_you(assessment.breaking))}.",
            f"- What the published contracts say of the findings: {said}.",
            *([f"- Coverage: {headline(assessment.coverage)}."] if assessment.coverage else []),
            *([f"- Noise: {noise}."] if (noise := words.noise(run)) else []),
            *([f"- Retries: {words.retries(assessment.retries)}."] if assessment.retries else []),
            *([f"- Latency: {slow}."] if (slow := behaviour.headline(assessment.behaviour)) else []),
        ]
    )


def _check_row(check: CheckAssessment) -> str:
    name, asks = words.CHECKS[check.check]
    numbers = (check.steps, check.breaking, check.risky, check.info, check.accepted)
    probes = ", ".join(f"{text(probe, 60)} ({number})" for probe, number in list(check.probes.items())[:8])
    cells = (f"**{name}**: {asks}", _bold(check.readiness), *map(str, numbers), probes)
    return f"| {' | '.join(cells)} |"


def _bold(readiness: Readiness) -> str:
    return f"**{readiness}**" if readiness is Readiness.NO_GO else str(readiness)


def _changes(history: History | None) -> Iterator[Section]:
    if history is None:
        return
    yield Section(
        title=changes.TITLE,
        blocks=tuple(
            _row([state, severity, code(rule, 60), text(operation, 60), code(place), first, last])
            for state, severity, rule, operation, place, first, last in changes.rows(history)
        ),
        share=2_000,
        noun="finding",
        intro=f"{_row(changes.COLUMNS)}\n|{'---|' * len(changes.COLUMNS)}",
        joint="\n",
    )
    yield Section(
        title=changes.TREND,
        blocks=tuple(_row([text(cell, 60) for cell in row]) for row in changes.trend(history)),
        share=2_500,
        noun="run",
        intro=f"{changes.EXPLAINED}\n\n{_row(changes.TREND_COLUMNS)}\n|---|---|--:|--:|--:|--:|",
        joint="\n",
    )


def _sections(shown: Digest) -> Iterator[Section]:
    breaking, risky, info = (shown.of(severity) for severity in Severity)
    yield Section(
        title=f"Breaking findings ({found(breaking)})",
        blocks=tuple(_finding(cause, number) for number, cause in enumerate(breaking, start=1)),
        share=14_000,
        noun="cause",
    )
    yield Section(
        title=f"Risky findings ({found(risky)})",
        blocks=tuple(_finding(cause, number) for number, cause in enumerate(risky, start=len(breaking) + 1)),
        share=5_000,
        noun="cause",
    )
    yield Section(
        title=f"For information ({found(info)})",
        blocks=tuple(map(_info_row, info)),
        share=4_000,
        noun="cause",
        intro="| Rule | Place | Operations | Findings | Contracts | What |\n|---|---|---|--:|---|---|",
        joint="\n",
    )
    yield Section(
        title="Operations that v1 does not support",
        blocks=tuple(map(_unsupported, shown.unsupported)),
        share=3_000,
        noun="operation",
        intro=words.UNSUPPORTED_ADVICE,
    )
    yield Section(
        title="What was not proved",
        blocks=tuple(f"- {code(what)}: {prose(why)}" for what, why in shown.unproved),
        share=3_000,
        noun="entry",
        joint="\n",
    )


def _tables(shown: Digest, assessment: Assessment) -> Iterator[Section]:
    yield Section(
        title="Operations whose answers left their contract",
        blocks=tuple(map(_departure_row, assessment.contracts.departures)),
        share=2_000,
        noun="place",
        intro="| Operation | Side | Place | Findings | What |\n|---|---|---|--:|---|",
        joint="\n",
    )
    yield Section(
        title="Operations",
        blocks=tuple(map(_operation_row, assessment.operations)),
        share=3_000,
        noun="operation",
        intro="| Operation | Readiness | Worst verdict | Scenarios | Why |\n|---|---|---|--:|---|",
        joint="\n",
    )
    if assessment.coverage:
        yield _coverage(assessment.coverage)
    yield from _probing(assessment.probing)
    yield from _behaviour(assessment.behaviour)
    yield Section(
        title="Scenarios",
        blocks=tuple(map(_scenario_row, shown.scenarios)),
        share=5_000,
        noun="scenario",
        intro="| Verdict | Scenario | Title | Steps | Ticket |\n|---|---|---|--:|---|",
        joint="\n",
    )


def _finding(cause: Cause, number: int) -> str:
    finding, fact = cause.example, cause.difference
    parts = [f"### {number}. {prose(words.title(cause))}"]
    parts += [_acceptance(*agreed) for agreed in cause.acceptances[:3]]
    parts += [prose(finding.consequence)] if finding.consequence else []
    if values := words.sides(fact):
        parts.append(_example(*values))
    together = words.together(cause)
    facts = [
        f"What to do: {prose(finding.remedy)}",
        f"Rule: {code(finding.rule)} at {_spots(cause)}",
        f"Seen {text(words.samples(cause))}{together and f'. {prose(together)}'}",
        *([proved] if (proved := words.proof(finding)) else []),
        f"Contracts: {'; '.join(words.DOCUMENTATION[each] for each in cause.documentation)}",
        f"Check: {words.CHECKS[cause.check][0]}",
        f"Where ({count(len(cause.places), 'place')}): {_places(cause.places)}",
    ]
    return "\n\n".join([*parts, "\n".join(f"- {fact}" for fact in facts)])


def _spots(cause: Cause) -> str:
    """Write the paths of a cause."""
    more = len(cause.differences) - _MOST_PATHS
    shown = [" → ".join(map(code, words.spot(fact))) for fact in cause.differences[:_MOST_PATHS]]
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _acceptance(accepted: Accepted, places: tuple[str, ...]) -> str:
    ticket = f" in {code(accepted.ticket, 60)}" if accepted.ticket else ""
    until = f" until {text(accepted.until, 60)}" if accepted.until else ""
    where = f" ({', '.join(code(place, 100) for place in places[:5])})" if places else ""
    return f"**Accepted**{ticket}{until}: {text(accepted.reason)}{where}"


def _example(old: str, new: str) -> str:
    """Write the two sides as a diff; a line in it can neither end the block nor start another."""
    lines = [f"--- {words.BASELINE}", f"+++ {words.CANDIDATE}"]
    for sign, value in (("-", old), ("+", new)):
        rows = value.split("\n")
        lines += [f"{sign} {clip(visible(row), _SHORT)}" for row in rows[:_MOST_LINES]]
        if len(rows) > _MOST_LINES:
            lines.append(f"{sign} … {count(len(rows) - _MOST_LINES, 'more line')}")
    return "\n".join(["```diff", *lines, "```"])


def _places(places: tuple[Place, ...]) -> str:
    more = len(places) - _MOST_PLACES
    return ", ".join(map(_place, places[:_MOST_PLACES])) + (f" and {more} more" if more > 0 else "")


def _place(place: Place) -> str:
    operation = text(operation_name(place.step), 60)
    return f"{code(place.step.where, 100)} {text(place.step.name, 60)}{operation and f' ({operation})'}"


def _info_row(cause: Cause) -> str:
    operations = _names(cause.operations)
    said = prose(words.sentence(cause.example))
    place = code(words.where_to(cause.difference))
    contracts = ", ".join(cause.documentation)
    number = len(cause.places)
    return f"| {code(cause.rule, 60)} | {place} | {operations} | {number} | {contracts} | {said} |"


def _names(names: tuple[str, ...]) -> str:
    more = len(names) - 5
    shown = ", ".join(text(name, 60) for name in names[:5])
    return f"{shown} and {more} more" if more > 0 else shown


def _unsupported(gone: Unsupported) -> str:
    remedies = " ".join(prose(remedy) for remedy in gone.remedies[:3])
    where = ", ".join(code(step.where, 100) for _, step in gone.steps[:_MOST_PLACES])
    more = len(gone.steps) - _MOST_PLACES
    others = f" and {more} more" if more > 0 else ""
    return f"- **{text(gone.operation, 100)}** at {where}{others}. {remedies}".rstrip()


def _operation_row(operation: OperationAssessment) -> str:
    name = text(operation.operation, 100)
    number = len(operation.scenarios)
    why = " ".join(map(text, operation.reasons))
    return f"| {name} | {_bold(operation.readiness)} | {operation.verdict} | {number} | {why} |"


def _departure_row(departure: Departure) -> str:
    side, place = words.SIDES[departure.side], code(departure.place)
    what = words.departed(departure)
    return f"| {text(departure.operation, 100)} | {side} | {place} | {departure.count} | {what} |"


def _coverage(coverage: Coverage) -> Section:
    titles, line, *rows = coverage_table(coverage)
    said = " ".join([gaps(coverage), *totals(coverage), EXPLAINED])
    return Section(
        title="Coverage",
        blocks=tuple(rows),
        share=3_000,
        noun="operation",
        intro=f"{said}\n\n{titles}\n{line}",
        joint="\n",
    )


def _probing(found: Probing) -> Iterator[Section]:
    for check, title in probing.tables(found):
        titles = probing.columns(found, check)
        yield Section(
            title=title,
            blocks=tuple(_row([code(first, 100), *others]) for first, *others in probing.rows(found, check)),
            share=2_000,
            noun="operation",
            intro=f"{probing.EXPLAINED}\n\n{_row(titles)}\n|{'---|' * len(titles)}",
            joint="\n",
        )
    yield Section(
        title=probing.LEFT,
        blocks=tuple(f"- {text(what)}. {prose(why)}" for what, why in probing.unexercised(found)),
        share=1_500,
        noun="entry",
        joint="\n",
    )


def _behaviour(found: Behaviour) -> Iterator[Section]:
    explained = "\n\n".join([behaviour.EXPLAINED, *map(prose, behaviour.agreements(found))])
    yield Section(
        title=behaviour.ENDINGS,
        blocks=tuple(
            _row([side, code(name), code(value), day, days, text(names)])
            for side, name, value, day, days, names in map(behaviour.ending_row, found.endings)
        ),
        share=1_500,
        noun="announcement",
        intro=f"{_row(behaviour.ENDING_COLUMNS)}\n|---|---|---|---|--:|---|",
        joint="\n",
    )
    yield Section(
        title=behaviour.LATENCIES,
        blocks=tuple(
            _row([text(first, 100), *others])
            for first, *others in (behaviour.latency_row(each, found.accepted) for each in found.latencies)
        ),
        share=2_500,
        noun="operation",
        intro=f"{explained}\n\n{_row(behaviour.LATENCY_COLUMNS)}\n|---|---|{'--:|' * 6}---|",
        joint="\n",
    )


def _acceptances(agreed: tuple[Agreed, ...]) -> Section:
    """Write what was agreed; it comes last, and what does not fit is cut from there first."""
    write = partial(code, limit=100), partial(text, limit=200)
    return Section(
        title=acceptances.TITLE,
        blocks=tuple(_row(acceptances.cells(each, *write)) for each in agreed),
        share=800,
        noun="acceptance",
        intro=f"{_row(list(acceptances.COLUMNS))}\n|---|---|---|---|---|--:|---|",
        joint="\n",
    )


def coverage_table(coverage: Coverage) -> list[str]:
    """Return the lines of a table: titles, their rule, a row an operation."""
    titles = columns(coverage)
    rows = ([code(first, 100), *others] for first, *others in map(cells, coverage.operations))
    return [_row(titles), f"|{'---|' * len(titles)}", *map(_row, rows)]


def _row(values: list[str]) -> str:
    return f"| {' | '.join(values)} |"


def _scenario_row(scenario: ScenarioResult) -> str:
    ticket = code(scenario.ticket, 60) if scenario.ticket else ""
    cells = (scenario.verdict, code(scenario.id), text(scenario.title, 120), str(len(scenario.steps)), ticket)
    return f"| {' | '.join(cells)} |"
