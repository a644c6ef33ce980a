"""Two lists of deployments compared, against deepdiff on the raw lists."""

from __future__ import annotations

import json
from collections.abc import Iterator

from deepdiff import DeepDiff

from harness.compare import compare
from harness.exchange import Exchange, Json, Pair, Request, Response
from tests.benchmarks.measure import Row, milliseconds
from tests.benchmarks.pairs import changed_deployments, deployments
from tests.benchmarks.workspace import Workspace


def comparing(workspace: Workspace) -> Iterator[Row]:
    """Compare bodies that were read as JSON before: each is read once, and then used by many."""
    count = 100 if workspace.quick else 1000
    old, new = deployments(count)
    _, changed = changed_deployments(count)
    spelled = json.dumps(old, separators=(",", ":"), sort_keys=True)
    for what, bar, second in (
        ("a rename in each", 150, json.dumps(new)),
        ("three changes in each, shuffled", 150, json.dumps(changed)),
        ("the same bytes", 5, json.dumps(old)),
        ("equal in other bytes", None, spelled),
    ):
        yield _row(f"compare {count:,} elements a side, {what}", bar, (json.dumps(old), second), workspace)


def accurate(workspace: Workspace) -> Iterator[Row]:
    """Compare shuffled lists with what deepdiff needs to pair elements rightly; it is quadratic and more."""
    count = 10 if workspace.quick else 50
    old, new = changed_deployments(count)
    pair = Pair(baseline=_exchange(json.dumps(old)), candidate=_exchange(json.dumps(new)))
    before, after = _read(pair.baseline), _read(pair.candidate)

    def theirs() -> object:
        return DeepDiff(
            before,
            after,
            ignore_order=True,
            cutoff_distance_for_pairs=1,
            cutoff_intersection_for_pairs=1,
            report_repetition=True,
        )

    yield Row(
        what=f"compare {count:,} elements a side, three changes in each, shuffled",
        ours=milliseconds(lambda: compare(pair), times=workspace.times),
        theirs=milliseconds(theirs, times=1),
        against="deepdiff, order ignored, accurate settings",
    )


def _row(what: str, bar: float | None, texts: tuple[str, str], workspace: Workspace) -> Row:
    pair = Pair(baseline=_exchange(texts[0]), candidate=_exchange(texts[1]))
    before, after = _read(pair.baseline), _read(pair.candidate)
    return Row(
        what=what,
        ours=milliseconds(lambda: compare(pair), times=workspace.times),
        bar=bar,
        theirs=milliseconds(lambda: DeepDiff(before, after), times=1),
        against="deepdiff on the raw lists",
    )


def _exchange(text: str) -> Exchange:
    headers = (("content-type", "application/json"),)
    return Exchange(
        request=Request(method="GET", url="https://api.astronomer.io/v1/deployments"),
        response=Response(status=200, headers=headers, content=text.encode()),
    )


def _read(exchange: Exchange) -> Json:
    assert exchange.response is not None
    return exchange.response.body.data
