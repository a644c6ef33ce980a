"""Puts an acceptance into the text of a scenario; every other character stays as somebody wrote it."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence

from harness.document import DocumentError, NodePath, Span, read_document, span_of
from harness.errors import Problem, ScenarioError
from harness.exchange import Json
from harness.scenario.model import Acceptance
from harness.yaml_text import block, flow, item

_KEY = "accept"
_BREAK = r"(?:\r\n|[\n\r\x85\u2028\u2029])"
_LINE = re.compile(rf".*?{_BREAK}|.+\Z", re.DOTALL)
_ENDED = re.compile(rf"{_BREAK}\Z")


def find_step(text: str, where: str, line: int, name: str) -> NodePath | None:
    """Return the place of the step that begins on a line of a file, from 1; None where none of the name does.

    ``name`` is that of its result, which may end with the number of an element.

    Raises:
        DocumentError: the text is no document.
    """
    document = read_document(text, where)
    data = document.data if isinstance(document.data, dict) else {}
    for key in ("steps", "cleanup"):
        steps = data.get(key)
        for index in range(len(steps) if isinstance(steps, list) else 0):
            if document.line((key, index)) == line and name.startswith(_name(_at(data, (key, index)))):
                return key, index
    return None


def _name(step: Json) -> str:
    """Return the name that a step has, whatever it is made of."""
    written = step if isinstance(step, dict) else {}
    request = written.get("request")
    spec = request if isinstance(request, dict) else {}
    call = f"{spec.get('method')} {spec.get('path')}"
    return str(written.get("name") or written.get("operation") or call)


def acceptances_in(text: str, where: str, step: NodePath) -> tuple[Acceptance, ...]:
    """Return the acceptances of a step, each with its place.

    Raises:
        DocumentError: the text is no document.
        ValueError: what is there is no acceptance.
    """
    document = read_document(text, where)
    found = _at(document.data, (*step, _KEY))
    return tuple(
        Acceptance.model_validate(each).placed(f"{where}:{document.line((*step, _KEY, index))}")
        for index, each in enumerate(found if isinstance(found, list) else [])
    )


def with_acceptance(text: str, where: str, step: NodePath, entry: dict[str, Json]) -> str:
    """Return the text of a file with one more acceptance at the end of those of a step.

    Raises:
        ScenarioError: the step is written in a way that leaves no place for it.
    """
    there, accept = span_of(text, where, step), span_of(text, where, (*step, _KEY))
    line = there.line + 1 if there else 1
    wanted = copy.deepcopy(read_document(text, where).data)
    owner = _at(wanted, step)
    if there is not None and isinstance(owner, dict):
        found = owner.setdefault(_KEY, [])
        if isinstance(found, list):
            found.append(entry)
            made = _inserted(text, there, accept, entry, first=len(found) == 1)
            if _reads_as(made, where, wanted):
                return made
    what = "the step is written in a way that leaves no place for an acceptance"
    advice = f"Write it yourself: `{_KEY}: [{flow(entry)}]`."
    raise ScenarioError(Problem(where=f"{where}:{line}", what=what, advice=advice))


def _inserted(text: str, step: Span, accept: Span | None, entry: dict[str, Json], *, first: bool) -> str:
    if accept is not None and accept.flow:
        return _within(text, accept, f"{'' if first else ', '}{flow(entry)}")
    if step.flow:
        return _within(text, step, f", {_KEY}: [{flow(entry)}]")
    if accept is None:
        return _below(text, step, [*block(_KEY, [entry], step.column)])
    return _below(text, accept, [*item(entry, accept.column)])


def _lines(text: str) -> list[str]:
    """Return the lines of a text with their ends, as YAML 1.1 counts them."""
    return _LINE.findall(text)


def _within(text: str, span: Span, addition: str) -> str:
    """Write before the closing bracket."""
    lines = _lines(text)
    line, at = lines[span.end_line], span.end_column - 1
    lines[span.end_line] = f"{line[:at].rstrip()}{addition}{line[at:]}"
    return "".join(lines)


def _below(text: str, span: Span, additions: Sequence[str]) -> str:
    """Write lines after the last one of a block; its end may be the beginning of the line behind it."""
    lines = _lines(text)
    ending = next((end for end in ("\r\n", "\n", "\r") if end in text), "\n")
    at = span.end_line + (span.end_column > 0)
    if at == len(lines) and not _ENDED.search(lines[-1]):
        lines[-1] += ending
    return "".join([*lines[:at], *(f"{line}{ending}" for line in additions), *lines[at:]])


def _reads_as(text: str, where: str, wanted: Json) -> bool:
    try:
        return read_document(text, where).data == wanted
    except DocumentError:
        return False


def _at(data: Json, path: NodePath) -> Json:
    for part in path:
        if isinstance(data, dict) and isinstance(part, str):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return None
    return data
