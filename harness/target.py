"""One side of one scenario while it runs: where it calls, with what, and what is kept of it.

Both sides are opened by the same code; what differs between them is data: the contract, the base URLs
and the values of variables.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from harness import __version__, jsonpath
from harness.cassette import Cassette, CassetteWriter, Review, Unplaced
from harness.client import Sender
from harness.contract import V1, V1BETA1, Contract, Operation, load_contract
from harness.errors import Problem, TargetError
from harness.exchange import BodyKind, Exchange, Headers, Json, Request, Retry, Side
from harness.inquiry import Filled, is_local, is_sandboxed
from harness.options import Mode, Options
from harness.redact import Redactor
from harness.result import Provenance, Source
from harness.scenario import RequestSpec, Step
from harness.settings import SANDBOX_TOKEN, SANDBOX_TOKENS, Settings
from harness.struct import Struct, replace
from harness.variables import Variables, parameters, placeholders, variable_for

if TYPE_CHECKING:
    from harness.leaks import LeakCheck

VERSIONS: Mapping[Side, str] = {Side.BASELINE: V1BETA1, Side.CANDIDATE: V1}
"""The API version that each side plays."""

_TOOL = f"astro-migration-harness {__version__}"


class Outcome(Struct, frozen=True, kw_only=True):
    """One side's answer to a step: as it was, without secrets, and what a poll has to say of it.

    ``hops`` are the redirects that were followed and the answer, without secrets; empty where none was.
    """

    raw: Exchange
    clean: Exchange
    remark: str = ""
    hops: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What both sides share: the token, every secret that is known, and what takes them out.

    One redactor for both sides: a secret that both of them tell is then told by one placeholder.
    ``tokens`` are those of probes, by the probe; one that nobody gave is not there. ``review`` looks through
    cassettes that were written, ``check`` through exchanges; both are there where cassettes are written.
    """

    token: str = field(repr=False)
    secrets: Mapping[str, str] = field(repr=False)
    redactor: Redactor
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
    review: Review | None = None
    check: LeakCheck | None = None


