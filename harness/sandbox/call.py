"""One call of an operation, as the families see it, and how they refuse it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NoReturn, TypeAlias

from harness.contract import Operation
from harness.sandbox.assumptions import INVALID_BODY_MESSAGE, NOT_FOUND_MESSAGE
from harness.sandbox.store import Resource, Scene
from harness.sandbox.validate import FieldError
from harness.struct import Struct, field


class Refusal(Exception):  # noqa: N818 - it is an answer, not an error of the sandbox
    """The sandbox refuses a request: what its error body and its headers say."""

    def __init__(
        self,
        status: int,
        message: str,
        fields: tuple[FieldError, ...] = (),
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Keep what the response needs."""
        super().__init__(message)
        self.status = status
        self.message = message
        self.fields = fields
        self.headers = headers


class NotFound(Refusal):
    """An id of the path leads nowhere; the app turns it into the status that the contract documents."""

    def __init__(self, id: str, what: str) -> None:  # noqa: A002 - the API's own word
        """Say by which id, and what was looked for."""
        super().__init__(404, NOT_FOUND_MESSAGE.format(what=what, id=id))


def refuse_field(where: str, code: str, message: str) -> NoReturn:
    """Refuse one field of a body.

    Raises:
        Refusal: Always.
    """
    error = FieldError(field=where, code=code, message=f"{where} {message}")
    raise Refusal(400, INVALID_BODY_MESSAGE, (error,)) from None


class Call(Struct, frozen=True, kw_only=True):
    """One call whose token, path, query and body have been read.

    ``ids`` are the values of the path's parameters, ``path`` the resources that they lead to, by
    parameter. ``query`` and ``body`` hold only what the contract of the version knows.
    """

    operation: Operation
    scene: Scene
    ids: Mapping[str, str]
    path: Mapping[str, Resource] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)


class Raw(Struct, frozen=True, kw_only=True):
    """A response body that is not JSON, with the header fields that describe it."""

    content: bytes
    headers: Mapping[str, str]


Handler: TypeAlias = Callable[[Call], Any]
"""Does what an operation is for and returns the data of its response (JSON, :class:`Raw` or None)."""
