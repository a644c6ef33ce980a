"""The redactor as the runner uses it."""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.exchange import Exchange, Failure, FailureKind, Headers, Json, Request, Response
from harness.redact import Redactor
from harness.redact.json_text import JsonRedaction
from harness.settings import SecretRules
from harness.struct import replace

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"
KEY = b"a key for tests"
TOKEN = "known-value-0123456789"


def redactor() -> Redactor:
    """Make one that knows a value, and whose placeholders are the same in every run."""
    return Redactor({"ASTRO_API_TOKEN": TOKEN}, key=KEY)


def unhashed(text: str) -> str:
    """Cut the hash off placeholders."""
    return re.sub("REDACTED-[0-9a-f]{8}", "REDACTED-", text)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (("Authorization", f"Bearer {TOKEN}"), "Bearer [ASTRO_API_TOKEN]"),
        (("authorization", "Bearer other-value"), "Bearer REDACTED-"),
        (("Authorization", "somevalue"), "REDACTED-"),
        (("Authorization", "some thing"), "REDACTED-"),
        (("Authorization", "Bearer"), "Bearer"),
        (("Authorization", "Bearer harness-probe-invalid-token"), "Bearer harness-probe-invalid-token"),
        (("Authorization", "harness-probe malformed"), "harness-probe malformed"),
        (("X-API-Key", "abcdef"), "REDACTED-"),
        (("x-next-page-token", "abcdef"), "abcdef"),
        (("X-Remaining-Tokens", "42"), "42"),
        (("Cookie", "theme=; sid=abc"), "theme=; sid=REDACTED-"),
        (
            ("WWW-Authenticate", 'Bearer realm="astro", error="invalid_token"'),
            'Bearer realm="astro", error="invalid_token"',
        ),
        (("Location", f"https://h/x?a=1&code={TOKEN}"), "https://h/x?a=1&code=%5BASTRO_API_TOKEN%5D"),
    ],
)
def test_headers(header: tuple[str, str], expected: str) -> None:
    """Fields that carry credentials lose them; the scheme, and what only looks like one, stays."""
    ((name, value),) = redactor().headers((header,))

    assert name == header[0]
    assert unhashed(value) == expected


def test_a_cookie_that_is_set_keeps_its_attributes() -> None:
    """Only the value of the cookie goes, each of several fields on its own."""
    fields = (("Set-Cookie", "sid=abc; Path=/; HttpOnly"), ("Set-Cookie", "b=c"))
    (_, first), (_, second) = redactor().headers(fields)

    assert first.startswith("sid=REDACTED-")
    assert first.endswith("; Path=/; HttpOnly")
    assert second.startswith("b=REDACTED-")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://h/p?limit=20&offset=0", "https://h/p?limit=20&offset=0"),
        ("https://h/p?a=b%20c&api_key=x+y&d", "https://h/p?a=b%20c&api_key=REDACTED-&d"),
        ("https://h/p?showSecrets=true&pageToken=abc", "https://h/p?showSecrets=true&pageToken=abc"),
        ("https://h/blob?sv=1&sig=abcdef", "https://h/blob?sv=1&sig=REDACTED-"),
        ("https://user:pw@h:8080/p", "https://user:REDACTED-@h:8080/p"),
        ("https://0123456789abcdef0123@h/p", "https://REDACTED-@h/p"),
        ("ssh://git@h/p", "ssh://git@h/p"),
        (f"/p/{TOKEN}/q", "/p/%5BASTRO_API_TOKEN%5D/q"),
        (f"https://h/p/{JWT}#token=abc", "https://h/p/REDACTED-#token=REDACTED-"),
        (
            f"https://h/?next={quote('https://g/?access_token=abc', safe='')}",
            "https://h/?next=https%3A%2F%2Fg%2F%3Faccess_token%3DREDACTED-",
        ),
    ],
)
def test_urls(url: str, expected: str) -> None:
    """Secrets leave path, query, user information and nested URLs; the rest keeps its spelling."""
    assert unhashed(redactor().url(url)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Invalid bearer token: bearer authentication is required",
        "basic plan, Basic authentication",
        "the token is missing; password policy: 8 characters",
        "2026-01-01T00:00:00Z clx0abcdefghij 550e8400-e29b-41d4-a716-446655440000",
        "https://cloud.astronomer.io/organizations/x?tab=tokens",
        "eyJust a word",
    ],
)
def test_prose_about_secrets_stays(text: str) -> None:
    """Error messages and identifiers are compared, so they must not be touched."""
    assert redactor().text(text) is text


