"""Endpoints, statuses, media types and bodies as a whole."""

from __future__ import annotations

from harness.difference import PACKED_NOTHING, Difference, Kind
from harness.exchange import Json, Side
from harness.rules.rule import Check, Circumstances, Rule, Severity, always, rule

_B, _P, _I = Severity.BREAKING, Severity.RISKY, Severity.INFO
_GATEWAY = frozenset({429, 502, 503, 504})
_NO_ANSWER = _GATEWAY | {0}
_OF_ANSWERS = (
    Kind.MEDIA_TYPE,
    Kind.HEADER_REMOVED,
    Kind.HEADER_ADDED,
    Kind.HEADER_VALUE,
    Kind.BODY_REMOVED,
    Kind.BODY_ADDED,
    Kind.BODY_INVALID,
    Kind.REMOVED,
    Kind.ADDED,
    Kind.RENAMED,
    Kind.TYPE,
    Kind.NULL,
    Kind.VALUE,
    Kind.FORMAT,
    Kind.INSTANT,
    Kind.CASE,
    Kind.ELEMENT_REMOVED,
    Kind.ELEMENT_ADDED,
    Kind.ORDER,
    Kind.KEYS,
    Kind.WRAPPED,
    Kind.UNWRAPPED,
    Kind.ANNOUNCED,
    Kind.LATENCY,
    Kind.LATENCIES,
    Kind.UNDOCUMENTED,
    Kind.BROKEN,
    Kind.ERROR_STATUS,
    Kind.PROBE,
)

_NO_ENDPOINT = frozenset({404, 405, 410, 501})
"""Statuses by which a service says that it has no such endpoint."""

_NOT_MODIFIED = 304
"""The status of an answer to a conditional request: the client's copy is good."""

_UNTOLD = frozenset({"", "bytes", "application/octet-stream", "binary/octet-stream"})
"""Media types, and what stands for none, that say nothing of a body."""

_PAGING = frozenset(
    {"limit", "offset", "page", "pageSize", "cursor", "nextCursor", "nextPageToken", "next", "hasMore"}
)


def _is_special(special: Json, general: Json) -> bool:
    """Whether one media type says all that the other one says, and more."""
    special, general = str(special), str(general)
    if " " in special + general:  # a gzip file, which is no media type
        return False
    json = general == "application/json" and special.endswith("+json")
    return json or (general in _UNTOLD and special not in _UNTOLD)


def _is_unmapped(_: Difference, circumstances: Circumstances) -> bool:
    return circumstances.unmapped


def _redirects(status: int) -> bool:
    """Whether a status sends the client elsewhere; 304 sends it to its own copy."""
    return 300 <= status < 400 and status != _NOT_MODIFIED


def _is_unmodified(_: Difference, circumstances: Circumstances) -> bool:
    """Whether one side alone says that nothing changed, and the other answers well."""
    statuses = sorted((circumstances.old_status, circumstances.new_status))
    return statuses[1] == _NOT_MODIFIED and 200 <= statuses[0] < 300


def _paged(difference: Difference, _: Circumstances) -> bool:
    beside = difference.candidate
    return difference.baseline == "array" and isinstance(beside, list) and not _PAGING.isdisjoint(beside)


_REPLACE = (
    "Remove the call, or ask the vendor's support what to use instead; `harness contract where` "
    "names the nearest replacement."
)

