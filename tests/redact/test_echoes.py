"""Secrets that an answer repeats."""

from __future__ import annotations

import gzip
import json

import pytest

from harness.exchange import Exchange, Failure, FailureKind, Request, Response
from harness.redact import Redactor

SECRET = "Zq9xS3cr3tV4lue77"
JSON = (("content-type", "application/json"),)


def _exchange(request: Request, said: object, **fields: str) -> Exchange:
    headers = (*JSON, *((name.replace("_", "-"), value) for name, value in fields.items()))
    return Exchange(
        request=request, response=Response(status=400, headers=headers, content=json.dumps(said).encode())
    )


def _post(body: object) -> Request:
    return Request(method="POST", url="https://h/x", headers=JSON, content=json.dumps(body).encode())


def _get(url: str, cookie: str = "") -> Request:
    return Request(method="GET", url=url, headers=(("cookie", cookie),) if cookie else (), content=b"")


@pytest.mark.parametrize(
    "exchange",
    [
        _exchange(_post({"password": SECRET}), {"fieldErrors": [{"message": f"{SECRET} is too short"}]}),
        _exchange(_post({}), {"token": SECRET, "message": f"Your token is {SECRET}."}),
        _exchange(_post({}), {"token": SECRET, "message": f"Your token {SECRET} is old"}),
        _exchange(_post({"password": SECRET}), {"message": f"refused:\n{SECRET}"}),
        _exchange(_post({"apiKey": SECRET}), {"message": "no"}, x_reason=f"unknown: {SECRET}"),
        _exchange(
            Request(method="GET", url=f"https://h/x?access_token={SECRET}", headers=(), content=b""),
            {"message": f"{SECRET} has expired"},
        ),
        _exchange(
            Request(method="GET", url="https://h/x", headers=(("x-api-key", SECRET),), content=b""),
            {"message": f"the key {SECRET} is not known"},
        ),
        Exchange(
            request=_post({"password": SECRET}),
            failure=Failure(kind=FailureKind.TIMEOUT, message=f"no answer to {SECRET}"),
        ),
    ],
    ids=["body", "answer", "same-word", "escape", "field", "query", "header", "failure"],
)
def test_what_an_answer_repeats_is_hidden(exchange: Exchange) -> None:
    """A value that its name gave away is hidden in prose too, under the same placeholder."""
    redactor = Redactor(key=b"k")
    clean = redactor.exchange(exchange)

    assert SECRET not in repr(clean)
    assert redactor.placeholder(SECRET) in repr(clean.response or clean.failure)
    assert redactor.exchange(clean) is clean


@pytest.mark.parametrize("value", ["production", "development-environment", "20260101123456"])
def test_ordinary_words_are_left(value: str) -> None:
    """What may be an ordinary word or number stays where no name says that it is a secret."""
    said = {"message": f"{value} is no password", "environment": value}
    clean = Redactor().exchange(_exchange(_post({"password": value}), said))

    assert clean.response is not None
    assert json.loads(clean.response.content) == said


ID = "cm0abcdefg1234567890"
STAMP = "2026-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (_get(f"https://h/tokens/{ID}", f"org={ID}"), {"url": f"https://h/tokens/{ID}"}),
        (_get(f"https://h/x?next=/tokens/{ID}/x?token={SECRET}"), {"message": f"{ID} is gone"}),
        (_get("https://h/x", f"org={ID}"), {"id": ID, "url": f"https://h/tokens/{ID}"}),
        (_get("https://h/x", f"org={ID}"), {"teamId": ID, "team": ID}),
        (_get("https://h/x", f"since={STAMP}"), {"createdAt": STAMP, "until": "2026-01-01T00:00:09Z"}),
        (_get("https://h/x", "since=20260101T000000Z"), {"createdAt": "20260101T000000Z"}),
        (_post({"password": "workspace-01"}), {"name": "workspace-012", "old": "my-workspace-01"}),
    ],
    ids=["asked", "spelled otherwise", "id", "id of another", "time", "short time", "longer"],
)
def test_what_is_no_secret_elsewhere_is_left(request_: Request, said: object) -> None:
    """Ids that a request shows or an answer calls so, times, and longer words stay: later steps need them."""
    clean = Redactor().exchange(_exchange(request_, said))

    assert clean.request != request_
    assert clean.response is not None
    assert json.loads(clean.response.content) == said


def test_a_packed_answer_is_unpacked() -> None:
    """What a packed body repeats is hidden in it, and it is packed again."""
    packed = gzip.compress(json.dumps({"message": f"{SECRET} is too short"}).encode())
    response = Response(status=400, headers=JSON, content=packed)
    redactor = Redactor(key=b"k")
    clean = redactor.exchange(Exchange(request=_post({"password": SECRET}), response=response))

    assert clean.response is not None
    said = json.loads(gzip.decompress(clean.response.content))
    assert said == {"message": f"{redactor.placeholder(SECRET)} is too short"}
    assert redactor.exchange(clean) is clean


def test_a_damaged_packed_answer_stays() -> None:
    """What nobody can unpack is left as it is."""
    response = Response(status=400, headers=JSON, content=gzip.compress(b"{}")[:-4])
    clean = Redactor().exchange(Exchange(request=_post({"password": SECRET}), response=response))

    assert clean.response == response


def test_a_longer_word_of_the_request_does_not_show_a_secret() -> None:
    """It is another word, although the secret is its beginning."""
    exchange = _exchange(_post({"password": SECRET, "name": f"{SECRET}2"}), {"message": f"not {SECRET}"})

    assert SECRET not in repr(Redactor().exchange(exchange).response)


def test_many_secrets_are_as_one() -> None:
    """Where there are too many to look for one by one, each is hidden in prose, too, and ids stay."""
    given = [f"S3cr3t{number:06}abc" for number in range(40)]
    tokens = [{"id": f"cm0abcdefg{number:06}", "token": token} for number, token in enumerate(given)]
    said = {"tokens": tokens, "message": f"old:\n{' and '.join(given)}."}
    redactor = Redactor(key=b"k")
    clean = redactor.exchange(_exchange(_post({}), said))

    assert clean.response is not None
    hidden = json.loads(clean.response.content)
    assert hidden["message"] == f"old:\n{' and '.join(map(redactor.placeholder, given))}."
    assert [each["id"] for each in hidden["tokens"]] == [each["id"] for each in tokens]
