"""Whether the contracts that the harness judges by are still what the vendor publishes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from email.utils import parsedate_to_datetime

from harness.client import Sender
from harness.contract import V1, V1BETA1, Api, Operation, Schema, load_contract
from harness.doctor.diagnosis import Diagnosis, ok, unknown, wrong
from harness.errors import HarnessError
from harness.exchange import Request, Response, header
from harness.openapi import build_api
from harness.sentences import counted, named
from harness.settings import Settings


def compared_contracts(settings: Settings, client: Sender) -> Iterator[Diagnosis]:
    """Compare each API's contract with the published document; no token is sent.

    A document that cannot be had or read leaves it unknown: it keeps nobody from a run.

    Raises:
        ContractError: the project's own contracts are damaged.
    """
    for version in (V1BETA1, V1):
        for name, api in load_contract(version, settings.contracts).apis.items():
            if name in settings.documents:
                yield _compared(api, settings.documents[name], client)


def _compared(api: Api, url: str, client: Sender) -> Diagnosis:
    name, own = f"contract {api.name}", f"as of {api.date}"
    answer = _fetched(url, client)
    if isinstance(answer, str):
        return unknown(name, f"{own}; the published one could not be had: {answer}")
    try:
        published = build_api(answer.content.decode(), url, name=api.name, date=api.date)
    except (HarnessError, UnicodeDecodeError):
        return unknown(name, f"{own}; what {url} answers is no OpenAPI document that can be read")
    if not published.operations:
        return unknown(name, f"{own}; what {url} answers has no operations")
    changes = [*_changes(api, published)]
    if changes:
        advice = f"Download {url}, and make new facts of it with `harness contract build`."
        return wrong(name, f"{own}; the published document differs: {'; '.join(changes)}", advice)
    changed = _changed(answer)
    if changed and changed.isoformat() > api.date:
        found = f"{own}; the published document is of {changed} and has the same operations and names"
        return ok(name, found)
    return ok(name, f"{own}; the published document has the same operations and names")


def _fetched(url: str, client: Sender) -> Response | str:
    """Return the answer, or why there is none."""
    try:
        exchange = client.send(Request(method="GET", url=url), follow_redirects=True)[-1]
    except HarnessError as error:
        return error.problems[0].what
    if exchange.response is None:
        return exchange.failure.message if exchange.failure else "no answer"
    return (
        exchange.response if exchange.response.status == 200 else f"{url} answers {exchange.response.status}"
    )


def _changed(response: Response) -> date | None:
    """Return the day on which a document says that it was changed."""
    try:
        return parsedate_to_datetime(header(response.headers, "last-modified") or "").date()
    except ValueError:
        return None


def _changes(old: Api, new: Api) -> Iterator[str]:
    """Say which operations came and went, and which have other parameters or properties.

    Bounds and required properties are left out: contracts that were rebuilt from a client lack some.
    """
    before = {(each.method, each.path): each for each in old.operations}
    after = {(each.method, each.path): each for each in new.operations}
    if added := sorted(after[key].id for key in after.keys() - before.keys()):
        yield f"{counted(len(added), 'operation')} more ({named(added)})"
    if gone := sorted(before[key].id for key in before.keys() - after.keys()):
        yield f"{counted(len(gone), 'operation')} less ({named(gone)})"
    other = sorted(
        before[key].id
        for key in before.keys() & after.keys()
        if _names(old, before[key]) != _names(new, after[key])
    )
    if other:
        yield f"other parameters or properties in {counted(len(other), 'operation')} ({named(other)})"


def _names(api: Api, operation: Operation) -> frozenset[str]:
    """Return the names of the parameters, and those of all properties of requests and successful answers."""
    names = {f"{each.location} {each.name}" for each in operation.parameters}
    bodies = [*operation.request.values()]
    bodies += [
        schema
        for status, media in operation.responses.items()
        if status.startswith("2")
        for schema in media.values()
    ]
    seen: set[str] = set()
    while bodies:
        schema: Schema = bodies.pop()
        if schema.ref and schema.ref not in seen:
            seen.add(schema.ref)
            bodies += [api.schemas[schema.ref]] if schema.ref in api.schemas else []
        names.update(schema.properties)
        bodies += [*schema.properties.values(), *schema.any_of]
        bodies += [each for each in (schema.items, schema.additional) if each is not None]
    return frozenset(names)