@pytest.mark.parametrize(
    "text",
    [
        f"sent {JWT}.",
        "Authorization: Bearer abcdef0123456789",
        f"Authorization: Basic {base64.b64encode(b'user:hunter2').decode()}",
        "-----BEGIN RSA PRIVATE KEY-----\nabc\ndef\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\ncut short",
        "postgres://user:hunter2@db:5432/x",
        "grant_type=refresh&client_secret=hunter2",
        'event: x\ndata: {"password": "hunter2"}',
        '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nhunter2\r\n--b--',
        "ghp_0123456789abcdefghij0123456789abcdef",
    ],
)
def test_secrets_in_text_go(text: str) -> None:
    """What looks like a secret is replaced in text of any kind, and stays replaced."""
    once = redactor().text(text)

    assert "REDACTED-" in once
    for secret in (JWT, "hunter2", "abcdef0123456789", "\nabc\n", "cut short", "dXNlc"):
        assert secret not in once
    assert redactor().text(once) is once


def test_json_in_a_string_is_json() -> None:
    """Secrets in JSON that is the value of a string are found; the rest keeps its spelling."""
    inner = json.dumps({"aws_secret_access_key": "zzz", "region": "eu"})
    content = json.dumps({"extra": inner, "n": 1.0}).encode()
    data = json.loads(redactor().content(content))

    assert json.loads(data["extra"]).keys() == {"aws_secret_access_key", "region"}
    assert "zzz" not in data["extra"]
    assert data["n"] == 1.0


def test_formatting_of_json_stays() -> None:
    """A body that had to be changed is written as it was: spacing, escapes and numbers."""
    content = b'{"a":1.10,"token":"x","b":"\\u00e9","c":[ ]}\n'

    assert unhashed(redactor().content(content).decode()).encode() == content.replace(b'"x"', b'"REDACTED-"')


@pytest.mark.parametrize(
    "content",
    [
        b'{"id": "x"}\n{"password": "hunter2"}\n',
        b'{"a": {"password": "hunter2"',
        b"[2026-01-01] INFO password=hunter2",
        b'[1] Bearer hunter2hunter2 {"x": 1}',
    ],
)
def test_what_only_begins_like_json_is_redacted_as_text_too(content: bytes) -> None:
    """JSON lines, JSON that was cut short and log lines have no place to hide a secret."""
    once = redactor().content(content)

    assert b"hunter2" not in once
    assert redactor().content(once) is once


def test_binary_content_loses_known_values_only() -> None:
    """Bytes that are no text keep every byte around a known value."""
    content = b"\xff\x00" + TOKEN.encode() + b"\x80\x01"

    assert redactor().content(content) == b"\xff\x00[ASTRO_API_TOKEN]\x80\x01"
    assert redactor().content(bytes(range(256))) == bytes(range(256))


def test_equal_secrets_have_equal_placeholders() -> None:
    """Equality survives redaction, so that two sides can still be compared; another key changes all."""
    one, other = redactor(), redactor()

    assert one.json({"token": "x"}) == other.json({"token": "x"})
    assert one.json({"token": "x"}) != one.json({"token": "y"})
    assert one.json({"token": "x"}) != Redactor(key=b"other").json({"token": "x"})
    assert Redactor().json({"token": "x"}) != Redactor().json({"token": "x"})


