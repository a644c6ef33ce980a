"""``harness coverage``: the coverage as text, JSON and Markdown.

JSON: ``{"coverage", "traffic"}``; ``coverage`` is that of ``run.json`` (``assessment.coverage``). ``traffic``
is null, or says what the recorded set holds: cassettes, calls, operations, unknown, newer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.coverage import Coverage
from harness.exchange import Json, Side
from harness.report.codec import encode, format_json
from harness.report.inline import prose
from harness.report.markdown import LIMIT, coverage_table
from harness.report.matrix import EXPLAINED, cells, columns, gaps, headline, totals
from harness.report.text import table
from harness.report.words import SIDES, count, visible
from harness.report.workflow_commands import quieted
from harness.traffic import Traffic

_MOST_UNKNOWN = 10
_UNSEEN = "Documented statuses that no answer had"


def coverage_text(coverage: Coverage, traffic: Traffic | None, said: str = "") -> str:
    """Write it for a terminal: what is missing first, a row an operation, then the statuses not seen.

    ``said`` is what must be said of the evidence, such as that it comes from the sandbox.
    """
    blocks = [visible(said)] if said else []
    blocks += ["\n".join(map(visible, lines)) for lines in _heads(coverage, traffic)]
    if coverage.operations:
        titles = columns(coverage)
        rows = [[title.lower() for title in titles], *map(cells, coverage.operations)]
        blocks.append("\n".join(visible(line).rstrip() for line in table(rows, len(titles))))
    if unseen := [f"  {name}: {statuses}" for name, statuses in _statuses(coverage)]:
        blocks.append("\n".join([f"{_UNSEEN}:", *map(visible, unseen)]))
    return quieted("\n\n".join(blocks)) + "\n"


def coverage_json(coverage: Coverage, traffic: Traffic | None) -> str:
    """Write it for programs; see the module for its keys."""
    return format_json(encode({"coverage": coverage, "traffic": traffic}, ()))


def coverage_markdown(coverage: Coverage, traffic: Traffic | None, said: str = "") -> str:
    """Write it for a ticket; shorter than what trackers take in one comment; ``said`` as in the text."""
    blocks = ["# Coverage of the operations of v1beta1", *([f"> **{prose(said)}**"] if said else [])]
    blocks += ["\n".join(f"- {prose(line)}" for line in lines) for lines in _heads(coverage, traffic)]
    blocks.append(EXPLAINED)
    if coverage.operations:
        blocks.append("\n".join(coverage_table(coverage)))
    if unseen := [f"- {prose(f'`{name}`: {statuses}')}" for name, statuses in _statuses(coverage)]:
        blocks.append("\n".join([f"{_UNSEEN}:", "", *unseen]))
    whole = "\n\n".join(blocks)
    if len(whole) > LIMIT:
        whole = whole[: whole.rindex("\n", 0, LIMIT - 100)] + "\n\n*The rest is left out: `--format json`.*"
    return whole + "\n"


def _heads(coverage: Coverage, traffic: Traffic | None) -> Iterator[list[str]]:
    yield [f"Coverage: {headline(coverage)}.", gaps(coverage), *totals(coverage)]
    if traffic is None:
        return
    called = sum(traffic.operations.values())
    recorded = f"{count(traffic.calls, 'call')} in {count(traffic.cassettes, 'cassette')}"
    of = count(len(traffic.operations), "operation")
    lines = [f"Recorded: {recorded}, of which {called:,} of {of} of v1beta1."]
    if traffic.newer:
        lines.append(f"Left aside: {count(traffic.newer, 'call')} of v1 or the Labs API.")
    if traffic.aside:
        lines.append(f"Left aside: {count(traffic.aside, 'cassette')} of scenarios.")
    if traffic.unknown:
        named = [f"`{name}` ({number:,})" for name, number in list(traffic.unknown.items())[:_MOST_UNKNOWN]]
        more = len(traffic.unknown) - len(named)
        others = f" and {more} more" if more > 0 else ""
        lines.append(f"Not in v1beta1's contract, so nothing covers them: {', '.join(named)}{others}.")
    yield lines


def _statuses(coverage: Coverage) -> Iterator[tuple[str, str]]:
    """Yield operations that were called with the documented statuses that no answer had."""
    for each in coverage.operations:
        old, new = (_written(each.statuses[side].missing.values()) for side in Side)
        if old == new:
            if old:
                yield each.operation, old
            continue
        sides = zip(Side, (old, new), strict=True)
        yield each.operation, "; ".join(f"{SIDES[side]} {found}" for side, found in sides if found)


def _written(missing: Iterable[tuple[Json, ...]]) -> str:
    return ", ".join(str(value) for values in missing for value in values)
