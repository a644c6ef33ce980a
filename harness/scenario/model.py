"""The keys of scenario files: what each may hold, and what it means.

The docstring under a field is its description in the JSON Schema that editors use, and its example is
what messages tell to write.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PrivateAttr,
    Strict,
    StrictBool,
    Tag,
    model_validator,
)

from harness.exchange import Json, Side
from harness.jsonpath import find
from harness.scenario.values import (
    AuthProbes,
    Day,
    ErrorProbes,
    FilledLine,
    FilledText,
    HeaderName,
    Items,
    JsonPath,
    Line,
    ListPath,
    Place,
    QueryValue,
    Seconds,
    Statuses,
    TagName,
    Text,
    UrlPath,
    VariableName,
    refuse,
)

Method: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


# Not `dict` and `list`: pydantic asks what arguments they take, which is read out of the text of their help.
def _empty() -> dict[str, Any]:
    return {}


def _none() -> list[Any]:
    return []


class Node(BaseModel):
    """What all mappings of a scenario file share: frozen, no unknown keys, and a place in the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    noun: ClassVar[str] = "the file"
    """What messages call it."""

    _where: str = PrivateAttr(default="")

    @property
    def where(self) -> str:
        """``file:line`` of the mapping's key, or of its first line in a list; empty if not from a file."""
        # Not `self._where`: pydantic looks for that everywhere else first, and this is asked for often.
        private = self.__pydantic_private__
        return str(private["_where"]) if private else ""

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        """Return the node itself: nobody changes it, and defaults would be copied for each file."""
        return self

    def placed(self, where: str, **changes: object) -> Self:
        """Return a copy that stands at ``where``, with new values for some fields."""
        copy = self.model_copy(update=changes)
        copy._where = where  # noqa: SLF001 - it is an object of this class
        return copy


class Acceptance(Node):
    """A finding that someone agreed to."""

    noun: ClassVar[str] = "an acceptance"

    rule: FilledText = Field(examples=["property-renamed"])
    """The rule of the finding, by its id."""
    path: Place = Field(default="", examples=["$.body.tokens[*].type"])
    """Where the finding is: `$.body...`, `$.headers...`, `$.status`; without it, anywhere in the step."""
    to: Place = Field(default="", examples=["$.body.tokens[*].scope"])
    """The new place, where something was renamed or moved."""
    reason: FilledLine = Field(examples=["the client reads scope since 4.2"])
    """Why this is fine for you. Reports show it."""
    ticket: Line = Field(default="", examples=["PLAT-413"])
    """The ticket where it was agreed."""
    since: Day = Field(default="", examples=["2026-11-29"])
    """The day on which it was agreed; reports show how old it is."""
    until: Day = Field(default="", examples=["2027-01-31"])
    """The last day on which it holds; after it the finding counts again."""
    noise: StrictBool = Field(default=False, examples=[True])
    """What it names is noise, which comes and goes: it is no finding where it matches nothing."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and self.until < self.since:
            refuse("`until` is before `since`", "Write the day of the agreement, and the last one.")
        return self


class AcceptFile(Node):
    """A file with acceptances for exchanges that are compared without a scenario."""

    noun: ClassVar[str] = "a file of acceptances"

    accept: list[Acceptance] = Field(examples=[[]])
    """Findings that someone agreed to."""


class RequestSpec(Node):
    """What a step sends. A side's own base URL and token are added to it."""

    noun: ClassVar[str] = "a request"

    method: Method | None = Field(default=None, examples=["GET"])
    """The HTTP method; not together with `operation`."""
    path: UrlPath = Field(default_factory=_empty, examples=["/organizations/${organization_id}/tokens"])
    """The path below the base URL, without version; with `operation`, values for its path parameters."""
    query: dict[Text, QueryValue] = Field(default_factory=_empty, examples=[{"limit": 20}])
    """Query parameters; a list repeats the parameter, null leaves it out."""
    headers: dict[HeaderName, Text | None] = Field(
        default_factory=_empty, examples=[{"X-Api-Version": "1.0"}]
    )
    """Request headers; null does not send one that is usually sent, such as Authorization."""
    body: Json = Field(default=None, examples=[{"name": "nightly"}])
    """The body, sent as JSON; under `candidate`, it takes the place of the whole body."""

    @property
    def has_body(self) -> bool:
        """Whether a body is sent; null is one when it is written."""
        return "body" in self.model_fields_set

    @property
    def _has_nulls(self) -> bool:
        in_path = isinstance(self.path, dict) and None in self.path.values()
        return in_path or None in self.query.values()

    def merged(self, changes: RequestSpec) -> RequestSpec:
        """Return this request with the changes: mappings key by key, where null removes; the rest as a whole.

        The result's query and path have no nulls any more; its headers keep them ("do not send").
        """
        if not changes.model_fields_set and not self._has_nulls:
            return self
        values: dict[str, object] = {
            "method": changes.method or self.method,
            "path": _merged_path(self.path, changes.path),
            "query": _without_nulls({**self.query, **changes.query}),
            "headers": _merged_headers(self.headers, changes.headers),
        }
        body_of = changes if changes.has_body else self
        if body_of.has_body:
            values["body"] = body_of.body
        merged = RequestSpec.model_construct(**values)  # type: ignore[arg-type] # values by name, checked above
        return merged.placed(self.where)