def test_masks_of_the_service_stay() -> None:
    """What the service masked itself is no secret, and empty is a fact."""
    value: Json = {"password": "****", "token": "", "secret": None}

    assert redactor().json(value) is value


def test_a_known_value_goes_wherever_it_is() -> None:
    """Known values are replaced also in keys, numbers and innocent fields."""
    known = Redactor({"PIN_CODE": "1234567"}, key=KEY)

    assert known.json({"1234567": [1234567, "a 1234567 b"]}) == {
        "[PIN_CODE]": ["[PIN_CODE]", "a [PIN_CODE] b"]
    }


def exchange(*, headers: Headers = (), content: bytes = b"") -> Exchange:
    """Make an exchange with the same header fields and body on both ways."""
    return Exchange(
        request=Request(method="POST", url="https://h/p", headers=headers, content=content),
        response=Response(status=200, headers=headers, content=content),
    )


def test_an_exchange_without_secrets_is_the_same_object() -> None:
    """Nothing to replace costs no copy."""
    clean = exchange(headers=(("accept", "*/*"),), content=b'{"id": "x", "tokens": [{"id": "y"}]}')

    assert redactor().exchange(clean) is clean


def test_a_url_that_came_before_is_the_same_object() -> None:
    """Nothing to replace costs no copy, also where an equal one was looked through earlier."""
    tool = redactor()
    first, second = (b"https://h/p".decode() for _ in range(2))

    assert tool.url(first) is first
    assert tool.url(second) is second


def test_all_parts_of_an_exchange_are_redacted() -> None:
    """URL, header fields, bodies and the message of a failure lose their secrets."""
    content = json.dumps({"password": "hunter2", "x": TOKEN}).encode()
    dirty = exchange(headers=(("X-Api-Key", "hunter2"),), content=content)
    failed = Exchange(
        request=Request(method="GET", url=f"https://h/{TOKEN}"),
        failure=Failure(kind=FailureKind.CONNECT, message=f"no route to {TOKEN}"),
    )
    said = repr(redactor().exchange(dirty)) + repr(redactor().exchange(failed))

    assert "hunter2" not in said
    assert TOKEN not in said
    assert said.count("[ASTRO_API_TOKEN]") == 3


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["token", "tokens", "secret", "value", "isSecret", "a", "b"]), inner, max_size=5
        )
    ),
    max_leaves=25,
)
PIECES = (
    *(
        "token=",
        "Bearer ",
        "Basic ",
        "://",
        "u:p@",
        "?sig=",
        "&",
        '"',
        ":",
        "{",
        "}",
        "eyJabcdefgh.",
        " ",
        "==",
    ),
    *(TOKEN, "REDACTED-", "0a1b2c3d", "[ASTRO_API_TOKEN]", "name=", "\n", "%5B", "dTpw", "12345678"),
)
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=12).map("".join)


@given(value=json_values)
def test_redacting_json_twice_changes_nothing(value: Json) -> None:
    """What came out once comes out as the same object again."""
    once = redactor().json(value)

    assert redactor().json(once) is once


@given(text=texts)
def test_redacting_text_twice_changes_nothing(text: str) -> None:
    """Text, URL, header field and body are stable after one pass."""
    tool = redactor()
    for redact in (tool.text, tool.url):
        assert redact(redact(text)) == redact(text)
    content = tool.content(text.encode())
    assert tool.content(content) == content
    for name in ("authorization", "cookie", "set-cookie", "x-api-key", "link"):
        fields = tool.headers(((name, text),))
        assert tool.headers(fields) == fields


letters = st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_characters="*•")
# The first letter keeps a secret from being a word of the text around it.
secrets = (
    st.text(alphabet=letters, min_size=8, max_size=30)
    .map("§{}".format)
    .filter(lambda text: "harness-probe" not in text)
)


