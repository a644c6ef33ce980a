"""One pair as a page shows it: two calls with their commands, and their bodies side by side.

Secrets were replaced before the log was written. They are looked for here once more, because a page is sent
to people who never saw the log: headers, URLs and JSON by the names of their parts, all other text by its
look.
"""

from __future__ import annotations

from typing import Final

from harness.exchange import Body, BodyKind, Headers
from harness.redact import Redactor
from harness.report import words
from harness.report.curl import curl
from harness.report.side_by_side import Block, side_by_side
from harness.report.words import clip
from harness.result import Evidence, StepResult
from harness.struct import Struct, replace

BODY: Final = 10_000
"""Characters of one body in a page."""

EXCERPT: Final = 60
"""Lines of each side of a body that a finding shows; its step shows all."""

_MARGIN = 10_000
"""Characters of a body beyond those that are shown, in which secrets are looked for."""

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing when the call is repeated."""

_IDS = frozenset(
    {"request-id", "x-request-id", "x-correlation-id", "x-amzn-trace-id", "cf-ray", "traceparent"}
)
_BODY_IDS = frozenset({"requestId", "traceId", "correlationId"})


class Call(Struct, frozen=True, kw_only=True):
    """One exchange as texts.

    ``ids`` are what the vendor's support finds the call by. ``writes``: it may change something when it is
    repeated.
    """

    request: str
    request_headers: str
    answer: str
    started: str
    headers: str
    ids: str
    curl: str
    writes: bool

    @property
    def size(self) -> int:
        """Characters in the page, about: a quotation mark takes five."""
        texts = (self.request, self.request_headers, self.answer, self.headers, self.ids, self.curl)
        return sum(len(text) + 4 * text.count('"') + 4 * text.count("'") for text in texts)


class PairView(Struct, frozen=True, kw_only=True):
    """The two calls of a step, None where one was not made, and their bodies."""

    old: Call | None
    new: Call | None
    sent: tuple[Block, ...]
    answered: tuple[Block, ...]

    @property
    def size(self) -> int:
        """Characters in the page, about."""
        calls = sum(call.size for call in (self.old, self.new) if call)
        return calls + sum(_size(block) for block in (*self.sent, *self.answered))

    @property
    def excerpt(self) -> tuple[Block, ...]:
        """The answers' bodies as far as :data:`EXCERPT` lines of a side go; none where they are alike."""
        kept: list[Block] = []
        room = EXCERPT if any(block.baseline for block in self.answered) else 0
        for block in self.answered if room else ():
            kept.append(replace(block, baseline=block.baseline[:room], candidate=block.candidate[:room]))
            room -= len(block.baseline)
            if room <= 0:
                break
        return tuple(kept)


def _size(block: Block) -> int:
    marked = [line for side in (block.baseline, block.candidate) for line in side]
    texts = [*block.alike, *(line.text for line in marked)]
    return 120 + 30 * len(marked) + sum(len(text) + 1 + 4 * text.count('"') for text in texts)


def pair_view(step: StepResult, redactor: Redactor) -> PairView | None:
    """Show the evidence of a step; None for one that called nothing."""
    old, new = step.baseline, step.candidate
    if old is None and new is None:
        return None
    facts = [finding.difference for finding in step.findings]
    sent = [_request_body(each, redactor) for each in (old, new)]
    answered = ["" if each is None or each.failure else _body(each.body, redactor) for each in (old, new)]
    return PairView(
        old=_call(old, redactor) if old else None,
        new=_call(new, redactor) if new else None,
        sent=side_by_side(sent[0], sent[1], facts, root="request.body") if any(sent) else (),
        answered=side_by_side(answered[0], answered[1], facts) if any(answered) else (),
    )


def _call(evidence: Evidence, redactor: Redactor) -> Call:
    headers, sent = redactor.headers(evidence.headers), redactor.headers(evidence.request_headers)
    url, body = redactor.url(evidence.url), evidence.request_body
    return Call(
        request=f"{evidence.method} {clip(url, BODY)}",
        request_headers=_fields(sent),
        answer=words.answered(evidence),
        started=evidence.started,
        headers=_fields(headers),
        ids="\n".join(_ids(headers, evidence.body)),
        curl=redactor.text(curl(evidence.method, url, sent, body)),
        writes=evidence.method.upper() not in SAFE,
    )


def _ids(headers: Headers, body: Body) -> list[str]:
    found = [f"{name}: {clip(value, 200)}" for name, value in headers if name.lower() in _IDS]
    data = body.data if body.kind is BodyKind.JSON and isinstance(body.data, dict) else {}
    return found + [
        f"{name}: {clip(value, 200)}"
        for name, value in data.items()
        if name in _BODY_IDS and isinstance(value, str)
    ]


def _fields(headers: Headers) -> str:
    return clip("\n".join(f"{name}: {value}" for name, value in headers), BODY)


def _request_body(evidence: Evidence | None, redactor: Redactor) -> str:
    empty = evidence is None or evidence.request_body.kind is BodyKind.EMPTY
    return "" if evidence is None or empty else _body(evidence.request_body, redactor)


def _body(body: Body, redactor: Redactor) -> str:
    text = words.body_text(body)
    # More than is shown, so that a secret at its end is whole when it is looked for.
    head, rest = text[: BODY + _MARGIN], max(len(text) - BODY - _MARGIN, 0)
    if body.kind is not BodyKind.EMPTY:
        known = body.kind if body.kind is BodyKind.JSON else None
        content = redactor.content(head.encode("utf-8", "backslashreplace"), known=known)
        head = content.decode("utf-8", "replace")
    more = len(head) - BODY + rest
    return head if more <= 0 else f"{head[:BODY]}\n… {more:,} more characters are in run.json"