FIRST_RULES: tuple[Rule, ...] = (
    rule(
        "throttled",
        Kind.STATUS,
        Check.BEHAVIOUR,
        _I,
        applies=lambda _, c: c.old_status in _GATEWAY or c.new_status in _GATEWAY,
        inconclusive=True,
        says="{operation}: v1beta1 answered {old}, v1 {new}; one of them is a rate limit or a gateway.",
        consequence="Nothing can be concluded about the operation from this pair.",
        remedy="Run the scenario again, with fewer calls a second.",
    ),
    rule(
        "not-judged",
        _OF_ANSWERS,
        Check.BEHAVIOUR,
        _I,
        applies=lambda _, c: c.old_status in _NO_ANSWER or c.new_status in _GATEWAY,
        inconclusive=True,
        says="{operation}: {path} is not judged: one of the two answers does not come from the service.",
        consequence="Nothing can be concluded about it from this pair.",
        remedy="Run the scenario again, with fewer calls a second.",
    ),
    rule(
        "endpoint-unanswered",
        Kind.STATUS,
        Check.RESPONSES,
        _I,
        applies=lambda _, c: c.unmapped and c.new_status in _NO_ENDPOINT,
        says="{operation}: v1beta1 answered {old}; v1, which does not document it, answered {new}.",
        consequence="It confirms that the endpoint is gone.",
        remedy="See the finding endpoint-removed.",
    ),
    rule(
        "endpoint-unanswered",
        Kind.STATUS,
        Check.RESPONSES,
        _I,
        applies=lambda _, c: c.unmapped and c.new_status >= 400,
        says="{operation}: v1beta1 answered {old}; v1, which does not document it, answered {new}.",
        consequence="It does not tell whether the endpoint is gone: one that is there may answer so as well.",
        remedy="See the finding endpoint-removed.",
    ),
)
"""Asked before all others: they say that a status, or what comes with it, means nothing."""

