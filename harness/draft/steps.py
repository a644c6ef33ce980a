"""Folds become the steps of a scenario: placeholders in requests, captures in answers, what to review."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from harness.contract import Contract
from harness.contract_diff import ContractDiff, OperationDiff, Part, refused_values
from harness.creation import creation_of
from harness.difference import segments
from harness.draft.calls import TOKEN, Call, Slot, path_to, replaced, texts
from harness.draft.fields import AUTHORIZATION, credential_of, is_condition, is_of_role, is_sendable
from harness.draft.folding import Fold, Shape
from harness.draft.links import ORGANIZATION, Links, Origin, name_for
from harness.draft.pages import MOST_PAGES
from harness.exchange import Json
from harness.judge import Judge
from harness.landing import where
from harness.redact.names import PLACEHOLDER
from harness.rules import Severity
from harness.struct import Struct, field
from harness.variables import ENVIRONMENT, escape, variable_for

_TIMES = 20
"""How many times longer than it was recorded a poll may take."""

_MANY_PAGES = 50
_ROOM = 2
"""How many times more pages than were recorded a walk may read, where there are many."""


class Written(Struct, kw_only=True):
    """A step as it will be written: its keys in order, and comments that stand above it."""

    keys: dict[str, Json]
    comments: list[str] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    deletes: Origin | None = None


class Made(Struct, kw_only=True):
    """The steps of one flow; ``used`` are the values from outside that their replay needs."""

    steps: list[Written]
    cleanup: list[Written]
    variables: dict[str, Json]
    used: dict[str, Json]
    review: list[str]


class Maker:
    """Makes the steps of one flow."""

    def __init__(self, folds: Sequence[Fold], links: Links, diff: ContractDiff, judge: Judge) -> None:
        """Take the folds in order, and what the judge's contracts document differently."""
        self._folds = folds
        self._written = {call.number: fold for fold in folds for call in fold.answers}
        self._links = links
        self._judge = judge
        self._contracts = diff
        self._diff: Mapping[str, OperationDiff] = {each.id: each for each in diff.operations}
        self._names: dict[object, str] = {}
        self._taken: set[str] = {"organization_id", "run_id", "side"}
        self._captures: dict[int, dict[str, str]] = {}
        self._variables: dict[str, Json] = {}
        self._used: dict[str, Json] = {}
        self._review: list[str] = []

    def make(self) -> Made:
        """Make them."""
        steps = [self._step(fold) for fold in self._folds]
        for written in steps:
            captures = self._captures.get(written.calls[0].number, {})
            if captures:
                written.keys["capture"] = dict(captures)
        cut = self._cleanup_from(steps)
        return Made(
            steps=steps[:cut],
            cleanup=steps[cut:],
            variables=self._variables,
            used=self._used,
            review=list(dict.fromkeys(self._review)),
        )

    def _step(self, fold: Fold) -> Written:
        call = fold.first
        written = Written(keys={"operation": call.operation.id}, calls=list(fold.calls))
        loop = self._loop(fold)
        request = self._request(call, loop)
        if request:
            written.keys["request"] = request
        self._candidate(call, request, written)
        asked = fold.first if fold.shape is Shape.WALK else fold.calls[-1]
        written.keys["expect"] = {"status": asked.status}
        if fold.shape is Shape.EACH:
            name = next(iter(loop.values()))
            written.keys["foreach"] = {"as": name, "in": self._list(fold, name)}
        elif fold.shape is Shape.POLL:
            written.keys["poll"] = _poll(fold)
        elif fold.shape is Shape.WALK:
            written.keys["walk"] = _walk(fold)
        if fold.repeats:
            written.comments.append(f"Recorded {len(fold.repeats) + 1} times with the same answer.")
        refused = sum(each.refused for each in fold.calls)
        if refused:
            written.comments.append(
                f"A limit or a gateway refused it {refused} times before it was answered."
            )
        written.deletes = self._deleted(call)
        return written

    def _loop(self, fold: Fold) -> dict[Slot, str]:
        """Return the variable of a foreach for each slot that it fills."""
        if fold.shape is not Shape.EACH:
            return {}
        name = self._name(("each", fold.first.number), name_for(fold.first, fold.slots[0]))
        return dict.fromkeys(fold.slots, name)

    def _list(self, fold: Fold, name: str) -> Json:
        if fold.source is None:
            return escape(list(fold.values))
        call, place = fold.source
        path = path_to(place, every=True)
        answered = self._written.get(call.number)
        number = answered.first.number if answered is not None else call.number
        listed = self._name(("list", number, path), f"{name}s")
        self._captures.setdefault(number, {})[listed] = path
        return f"${{{listed}}}"

    def _name(self, key: object, wanted: str) -> str:
        """Return the variable of a value; another value that wants the same name gets a number."""
        if key not in self._names:
            name, number = wanted, 1
            while name in self._taken:
                number += 1
                name = f"{wanted}_{number}"
            self._taken.add(name)
            self._names[key] = name
        return self._names[key]

    def _value(self, call: Call, slot: Slot, value: str, loop: Mapping[Slot, str]) -> str:
        """Write what fills a slot."""
        if slot in loop:
            return f"${{{loop[slot]}}}"
        if value == self._links.organization:
            self._used["organization_id"] = value
            return "${organization_id}"
        origin = self._links.of(call, slot)
        answered = self._written.get(origin.call.number) if origin is not None else None
        place = answered.place(origin) if origin is not None and answered is not None else None
        if answered is not None and place is not None:
            path, number = path_to(place), answered.first.number
            name = self._name((number, path), name_for(call, slot))
            self._captures.setdefault(number, {})[name] = path
            return f"${{{name}}}"
        if slot[0] == "path":
            name = self._name(("constant", value), name_for(call, slot))
            self._variables[name] = escape(value)
            if not call.safe:
                self._review.append(
                    f"{call.operation.id} changes what was there before: `{name}` in `vars` is what the "
                    "recording names, give it one that may be changed."
                )
            return f"${{{name}}}"
        if PLACEHOLDER.fullmatch(value):
            return self._secret(call, slot, value)
        if PLACEHOLDER.search(value):
            self._review.append(f"A secret was part of `{name_for(call, slot)}` of {call.operation.id}.")
        return str(escape(value))

    def _secret(self, call: Call, slot: Slot, value: str) -> str:
        name = value[1:-1] if value.startswith("[") else _secret_name(call, slot)
        name = self._name(("secret", value), name)
        self._used[f"{ENVIRONMENT}{name}"] = value
        self._review.append(f"The recording does not hold secrets: set the environment variable {name}.")
        return f"${{{ENVIRONMENT}{name}}}"

    def _request(self, call: Call, loop: Mapping[Slot, str]) -> dict[str, Json]:
        request: dict[str, Json] = {}
        path: dict[str, Json] = {}
        for name, value in call.path.items():
            filled = self._value(call, ("path", name), value, loop)
            if filled != f"${{{variable_for(name)}}}":
                path[name] = filled
        if path:
            request["path"] = path
        if call.query:
            request["query"] = self._query(call, loop)
        headers = self._headers(call, loop)
        if headers:
            request["headers"] = headers
        if call.sends:
            body = escape(call.body)
            for place, value in texts(call.body):
                body = replaced(body, place, self._value(call, ("body", *place), value, loop))
            request["body"] = body
        return request

    def _headers(self, call: Call, loop: Mapping[Slot, str]) -> dict[str, Json]:
        headers: dict[str, Json] = {}
        if call.token is None:
            headers[AUTHORIZATION] = None
        elif TOKEN in loop or self._links.of(call, TOKEN) is not None:
            scheme, credential = credential_of(call.token)
            headers[AUTHORIZATION] = scheme + self._value(call, TOKEN, credential, loop)
        elif is_of_role(credential_of(call.token)[1]):
            scheme, credential = credential_of(call.token)
            headers[AUTHORIZATION] = scheme + self._secret(call, TOKEN, credential)
        for name, value in call.fields:
            if not is_sendable(name, value):
                self._review.append(f"The header field {name} of {call.operation.id} is not sent.")
                continue
            headers[name] = self._value(call, ("header", name), value, loop)
            if is_condition(name):
                self._review.append(
                    f"{call.operation.id} is sent with the recorded {name}: live, it fits another answer."
                )
        return headers

    def _query(self, call: Call, loop: Mapping[Slot, str]) -> dict[str, Json]:
        query: dict[str, Json] = {}
        for index, (name, value) in enumerate(call.query):
            filled = self._value(call, ("query", index), value, loop)
            written: Json = _number(filled)
            if name in query:
                earlier = query[name]
                query[name] = [*(earlier if isinstance(earlier, list) else [earlier]), written]
            else:
                query[name] = written
        return query

    def _candidate(self, call: Call, request: Mapping[str, Json], written: Written) -> None:
        """Propose what v1 is to be sent where its contract takes something else, or say what to do."""
        found = self._diff[call.operation.id]
        if found.candidate is None:
            contracts = self._judge.baseline, self._judge.candidate
            landing = where(call.operation.method, call.operation.path, *contracts)
            written.keys["unsupported"] = True
            written.comments += [f"v1 does not support {call.operation.id}.", *landing.advice]
            return
        body, says = request.get("body"), list[str]()
        query: dict[str, Json] = {}
        refused = {
            path
            for each in written.calls
            for path in refused_values(each.exchange.request, found, self._contracts)
        }
        for each in found.documented:
            finding = each.finding
            place = segments(finding.difference.path)
            if finding.severity is not Severity.BREAKING or each.part not in {Part.REQUEST, Part.PARAMETER}:
                continue
            if each.by_value and finding.difference.path not in refused:
                continue
            name = place[-1]
            if each.part is Part.PARAMETER and any(name == given for given, _ in call.query):
                query[name] = None
                says.append(finding.explanation)
            elif len(place) == 3 and isinstance(body, dict) and name in body:
                newer = segments(finding.difference.to)[-1] if finding.difference.to else ""
                body = {
                    newer if key == name else key: value
                    for key, value in body.items()
                    if key != name or newer
                }
                says.append(finding.explanation)
        if says:
            candidate: dict[str, Json] = {"query": query} if query else {}
            if body != request.get("body"):
                candidate["body"] = body
            written.keys["candidate"] = candidate
            written.comments += [f"review: {said}" for said in says]
            self._review.append("What v1 is sent instead is a proposal: look at each `candidate:`.")

    def _deleted(self, call: Call) -> Origin | None:
        """Return what a DELETE unmakes, where a call of this flow made it."""
        if call.operation.method != "DELETE":
            return None
        last = list(call.path)[-1]
        origin = self._links.of(call, ("path", last)) if last != ORGANIZATION else None
        return origin if origin is not None and not origin.call.safe else None

    def _cleanup_from(self, steps: Sequence[Written]) -> int:
        """Return where the steps begin that do nothing but unmake what this flow made."""
        cut = len(steps)
        while cut > 1 and steps[cut - 1].deletes is not None and steps[cut - 1].calls[0].status // 100 == 2:
            cut -= 1
        return cut