@given(several=st.lists(texts, max_size=4), secret=secrets)
def test_what_is_spared_together_is_spared_alone(several: list[str], secret: str) -> None:
    """A look at many texts at once passes over none that has something to take out."""
    for tool in (redactor(), Redactor({"KNOWN": secret}, key=KEY)):
        for all_of_them in (several, [*several, f"see {secret}"]):
            if tool.spares(all_of_them):
                assert [tool.text(text) for text in all_of_them] == all_of_them


@pytest.mark.parametrize(
    "text",
    ["password: Hunter2abc!", '{"token": "abc"}', "[1, 2]", "Bearer abcdefgh", "https://u:p@h/", "a\\u0042"],
)
def test_a_text_with_a_hint_is_not_spared(text: str) -> None:
    """One that may have a secret sends all that are looked at with it the long way; others do not."""
    plain = ["tokens/list", "List tokens", "scenarios/users/list.yaml:3"]

    assert redactor().spares(plain)
    assert not redactor().spares([*plain, text])


@given(secret=secrets, value=json_values)
def test_no_known_value_survives(secret: str, value: Json) -> None:
    """A known value is gone from every place and in every spelling."""
    tool = Redactor({"KNOWN": secret}, key=KEY)
    coded = base64.b64encode(f"user:{secret}".encode()).decode()
    content = json.dumps(
        [value, {"note": f"a {secret} b", "deep": [{secret: [coded]}], "u": quote(secret)}]
    ).encode()
    left = json.dumps(json.loads(tool.content(content)), ensure_ascii=False)

    for spelled in (secret, coded, json.dumps(secret)[1:-1], quote(secret)):
        assert spelled not in left
        assert spelled not in tool.text(f"x {spelled} y")
        assert spelled not in tool.url(f"https://h/{quote(secret, safe='')}?q={quote(secret, safe='')}")
        assert spelled not in tool.headers((("x-note", spelled),))[0][1]


@given(secret=secrets)
def test_no_named_secret_survives(secret: str) -> None:
    """A value that goes by the name of a secret is gone, though nobody knew it before."""
    tool = Redactor(key=KEY)
    quoted = quote(secret, safe="")

    assert tool.json({"a": [{"clientSecret": secret}]}) != {"a": [{"clientSecret": secret}]}
    assert secret not in json.dumps(tool.json({"a": [{"clientSecret": secret}]}), ensure_ascii=False)
    assert quoted not in tool.url(f"https://h/p?access_token={quoted}")
    assert quoted not in tool.content(f"a=b&password={quoted}".encode()).decode()
    assert secret not in tool.headers((("authorization", f"Bearer {secret}"),))[0][1]


_NAMES = (
    *("token", "tokens", "shortToken", "isSecret", "value", "password", "environmentVariables"),
    *("credentials", "otp", "name", "key", "id", "tokenId", ":token", "x,"),
)
named_values = st.recursive(
    st.sampled_from(
        [
            "",
            "s3cr3tvalue",
            "DB_PASSWORD",
            "REDACTED-0a1b2c3d",
            "****",
            "short",
            ",",
            ":x",
            "longer than a short one",
        ]
    )
    | st.none()
    | st.booleans()
    | st.integers(0, 99999),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(_NAMES),
            inner,
            max_size=4,
        )
    ),
    max_leaves=14,
)


@given(value=named_values)
def test_the_short_way_finds_what_the_long_way_finds(value: Json) -> None:
    """JSON without secrets is passed over fast, and only then: walking over it changes nothing either."""
    redactor = Redactor(key=b"k")
    text = json.dumps(value)

    walked = JsonRedaction(redactor._hide, lambda string: string).run(text)

    assert redactor.content(text.encode()) == walked.encode()


