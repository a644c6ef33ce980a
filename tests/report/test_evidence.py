"""The evidence of a pair: both calls, what support needs, and bodies side by side."""

from __future__ import annotations

from harness.exchange import Body, BodyKind
from harness.redact import Redactor
from harness.report.evidence import BODY, EXCERPT, PairView, pair_view
from harness.result import StepResult
from tests.report.builders import body, error_body, evidence, step, tokens


def _view(made: StepResult) -> PairView:
    view = pair_view(made, Redactor())
    assert view is not None
    return view


def test_a_step_that_called_nothing_has_none() -> None:
    """There is nothing to show."""
    assert pair_view(step(baseline=None, candidate=None), Redactor()) is None


def test_one_side_alone_is_shown_against_nothing() -> None:
    """The other side was not called."""
    view = _view(step(candidate=None))
    assert view.new is None
    assert view.old is not None
    assert view.old.request.startswith("GET http://127.0.0.1:8765/iam/v1beta1/")
    assert view.size > 0


def test_ids_for_support_come_from_headers_and_from_error_bodies() -> None:
    """The vendor finds a call by them."""
    answer = evidence("v1", error_body(404, "no"), 404, headers=(("X-Request-Id", "r1"), ("x-other", "r2")))
    new = _view(step(candidate=answer)).new
    assert new is not None
    assert new.ids == "X-Request-Id: r1\nrequestId: 3f6c2f0e-5d8a-4d5e-9f0c-3a1b2c4d5e6f"


def test_calls_that_change_something_are_told_from_those_that_do_not() -> None:
    """Whoever pastes a command should know."""
    view = _view(step(candidate=evidence(method="DELETE")))
    assert view.old is not None
    assert view.new is not None
    assert (view.old.writes, view.new.writes) == (False, True)


def test_a_long_body_is_cut_and_says_so() -> None:
    """On each side for itself."""
    long = evidence(body=Body(kind=BodyKind.TEXT, data="x" * (BODY + 7)))
    (block,) = _view(step(candidate=long)).answered
    assert "… 7 more characters are in run.json" in [line.text for line in block.candidate]


def test_the_excerpt_ends_and_is_empty_where_nothing_differs() -> None:
    """A finding shows the first lines; its step shows all."""
    same = _view(step(baseline=evidence("iam", tokens("type")), candidate=evidence("v1", tokens("type"))))
    assert same.excerpt == ()
    assert same.answered
    lines = {f"k{number}": number for number in range(3 * EXCERPT)}
    other = _view(step(baseline=evidence("iam", dict(lines)), candidate=evidence("v1", dict.fromkeys(lines))))
    assert sum(len(block.baseline) for block in other.excerpt) == EXCERPT
    assert sum(len(block.candidate) for block in other.excerpt) == EXCERPT


def test_request_bodies_stand_side_by_side_where_there_is_one() -> None:
    """A read sends none."""
    assert _view(step()).sent == ()
    sent = _view(step(baseline=evidence(request_body=body({"a": 1})))).sent
    assert [line.text for line in sent[0].baseline if line.text] == ["{", '  "a": 1', "}"]


def test_bytes_that_no_text_holds_are_shown_all_the_same() -> None:
    """Half a surrogate pair comes from a response like anything else."""
    view = _view(step(candidate=evidence(body=Body(kind=BodyKind.TEXT, data="a\ud800b"))))
    assert "a\\ud800b" in view.answered[0].candidate[0].text
