"""Tests of the responses."""

from __future__ import annotations

import json

from harness.sandbox.answers import MARK, refused
from harness.sandbox.call import Refusal
from harness.sandbox.validate import FieldError


def test_a_refusal_has_the_documented_error_body() -> None:
    """A refusal gives message, requestId and statusCode, and no fieldErrors without a field."""
    response = refused(Refusal(404, "nothing here"), "cm1")

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
    body = json.loads(bytes(refused(Refusal(400, "no", (error,)), "cm1").body))

    assert body["fieldErrors"] == [{"field": "name", "code": "required", "message": "name is required"}]


def test_a_refusal_can_have_headers() -> None:
    """The headers of a refusal stand beside the sandbox's mark."""
    response = refused(Refusal(405, "no", headers={"allow": "GET"}), "cm1")

    assert (response.headers["allow"], response.headers[MARK[0]]) == ("GET", MARK[1])
