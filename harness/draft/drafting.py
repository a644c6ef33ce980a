"""Scenarios out of a recording: cut into flows, folded, written, and checked one by one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from harness.contract_diff import ContractDiff, contract_diff
from harness.draft.answers import Answers
from harness.draft.calls import TOKEN, Call, Left, calls_of
from harness.draft.fields import credential_of, is_of_role
from harness.draft.folding import fold
from harness.draft.links import Links, family, flows, link
from harness.draft.pages import pages_of
from harness.draft.steps import Made, Maker, Written, unmade
from harness.exchange import Exchange, Json
from harness.judge import Judge
from harness.result import Source
from harness.struct import Struct, replace
from harness.yaml_text import block, comment, text

_PATHS = re.compile(r'(?<=: )"\$[.\[][^"\\]*"')
_SANDBOX = "It was recorded from the sandbox, which proves nothing about the vendor's service."


class Draft(Struct, frozen=True, kw_only=True):
    """One drafted scenario.

    ``name`` is its path without suffix below the directory of the drafts, ``text`` the YAML. ``exchanges``
    are what its replay needs, with the names of their steps; ``used`` the values from outside. ``review`` are
    sentences for who reads it. ``unproved`` says why it does not ask what was recorded; empty if it does.
    ``times`` is how often the recording has it, with other ids; only the first time is in its cassette.
    ``beyond`` are clauses that say what the other times were answered with, and the first was not.
    """

    name: str
    text: str
    calls: int
    exchanges: tuple[tuple[Exchange, str], ...]
    used: Mapping[str, Json]
    review: tuple[str, ...]
    unproved: str = ""
    times: int = 1
    beyond: tuple[str, ...] = ()


class Drafts(Struct, frozen=True, kw_only=True):
    """All that a recording gave, and the exchanges that no draft could be made of."""

    drafts: tuple[Draft, ...]
    left: tuple[Left, ...]


Check: TypeAlias = Callable[["Draft"], str]
"""Says why a draft does not ask what was recorded; nothing if it does."""


def draft(
    exchanges: Sequence[Exchange], judge: Judge, source: Source | None, schema: str, check: Check
) -> Drafts:
    """Make scenarios of the exchanges of one recording.

    A draft whose folded steps do not ask what was recorded is written step by step.

    Args:
        exchanges: In the order in which they ended.
        judge: The contracts.
        source: Where they were recorded; None where nobody knows.
        schema: What the first line says of the JSON Schema: a path or a URL; empty for none.
        check: Loads a draft and replays the recording.
    """
    calls, left = calls_of(exchanges, judge.baseline)
    links = link(calls)
    taken: set[str] = set()
    drafter = _Drafter(
        links=links,
        diff=contract_diff(judge),
        judge=judge,
        token=_usual_token(calls, links),
        source=source,
        schema=schema,
    )
    made: dict[str, Draft] = {}
    answers = Answers()
    for flow in flows(calls, links):
        name = _name(flow, taken)
        drafted = drafter.draft(flow, name, folds=True)
        if _asks(drafted) not in made and check(drafted):
            drafted = drafter.draft(flow, name, folds=False)
            drafted = replace(drafted, unproved=check(drafted))
        asks = _asks(drafted)
        known = made.get(asks)
        if known is not None:
            taken.discard(name)
            beyond = dict.fromkeys([*known.beyond, *answers.beyond(known.exchanges, drafted.exchanges)])
            drafted = replace(known, times=known.times + 1, beyond=tuple(beyond))
        made[asks] = drafted
    return Drafts(drafts=tuple(map(_with_times, made.values())), left=tuple(left))


def _asks(drafted: Draft) -> str:
    """Return what a draft asks, whichever elements of lists it goes on with."""
    return _PATHS.sub(lambda path: re.sub(r"\[\d+\]", "[0]", path[0]), drafted.text)


def _with_times(drafted: Draft) -> Draft:
    """Say in a draft how often the recording has what it does."""
    if drafted.times == 1:
        return drafted
    said = [f"# The recording has this {drafted.times:,} times, with other ids."]
    if drafted.beyond:
        said += comment(f"Its cassette has the first time. In others {'; '.join(drafted.beyond)}.", 0)
    before, title, after = drafted.text.partition("\nscenario: ")
    return replace(drafted, text="\n".join([before, *said]) + title + after)


def _usual_token(calls: Iterable[Call], links: Links) -> str | None:
    """Return what stands for the token that most calls sent, of those that no answer gave."""
    tokens = Counter(_own_tokens(calls, links))
    return max(tokens, key=lambda token: tokens[token], default=None)


def _own_tokens(calls: Iterable[Call], links: Links) -> Iterator[str]:
    """Yield what stands for the tokens that the client had from elsewhere, and that drafts do not name."""
    for call in calls:
        if call.token is None or call.stripped or is_of_role(credential_of(call.token)[1]):
            continue
        if links.of(call, TOKEN) is None:
            yield call.token


class _Drafter(Struct, frozen=True, kw_only=True):
    links: Links
    diff: ContractDiff
    judge: Judge
    token: str | None
    source: Source | None
    schema: str

    def draft(self, flow: Sequence[Call], name: str, *, folds: bool) -> Draft:
        """Write one flow."""
        made = Maker(fold(flow, self.links, folds=folds), self.links, self.diff, self.judge).make()
        notes = self._notes(flow, made)
        head = [f"yaml-language-server: $schema={self.schema}"] if self.schema else []
        return Draft(
            name=name,
            text="\n".join(_lines(flow, made, notes, head, self.source)) + "\n",
            calls=sum(1 + call.refused for call in flow),
            exchanges=tuple(
                (call.exchange, str(written.keys["operation"]))
                for written in (*made.steps, *made.cleanup)
                for call in written.calls
            ),
            used=made.used,
            review=tuple(notes),
        )

    def _notes(self, flow: Sequence[Call], made: Made) -> list[str]:
        """Return what a person must look at."""
        review = list(made.review)
        review += [
            f"{call.operation.id} makes something that nothing here deletes: write a `cleanup:`."
            for call in unmade(made, self.judge.baseline)
        ]
        tokens = set(_own_tokens(flow, self.links))
        if tokens - {self.token}:
            several = "several tokens" if len(tokens) > 1 else "another token than most of the recording"
            review.append(
                f"It was recorded with {several} and is sent with the environment's: what was refused to "
                "another one needs `headers:`, or goes."
            )
        review += [
            f"{pages.calls[0].operation.id} is asked for the recorded pages, and not for all there are: "
            "`walk: true` reads them all."
            for pages in pages_of(flow)
            if not any("walk" in written.keys and pages.calls[0] in written.calls for written in made.steps)
        ]
        if any(call.stripped for call in flow):
            review.append(
                "The recording leaves the Authorization header out of what was answered as if there was one: "
                "the environment's token is sent."
            )
        if any(not call.safe for call in flow):
            review.append(
                "It changes things: give what it makes names with ${run_id} and ${side} before it runs live, "
                "so that both sides can have one."
            )
        return list(dict.fromkeys(review))


def _name(flow: Sequence[Call], taken: set[str]) -> str:
    """Name a flow by the resource and by its first call that changes something, else by its first one."""
    main = next((call for call in flow if not call.safe), flow[0])
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", main.operation.id).lower()
    name, number = f"{family(main)}/{words}", 1
    while name in taken:
        number += 1
        name = f"{family(main)}/{words}-{number}"
    taken.add(name)
    return name


def _lines(
    flow: Sequence[Call], made: Made, review: Sequence[str], head: Sequence[str], source: Source | None
) -> Iterator[str]:
    yield from (f"# {line}" for line in head)
    number = sum(1 + call.refused for call in flow)
    calls = "1 recorded call" if number == 1 else f"{number} recorded calls"
    said = f"Drafted from {calls}; read it before it runs live."
    yield from comment(f"{said} {_SANDBOX}" if source is Source.SANDBOX else said, 0)
    for sentence in review:
        yield from comment(f"review: {sentence}", 0)
    operations = list(dict.fromkeys(call.operation.id for call in flow))
    more = f" and {len(operations) - 3} more" if len(operations) > 4 else ""
    shown = operations if len(operations) <= 4 else operations[:3]
    yield f"scenario: {text('Recorded - ' + ', '.join(shown) + more)}"
    writes = any(not call.safe for call in flow)
    yield from block("tags", [family(flow[0]), "recorded", "write" if writes else "read"], 0)
    if made.variables:
        yield from block("vars", made.variables, 0)
    yield "steps:"
    for written in made.steps:
        yield from _step(written)
    if made.cleanup:
        yield "cleanup:"
        for written in made.cleanup:
            yield from _step(written)


def _step(written: Written) -> Iterator[str]:
    mark = "  - "
    for said in written.comments:
        yield from comment(said, 2)
    for key, value in written.keys.items():
        for line in block(key, value, 4):
            yield f"{mark}{line[4:]}" if mark.strip() else line
            mark = ""
