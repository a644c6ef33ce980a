"""A first scenario for an operation, made from the contracts; people make it their own.

What reads takes its ids from lists. What writes makes a resource, changes that one and deletes it, or changes
one that the user names in an environment variable: an example never changes what it happens to find.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from harness.contract import Contract, Operation, Schema
from harness.errors import Problem, UsageError
from harness.exchange import Json
from harness.schema import resolve
from harness.starting.bodies import body_of, names_of, variable
from harness.struct import Struct, field
from harness.variables import parameters, variable_for
from harness.yaml_text import block

_HEAD: Final = (
    "# Written by `harness init` from the contracts. Make it yours: send what your integration sends,"
)
_READS: Final = "# and name under `reads` the fields that it uses."


class Example(Struct, frozen=True, kw_only=True):
    """A scenario file: ``path`` below the directory of scenarios, and its text."""

    path: str
    text: str


class _Plan(Struct, kw_only=True):
    """The steps of an example while they are found: names and operations, in order."""

    steps: list[tuple[str, Operation]] = field(default_factory=list)
    captures: dict[str, tuple[str, str]] = field(default_factory=dict)
    cleanup: Operation | None = None


def example(name: str, baseline: Contract, candidate: Contract) -> Example:
    """Write a first scenario for an operation.

    Raises:
        UsageError: v1beta1 has no such operation, so that there is nothing to compare.
    """
    operation = baseline.operation(name)
    if operation is None:
        what = f"there is no operation `{name[:60]}` in v1beta1"
        if candidate.operation(name):
            what = f"only v1 has {name}: there is nothing to compare it with"
        advice = "Use an id such as ListUsers; `harness coverage` lists them all."
        raise UsageError(Problem(where="OPERATION", what=what, advice=advice))
    return _Writer(baseline, candidate).write(operation)


class _Writer:
    """Writes examples of the operations of one contract."""

    def __init__(self, baseline: Contract, candidate: Contract) -> None:
        self.baseline = baseline
        self.candidate = candidate

    def write(self, operation: Operation) -> Example:
        plan = _Plan()
        if operation.method == "GET":
            self._read(plan, operation)
        else:
            self._change(plan, operation)
        family = _family(operation)
        kind = "read" if operation.method == "GET" else "write"
        lines = [_HEAD, _READS, f"scenario: {_words(operation.id)}", f"tags: [{family}, {kind}]", "steps:"]
        for name, each in plan.steps:
            lines += self._step(name, each, plan)
        lines += self._checks([each for _, each in plan.steps])
        if plan.cleanup:
            lines += ["cleanup:", *self._step("clean up", plan.cleanup, plan)]
        file = "-".join(re.findall(r"[A-Z][a-z0-9]*", operation.id)).lower()
        return Example(path=f"{family}/{file}.yaml", text="\n".join(lines) + "\n")

    def _read(self, plan: _Plan, operation: Operation) -> None:
        """Put the lists before an operation that give the ids of its path."""
        for parent, parameter in self._owners(operation):
            listing = self.baseline.find("GET", parent)
            lists = self.baseline.lists(listing) if listing else ()
            if listing and lists and listing.id not in plan.captures:
                self._read(plan, listing)
                # An answer may have several lists; that of the path's own name is the one.
                own = parent.rpartition("/")[2]
                items = own if own in lists else lists[0]
                plan.captures[listing.id] = (variable_for(parameter), f"$.{items}[0].id")
        plan.steps.append((_words(operation.id).lower(), operation))

    def _change(self, plan: _Plan, operation: Operation) -> None:
        """Make the resource that an operation changes, and delete it in the end."""
        maker, parameter = self._maker(operation)
        if maker:
            plan.steps.append((_words(maker.id).lower(), maker))
            plan.captures[maker.id] = (variable_for(parameter), f"$.{self._id_of(maker, parameter)}")
            plan.cleanup = self._deleter(maker)
        if adder := self._adder(operation):
            plan.steps.append((_words(adder.id).lower(), adder))
        if operation != maker:
            plan.steps.append((_words(operation.id).lower(), operation))

    def _maker(self, operation: Operation) -> tuple[Operation | None, str]:
        """Return the operation that makes what an operation is about, and the parameter with its id."""
        deleter = self._deleter(operation)
        if operation.id.startswith("Create") and deleter:
            return operation, parameters(deleter.path)[-1]
        for parent, parameter in reversed(list(self._owners(operation))):
            found = self.baseline.find("POST", parent)
            if found and found.id.startswith("Create"):
                return found, parameter
        return None, ""

    def _id_of(self, maker: Operation, parameter: str) -> str:
        """Return the property of what was made that has its id: the path's own name, if there is no `id`."""
        schemas = self.baseline.apis[maker.api].schemas
        answers = maker.responses.get("200", {}).get("application/json", Schema())
        names = resolve(schemas, answers).properties
        return parameter if parameter in names and "id" not in names else "id"

    def _adder(self, operation: Operation) -> Operation | None:
        """Return the operation that adds what another one removes again: a member that is there already."""
        parent, _, last = operation.path.rpartition("/")
        found = self.baseline.find("POST", parent) if operation.method == "DELETE" and "{" in last else None
        return found if found and found.id.startswith("Add") else None

    def _deleter(self, maker: Operation) -> Operation | None:
        return self.baseline.find("DELETE", f"{maker.path}/{{id}}")

    def _owners(self, operation: Operation) -> Iterator[tuple[str, str]]:
        """Yield the path of the list and the parameter of each id in a path, beside the organization's."""
        for parameter in parameters(operation.path):
            if parameter != "organizationId":
                yield operation.path.partition(f"/{{{parameter}}}")[0], parameter

    def _step(self, name: str, operation: Operation, plan: _Plan) -> Iterator[str]:
        yield f"  - name: {name}"
        yield f"    operation: {operation.id}"
        twin = self.candidate.operation(operation.id)
        if twin is None:
            yield "    unsupported: true"
        yield from self._request(operation, plan)
        body = body_of(self.baseline.apis[operation.api], operation)
        if twin and isinstance(body, dict) and body.keys() - names_of(self.candidate.apis[twin.api], twin):
            # v1 has another name for something of it.
            yield from block("candidate", {"body": body_of(self.candidate.apis[twin.api], twin)}, 4)
        if operation.id in plan.captures:
            variable_name, path = plan.captures[operation.id]
            yield f'    capture: {{{variable_name}: "{path}"}}'

    def _request(self, operation: Operation, plan: _Plan) -> Iterator[str]:
        captured = {name for name, _ in plan.captures.values()} | {"organization_id"}
        path: dict[str, Json] = {
            parameter: f"${{env:{variable(parameter)}}}"
            for parameter in parameters(operation.path)
            if variable_for(parameter) not in captured
        }
        query: dict[str, Json] = {
            each.name: each.schema.enum[0] if each.schema.enum else f"${{env:{variable(each.name)}}}"
            for each in operation.parameters
            if each.location == "query" and each.required
        }
        if any(each.name == "limit" for each in operation.parameters):
            query["limit"] = 20
        body = body_of(self.baseline.apis[operation.api], operation)
        parts = [("path", path), ("query", query), ("body", body)]
        written = {key: value for key, value in parts if value or (key == "body" and value == {})}
        if written:
            yield "    request:"
        for key, value in written.items():
            yield from block(key, value, 6)

    def _checks(self, operations: Sequence[Operation]) -> Iterator[str]:
        """Ask for the probes that start from what reads, where v1 has it, too."""
        reads = [each for each in operations if each.method == "GET" and self.candidate.operation(each.id)]
        if not reads:
            return
        errors = ["not-found"] if any(each.path.endswith("}") for each in reads) else []
        if any(parameter.name == "limit" for each in reads for parameter in each.parameters):
            errors.append("invalid-query")
        yield "checks:"
        yield "  auth: [missing, malformed, invalid]"
        if errors:
            yield f"  errors: [{', '.join(errors)}]"


def _family(operation: Operation) -> str:
    """Return the last part of a path that names a kind of resource."""
    literals = [part for part in operation.path.split("/") if part and "{" not in part]
    found = [part for part in literals if part.endswith("s")] or literals
    return found[-1]


def _words(name: str) -> str:
    """Write ``ListApiTokens`` as ``List api tokens``."""
    return " ".join(re.findall(r"[A-Z][a-z0-9]*", name)).capitalize()