def _walk(fold: Fold) -> Json:
    walk: dict[str, Json] = {}
    if fold.pages is not None and not fold.pages.beyond:
        walk["beyond"] = False
    if len(fold.calls) > _MANY_PAGES:
        walk["pages"] = min(_ROOM * len(fold.calls), MOST_PAGES)
    return walk or True


def _secret_name(call: Call, slot: Slot) -> str:
    """Return the environment variable for a secret: of `{key, value}`, by the key.

    It gets an end of its own: who runs the draft may have set what only goes by the key for something else.
    """
    beside: Json = call.body
    for part in slot[1:-1] if slot[0] == "body" and slot[-1] == "value" else ():
        beside = beside[part] if isinstance(beside, dict | list) else None  # type: ignore[index]
    key = beside.get("key") if isinstance(beside, dict) else None
    if isinstance(key, str) and re.fullmatch(r"[A-Za-z_]\w*", key, re.ASCII):
        return f"{key.upper()}_VALUE"
    return name_for(call, slot).upper()


def _number(filled: str) -> Json:
    """Write numbers and truth values of a query as such."""
    if re.fullmatch(r"0|[1-9]\d{0,14}", filled):
        return int(filled)
    return {"true": True, "false": False}.get(filled, filled)


def _poll(fold: Fold) -> Json:
    until: dict[str, Json] = {"status": fold.calls[-1].status}
    if fold.until is not None:
        until = {"path": path_to(fold.until[0]), "equals": escape(fold.until[1])}
    return {
        "until": until,
        "every": fold.every,
        "timeout": max(round(_TIMES * fold.every * len(fold.calls)), 10),
    }


def unmade(made: Made, contract: Contract) -> Iterator[Call]:
    """Yield the calls that made something which nothing of the flow deletes."""
    deleted = {
        id(written.deletes.call) for written in (*made.steps, *made.cleanup) if written.deletes is not None
    }
    for written in made.steps:
        for call in written.calls:
            own = _made(call, contract)
            if own and own not in call.path.values() and id(call) not in deleted:
                yield call


def _made(call: Call, contract: Contract) -> Json:
    """Return the id of what a call made: the one that its contract names, or ``id``; None where none."""
    if call.operation.method != "POST" or not isinstance(call.answer, dict):
        return None
    creation = creation_of((contract,), call.operation.method, call.operation.path)
    return (creation.id_of(call.answer) if creation else "") or call.answer.get("id")
