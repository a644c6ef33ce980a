"""What becomes of exchanges."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.anonymize import Anonymizer, Remains
from harness.cassette import Cassette
from harness.exchange import Exchange, Failure, FailureKind, Json, Request
from harness.values import value_class
from tests.anonymize import BASE, KEY, ORGANIZATION, USER, USERS, anonymous, answer_of, called
from tests.documentation import ROOT

PERSON = {"id": USER, "fullName": "Ines Calloway", "username": "ines@meridian.example", "status": "ACTIVE"}
NAME = "Ines Calloway"


def test_an_answer_and_the_next_request_still_belong_together() -> None:
    """The id that was told is the one that is asked for; words of the service stay."""
    listed, read = anonymous(
        called(answer={"users": [PERSON], "totalCount": 1}), called(f"{USERS}/{USER}", PERSON)
    )
    user = answer_of(listed)["users"][0]
    organization = listed.request.url.split("/")[-2]

    assert user["id"] == read.request.url.rpartition("/")[2] != USER
    assert answer_of(read) == user
    assert user["status"] == "ACTIVE"
    assert listed.request.url == f"{BASE}/organizations/{organization}/users"
    assert not {user["fullName"], user["username"], organization} & {*PERSON.values(), ORGANIZATION}


@pytest.mark.parametrize(
    "spelled",
    [
        lambda text: f"made by {text}, today",
        lambda text: json.dumps({"name": text}),
        lambda text: json.dumps(json.dumps({"x": f"by {text}"})),
        lambda text: f"https://x.example/?by={quote(text)}&y=1",
        lambda text: quote(quote(text, safe=""), safe=""),
        lambda text: base64.b64encode(f"cursor:{text}".encode()).decode(),
        lambda text: base64.urlsafe_b64encode(f"{text}?>?>".encode()).decode().rstrip("="),
    ],
    ids=["text", "JSON", "JSON in JSON", "URL", "encoded twice", "base64", "base64 for URLs"],
)
@pytest.mark.parametrize("original", [USER, NAME, "ines@meridian.example", "zoë müller"])
def test_no_spelling_keeps_an_original(spelled: object, original: str) -> None:
    """In headers, queries, answers and failures."""
    text = spelled(original)  # type: ignore[operator] # they are functions
    people = called(answer={**PERSON, "users": [{"name": "zoë müller"}]})
    told = called(
        f"{USERS}?note={quote(text, safe='')}", {"note": text, "list": [text]}, headers=(("x-note", text),)
    )
    failed = Exchange(
        request=Request(method="GET", url=USERS), failure=Failure(kind=FailureKind.TIMEOUT, message=text)
    )
    made = Anonymizer(KEY)
    for each in (told, people, failed):
        made.learn(each)
    remains = Remains(made.originals.known)

    assert list(remains.exchange(told))
    for each in (told, people, failed):
        assert list(remains.exchange(made.exchange(each))) == []


def test_short_names_and_words_damage_nothing() -> None:
    """They are replaced where their place says that they are names, and nowhere else."""
    given_ = {
        "workspaces": [
            {"name": "api", "id": USER},
            {"name": "DEPLOYMENT"},
            {"name": "true"},
            {"name": "x"},
            {"name": "users"},
        ],
        "type": "DEPLOYMENT",
        "path": "/api/users/x",
        "flag": "true",
    }
    url = f"{BASE}/organizations/{ORGANIZATION}/users?names=api&sorts=x"
    (made,) = anonymous(called(url, given_))
    answer = answer_of(made)
    names = [each["name"] for each in answer["workspaces"]]

    assert {key: answer[key] for key in ("type", "path", "flag")} == {
        key: given_[key] for key in ("type", "path", "flag")
    }
    assert names[1:3] == ["DEPLOYMENT", "true"]
    assert not {"api", "x", "users"} & set(names)
    assert made.request.url.endswith(f"/users?names={names[0]}&sorts=x")


def test_an_empty_name_and_a_placeholder_stay() -> None:
    """There is nobody behind them."""
    answer = {"name": "", "users": [{"name": "REDACTED-0123abcd", "id": "[A_TOKEN]"}, {"name": "-"}]}

    assert answer_of(anonymous(called(answer=answer))[0]) == answer


def test_a_name_that_is_an_id_stays_the_same_as_the_id() -> None:
    """Whoever named a deployment by the id of a user."""
    (made,) = anonymous(called(f"{USERS}/{USER}", {"deployments": [{"name": USER}], "note": USER}))

    id_ = made.request.url.rpartition("/")[2]
    assert answer_of(made) == {"deployments": [{"name": id_}], "note": id_}


def test_ids_of_other_forms_are_replaced_where_they_fill_a_path() -> None:
    """A numeric one keeps to digits, in JSON too."""
    (made,) = anonymous(called(f"{USERS}/123456", {"id": 123456, "other": {"userId": "123456"}, "n": 123456}))
    answer = answer_of(made)
    id_ = made.request.url.rpartition("/")[2]

    assert id_.isdigit()
    assert answer["id"] == int(id_)
    assert answer["other"]["userId"] == id_
    assert answer["n"] == 123456


def test_the_catalogue_of_the_vendor_stays() -> None:
    """Regions and machines are nobody's, though they have names; requests go on asking for them."""
    url = f"https://api.astronomer.io/platform/v1beta1/organizations/{ORGANIZATION}/cluster-options"
    options = [
        {"provider": "AWS", "regions": [{"name": "us-east-1"}], "nodeInstances": [{"name": "m5.xlarge"}]}
    ]
    made, cluster = anonymous(called(url, options), called(answer={"name": "mine", "region": "us-east-1"}))

    assert answer_of(made) == options
    assert answer_of(cluster)["region"] == "us-east-1"


