"""What a pair of requests asks: which operations, whose resources, in what order, with a token or without.

Steps of scenarios and recorded exchanges are judged by the same question, which is derived here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from harness.contract import Operation
from harness.exchange import BodyKind, Exchange, Json, Pair, Request, Response, Side, header
from harness.judge import Question
from harness.options import SAFE_METHODS
from harness.result import MOST_HELD, Evidence, Finding
from harness.rules import Check, Told
from harness.settings import SANDBOX_MARK
from harness.struct import Struct, replace
from harness.values import ValueClass, value_class

_BASE = re.compile(r"(?:[^/?#]*//[^/?#]*)?[^?#]*?/(?:(?:iam|platform)/v1beta1|labs/v1|v1)(?=[/?#]|$)")
_LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})
_ORIGIN = re.compile(r"[^/?#]*//[^/?#]*")
_IDS = frozenset({ValueClass.CUID, ValueClass.UUID})
_LONGEST: Final = 100_000
"""Characters of a value of a finding that a run holds where a body is too large to be held."""
_SHORTEST = 3
"""Characters that a value must have to stand for another one wherever it turns up."""


class Filled(Struct, frozen=True, kw_only=True):
    """A request ready to be sent, and the operation of its side's contract that it addresses.

    ``path`` is the path with its query below the base URL. ``written`` is the path as a step writes it, its
    placeholders not filled; empty where nobody wrote one.
    """

    request: Request
    api: str
    path: str
    operation: Operation | None
    written: str = ""


def below_base(url: str) -> tuple[str, str]:
    """Split a URL into its base URL and the path with its query below it.

    The base ends with what names an API version: ``/iam/v1beta1``, ``/platform/v1beta1``, ``/v1`` or
    ``/labs/v1``. Where nothing does, it ends with the host.
    """
    found = _BASE.match(url) or _ORIGIN.match(url)
    end = found.end() if found else 0
    return url[:end], url[end:].partition("#")[0] or "/"


def is_local(url: str) -> bool:
    """Whether a URL is of this machine: what answered there is the sandbox, or no better proof than it."""
    found = _ORIGIN.match(url)
    return found is not None and _is_local(found[0])


@lru_cache(maxsize=1024)
def _is_local(origin: str) -> bool:
    try:
        host = (urlsplit(origin).hostname or "").rstrip(".")
    except ValueError:
        return False  # no machine has such a name
    return host in _LOCAL or host.endswith(".localhost")


def is_sandboxed(exchange: Exchange) -> bool:
    """Whether an exchange is the sandbox's evidence: its answer is marked so, or this machine was called."""
    response = exchange.response
    name, mark = SANDBOX_MARK
    return (response is not None and header(response.headers, name) == mark) or is_local(exchange.request.url)


def shown(exchange: Exchange, filled: Filled) -> Evidence:
    """Return the evidence of a request that was sent, or is supposed; the exchange is redacted."""
    return Evidence.of(exchange, filled.api, filled.operation.id if filled.operation else "")


def held(findings: tuple[Finding, ...], pair: Pair) -> tuple[Finding, ...]:
    """Return the findings of a pair with values that a run can hold: where a body is too large, cut ones."""
    responses = (pair.exchange(side).response for side in Side)
    if all(response is None or len(response.content) <= MOST_HELD for response in responses):
        return findings
    return tuple(
        replace(
            finding,
            difference=replace(
                finding.difference,
                baseline=_cut(finding.difference.baseline),
                candidate=_cut(finding.difference.candidate),
            ),
        )
        for finding in findings
    )


def _cut(value: Json) -> Json:
    size = len(value) if isinstance(value, str) else len(json.dumps(value))
    return value if size <= _LONGEST else f"(left out: {size} characters)"


def question(filled: Mapping[Side, Filled], *, own: bool) -> Question:
    """Return what two requests ask; what only a scenario says is left at its default."""
    baseline, candidate = filled[Side.BASELINE], filled[Side.CANDIDATE]
    operation = baseline.operation or candidate.operation
    return Question(
        name=operation.id if operation else _call(baseline),
        baseline=baseline.operation,
        candidate=candidate.operation,
        own=own,
        authorized=header(baseline.request.headers, "authorization") is not None,
        ordered="sorts=" in baseline.request.url,
    )


def _call(filled: Filled) -> str:
    """Name a call that no contract has, by method and path: the same in every run, and without secrets.

    Values of placeholders and the query differ from run to run, and may be secrets.
    """
    return f"{filled.request.method} {filled.written or filled.path.partition('?')[0]}"