class Target:
    """One side, opened for one scenario."""

    def __init__(
        self,
        side: Side,
        options: Options,
        keys: Keys,
        cassette: Cassette | None,
        variables: Variables,
        client: Sender,
    ) -> None:
        """Open the side; :func:`open_targets` gathers what it needs."""
        self.side = side
        self.contract, self.other = contracts_of(side, options.settings)
        self.cassette = cassette
        self.variables = variables
        self.base_urls = _base_urls(options, cassette)
        self._options = options
        self._tokens = keys.tokens
        # No service but the sandbox takes its tokens, whatever the environment is called.
        self._pretends = keys.token in {SANDBOX_TOKEN, *SANDBOX_TOKENS.values()}
        # Whether this side's evidence is the sandbox's by what answered, whoever says otherwise.
        self._sandboxed = False
        self._headers = {
            name.lower(): (name, value)
            for name, value in (
                ("Accept", "application/json"),
                ("Authorization", f"Bearer {keys.token}"),
                *options.environment.headers.items(),
            )
        }
        self._shown: dict[str, Json] = {}
        self._retries: tuple[Retry, ...] = ()
        self._redactor = keys.redactor
        # What this very redaction has left in a file that nobody changed, it would leave once more.
        self._is_clean = cassette is not None and cassette.redaction == keys.redactor.edition
        self.check = keys.check
        self._client = client
        self._writer = (
            CassetteWriter(
                secrets=[*keys.secrets.values()], review=keys.review, redaction=keys.redactor.edition
            )
            if options.mode is Mode.RECORD
            else None
        )

    @property
    def provenance(self) -> Provenance:
        """Where this side's evidence comes from."""
        if self.cassette is not None and self.cassette.provenance is not None:
            recorded = self.cassette.provenance
            local = any(map(is_local, recorded.base_urls.values()))
            sandbox = self._sandboxed or local or recorded.source is Source.SANDBOX
            source = Source.SANDBOX if sandbox else Source.CASSETTE
            return replace(recorded, source=source, edited=self.cassette.edited)
        environment = self._options.environment
        sandbox = self._sandboxed or (self.cassette is None and (environment.sandbox or self._pretends))
        apis = {**self.contract.apis, **self.other.apis}
        own = Source.LIVE if self.cassette is None else Source.CASSETTE
        return Provenance(
            source=Source.SANDBOX if sandbox else own,
            environment=environment.name if self.cassette is None else "unknown",
            recorded=_now() if self.cassette is None else "",
            tool=_TOOL,
            contracts={name: api.date for name, api in apis.items()},
            base_urls=dict(self.base_urls),
        )

    @property
    def shown(self) -> Mapping[str, Json]:
        """Every value that was used or captured up to now, as it stands in exchanges without secrets."""
        return {**self.variables.known, **self._shown}

    def authorization(self, probe: str) -> str | None:
        """Return the header with the token of a probe, None where nobody gave one."""
        return f"Bearer {self._tokens[probe]}" if probe in self._tokens else None

    def fill(self, step: Step, authorization: str | None = None, content: bytes | None = None) -> Filled:
        """Make the request of a step; ``authorization`` replaces the token's header (empty: none).

        ``content`` are bytes that are sent as if they were the JSON of a body.

        Raises:
            HarnessError: a variable has no value or one that cannot be sent, or the environment has no base
                URL for the API.
        """
        try:
            return self._fill(step, authorization, content)
        except UnicodeEncodeError as error:  # a body can escape it, nothing else can
            what = "a value holds half of a character, which cannot be sent in a URL or a header"
            raise TargetError(
                Problem(where=step.where, what=what, advice="Give it another value.")
            ) from error

    def _fill(self, step: Step, authorization: str | None, content: bytes | None) -> Filled:
        spec = step.request_for(self.side)
        operation, method, path, written = self._address(step, spec)
        api = operation.api if operation else self.contract.api_of(path)
        base = self.base_urls.get(api)
        if base is None:
            what = f"environment `{self._options.environment.name}` has no base URL for the {api} API"
            advice = f"Add `{api} = ...` to [tool.harness.environments.{self._options.environment.name}]."
            raise TargetError(Problem(where=step.where, what=what, advice=advice))
        filled = {name: self.variables.fill(value, step.where) for name, value in spec.query.items()}
        path += _query(filled, step.where)
        headers = self._filled_headers(step, spec, authorization)
        if content is None and spec.has_body:
            content = _json_bytes(self.variables.fill(spec.body, step.where))
        if content is not None and not any(name.lower() == "content-type" for name, _ in headers):
            headers = (*headers, ("Content-Type", "application/json"))
        return Filled(
            request=Request(method=method, url=base + path, headers=headers, content=content or b""),
            api=api,
            path=path,
            operation=operation,
            written=self._redactor.url(written),
        )

    def needs(self, step: Step) -> set[str]:
        """Return the names of the variables that the step's request uses, or may use for its path."""
        spec = step.request_for(self.side)
        template = self._template(step)
        path = template.path if template is not None and not isinstance(spec.path, str) else ""
        names = {name for parameter in parameters(path) for name in (parameter, variable_for(parameter))}
        path_values = [spec.path] if isinstance(spec.path, str) else [*spec.path.values()]
        written: list[Json] = [*path_values, spec.query, *spec.headers.values(), spec.body]
        return names.union(placeholders(written))

    def _template(self, step: Step) -> Operation | None:
        """Return a step's operation; a side whose contract lacks it is asked all the same."""
        named = step.operation or ""
        return self.contract.operation(named) or self.other.operation(named)

    def _address(self, step: Step, spec: RequestSpec) -> tuple[Operation | None, str, str, str]:
        """Return the side's operation, the method, and the path of a step, filled and as it is written."""
        operation = self.contract.operation(step.operation or "")
        template = self._template(step)
        if template is not None and not isinstance(spec.path, str):
            path = self.variables.fill_path(template.path, spec.path, step.where)
            return operation, spec.method or template.method, path, template.path
        written = str(spec.path)
        path = self.variables.fill_path(written, {}, step.where)
        method = spec.method or (template.method if template else "GET")
        return self.contract.find(method, path), method, path, written

    def _filled_headers(self, step: Step, spec: RequestSpec, authorization: str | None) -> Headers:
        headers: dict[str, tuple[str, str | None]] = dict(self._headers)
        for name, value in spec.headers.items():
            filled = self.variables.fill(value, step.where)
            text = None if filled is None else _text(filled, f"the header `{name}`", step.where)
            headers[name.lower()] = (name, text)
        if authorization is not None:
            headers["authorization"] = ("Authorization", authorization or None)
        return tuple((name, value) for name, value in headers.values() if value is not None)

    def send(self, request: Request, step: Step, *, repeat: bool = False) -> Outcome:
        """Send a request; return the exchange as it was, and without secrets.

        A ``repeat`` is recorded as one: a replay makes it where it was made, and nowhere else.

        Raises:
            HarnessError: the request cannot be sent, or the cassette does not hold it.
        """
        hops = self._client.send(request, follow_redirects=step.follow_redirects, timeout=step.timeout)
        self._retries += tuple(retry for hop in hops for retry in hop.retries)
        self._sandboxed = self._sandboxed or any(map(is_sandboxed, hops))
        # Played ones too: a cassette may hold what was not known for a secret when it was recorded. And of
        # redirects, the last may be none of the file's: one that nobody can follow has the request as it is.
        is_clean = self._is_clean and not step.follow_redirects
        clean = [*hops] if is_clean else [self._redactor.exchange(hop) for hop in hops]
        if repeat:
            clean = [replace(hop, repeat=True) for hop in clean]
        if self._writer is not None:
            for hop in clean:
                self._writer.add(hop, step.name)
        return Outcome(raw=hops[-1], clean=clean[-1], hops=tuple(clean) if len(clean) > 1 else ())

    def capture(self, step: Step, outcome: Outcome, lists: Collection[str]) -> tuple[str, ...]:
        """Take what the step captures from an answer; return the names of what is not there.

        A path with ``[*]``, a slice or ``..`` gives the list of all its values, and so does every path of
        the names in ``lists``; any other one gives the first value.

        Raises:
            HarnessError: a placeholder in a path has no value, or what it makes of it is no JSONPath.
        """
        found = self._found(step, outcome.raw, lists)
        for name, value in found.items():
            self.variables.set(name, value)
        self._shown |= found if outcome.clean is outcome.raw else self._found(step, outcome.clean, lists)
        absent = tuple(name for name in step.capture if name not in found)
        for name in absent:
            self.variables.set_missing(name, _nothing_found(step, name, outcome.raw))
        return absent

    def _found(self, step: Step, exchange: Exchange, lists: Collection[str]) -> dict[str, Json]:
        response = exchange.response
        data = response.body.data if response and response.body.kind is BodyKind.JSON else None
        found: dict[str, Json] = {}
        for name, written in step.capture.items():
            path = str(self.variables.fill(written, step.where))
            jsonpath.check_path(path, step.where)
            values = [match.value for match in jsonpath.find(path, data)]
            whole = len(values) == 1 and isinstance(values[0], list)
            if jsonpath.is_listing(path) or (name in lists and values and not whole):
                found[name] = values
            elif values:
                found[name] = values[0]
        return found

    def take_retries(self) -> tuple[Retry, ...]:
        """Return what was retried since this was asked last, in all calls: those of polls and walks too."""
        taken, self._retries = self._retries, ()
        return taken

    def has_more(self, request: Request, *, repeat: bool = False) -> bool:
        """Whether the cassette of a replayed side holds one more answer to the request, or to a repeat."""
        return self.cassette is not None and self.cassette.holds(request, repeat=repeat)

    def write(self, path: Path) -> Unplaced | None:
        """Write the cassette of a recorded side beside its place; None for a side that records nothing.

        Raises:
            CassetteError: it cannot be written, or still holds a secret; nothing is left behind.
        """
        if self._writer is None:
            return None
        # As one mapping: a name such as PASSWORD says that its value is a secret.
        used = self._redactor.json(dict(self.variables.used))
        assert isinstance(used, dict)  # noqa: S101 - redaction keeps the shape
        return self._writer.write(path, self.provenance, used)

    @property
    def recorded(self) -> tuple[Exchange, ...]:
        """What the cassette of a recorded side would hold."""
        return self._writer.exchanges if self._writer is not None else ()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def save_together(sides: Iterable[tuple[Target, Path]]) -> None:
    """Write the cassettes of a recorded scenario, both or none: two recordings do not fit each other.

    Raises:
        CassetteError: one cannot be written, or still holds a secret; the old files are untouched.
    """
    with ExitStack() as stack:
        files: list[Unplaced] = []
        for target, path in sides:
            file = target.write(path)
            if file is not None:
                stack.callback(file.discard)
                file.keep()
                files.append(file)
        with ExitStack() as placed:
            for file in files:
                placed.callback(file.put_back)
                file.place()
            placed.pop_all()


