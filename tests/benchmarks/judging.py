"""Pairs compared and judged: how much a pair costs, how that grows, and how much memory it takes."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from time import perf_counter

from harness.compare import compare
from harness.contract import V1, V1BETA1, load_contract
from harness.exchange import Exchange, Pair, Response, Side
from harness.judge import Judge, Question
from harness.struct import replace
from tests.benchmarks.measure import Row
from tests.benchmarks.pairs import changed_deployments, sample
from tests.benchmarks.workspace import Workspace

_SIZES = (10, 100, 1_000, 10_000)
_LINEAR = 1.5


def judging(workspace: Workspace) -> Iterator[Row]:
    """Judge small pairs, then larger and larger ones; the bodies are read within the time."""
    judge = Judge(baseline=load_contract(V1BETA1), candidate=load_contract(V1))
    count = 100 if workspace.quick else 10_000
    asked = _question(judge, "GetApiToken")
    # A run does not keep the pairs that it is done with.
    taken = sum(_taken(partial(_judged, judge, _small(number), asked)) for number in range(count))
    yield Row(what=f"judge {count:,} small pairs, a pair", ours=1000 * taken / count, bar=0.5)
    yield from _growth(judge, workspace)
    yield _memory(judge, workspace)


def _growth(judge: Judge, workspace: Workspace) -> Iterator[Row]:
    """Print what an element costs; from a hundred on, it should be the same."""
    asked = _question(judge, "ListDeployments")
    first = 0.0
    for size in _SIZES[:2] if workspace.quick else _SIZES:
        old, new = changed_deployments(size)
        texts = json.dumps(old), json.dumps(new)
        rounds = []
        for _ in range(workspace.times):
            pair = _pair(texts)
            rounds.append(_taken(partial(_judged, judge, pair, asked)))
        cost = 1_000_000 * median(rounds) / size
        first = cost if size == 100 else first
        bar = _LINEAR * first if first and size > 100 else None
        yield Row(what=f"judge {size:,} elements a side, an element", ours=cost, bar=bar, unit="us")


def _memory(judge: Judge, workspace: Workspace) -> Row:
    """Measure the peak while a pair of large bodies is read, compared and judged, beside the read bodies."""
    count = 100 if workspace.quick else 1_000
    old, new = changed_deployments(count)
    texts = json.dumps(old), json.dumps(new)
    asked = _question(judge, "ListDeployments")
    bodies, _ = _peak(lambda: [json.loads(text) for text in texts])
    _, peak = _peak(lambda: _judged(judge, _pair(texts), asked))
    what = f"peak memory of judging {count:,} elements a side, times the bodies as read"
    return Row(what=what, ours=peak / bodies, bar=5, unit="x")


def _peak(work: Callable[[], object]) -> tuple[int, int]:
    """Return the bytes that are in use after some work, with its result alive, and the most that were."""
    tracemalloc.start()
    result = work()
    used, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del result
    return used, peak


def _taken(work: Callable[[], object]) -> float:
    """Return the seconds that some work takes."""
    began = perf_counter()
    work()
    return perf_counter() - began


def _judged(judge: Judge, pair: Pair, asked: Question) -> object:
    return judge.findings(pair, compare(pair), asked)


def _pair(texts: tuple[str, str]) -> Pair:
    """Make a pair of answers that nobody has read yet."""
    made: list[Exchange] = []
    for text, like in zip(texts, sample(0, "ListDeployments").exchanges.values(), strict=True):
        assert like.response is not None
        headers = like.response.headers
        made.append(replace(like, response=Response(status=200, headers=headers, content=text.encode())))
    return Pair(baseline=made[0], candidate=made[1])


def _small(number: int) -> Pair:
    exchanges = sample(number, "GetApiToken").exchanges
    return Pair(baseline=exchanges[Side.BASELINE], candidate=exchanges[Side.CANDIDATE])


def _question(judge: Judge, operation: str) -> Question:
    old, new = (contract.operation(operation) for contract in (judge.baseline, judge.candidate))
    return Question(name=operation, baseline=old, candidate=new)
