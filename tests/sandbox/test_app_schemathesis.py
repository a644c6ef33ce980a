"""schemathesis calls every operation of every API, with good and with bad requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from functools import cache
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig

from harness.contract import API_VERSIONS, V1, V1BETA1, Operation, Parameter
from harness.sandbox import BASES, SANDBOX_TOKEN, Clock, Setup, running
from harness.sandbox.app import _Sandbox
from harness.sandbox.surface import FAMILIES, endpoints
from harness.sandbox.switches import packaged
from tests.sandbox.documents import openapi_document, parameter_schema

EXAMPLES: Final = 3
"""Good requests of each operation, and bad ones."""

OPERATIONS: Final = [operation for contract in packaged().values() for operation in contract.operations]
CASES: Final = [
    (operation, mode)
    for operation in OPERATIONS
    for mode in schemathesis.GenerationMode
    # Without a body, and with any text in the query, there is nothing to get wrong.
    if mode is schemathesis.GenerationMode.POSITIVE
    or operation.request
    or any(
        parameter.location == "query" and parameter_schema(parameter) for parameter in operation.parameters
    )
]


@cache
def _loaded(api: str) -> Any:
    """Return the schema that schemathesis makes of an API's document."""
    facts = next(contract.apis[api] for contract in packaged().values() if api in contract.apis)
    generation = GenerationConfig(allow_extra_parameters=False, with_security_parameters=False)
    project = ProjectConfig(generation=generation)
    config = SchemathesisConfig(projects=ProjectsConfig(default=project))
    return schemathesis.openapi.from_dict(openapi_document(facts, _shared_bounds), config=config)


def _shared_bounds(operation: Operation, parameter: Parameter) -> Mapping[str, float]:
    """Return the bounds of a query parameter that hold in both versions because one states them."""
    version = API_VERSIONS[operation.api]
    other = {V1: V1BETA1, V1BETA1: V1}.get(version, "")
    form = endpoints(packaged()[version], packaged().get(other))[operation.id].form
    return form.query[parameter.name].bounds if parameter.location == "query" else {}


@cache
def _ids() -> Mapping[str, str]:
    """Return an id for every path parameter, of the first resource of its family."""
    store = _Sandbox(packaged(), Clock(), 0, Setup())._store
    return {
        name: next(store.all(family.name), {}).get(family.id_field, "none")
        for family in FAMILIES
        for name in family.parameters
    }


def _left_out(operation: Operation) -> list[Any]:
    """Return the checks that are not for an operation."""
    load_all_checks()
    names = []
    if operation.request:
        # The ids in a body must be those of resources, which no schema says.
        names.append("positive_data_acceptance")
    return CHECKS.get_by_names(names)


@pytest.fixture(name="unchanged", scope="module")
def _unchanged() -> Iterator[str]:
    """Give a sandbox that nothing is changed in."""
    with running() as url:
        yield url


@pytest.mark.parametrize(
    ("operation", "mode"), CASES, ids=[f"{one.api}-{one.id}-{mode.value}" for one, mode in CASES]
)
def test_it_has_nothing_to_say(
    operation: Operation, mode: schemathesis.GenerationMode, unchanged: str
) -> None:
    """Every answer is as documented: good requests are taken, bad ones refused, no token gets 401."""
    target = _loaded(operation.api)[operation.path][operation.method]

    # What changes something gets a sandbox of its own, so that the order of the tests does not matter.
    with nullcontext(unchanged) if operation.method == "GET" else running() as url:

        @settings(
            max_examples=EXAMPLES,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        @given(case=target.as_strategy(generation_mode=mode))
        def call(case: schemathesis.Case[Any]) -> None:
            for name in case.path_parameters:
                case.path_parameters[name] = _ids().get(name, "none")
            case.call_and_validate(
                base_url=f"{url}{BASES[operation.api]}",
                headers={"Authorization": f"Bearer {SANDBOX_TOKEN}"},
                excluded_checks=_left_out(operation),
            )

        call()
