"""How a probe is undone that was accepted: what it made is deleted, or the step itself is sent again."""

from __future__ import annotations

from collections.abc import Mapping

from harness.contract import Contract
from harness.creation import id_property
from harness.exchange import Side
from harness.probes.known import UNKNOWN_ID, Known, WrittenPath
from harness.scenario import RequestSpec, Step
from harness.struct import Struct, field
from harness.variables import parameters


class Undo(Struct, frozen=True, kw_only=True):
    """The step that undoes an accepted probe, on the side that accepted it.

    ``capture`` is what the probe takes from the answer for it: the id of what it made, by the name of a
    variable that no scenario can have. It is empty where nothing is made and the step is sent as it is.
    """

    step: Step
    capture: Mapping[str, str] = field(default_factory=dict)


def creates(known: Known, contracts: Mapping[Side, Contract]) -> bool:
    """Whether a step makes something: it posts to where one contract has single resources below."""
    if known.method != "POST":
        return False
    paths = ((Side.BASELINE, known.baseline.path), (Side.CANDIDATE, known.candidate.path))
    return any(
        contracts[side].find(method, f"{path}/{UNKNOWN_ID}")
        for side, path in paths
        for method in ("GET", "DELETE")
    )


def undo_of(known: Known, contracts: Mapping[Side, Contract], name: str) -> Undo | None:
    """Return how the probe of that name is undone, None where the contracts give no way."""
    if creates(known, contracts):
        return _deletion(known, contracts, f"made by {name}")
    if known.names_one and known.method in {"POST", "PUT", "PATCH"}:
        return Undo(step=known.step)
    return None


def _deletion(known: Known, contracts: Mapping[Side, Contract], variable: str) -> Undo | None:
    old, new = (
        contracts[side].find("DELETE", f"{operation.path}/{UNKNOWN_ID}")
        for side, operation in ((Side.BASELINE, known.baseline), (Side.CANDIDATE, known.candidate))
    )
    if old is None or new is None or old.id != new.id:
        return None
    parameter = parameters(old.path)[-1]
    found = [
        id_property(contracts[side], operation, parameter)
        for side, operation in ((Side.BASELINE, known.baseline), (Side.CANDIDATE, known.candidate))
    ]
    if not found[0] or found[0] != found[1]:
        return None
    value = f"${{{variable}}}"
    request, candidate = known.step.request, known.step.candidate
    changed = RequestSpec(
        path=_below(candidate.path, parameter, value) if candidate.path else {}, headers=candidate.headers
    )
    step = known.step.model_copy(
        update={
            "operation": known.step.operation and old.id,
            "request": RequestSpec(
                method=None if known.step.operation else "DELETE",
                path=_below(request.path, parameter, value),
                headers=request.headers,
            ),
            "candidate": changed,
        }
    )
    return Undo(step=step, capture={variable: f"$.{found[0]}"})


def _below(path: WrittenPath, parameter: str, value: str) -> WrittenPath:
    return f"{path.rstrip('/')}/{value}" if isinstance(path, str) else {**path, parameter: value}
