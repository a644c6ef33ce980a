"""Classes of fields, of both kinds."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from harness.struct import Struct, as_dict, field_names, replace


class Call(Struct, frozen=True, kw_only=True):
    """A class that is built in C."""

    method: str
    path: str = "/"


@dataclass(frozen=True, kw_only=True)
class Login:
    """A dataclass, because it has a field that must not show."""

    user: str
    token: str = field(repr=False)


def test_a_copy_has_the_other_values_and_its_origin_does_not() -> None:
    """Both kinds are replaced by one word, and what was there stays as it was."""
    call, login = Call(method="GET"), Login(user="ann", token="t")

    assert replace(call, path="/users") == Call(method="GET", path="/users")
    assert replace(login, user="bob") == Login(user="bob", token="t")
    assert (call, login) == (Call(method="GET"), Login(user="ann", token="t"))


@pytest.mark.parametrize("thing", [Call(method="GET"), Login(user="ann", token="t")])
def test_a_name_that_is_no_field_is_refused(thing: Call | Login) -> None:
    """A field that does not exist cannot be replaced."""
    with pytest.raises(TypeError, match="colour"):
        replace(thing, colour="red")


@pytest.mark.parametrize(
    ("thing", "fields"),
    [
        (Call(method="GET"), {"method": "GET", "path": "/"}),
        (Login(user="ann", token="t"), {"user": "ann", "token": "t"}),
    ],
)
def test_the_fields_are_told_in_their_order(thing: Call | Login, fields: dict[str, str]) -> None:
    """Names come in the order of the class, of a class as of an object."""
    assert list(as_dict(thing).items()) == list(fields.items())
    assert field_names(thing) == field_names(type(thing)) == tuple(fields)


@pytest.mark.parametrize(
    ("thing", "name"), [(Call(method="GET"), "path"), (Login(user="a", token="t"), "user")]
)
def test_what_is_frozen_cannot_be_changed(thing: Call | Login, name: str) -> None:
    """Both kinds keep a caller from changing what others have."""
    with pytest.raises(AttributeError):
        setattr(thing, name, "other")
