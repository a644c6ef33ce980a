"""What the name of a field says of its value, and which words are the contracts' own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache, lru_cache
from typing import Final

from harness.contract import API_VERSIONS, Contract, load_contract
from harness.schema import Schema


class Kind(StrEnum):
    """What a value is that must be replaced."""

    ID = "id"
    EMAIL = "e-mail address"
    NAME = "name"
    ROLE = "name of a role"
    """A word of the contracts, or the name that an organization gave to a role of its own."""
    ADDRESS = "address"
    """A URL that is about a person or a repository."""
    HOST = "host"


CATALOGUES: Final = frozenset(
    {"GetClusterOptions", "GetDeploymentOptions", "ListPermissionGroups", "ListRoleTemplates"}
)
"""Operations that answer with what the vendor offers: machines, regions, permissions; names of nobody."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_LAST: Final = {
    **dict.fromkeys(("id", "ids"), Kind.ID),
    **dict.fromkeys(("email", "emails"), Kind.EMAIL),
    **dict.fromkeys(("name", "names", "username", "usernames", "login", "logins"), Kind.NAME),
    **dict.fromkeys(("role", "roles"), Kind.ROLE),
    **dict.fromkeys(("host", "hosts", "domain", "domains"), Kind.HOST),
}
_WHOLE: Final = {
    **dict.fromkeys(("provideraccount", "namespace", "releasename"), Kind.ID),
    **dict.fromkeys(("account", "repo", "objectkey", "searchtext"), Kind.NAME),
    **dict.fromkeys(("avatarurl", "authorurl", "commiturl", "remoteurl"), Kind.ADDRESS),
    # The vendor's own names, whoever asks.
    **dict.fromkeys(("authmethodname", "airflowparamname", "friendlyname", "productplanname"), None),
    **dict.fromkeys(("providerpackagename", "authtypeid", "productplanid"), None),
}
_CONSTANT = re.compile(r"(?:ORGANIZATION|WORKSPACE|DEPLOYMENT|DAG)_[A-Z_]+")
"""The vendor's own roles, of which the contracts list some."""
_COMMON: Final = frozenset(
    {"default", "astronomer", "localhost", "python", "application", "sandbox", "harness", "example"}
)
_LITERALS: Final = frozenset({"default", "true", "false", "null"})
"""Names that mean something to the service, or are none: `includeDefaultRoles=true`, the queue `default`."""
_IN_PATHS = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


@lru_cache(maxsize=8192)
def kind_of(field: str) -> Kind | None:
    """Return what goes by a name of any spelling: camelCase, snake_case, kebab-case."""
    flat = re.sub(r"[^a-z0-9]", "", field.lower())
    if flat in _WHOLE:
        return _WHOLE[flat]
    words = _WORD.findall(field)
    return _LAST.get(words[-1].lower()) if words else None


def is_constant(kind: Kind, value: str) -> bool:
    """Whether a value stays although its place says what it is: a word that everybody's answers have."""
    if kind is Kind.ID:
        return False
    return value in _enumerated() or value in _LITERALS or _CONSTANT.fullmatch(value) is not None


def is_word(value: str) -> bool:
    """Whether the contracts, or everybody, use a value as a word: elsewhere it may mean just that."""
    return value.casefold() in _vocabulary()


@cache
def _contracts() -> tuple[Contract, ...]:
    return tuple(load_contract(version) for version in dict.fromkeys(API_VERSIONS.values()))


@cache
def _enumerated() -> frozenset[str]:
    return frozenset(word for schema in _schemas() for word in schema.enum if isinstance(word, str))


@cache
def _vocabulary() -> frozenset[str]:
    words = set(_COMMON) | _enumerated()
    for schema in _schemas():
        words.update(schema.properties)
    for contract in _contracts():
        for operation in contract.operations:
            words.add(operation.id)
            words.update(parameter.name for parameter in operation.parameters)
            words.update(_IN_PATHS.findall(operation.path))
    return frozenset(word.casefold() for word in words)


@cache
def _schemas() -> tuple[Schema, ...]:
    waiting = [
        schema
        for contract in _contracts()
        for api in contract.apis.values()
        for schema in api.schemas.values()
    ]
    for contract in _contracts():
        for operation in contract.operations:
            waiting += [parameter.schema for parameter in operation.parameters]
    return tuple(found for schema in waiting for found in _below(schema))


def _below(schema: Schema) -> Iterator[Schema]:
    yield schema
    inner = [*schema.properties.values(), *schema.any_of, schema.items, schema.additional]
    for each in inner:
        if each is not None:
            yield from _below(each)


def numeric(value: str) -> bool:
    """Whether a text has digits only, as ids of other services do."""
    return value.isascii() and value.isdigit()