def test_bodies_that_are_no_json() -> None:
    """Lines of JSON, forms, text, gzip, bytes."""
    people = called(answer={"users": [PERSON]})
    lines = b"".join(json.dumps({"actor": USER, "n": n}).encode() + b"\n" for n in range(3))
    bodies = [
        lines,
        gzip.compress(lines, mtime=0),
        f"name={quote(NAME)}&id={USER}".encode(),
        f"by {NAME}\r\n".encode("utf-16"),
        b"\xff\xfe\x00",
        b"\x89PNG" + bytes(range(256)),
        f"<p>{NAME}</p>".encode(),
    ]
    _, *made = anonymous(people, *(called(answer=body) for body in bodies))
    contents = [each.response.content for each in made if each.response]

    assert contents[0].count(b"\n") == 3
    assert all(USER.encode() not in content and NAME.encode() not in content for content in contents)
    assert gzip.decompress(contents[1]) == contents[0]
    assert contents[2].startswith(b"name=")
    assert contents[4:6] == bodies[4:6]


def test_two_recordings_of_a_project_agree() -> None:
    """Also when they saw other things; and another project's do not."""
    one = answer_of(anonymous(called(answer=PERSON))[0])
    two = answer_of(anonymous(called(answer={"x": 1}), called(answer={"users": [PERSON]}))[1])["users"][0]
    other = Anonymizer(b"another key")
    other.learn(called(answer=PERSON))

    assert one == two
    assert answer_of(other.exchange(called(answer=PERSON)))["id"] != one["id"]


def test_what_is_anonymous_stays_as_it_is() -> None:
    """A recording that is made of an anonymous one changes nothing."""
    first = anonymous(called(answer={"users": [PERSON]}), called(f"{USERS}/{USER}", PERSON))

    assert anonymous(*first) == first


def test_what_is_recorded_of_the_sandbox_keeps_its_shapes_and_classes() -> None:
    """All shipped cassettes: nothing is left, and what is judged, keys and the forms of values, stays."""
    exchanges = [
        exchange
        for path in sorted((ROOT / "cassettes").rglob("*.yaml"))
        for exchange in Cassette.load(path).exchanges
    ]
    made = Anonymizer(KEY)
    for each in exchanges:
        made.learn(each)
    remains = Remains(made.originals.known)
    result = [made.exchange(each) for each in exchanges]

    assert len(exchanges) > 1000
    assert [left for each in result for left in remains.exchange(each)] == []
    for old, new in zip(exchanges, result, strict=True):
        assert old.response is not None
        assert new.response is not None
        assert _form(old.request.body.data) == _form(new.request.body.data)
        assert _form(old.response.body.data) == _form(new.response.body.data)


def _form(value: Json) -> Json:
    """Return a JSON value with the classes of its texts in their place."""
    if isinstance(value, dict):
        return {key: _form(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_form(inner) for inner in value]
    return value_class(value).value if isinstance(value, str) else value


NAMES = st.one_of(
    st.text(max_size=12), st.sampled_from([USER, "api", "GET", "users", "Ann", "Ann Lee", "null"])
)
PEOPLE = st.lists(
    st.fixed_dictionaries(
        {"id": st.one_of(st.text(min_size=1, max_size=9), st.uuids().map(str), st.just(USER)), "name": NAMES},
        optional={"email": st.emails(), "description": NAMES, "parentIds": st.lists(st.text(max_size=5))},
    ),
    max_size=6,
)


@settings(deadline=None)
@given(PEOPLE, NAMES)
def test_whatever_is_recorded_nothing_is_left_and_it_is_consistent(
    people: list[dict[str, object]], note: str
) -> None:
    """Equal values stay equal and others stay others; anonymous once more it is the same."""
    told = ", ".join(str(each["name"]) for each in people)
    exchanges = [
        called(answer={"people": people}),
        called(f"{USERS}?q={quote(note, safe='')}", {"note": f"{note}, {told}.", "of": json.dumps(people)}),
    ]
    made = Anonymizer(KEY)
    for each in exchanges:
        made.learn(each)
    result = [made.exchange(each) for each in exchanges]
    remains = Remains(made.originals.known)
    ids = [
        (str(one["id"]), new["id"]) for one, new in zip(people, answer_of(result[0])["people"], strict=True)
    ]

    assert [left for each in result for left in remains.exchange(each)] == []
    assert len({old for old, _ in ids}) == len({new for _, new in ids}) == len(set(ids))
    assert anonymous(*result) == result


@pytest.mark.parametrize(
    ("pack", "unpack"),
    [
        (zlib.compress, zlib.decompress),
        (gzip.compress, gzip.decompress),
        (lambda text: text.decode().encode("utf-16"), bytes),
    ],
    ids=["zlib", "gzip", "UTF-16"],
)
def test_what_is_packed_or_wide_is_anonymous_too(
    pack: Callable[[bytes], bytes], unpack: Callable[[bytes], bytes]
) -> None:
    """Without a content coding, and by its looks; the check of what remains agrees."""
    text = json.dumps({"users": [PERSON], "note": f"by {NAME} of {USER}"}).encode()
    plain, made = anonymous(called(answer={"users": [PERSON]}), called(answer=pack(text)))

    assert plain.response is not None
    assert made.response is not None
    read = json.loads(unpack(made.response.content))
    assert read["users"] == json.loads(plain.response.content)["users"]
    assert NAME not in read["note"]
    assert USER not in read["note"]