OWN = Redactor(key=KEY, rules=SecretRules(names=("x-corp-key",), patterns=("^corp-[0-9]{4}$", "[0-9a-f]{8}")))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"xCorpKey": "open sesame"}, {"xCorpKey": "REDACTED-"}),
        ({"x_corp_key": 1234}, {"x_corp_key": "REDACTED-"}),
        ({"a": ["corp-1234", "not corp-1234"]}, {"a": ["REDACTED-", "not corp-1234"]}),
        ({"a": "see 0123abcd and 89ab0123"}, {"a": "see REDACTED- and REDACTED-"}),
        ({"token": "an ordinary one"}, {"token": "REDACTED-"}),
    ],
)
def test_the_rules_of_a_project_only_add(body: Json, expected: Json) -> None:
    """What a project names or describes goes as well; a placeholder is not taken for a secret again."""
    cleaned = OWN.json(body)

    assert json.loads(unhashed(json.dumps(cleaned))) == expected
    assert OWN.json(cleaned) == cleaned


def test_the_rules_of_a_project_hold_in_headers_and_urls() -> None:
    """They hold wherever the common ones do."""
    (header,) = OWN.headers((("X-Corp-Key", "open sesame"),))

    assert unhashed(header[1]) == "REDACTED-"
    assert unhashed(OWN.url("https://h/p/corp-1234?xCorpKey=a&b=0123abcd")) == (
        "https://h/p/REDACTED-?xCorpKey=REDACTED-&b=REDACTED-"
    )
    assert unhashed(OWN.text("x-corp-key=a; 0123abcd")) == "x-corp-key=REDACTED-; REDACTED-"


@pytest.mark.parametrize("cut", range(4))
def test_a_token_of_the_vendor_is_known_by_its_look(cut: int) -> None:
    """It is a JWT in base64; what stands before it in the run of letters changes nothing."""
    token = base64.b64encode(f"{'x' * cut}{JWT}".encode()).decode()

    assert token not in redactor().text(f"called with {token}, and refused")
    assert JWT not in json.dumps(redactor().json({"note": f"{token}"}))


def test_the_first_characters_of_a_token_stay() -> None:
    """The vendor shows them to tell tokens apart, and they are in every list of tokens."""
    body = b'{"tokens": [{"shortToken": "ZXlKaGJH", "name": "a name that is long enough to be a run"}]}'

    assert redactor().content(body) is body


@pytest.mark.parametrize(
    ("url", "cleaned"),
    [
        ("https://a.example/x/{}/y", "https://a.example/x/%5BTOKEN%5D/y"),
        ("https://{}@a.example/x", "https://%5BTOKEN%5D@a.example/x"),
        ("https://u:{}@a.example/x", "https://u:%5BTOKEN%5D@a.example/x"),
        ("https://a.example/x?q={}&r=1", "https://a.example/x?q=%5BTOKEN%5D&r=1"),
        ("https://a.example/x?{}", "https://a.example/x?%5BTOKEN%5D"),
        ("https://a.example/x#{}", "https://a.example/x#%5BTOKEN%5D"),
    ],
)
def test_a_known_value_that_is_no_part_of_a_url_is_found_in_one(url: str, cleaned: str) -> None:
    """Clients write slashes, ampersands and plus signs as they are, and every parser cuts there."""
    token = "Zq9/w+8=v&7u6?t5#s4r3"
    redactor = Redactor({"TOKEN": token})

    assert redactor.url(url.format(token)) == cleaned
    assert redactor.url(cleaned) == cleaned


def test_a_body_that_comes_again_is_redacted_again() -> None:
    """Only what had nothing to redact is remembered, and only as the kind of body that it was."""
    redactor = Redactor(key=KEY)
    form = b"user=me&password=open+sesame"
    kinds = ("application/json", "application/x-www-form-urlencoded", "application/json", "")
    for content in (b'{"password": "open sesame"}', form, b'\xef\xbb\xbf{"password": "open sesame"}'):
        for kind in kinds:
            response = Response(status=200, headers=(("Content-Type", kind),), content=content)
            alone = Redactor(key=KEY).response(response)

            assert redactor.response(response) == redactor.response(response) == alone
            assert b"sesame" not in alone.content