def is_own(filled: Mapping[Side, Filled]) -> bool:
    """Whether each side was asked about a resource of its own: it changes one, or path or body differ.

    The query is not looked at: one that is written otherwise for v1 still asks for the same.
    """
    baseline, candidate = filled[Side.BASELINE], filled[Side.CANDIDATE]
    return (
        any(one.request.method not in SAFE_METHODS for one in (baseline, candidate))
        or baseline.path.partition("?")[0] != candidate.path.partition("?")[0]
        or baseline.request.content != candidate.request.content
    )


def exercised(pair: Pair, asked: Question) -> tuple[Check, ...]:
    """Say which of the guide's four checks a pair exercised.

    Two 401 are about the token, as those of the probes are; every other refusal is about errors.
    """
    answers = [response for side in Side if (response := pair.exchange(side).response)]
    checks = [Check.RESPONSES, Check.BEHAVIOUR]
    if len(answers) == len(Side):
        unauthorized = all(answer.status == 401 for answer in answers)
        if unauthorized or (asked.authorized and all(map(succeeded, answers))):
            checks.append(Check.AUTH)
        elif all(answer.status >= 400 for answer in answers):
            checks.append(Check.ERRORS)
    return tuple(checks)


def succeeded(response: Response) -> bool:
    """Whether the status is 2xx."""
    return 200 <= response.status < 300


def sent_otherwise(filled: Mapping[Side, Filled]) -> Iterator[tuple[str, str]]:
    """Yield the (baseline, candidate) values that the two requests have in the same places.

    Each side's answer is then about its own: an id in the path, a name in the body.
    """
    baseline, candidate = filled[Side.BASELINE], filled[Side.CANDIDATE]
    paths = [one.path.partition("?") for one in (baseline, candidate)]
    segments = [path.split("/") for path, _, _ in paths]
    if len(segments[0]) == len(segments[1]):
        yield from _telling(zip(segments[0], segments[1], strict=True))
    queries = [dict(parse_qsl(query)) for _, _, query in paths]
    shared = ((queries[0][name], queries[1][name]) for name in queries[0] if name in queries[1])
    yield from (pair for pair in _telling(shared) if value_class(pair[0]) in _IDS)
    bodies = [one.request.body for one in (baseline, candidate)]
    if all(body.kind is BodyKind.JSON for body in bodies):
        yield from _telling(_texts(bodies[0].data, bodies[1].data))


def sent_alike(filled: Mapping[Side, Filled]) -> Iterator[str]:
    """Yield the texts that the two requests have alike in the same places of path, query and JSON body."""
    baseline, candidate = filled[Side.BASELINE], filled[Side.CANDIDATE]
    paths = [one.path.partition("?") for one in (baseline, candidate)]
    segments = zip(*(path.split("/") for path, _, _ in paths), strict=False)
    queries = [dict(parse_qsl(query)) for _, _, query in paths]
    shared = ((value, queries[1].get(name, "")) for name, value in queries[0].items())
    bodies = [one.request.body for one in (baseline, candidate)]
    texts = _texts(*(body.data for body in bodies)) if all(b.kind is BodyKind.JSON for b in bodies) else ()
    yield from (first for first, second in chain(segments, shared, texts) if first and first == second)


def told(before: Told, filled: Mapping[Side, Filled], *, apart: bool = False) -> Told:
    """Return what the sides were told before, and with these two requests."""
    return Told(
        alike=before.alike.union(sent_alike(filled)),
        chosen=before.chosen.union(sent_otherwise(filled)),
        apart=apart,
    )


def made_otherwise(pair: Pair) -> Iterator[tuple[str, str]]:
    """Yield the ids that the two answers to a pair of own resources have in the same places."""
    answers = [response for side in Side if (response := pair.exchange(side).response)]
    if len(answers) == len(Side) and all(map(succeeded, answers)):
        old, new = (answer.body for answer in answers)
        if old.kind is BodyKind.JSON and new.kind is BodyKind.JSON:
            for first, second in _telling(_texts(old.data, new.data)):
                if value_class(first) in _IDS and value_class(first) is value_class(second):
                    yield first, second


def _texts(old: Json, new: Json) -> Iterator[tuple[str, str]]:
    """Yield the texts that stand in the same places of two JSON values; of lists, in their order."""
    waiting = [(old, new)]
    while waiting:
        first, second = waiting.pop()
        if isinstance(first, str) and isinstance(second, str):
            yield first, second
        elif isinstance(first, dict) and isinstance(second, dict):
            waiting.extend((value, second[key]) for key, value in first.items() if key in second)
        elif isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
            waiting.extend(zip(first, second, strict=True))


def _telling(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return (pair for pair in pairs if pair[0] != pair[1] and min(map(len, pair)) >= _SHORTEST)
