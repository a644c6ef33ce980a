"""What shows only when the keys of a scenario are seen together: variables, operations, rules.

The checks look at the data as it was written, not at the model: so they speak of the whole file even
where a part of it does not fit the model, and they know the line of everything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from harness.contract import Contract, Operation
from harness.document import NodePath
from harness.errors import Problem
from harness.exchange import Json
from harness.scenario.definitions import Names, check_definitions, check_name, placeholders_in
from harness.scenario.mistakes import nearest, suggestion
from harness.scenario.model import RequestSpec, Step
from harness.scenario.sources import Source, StepSource, listing, mapping
from harness.variables import parameters, variable_for

_SAFE_METHODS = ("GET", "HEAD")
_FILLED = ("request", "candidate", "poll", "capture")
"""The keys of a step whose strings are filled, besides those of ``foreach``."""


def check_scenario(
    main: Source,
    steps: Sequence[StepSource],
    cleanup: Sequence[StepSource],
    contracts: Collection[Contract],
    rules: Collection[str],
) -> Iterator[Problem]:
    """Yield every mistake that the model does not know of; ``rules`` are the known ids."""
    names = Names()
    captures = {name for step in (*steps, *cleanup) for name in mapping(mapping(step.raw).get("capture"))}
    yield from check_definitions(main, names, captures)
    data = mapping(main.document.data)
    yield from check_rules(data.get("accept"), main, ("accept",), rules)
    if data.get("unsupported") is True and any(mapping(data.get("checks")).values()):
        what = "`checks` of an unsupported scenario have no v1 side to compare with"
        yield Problem(where=main.where(("checks",)), what=what, advice="Remove `checks`.")
    for step in (*steps, *cleanup):
        yield from _StepCheck(step, names.defined, captures, contracts).problems()
        yield from check_rules(mapping(step.raw).get("accept"), step.source, (*step.place, "accept"), rules)
        for name in mapping(mapping(step.raw).get("capture")):
            yield from names.add(name, step.where("capture", name), "capture")


def check_rules(accept: Json, source: Source, place: NodePath, rules: Collection[str]) -> Iterator[Problem]:
    """Yield a problem for every acceptance in a list whose rule is not one of ``rules``."""
    for index, raw in enumerate(listing(accept)):
        rule = mapping(raw).get("rule")
        if isinstance(rule, str) and rule.strip() and rule not in rules:
            near = nearest(rule, rules)
            advice = f"Write `{near}`." if near else "Copy the rule from the finding."
            where = source.where((*place, index, "rule"))
            yield Problem(where=where, what=f"there is no rule `{rule}`", advice=advice)


class _StepCheck:
    """The checks of one step, with the variables that have a value when it runs."""

    def __init__(
        self,
        step: StepSource,
        defined: dict[str, str],
        captures: Collection[str],
        contracts: Collection[Contract],
    ) -> None:
        self.step = step
        self.known = dict(defined)
        self.captures = captures
        self.contracts = contracts
        self.raw = mapping(step.raw)
        self.request = mapping(self.raw.get("request"))
        self.candidate = mapping(self.raw.get("candidate"))

    def problems(self) -> Iterator[Problem]:
        yield from self._foreach()
        for key in _FILLED:
            yield from self._placeholders((key,), self.raw.get(key))
        operation = self.raw.get("operation")
        if isinstance(operation, str) and operation.strip():
            yield from self._operation(operation)
        elif operation is None and isinstance(self.step.raw, dict):
            yield from self._endpoint()
        yield from self._poll()
        if self.raw.get("walk") not in (None, False):
            yield from self._walk()
        if self.raw.get("again") is True:
            yield from self._again()

    def _placeholders(self, place: NodePath, value: Json) -> Iterator[Problem]:
        for below, name in placeholders_in(value, place):
            hint = "Capture it in a step before this one." if name in self.captures else ""
            yield from check_name(name, self.known, self.step.where(*below), hint)

    def _foreach(self) -> Iterator[Problem]:
        foreach = mapping(self.raw.get("foreach"))
        yield from self._placeholders(("foreach", "in"), foreach.get("in"))
        element = foreach.get("as")
        if isinstance(element, str):
            yield from Names(self.known).add(element, self.step.where("foreach", "as"), "variable")
        if foreach and self.raw.get("capture"):
            what = "a step with `foreach` cannot capture: each element would overwrite the one before"
            advice = "Capture in a step of its own."
            yield Problem(where=self.step.where("capture"), what=what, advice=advice)

    def _operation(self, name: str) -> Iterator[Problem]:
        for key in ("method", "path"):
            if isinstance(self.request.get(key), str):
                what = f"`operation` already says the {key}"
                advice = f"Remove `{key}`, or `operation`."
                yield Problem(where=self.step.where("request", key), what=what, advice=advice)
        if not self.contracts:
            return
        found = next((known for contract in self.contracts if (known := contract.operation(name))), None)
        if found:
            yield from self._parameters(found)
            return
        ids = [operation.id for contract in self.contracts for operation in contract.operations]
        near = nearest(name, ids)
        advice = f"Write `{near}`." if near else "Write `method` and `path` under `request` instead."
        what = f"there is no operation `{name}` in v1beta1 or v1"
        yield Problem(where=self.step.where("operation"), what=what, advice=advice)

    def _parameters(self, operation: Operation) -> Iterator[Problem]:
        wanted = parameters(operation.path)
        given = mapping(self.request.get("path"))
        for key, path in (("request", given), ("candidate", mapping(self.candidate.get("path")))):
            for name in path:
                if name not in wanted:
                    what = f"`{name}` is no path parameter of {operation.id}"
                    where = self.step.where(key, "path", name)
                    yield Problem(where=where, what=what, advice=suggestion(name, wanted))
        for name in wanted:
            variable = variable_for(name)
            if given.get(name) is None and name not in self.known and variable not in self.known:
                what = f"{operation.id} needs the path parameter `{name}`"
                advice = f"Capture or define `{variable}`, or write `request: {{path: {{{name}: ...}}}}`."
                yield Problem(where=self.step.where("operation"), what=what, advice=advice)

    def _endpoint(self) -> Iterator[Problem]:
        """Check a step without ``operation``: it needs a method and a path."""
        if _misspelt(self.raw, Step, "operation", "request"):
            return
        if "request" not in self.raw:
            what = "a step needs `operation`, or `request` with `method` and `path`"
            yield Problem(
                where=self.step.where(), what=what, advice="Write for example `operation: ListUsers`."
            )
            return
        for key, example in (("method", "GET"), ("path", "/organizations/${organization_id}/users")):
            if key not in self.request and not _misspelt(self.request, RequestSpec, key):
                what = f"a request without `operation` needs `{key}`"
                advice = f"Write for example `{key}: {example}`."
                yield Problem(where=self.step.where("request"), what=what, advice=advice)
        for key in ("request", "candidate"):
            if isinstance(mapping(self.raw.get(key)).get("path"), dict):
                what = "without `operation`, the path has no parameters to give values to"
                yield Problem(where=self.step.where(key, "path"), what=what, advice="Write the path as text.")

    def _poll(self) -> Iterator[Problem]:
        method = self._method()
        if self.raw.get("poll") is not None and method and method not in _SAFE_METHODS:
            what = f"`poll` would repeat a {method}, which changes something each time"
            advice = "Poll with a GET in a step of its own."
            yield Problem(where=self.step.where("poll"), what=what, advice=advice)

    def _walk(self) -> Iterator[Problem]:
        where, method = self.step.where("walk"), self._method()
        if method and method != "GET":
            what = f"`walk` reads pages with GET, and the step is a {method}"
            yield Problem(where=where, what=what, advice="Walk in a step that lists something.")
            return
        if self.raw.get("poll") is not None:
            what = "a step has either `walk` or `poll`"
            yield Problem(where=where, what=what, advice="Poll in a step before this one.")
        known = [(contract, found) for contract in self.contracts if (found := self._known(contract))]
        for _, operation in known[:1]:
            if not any(each.name == "offset" for each in operation.parameters):
                what = f"{operation.id} takes no `offset`, so there are no pages to walk"
                yield Problem(where=where, what=what, advice="Remove `walk`.")
                return
        lists = {contract.lists(operation) for contract, operation in known}
        if not mapping(self.raw.get("walk")).get("items") and not any(len(names) == 1 for names in lists):
            names = sorted({name for each in lists for name in each}) or ["tokens"]
            what = (
                "nothing says which list is walked" if not any(lists) else "there are several lists to walk"
            )
            paths = " or ".join(f'`walk: {{items: "$.{name}"}}`' for name in names)
            yield Problem(where=where, what=what, advice=f"Write {paths}.")

    def _again(self) -> Iterator[Problem]:
        if self._method() == "POST" and self.raw.get("capture"):
            what = "`again` would make a second one of what this step captures, and nothing would remove it"
            advice = "Repeat an update or a DELETE; a creation is not idempotent."
            yield Problem(where=self.step.where("again"), what=what, advice=advice)

    def _known(self, contract: Contract) -> Operation | None:
        """Return the step's operation in a contract, by its id or by its path."""
        operation, path = self.raw.get("operation"), self.request.get("path")
        if isinstance(operation, str):
            return contract.operation(operation)
        return contract.find("GET", path) if isinstance(path, str) else None

    def _method(self) -> str:
        """Return the step's method, empty if it cannot be known."""
        operation, method = self.raw.get("operation"), self.request.get("method")
        if isinstance(operation, str):
            found = (contract.operation(operation) for contract in self.contracts)
            return next((known.method for known in found if known), "")
        return method if isinstance(method, str) else ""


def _misspelt(raw: dict[str, Json], model: type[Step | RequestSpec], *keys: str) -> bool:
    """Whether a key is there under a wrong name, which the model complains of already."""
    return any(nearest(key, model.model_fields) in keys for key in raw if key not in model.model_fields)