def test_a_body_without_secrets_stays_the_same_object() -> None:
    """Also when it comes again, and in a response with a field that has a secret."""
    redactor = Redactor(key=KEY)
    for headers in ((), (("Set-Cookie", "a=open-sesame"),), ()):
        response = Response(status=200, headers=headers, content=b'{"name": "fine"}')

        assert redactor.response(response).content is response.content
        assert "sesame" not in str(redactor.response(response).headers)


SECRET = "s3cr3t-Value/of+16=characters"


def _fields(text: str) -> list[Exchange]:
    """Make exchanges with a text in each of their fields that any text can be in."""
    request = Request(method="GET", url="https://h/v1/p")
    response = Response(status=200)
    return [
        Exchange(request=replace(request, method=text), response=response),
        Exchange(request=replace(request, headers=((text, "1"), ("x", text))), response=response),
        Exchange(request=request, response=replace(response, headers=((text, "1"), ("x", text)))),
        Exchange(request=request, response=replace(response, http_version=text)),
        Exchange(request=request, response=response, started=text),
        Exchange(request=request, failure=Failure(kind=FailureKind.CONNECT, message=text)),
    ]


@given(before=st.text(max_size=5), after=st.text(max_size=5))
def test_no_field_of_an_exchange_keeps_a_known_value(before: str, after: str) -> None:
    """Wherever tools put what they were given; and what has none of it stays the same object."""
    redactor = Redactor({"A_TOKEN": SECRET}, key=b"k")
    for exchange in _fields(f"{before}{SECRET}{after}"):
        assert SECRET not in str(redactor.exchange(exchange))
    for exchange in _fields("plain"):
        assert redactor.exchange(exchange) is exchange


@pytest.mark.parametrize(
    "unit", ["cookie: a=b1c2d3e4;", '<x name="a" value="', 'name="a"\r\n', "token: x1y2z3w4 "]
)
def test_a_text_that_says_the_same_again_and_again_is_redacted(unit: str) -> None:
    """What a service repeats a thousand times is no more to look through than it is long, or deep."""
    redactor = Redactor(key=KEY)
    cleaned = redactor.text(unit * 3_000)

    assert redactor.text(cleaned) == cleaned
    assert not any(secret in cleaned for secret in ("b1c2d3e4", "x1y2z3w4"))


def test_a_part_of_a_form_with_more_header_lines_is_redacted() -> None:
    """A file's part tells its type, too."""
    head = 'name="password"; filename="p.txt"\r\nContent-Type: text/plain\r\nX-Other: 1'
    form = f"--b\r\nContent-Disposition: form-data; {head}\r\n\r\nopen sesame\r\n--b"
    cleaned = Redactor(key=KEY).text(form)

    assert "sesame" not in cleaned
    assert "X-Other: 1" in cleaned


@pytest.mark.parametrize("padding", ["_" * 130, "%20" * 45, "\u00e9" * 129])
def test_a_long_name_is_read_from_its_beginning(padding: str) -> None:
    """What says that a field is a secret may be far from its value."""
    assert unhashed(redactor().text(f"secret{padding}=hunter2")) == f"secret{padding}=REDACTED-"


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (rb'"[{\":token\" : \"left<token>hunter2"hunter2</token>over\"}]"', ""),
        (b"token=\xf0\x9f\x98\x80&password=\xe2\x80\xa8", "cp1251"),
    ],
)
def test_what_shows_only_without_a_secret_is_looked_through(body: bytes, charset: str) -> None:
    """One pass finds all: a replay does not look again through what it has left."""
    once = redactor().content(body, charset=charset)
    assert redactor().content(once, charset=charset) == once
    assert b"left" not in once