RULES: tuple[Rule, ...] = (
    rule(
        "endpoint-removed",
        Kind.UNMAPPED,
        Check.RESPONSES,
        _B,
        applies=lambda _, c: not (c.answered or c.unsupported),
        says="{operation} is not in v1's contract: {detail}.",
        consequence="Every call of this endpoint fails after the cutover.",
        remedy=f"{_REPLACE} Mark the step `unsupported: true` once that is decided.",
    ),
    rule(
        "endpoint-removed",
        Kind.UNMAPPED,
        Check.RESPONSES,
        _B,
        applies=lambda _, c: not c.answered,
        says="{operation} is not in v1's contract: {detail}.",
        consequence="Every call of this endpoint fails after the cutover.",
        remedy=_REPLACE,
    ),
    rule(
        "endpoint-removed",
        Kind.UNMAPPED,
        Check.RESPONSES,
        _B,
        says="{operation} is not in v1's contract: {detail}.",
        consequence="v1 answers it all the same; nothing promises that it still does after the cutover.",
        remedy=_REPLACE,
    ),
    *(
        rule(
            "endpoint-undocumented",
            kind,
            Check.BEHAVIOUR,
            _P,
            applies=applies,
            says="{operation}: v1 answered {new} although its contract does not have this endpoint.",
            consequence="It may work today and be gone tomorrow without notice.",
            remedy="Ask the vendor whether v1 supports it before relying on it.",
        )
        for kind, applies in ((Kind.STATUS, _is_unmapped), (Kind.ANSWERED, always))
    ),
    rule(
        "endpoint-added",
        Kind.STATUS,
        Check.RESPONSES,
        _I,
        applies=lambda _, c: c.appeared and c.old_status >= 400,
        says="{operation} is new in v1; v1beta1 answered {old}.",
        consequence="None for callers of v1beta1.",
        remedy="Nothing to do.",
    ),
    rule(
        "status-success-changed",
        Kind.STATUS,
        Check.RESPONSES,
        _P,
        applies=_is_unmodified,
        says="{operation}: v1beta1 answered {old}, v1 answers {new}; 304 is for what did not change.",
        consequence="A client takes its own copy after a 304, which has no body, and the answer otherwise.",
        remedy="Handle both where the client sends `if-none-match` or `if-modified-since`.",
    ),
    rule(
        "status-redirect-changed",
        Kind.STATUS,
        Check.BEHAVIOUR,
        _P,
        applies=lambda _, c: _redirects(c.old_status) and 200 <= c.new_status < 400,
        says="{operation}: v1beta1 redirected with {old}, v1 answers {new}.",
        consequence=(
            "Clients keep a permanent redirect and not a temporary one, and send the body again or not; code "
            "that reads `location` finds none where v1 does not redirect."
        ),
        remedy="Follow redirects in the client, or handle both statuses.",
    ),
    rule(
        "status-redirect-added",
        Kind.STATUS,
        Check.BEHAVIOUR,
        _P,
        applies=lambda _, c: _redirects(c.new_status),
        says="{operation}: v1beta1 answered {old}, v1 redirects with {new}.",
        consequence="Clients that do not follow redirects stop here; some drop the token on the way.",
        remedy="Call the new location directly, or let the client follow redirects.",
    ),
    rule(
        "status-redirect-added",
        Kind.REDIRECTED,
        Check.BEHAVIOUR,
        _I,
        applies=lambda difference, _: difference.baseline is None,
        says="{operation}: v1 redirects, {new}, before it answers; v1beta1 answers at once.",
        consequence="Each call takes two, and a client that does not follow as the step does stops here.",
        remedy="Call the new location directly, or let the client follow redirects.",
    ),
    rule(
        "status-redirect-changed",
        Kind.REDIRECTED,
        Check.BEHAVIOUR,
        _I,
        says="{operation}: before they answer, v1beta1 redirects {old}, v1 {new}.",
        consequence="A client that follows as the step does gets there; one that knows the old way does not.",
        remedy="Follow redirects in the client wherever they lead.",
    ),
    rule(
        "async-introduced",
        Kind.STATUS,
        Check.RESPONSES,
        _B,
        applies=lambda _, c: 200 <= c.old_status < 300 and c.new_status == 202,
        says="{operation}: v1beta1 answered {old} when it was done, v1 answers 202 and goes on working.",
        consequence="Code that uses the result at once reads it too early.",
        remedy="Poll until the resource has the state that the code needs.",
    ),
    rule(
        "status-success-changed",
        Kind.STATUS,
        Check.RESPONSES,
        _B,
        applies=lambda _, c: 200 <= c.old_status < 300 and 200 <= c.new_status < 300,
        says="{operation}: v1beta1 answered {old}, v1 answers {new}.",
        consequence="Code that compares the status with {old} takes the success for a failure.",
        remedy="Accept every 2xx status, or the new one.",
    ),
    rule(
        "status-success-lost",
        Kind.STATUS,
        Check.RESPONSES,
        _B,
        applies=lambda _, c: 200 <= c.old_status < 300 and c.new_status >= 400,
        says="{operation}: v1beta1 answered {old}, v1 refused the same call with {new}{detail}.",
        consequence="The call does not work any more.",
        remedy="Read v1's error body; write what v1 needs into the step's `candidate:` and into the client.",
    ),
    rule(
        "status-error-to-success",
        Kind.STATUS,
        Check.ERRORS,
        _P,
        applies=lambda _, c: c.old_status >= 400 and 200 <= c.new_status < 300,
        says="{operation}: v1beta1 refused the call with {old}, v1 accepts it with {new}.",
        consequence="A mistake that was caught before now has an effect.",
        remedy="Validate the request in the client where it relied on the refusal.",
    ),
    rule(
        "status-class-changed",
        Kind.STATUS,
        Check.ERRORS,
        _B,
        applies=lambda _, c: c.error and c.old_status // 100 != c.new_status // 100,
        says="{operation}: v1beta1 answered {old}, v1 answers {new}.",
        consequence="Retry logic treats a 4xx and a 5xx differently.",
        remedy="Look at what the client retries.",
    ),
    rule(
        "status-error-changed",
        Kind.STATUS,
        Check.ERRORS,
        _P,
        says="{operation}: v1beta1 answered {old}, v1 answers {new}.",
        consequence="Code that tells errors apart by status takes another branch.",
        remedy="Handle both statuses until the cutover is done.",
    ),
    rule(
        "error-not-json",
        Kind.MEDIA_TYPE,
        Check.ERRORS,
        _B,
        applies=lambda d, c: c.error and "json" in str(d.baseline) and "json" not in str(d.candidate),
        says="{operation}: v1beta1's error body is {old}, v1's is {new}.",
        consequence="An error handler that parses JSON fails while it handles the error.",
        remedy="Check the content type before parsing an error body.",
    ),
    rule(
        "media-type-specialized",
        Kind.MEDIA_TYPE,
        Check.RESPONSES,
        (_P, _I),
        applies=lambda d, _: _is_special(d.candidate, d.baseline),
        says="{operation}: v1beta1's body is {old}, v1's is the more special {new}.",
        consequence="A client that compares the media type as text takes the body for another format.",
        remedy="Take every media type that ends in `+json` for JSON.",
    ),
    rule(
        "media-type-generalized",
        Kind.MEDIA_TYPE,
        Check.RESPONSES,
        _B,
        applies=lambda d, _: _is_special(d.baseline, d.candidate),
        says="{operation}: v1beta1's body is {old}, v1 says {new} of it, which promises less.",
        consequence="A client that chooses its parser by the media type does not parse the body.",
        remedy="Parse the body by what the contract says of the operation.",
    ),
    rule(
        "media-type-changed",
        Kind.MEDIA_TYPE,
        Check.RESPONSES,
        _B,
        says="{operation}: v1beta1's body is {old}, v1's is {new}.",
        consequence="A client that parses the old media type cannot read the body.",
        remedy="Parse the new media type.",
    ),
    rule(
        "body-emptied",
        Kind.BODY_REMOVED,
        Check.RESPONSES,
        _I,
        applies=lambda d, _: d.detail == PACKED_NOTHING,
        says="{operation}: v1beta1 answers with a gzip file of nothing, v1 with no body.",
        consequence="None for clients that ask whether there are bytes before they unpack them.",
        remedy="Take both for an export without entries.",
    ),
    rule(
        "body-emptied",
        Kind.BODY_REMOVED,
        Check.RESPONSES,
        _B,
        says="{operation}: v1beta1 answers with a body, v1 with none.",
        consequence="Parsing the empty body fails.",
        remedy="Read the resource again where its content is needed.",
    ),
    rule(
        "body-appeared",
        Kind.BODY_ADDED,
        Check.RESPONSES,
        _I,
        applies=lambda d, _: d.detail == PACKED_NOTHING,
        says="{operation}: v1beta1 answers without a body, v1 with a gzip file of nothing.",
        consequence="None for clients that ask whether there are bytes before they unpack them.",
        remedy="Take both for an export without entries.",
    ),
    rule(
        "body-appeared",
        Kind.BODY_ADDED,
        Check.RESPONSES,
        (_P, _I),
        says="{operation}: v1beta1 answers without a body, v1 with one.",
        consequence="Clients that expect no content may fail on it.",
        remedy="Ignore the body, or use it.",
    ),
    rule(
        "error-envelope-changed",
        (Kind.WRAPPED, Kind.UNWRAPPED),
        Check.ERRORS,
        _B,
        applies=lambda _, c: c.error,
        says="{operation}: what v1beta1's error body has at {path} stands at {to} in v1.",
        consequence="An error handler that reads it fails while it handles the error.",
        remedy="Read the fields of v1's error body, and treat each as optional.",
    ),
    rule(
        "pagination-added",
        Kind.WRAPPED,
        Check.RESPONSES,
        _B,
        applies=_paged,
        says="{operation}: v1beta1 answers with the whole list, v1 with a page of it at {to}, beside {new}.",
        consequence="Code that reads a list fails on the object, and sees one page where it finds the list.",
        remedy="Read {to}, page by page until the end.",
    ),
    rule(
        "body-wrapped",
        Kind.WRAPPED,
        Check.RESPONSES,
        _B,
        says="{operation}: what is v1beta1's whole body stands at {to} in v1.",
        consequence="Code that reads the body finds none of its names.",
        remedy="Read {to} from v1.",
    ),
    rule(
        "body-unwrapped",
        Kind.UNWRAPPED,
        Check.RESPONSES,
        _B,
        says="{operation}: what v1beta1 has at {path} is the whole body in v1.",
        consequence="Code that reads {path} gets nothing.",
        remedy="Read the body itself from v1.",
    ),
    rule(
        "body-invalid-already",
        Kind.BODY_INVALID,
        Check.RESPONSES,
        _I,
        applies=lambda d, _: d.side is not Side.CANDIDATE,
        inconclusive=True,
        says="{operation}: the body of {side} says that it is JSON and cannot be read as JSON.",
        consequence="v1beta1 does so already; the two bodies could not be compared.",
        remedy="Look at the recorded body; a proxy or a gateway may have written it.",
    ),
    rule(
        "body-invalid",
        Kind.BODY_INVALID,
        Check.RESPONSES,
        _B,
        says="{operation}: the body of {side} says that it is JSON and cannot be read as JSON.",
        consequence="Parsing the body fails.",
        remedy="Look at the recorded body; a proxy or a gateway may have written it.",
    ),
)
