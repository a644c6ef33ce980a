"""Tests of the check for secrets, and what they share: secrets planted in exchanges, in every spelling."""

from __future__ import annotations

import base64
import gzip
import html
import json
from collections.abc import Callable
from typing import Final
from urllib.parse import quote, quote_plus

from harness.exchange import Exchange, Failure, FailureKind, Headers, Request, Response

TOKEN: Final = "aT0k-en.With/specials+and=0123456789"
JWT: Final = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJvcmdhbml6YXRpb24ifQ.c2lnbmF0dXJlLW9mLXRva2Vu"


def _nested(secret: str) -> str:
    return json.dumps({"inner": json.dumps({"text": f"see {secret}."})})


ENCODINGS: Final[dict[str, Callable[[str], str]]] = {
    "plain": str,
    "in a sentence": lambda secret: f"the token {secret}, they said",
    "URL": lambda secret: quote(secret, safe=""),
    "URL in lower case": lambda secret: quote(secret, safe="").replace("%2F", "%2f").replace("%2B", "%2b"),
    "form": quote_plus,
    "base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "base64 of credentials": lambda secret: base64.b64encode(f"me:{secret}".encode()).decode(),
    "base64 for URLs": lambda secret: base64.urlsafe_b64encode(f"x{secret}y".encode()).decode().rstrip("="),
    "hex": lambda secret: secret.encode().hex(),
    "HTML": lambda secret: html.escape(f"<a href='?t={secret}'>"),
    "JSON in JSON": _nested,
}
"""How a secret is spelled, by what one calls it."""

_TYPE: Final = ("Content-Type", "application/json; charset=utf-8")


def _made(
    *,
    url: str = "https://h/v1/p",
    sent: Headers = (),
    content: bytes = b"",
    got: Headers = (),
    body: bytes = b"",
) -> Exchange:
    request = Request(method="POST", url=url, headers=sent, content=content)
    return Exchange(request=request, response=Response(status=200, headers=got, content=body), started="now")


def _json(value: str) -> bytes:
    return json.dumps({"a": [{"b": {"c": value}}]}).encode()


PLACES: Final[dict[str, Callable[[str], Exchange]]] = {
    "path": lambda text: _made(url=f"https://h/v1/{quote(text, safe='')}/x"),
    "query": lambda text: _made(url=f"https://h/v1/x?state={quote(text, safe='')}&limit=1"),
    "fragment": lambda text: _made(url=f"https://h/v1/x#state={quote(text, safe='')}"),
    "sent header": lambda text: _made(sent=(("x-ODD-casE", text),)),
    "got header": lambda text: _made(got=(("LOCATION", f"https://h/v1/{quote(text, safe='')}"),)),
    "sent JSON": lambda text: _made(sent=(_TYPE,), content=_json(text)),
    "got JSON": lambda text: _made(got=(_TYPE,), body=_json(text)),
    "JSON with escapes": lambda text: _made(
        got=(_TYPE,), body=_json(text).replace(b"e", b"\\u0065").replace(b"/", b"\\/")
    ),
    "key": lambda text: _made(got=(_TYPE,), body=json.dumps({text: 1}).encode()),
    "lines of JSON": lambda text: _made(body=b'{"x": 1}\n' + _json(text) + b"\n"),
    "JSON cut short": lambda text: _made(body=_json(text)[:-4]),
    "text": lambda text: _made(got=(("content-type", "text/plain"),), body=f"a\nb {text} c\n".encode()),
    "latin-1": lambda text: _made(body=f"\u00e9 {text}".encode("latin-1", "replace")),
    "form": lambda text: _made(content=f"a=1&b={quote_plus(text)}".encode()),
    "multipart": lambda text: _made(
        sent=(("content-type", "multipart/form-data; boundary=x"),),
        content=f'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n{text}\r\n--x--\r\n'.encode(),
    ),
    "packed": lambda text: _made(sent=(("content-encoding", "gzip"),), content=gzip.compress(_json(text))),
    "failure": lambda text: Exchange(
        request=Request(method="GET", url="https://h/v1"),
        failure=Failure(kind=FailureKind.CONNECT, message=f"could not reach {text}"),
    ),
}
"""An exchange with some text in one place of it, by what one calls the place."""