def contract_of(side: Side, settings: Settings) -> Contract:
    """Return the contract of the version that a side plays.

    Raises:
        ContractError: the project's own contracts are damaged.
    """
    return load_contract(VERSIONS[side], settings.contracts)


def contracts_of(side: Side, settings: Settings) -> tuple[Contract, Contract]:
    """Return the contract of a side, and that of the other one.

    Raises:
        ContractError: the project's own contracts are damaged.
    """
    other = next(each for each in Side if each is not side)
    return contract_of(side, settings), contract_of(other, settings)


def _nothing_found(step: Step, name: str, exchange: Exchange) -> str:
    """Say why a capture has no value, for the step that would use it."""
    response = exchange.response
    lacks = f"answered {response.status} without that" if response else "gave no answer"
    captures = f'The step "{step.name}" at {step.where} captures `{name}` from `{step.capture[name]}`'
    answered = response is not None and response.status < 400
    advice = "Mend the path, or ask for something that has it." if answered else "See there."
    return f"{captures}, and the service {lacks}. {advice}"


def _base_urls(options: Options, cassette: Cassette | None) -> Mapping[str, str]:
    """Return base URLs by API: those that were recorded, else those of the environment."""
    configured = options.environment.base_urls
    if cassette is None or cassette.provenance is None:
        return configured
    return {**configured, **cassette.provenance.base_urls}


def _query(query: Mapping[str, Json], where: str) -> str:
    pairs = [
        (name, _text(one, f"the query parameter `{name}`", where))
        for name, value in query.items()
        for one in (value if isinstance(value, list) else [value])
        if one is not None
    ]
    return f"?{urlencode(pairs)}" if pairs else ""


def _text(value: Json, what: str, where: str) -> str:
    """Write a value of a query or a header; booleans and numbers as JSON has them."""
    if isinstance(value, list | dict):
        problem = f"{what} is a {'list' if isinstance(value, list) else 'mapping'}, not a single value"
        advice = "Give it text, a number or true or false."
        raise TargetError(Problem(where=where, what=problem, advice=advice))
    text = value if isinstance(value, str) else json.dumps(value)
    text.encode()
    return text


def _json_bytes(body: Json) -> bytes:
    try:
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which only an escape can write
        return json.dumps(body, separators=(",", ":")).encode()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
