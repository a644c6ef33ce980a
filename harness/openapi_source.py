"""An OpenAPI document while it is read: its parts, its references, and the mistakes found in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote

from harness.document import Document, NodePath
from harness.errors import Problem
from harness.exchange import Json

_VERSION: Final = re.compile(r"3\.([01])(?:\.\d+.*)?")


class Source:
    """An OpenAPI document that is being read, and the problems found so far."""

    def __init__(self, document: Document, where: str) -> None:
        self.document = document
        self.where = where
        self._problems: dict[Problem, int] = {}
        self.root = self.mapping(document.data, ())
        version = _VERSION.fullmatch(str(self.root.get("openapi", "")))
        self.minor = int(version[1]) if version else None

    @property
    def problems(self) -> list[Problem]:
        """The problems in the order of their lines."""
        return sorted(self._problems, key=lambda problem: self._problems[problem])

    def is_openapi(self) -> bool:
        """Say whether the document is one that can be read; if not, that is a problem."""
        if self.problems:
            return False
        if self.minor is None:
            if "swagger" in self.root:
                what, key = f"this is Swagger {self.root['swagger']}", "swagger"
            elif "openapi" in self.root:
                what, key = f"OpenAPI {self.root['openapi']} is not supported", "openapi"
            else:
                what, key = "this is no OpenAPI document: it has no `openapi: 3.0.3` or the like", ""
            self.fail((key,), what, "Use an OpenAPI 3.0 or 3.1 document.")
        elif "paths" not in self.root:
            self.fail((), "the document has no `paths`", "Use the document that lists the operations.")
        return not self.problems

    def fail(self, place: NodePath, what: str, advice: str = "") -> None:
        """Note a problem at a place of the document."""
        line = self.document.line(place)
        self._problems[Problem(where=f"{self.where}:{line}", what=what, advice=advice)] = line

    def mapping(self, node: Json, place: NodePath) -> dict[str, Any]:
        """Return the node if it is a mapping; if not, that is a problem, and the mapping is empty."""
        if isinstance(node, dict):
            return node
        shown = f"`{place[-1]}`" if place else "the document"
        self.fail(place, f"{shown} is not a mapping")
        return {}

    def members(
        self, node: Mapping[str, Any], place: NodePath, key: str
    ) -> Iterator[tuple[str, Any, NodePath]]:
        """Yield key, value and place of the mapping below ``key``, without extensions."""
        for name, value in self.mapping(node.get(key, {}), (*place, key)).items():
            if not name.startswith("x-"):
                yield name, value, (*place, key, name)

    def elements(self, node: Mapping[str, Any], place: NodePath, key: str) -> Iterator[tuple[Any, NodePath]]:
        """Yield element and place of the list below ``key``."""
        found = node.get(key, [])
        if not isinstance(found, list):
            self.fail((*place, key), f"`{key}` is not a list")
            return
        for index, value in enumerate(found):
            yield value, (*place, key, index)

    def follow(self, node: Json, place: NodePath) -> tuple[dict[str, Any], NodePath]:
        """Follow the references of a node that is not a schema."""
        seen = {place}
        found = self.mapping(node, place)
        while "$ref" in found:
            target = self.target(found["$ref"], place)
            if target is None:
                return {}, place
            if target in seen:
                self.fail(place, f"the reference {found['$ref']} leads back to itself")
                return {}, place
            seen.add(target)
            place = target
            found = self.mapping(self.at(target), target)
        return found, place

    def target(self, ref: Json, place: NodePath) -> NodePath | None:
        """Return the place that a reference names; None, and a problem, when there is none."""
        if not isinstance(ref, str) or not ref.startswith("#/"):
            what = f"the reference {ref!r} leads out of the document"
            advice = "Bundle the document into one file; references look like #/components/schemas/Name."
            self.fail((*place, "$ref"), what, advice)
            return None
        target: NodePath = ()
        node: Json = self.root
        for raw in ref[2:].split("/"):
            key: str | int = unquote(raw).replace("~1", "/").replace("~0", "~")
            if isinstance(node, list) and str(key).isdigit() and int(key) < len(node):
                key = int(key)
                node = node[key]
            elif isinstance(node, dict) and key in node:
                node = node[key]
            else:
                self.fail((*place, "$ref"), f"the reference {ref} leads nowhere")
                return None
            target = (*target, key)
        return target

    def at(self, place: NodePath) -> Json:
        """Return the node at a place that exists."""
        found: Any = self.root
        for key in place:
            found = found[key]
        node: Json = found
        return node
