"""The kinds of values in scenario files that need more than a JSON type: paths, dates, names, statuses."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Final, Literal, NoReturn, TypeAlias

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    PlainValidator,
    Strict,
    StrictStr,
    Tag,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from harness.contract import BASE_URLS
from harness.difference import ITEM, segments
from harness.errors import Problem
from harness.exchange import Json
from harness.jsonpath import JsonPathError, check_path
from harness.variables import NAME, placeholders

OWN: Final = "harness"
"""The type of the errors that are worded here; ``mistakes.py`` words all others."""

PLACES: Final = ("request", "status", "headers", "body", "failure", "elapsed", "pages")
"""What the path of an acceptance can begin with: the parts of an exchange."""

# A tag becomes a marker of pytest: it must be no operator, and no marker that would skip a scenario.
_TAG = re.compile(
    r"(?!(?:and|or|not|True|False|None|skip|skipif|xfail|parametrize|usefixtures|filterwarnings)$)"
    r"[A-Za-z][\w.-]*"
)
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_SINGLE = ["string", "number", "boolean", "null"]
_STATUS = {"type": "integer", "minimum": 100, "maximum": 599}


def refuse(what: str, advice: str = "") -> NoReturn:
    """End the validation of a value with our own words."""
    # The words travel as context, so that braces in them are not taken for placeholders of the message.
    raise PydanticCustomError(OWN, "{what}", {"what": what, "advice": advice})


def _refuse_for(problem: Problem) -> NoReturn:
    refuse(problem.what, problem.advice)


def _named(pattern: re.Pattern[str], noun: str, advice: str) -> AfterValidator:
    def check(text: str) -> str:
        if not pattern.fullmatch(text):
            refuse(f"`{text}` cannot be the name of a {noun}", advice)
        return text

    return AfterValidator(check)


def _not_blank(text: str) -> str:
    if not text.strip():
        refuse("must not be empty")
    return text


def _one_line(text: str) -> str:
    # Reports put it into lines and cells; YAML's block scalars end with a newline.
    return " ".join(text.split())


def _day(text: str) -> str:
    try:
        if date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    refuse(f"`{text}` is no date", "Write year, month and day: `2027-01-31`.")


def _json_path(text: str) -> str:
    try:
        check_path(text)
    except JsonPathError as error:
        _refuse_for(error.problems[0])
    if text == "$.body" or text.startswith(("$.body.", "$.body[")):
        refuse(f"`{text}` is looked up in the body already", f"Write `${text.removeprefix('$.body')}`.")
    return text


def _list_path(text: str) -> str:
    if not text:
        return text
    path = _json_path(text)
    try:
        wild = ITEM in segments(path)
    except ValueError:
        wild = True
    if wild:
        refuse(f"`{text}` is no path of one list", "Write names only, without indices: `$.tokens`.")
    return path


def _place(text: str) -> str:
    if not text:
        return text
    try:
        parts = segments(text)
    except ValueError:
        refuse(
            f"`{text}` is no path of a finding",
            "Copy the path from the finding: names, `[*]` for every element, no filters.",
        )
    if not parts or parts[0] not in PLACES:
        rest = text.removeprefix("$")
        refuse(f"`{text}` is no place in an exchange", f"Begin with the part that is meant: `$.body{rest}`.")
    return text


def _url_path(text: str) -> str:
    bare = re.sub(r"\$\$?\{[^{}]*\}", "", text)
    if not text.startswith("/"):
        refuse(
            f"`{text}` is no path",
            "Begin with `/`, without scheme and host: each side adds its own base URL.",
        )
    for base in BASE_URLS.values():
        prefix = "/" + base.partition("://")[2].partition("/")[2]
        if f"{text}/".startswith(f"{prefix}/"):
            rest = text.removeprefix(prefix) or "/"
            refuse(f"`{text}` names a version", f"Write `{rest}`: each side adds its own base URL.")
    if "?" in bare or "#" in bare:
        refuse(f"`{text}` holds more than a path", "Write parameters under `query`.")
    if "{" in bare or "}" in bare:
        refuse(f"`{text}` has braces without `$`", "Write `${organization_id}` to put a variable in.")
    return text


def _path_value(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | None) or value == "":
        refuse("must be text or a whole number", "Write for example `tokenId: ${token_id}`.")
    return value


def _query_value(value: Any) -> Any:
    items = value if isinstance(value, list) else [value]
    if any(isinstance(item, list | dict) for item in items):
        refuse("must be a single value or a list of single values", "Write for example `limit: 20`.")
    return value


def _items(value: Any) -> Any:
    if isinstance(value, list) or (isinstance(value, str) and any(placeholders(value))):
        return value
    refuse("must be a list, or a variable that holds one", "Write for example `in: ${token_ids}`.")


def _all(value: Any) -> Any:
    """Take ``all`` for a list of it."""
    return [value] if value == "all" else value


def _listed(value: Any) -> Any:
    if value == []:
        refuse("must not be empty", "Write for example `status: 200`.")
    return value if isinstance(value, list) else [value]


Text: TypeAlias = StrictStr
Line: TypeAlias = Annotated[StrictStr, AfterValidator(_one_line)]
FilledLine: TypeAlias = Annotated[
    StrictStr, Field(min_length=1), AfterValidator(_not_blank), AfterValidator(_one_line)
]
FilledText: TypeAlias = Annotated[StrictStr, Field(min_length=1), AfterValidator(_not_blank)]
Seconds: TypeAlias = Annotated[float, Strict(), Field(gt=0)]
Day: TypeAlias = Annotated[
    StrictStr, AfterValidator(_day), WithJsonSchema({"type": "string", "format": "date"})
]
JsonPath: TypeAlias = Annotated[StrictStr, AfterValidator(_json_path)]
"""A JSONPath below the body's root."""
ListPath: TypeAlias = Annotated[StrictStr, AfterValidator(_list_path)]
"""The JSONPath of one list below the body's root: names only; empty for what the contract says."""
Place: TypeAlias = Annotated[StrictStr, AfterValidator(_place)]
"""A place in an exchange, as findings have it; empty for any."""
VariableName: TypeAlias = Annotated[
    StrictStr, _named(NAME, "variable", "Begin with a letter or `_`; then letters, digits and `_`.")
]
HeaderName: TypeAlias = Annotated[StrictStr, _named(_HEADER, "header", "Use letters, digits and `-`.")]
TagName: TypeAlias = Annotated[
    StrictStr,
    _named(_TAG, "tag", "Begin with a letter; then letters, digits, `_`, `-` and `.`; no word of pytest's."),
]
PathValue: TypeAlias = Annotated[
    str | int | None, PlainValidator(_path_value, json_schema_input_type=str | int | None)
]
QueryValue: TypeAlias = Annotated[
    Json,
    PlainValidator(_query_value),
    WithJsonSchema({"type": [*_SINGLE, "array"], "items": {"type": _SINGLE}}),
]
Items: TypeAlias = Annotated[Json, PlainValidator(_items), WithJsonSchema({"type": ["string", "array"]})]
UrlPath: TypeAlias = Annotated[
    Annotated[StrictStr, AfterValidator(_url_path), Tag("<text>")]
    | Annotated[dict[StrictStr, PathValue], Tag("<mapping>")],
    Discriminator(lambda value: "<mapping>" if isinstance(value, dict) else "<text>"),
]
"""A path below the base URL, or values for the path parameters of an operation."""
Statuses: TypeAlias = Annotated[
    tuple[Annotated[int, Strict(), Field(ge=100, le=599)], ...],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [_STATUS, {"type": "array", "items": _STATUS, "minItems": 1}]}),
]
"""One status or a list of them."""
_AuthProbe: TypeAlias = Literal["all", "missing", "malformed", "invalid", "expired", "readonly", "workspace"]
_ErrorProbe: TypeAlias = Literal[
    "all",
    "not-found",
    "invalid-query",
    "invalid-body",
    "foreign-id",
    "missing-field",
    "unknown-field",
    "mistyped-field",
    "bad-enum",
    "too-long",
    "out-of-range",
    "negative-paging",
    "malformed-json",
    "wrong-content-type",
    "wrong-method",
]
AuthProbes: TypeAlias = Annotated[
    list[_AuthProbe], BeforeValidator(_all, json_schema_input_type=Literal["all"] | list[_AuthProbe])
]
"""The probes of authentication by name; `all` alone is a list of it."""
ErrorProbes: TypeAlias = Annotated[
    list[_ErrorProbe], BeforeValidator(_all, json_schema_input_type=Literal["all"] | list[_ErrorProbe])
]
"""The probes of errors by name; `all` alone is a list of it."""