# Not validated, which would take a hundred times as long as it does.
_NO_CHANGES = RequestSpec.model_construct()


class CandidateExpect(Node):
    """The statuses of the v1 side, where they are others."""

    noun: ClassVar[str] = "`expect.candidate`"

    status: Statuses = Field(default=(), examples=[404])
    """The status, or several of them, that the v1 side may answer."""


class Expect(Node):
    """The statuses that a step may be answered with; any other one is a finding."""

    noun: ClassVar[str] = "`expect`"

    status: Statuses = Field(default=(), examples=[200])
    """The status, or several of them, that both sides may answer."""
    candidate: CandidateExpect = Field(default=CandidateExpect.model_construct(), examples=[{"status": 404}])
    """What the v1 side may answer instead."""

    def statuses(self, side: Side) -> tuple[int, ...]:
        """Return the statuses that the side may answer; empty when the step does not say."""
        own = {Side.CANDIDATE: self.candidate.status}
        return own.get(side) or self.status


class Until(Node):
    """When polling ends."""

    noun: ClassVar[str] = "`until`"

    path: JsonPath = Field(default="$", examples=["$.status"])
    """The JSONPath of a value in the body."""
    equals: Json = Field(default=None, examples=["HEALTHY"])
    """The value that it must have."""
    choices: list[Json] = Field(
        default_factory=_none, alias="in", examples=[["HEALTHY", "UNHEALTHY"]], min_length=1
    )
    """The values of which it must have one."""
    status: Statuses = Field(default=(), examples=[404])
    """The status, or several of them, that must be answered."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        given = self.model_fields_set
        if {"equals", "choices"} <= given:
            refuse("`until` has both `equals` and `in`", "Keep one of them.")
        if "path" in given and not {"equals", "choices"} & given:
            refuse("`until` has a path and no value for it", "Write for example `equals: HEALTHY`.")
        if not {"path", "status"} & given:
            refuse("`until` does not say what to wait for", "Write for example `path: $.status`.")
        return self

    @property
    def wanted(self) -> list[Json]:
        """The values that end the polling, with their placeholders; empty when only the status counts."""
        if "equals" in self.model_fields_set:
            return [self.equals]
        return self.choices

    def holds(self, body: Json, *, status: int, wanted: list[Json] | None = None) -> bool:
        """Whether an answer ends the polling; ``wanted`` are :attr:`wanted` with placeholders filled."""
        if self.status and status not in self.status:
            return False
        wanted = self.wanted if wanted is None else wanted
        if not wanted:
            return True
        found = [match.value for match in find(self.path, body)]
        return any(type(value) is type(want) and value == want for value in found for want in wanted)


class Poll(Node):
    """Repeat the request on each side until its answer is as wanted."""

    noun: ClassVar[str] = "`poll`"

    until: Until = Field(examples=[{"path": "$.status", "equals": "HEALTHY"}])
    """When it ends."""
    every: Seconds = Field(default=2.0, examples=[2])
    """Seconds between two requests."""
    timeout: Seconds = Field(default=300.0, examples=[300])
    """Seconds after which it is given up."""


class Walk(Node):
    """Read all pages of a list on each side, and compare what they show together."""

    noun: ClassVar[str] = "`walk`"

    items: ListPath = Field(default="", examples=["$.tokens"])
    """The JSONPath of the list; without it, the one list that the contract documents."""
    pages: Annotated[int, Strict(), Field(ge=2, le=10_000)] = Field(default=100, examples=[100])
    """The most pages to read on each side before it is given up."""
    beyond: bool = Field(default=True, strict=True, examples=[False])
    """False to end with the stated total or a page shorter than `limit`, and ask for none past the end."""


def _walk(value: Any) -> Any:
    """Take ``true`` for a walk with nothing to say, and ``false`` for none."""
    return {} if value is True else None if value is False else value


class Foreach(Node):
    """Run the step once for each element of a list."""

    noun: ClassVar[str] = "`foreach`"

    as_: VariableName = Field(alias="as", examples=["token_id"])
    """The variable that holds the element."""
    in_: Items = Field(alias="in", examples=["${token_ids}"])
    """The list: a variable that holds one, usually a capture, or the list itself."""


class Step(Node):
    """One request, made on both sides."""

    noun: ClassVar[str] = "a step"

    name: Line = Field(default="", examples=["first page"])
    """What reports call it; without it, the operation or the method and path."""
    operation: FilledText | None = Field(default=None, examples=["ListApiTokens"])
    """The operation by its id; instead of it, `request` can say method and path."""
    request: RequestSpec = Field(default=RequestSpec.model_construct(), examples=[{"query": {"limit": 20}}])
    """What is sent."""
    candidate: RequestSpec = Field(
        default=RequestSpec.model_construct(), examples=[{"body": {"name": "nightly", "scope": "WORKSPACE"}}]
    )
    """What v1 is sent otherwise: keys of path, query, headers (null removes one); a body as a whole."""
    expect: Expect = Field(default=Expect.model_construct(), examples=[{"status": 200}])
    """What the answers must be, besides being alike."""
    capture: dict[VariableName, JsonPath] = Field(
        default_factory=_empty, examples=[{"token_id": "$.tokens[0].id"}]
    )
    """Variables to take from the body by JSONPath, a side its own: the first match, or a list with `[*]`."""
    reads: list[JsonPath] = Field(default_factory=_none, examples=[["$.tokens[*].type"]])
    """The JSONPaths of the fields that your integration really uses."""
    accept: list[Acceptance] = Field(default_factory=_none, examples=[[]])
    """Findings of this step that someone agreed to."""
    poll: Poll | None = Field(default=None, examples=[{"until": {"path": "$.status", "equals": "HEALTHY"}}])
    """Repeat the request until its answer is as wanted."""
    foreach: Foreach | None = Field(default=None, examples=[{"as": "token_id", "in": "${token_ids}"}])
    """Run the step once for each element of a list."""
    again: StrictBool = Field(default=False, examples=[True])
    """True to send the request a second time, and compare those answers as well."""
    walk: Annotated[Walk | None, BeforeValidator(_walk, json_schema_input_type=bool | Walk)] = Field(
        default=None, examples=[True]
    )
    """Read all pages of the list on both sides, by `offset`, and compare them; true, or where the list is."""
    unsupported: StrictBool = Field(default=False, examples=[True])
    """True where the step documents an operation that v1 does not have."""
    follow_redirects: StrictBool = Field(default=False, examples=[True])
    """True to follow redirects; otherwise a redirect is the answer that is compared."""
    timeout: Seconds | None = Field(default=None, examples=[60])
    """Seconds to wait for the answer, in place of the configured timeout."""

    @property
    def line(self) -> int:
        """The 1-based line in the file; 0 if not from a file."""
        line = self.where.rpartition(":")[2]
        return int(line) if line.isdigit() else 0

    def statuses(self, side: Side) -> tuple[int, ...]:
        """Return the statuses that the side may answer; empty when the step does not say."""
        return self.expect.statuses(side)

    def request_for(self, side: Side) -> RequestSpec:
        """Return the request of a side, its overrides merged in."""
        overrides = {Side.CANDIDATE: self.candidate}
        return self.request.merged(overrides.get(side, _NO_CHANGES))


class Include(Node):
    """Steps of another file, in place of this entry."""

    noun: ClassVar[str] = "an include"

    include: FilledText = Field(examples=["shared/login.yaml"])
    """The path of a file that has only `steps`, relative to this file."""


class Checks(Node):
    """Probes that are made without writing steps for them."""

    noun: ClassVar[str] = "`checks`"

    auth: AuthProbes = Field(default_factory=_none, examples=[["missing", "malformed", "invalid"]])
    """Tokens that are missing, malformed, invalid or of another role: both sides must refuse alike."""
    errors: ErrorProbes = Field(default_factory=_none, examples=[["not-found", "invalid-query"]])
    """Mistakes such as an unknown id, one by one or `all`: both sides must answer with the same error."""


Entry: TypeAlias = Annotated[
    Annotated[Step, Tag("<step>")] | Annotated[Include, Tag("<include>")],
    Discriminator(lambda value: "<include>" if isinstance(value, dict) and "include" in value else "<step>"),
]


class SharedFile(Node):
    """A file with steps that scenarios include."""

    noun: ClassVar[str] = "a shared file"

    steps: list[Entry] = Field(min_length=1, examples=[[{"operation": "ListUsers"}]])
    """The steps, in order."""


class ScenarioFile(SharedFile):
    """A scenario: steps that share variables, each made on both sides."""

    noun: ClassVar[str] = "a scenario"

    scenario: FilledLine = Field(examples=["List API tokens"])
    """The title. The scenario's id is the file's path without suffix."""
    ticket: Line = Field(default="", examples=["PLAT-412"])
    """The ticket that the scenario belongs to."""
    tags: list[TagName] = Field(default_factory=_none, examples=[["tokens", "read"]])
    """Words to choose scenarios by: `pytest -m read`."""
    vars: dict[VariableName, Json] = Field(default_factory=_empty, examples=[{"page_size": 20}])
    """Variables; they may use each other, `${env:NAME}`, organization_id, run_id and side."""
    data: list[dict[VariableName, Json]] = Field(
        default_factory=_none, min_length=1, examples=[[{"row": "first page", "offset": 0}]]
    )
    """A table: the scenario runs once a row, with the row's columns as variables. `row` names it."""
    cleanup: list[Entry] = Field(default_factory=_none, examples=[[]])
    """Steps that run at the end, whatever happened."""
    checks: Checks = Field(default=Checks.model_construct(), examples=[{"auth": ["missing"]}])
    """Probes of authentication and error handling that are made without writing steps."""
    accept: list[Acceptance] = Field(default_factory=_none, examples=[[]])
    """Findings of any step that someone agreed to."""
    unsupported: StrictBool = Field(default=False, examples=[True])
    """True where the scenario documents operations that v1 does not have."""


def _without_nulls(values: dict[str, Json]) -> dict[str, Json]:
    return {key: value for key, value in values.items() if value is not None}


def _merged_path(
    path: str | dict[str, str | int | None], changes: str | dict[str, str | int | None]
) -> str | dict[str, str | int | None]:
    if isinstance(changes, str) or (changes and isinstance(path, str)):
        return changes
    if isinstance(path, str):
        return path
    return {key: value for key, value in {**path, **changes}.items() if value is not None}


def _merged_headers(headers: dict[str, str | None], changes: dict[str, str | None]) -> dict[str, str | None]:
    changed = {name.lower() for name in changes}
    return {**{name: value for name, value in headers.items() if name.lower() not in changed}, **changes}
