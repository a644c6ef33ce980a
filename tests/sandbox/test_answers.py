"""Tests of the responses."""

from __future__ import annotations

import json

from harness.sandbox.answers import MARK, Answer, refused, rendered, succeeded
from harness.sandbox.call import Raw, Refusal
from harness.sandbox.validate import FieldError


def test_a_refusal_has_the_documented_error_body() -> None:
    """A refusal gives message, requestId and statusCode, and no fieldErrors without a field."""
    response = rendered(refused(Refusal(404, "nothing here"), "cm1"))

    assert json.loads(bytes(response.body)) == {
        "message": "nothing here",
        "requestId": "cm1",
        "statusCode": 404,
    }
    assert response.headers["content-type"] == "application/json"
    assert response.headers[MARK[0]] == MARK[1]


def test_a_refusal_of_fields_names_them() -> None:
    """Field errors have the three documented keys, in the order in which they were found."""
    error = FieldError(field="name", code="required", message="name is required")
    body = json.loads(bytes(rendered(refused(Refusal(400, "no", (error,)), "cm1")).body))

    assert body["fieldErrors"] == [{"field": "name", "code": "required", "message": "name is required"}]


def test_a_refusal_can_have_headers() -> None:
    """The headers of a refusal stand beside the sandbox's mark."""
    response = rendered(refused(Refusal(405, "no", headers={"allow": "GET"}), "cm1"))

    assert (response.headers["allow"], response.headers[MARK[0]]) == ("GET", MARK[1])


def test_a_success_can_be_without_a_body() -> None:
    """None is sent without a body and a type, and bytes as they are."""
    empty = rendered(succeeded(204, None))
    raw = rendered(succeeded(200, Raw(content=b"a\n", headers={"content-type": "application/x-ndjson"})))

    assert (empty.status_code, bytes(empty.body), "content-type" in empty.headers) == (204, b"", False)
    assert (bytes(raw.body), raw.headers["content-type"]) == (b"a\n", "application/x-ndjson")


def test_an_answer_can_lose_its_type() -> None:
    """An answer whose type was taken away is sent without any."""
    assert "content-type" not in rendered(Answer(status=200, data={})).headers
