"""Two projects that test the same pairs: scenarios for the harness, and tests as people write them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import yaml
from vcr.serializers import yamlserializer

from harness import __version__
from harness.cassette import CassetteWriter
from harness.contract import BASE_URLS
from harness.exchange import Exchange, Side
from harness.redact import Redactor
from harness.result import Provenance, Source
from tests.benchmarks.pairs import ORGANIZATION, Sample

_PROVENANCE: Final = Provenance(
    source=Source.LIVE,
    environment="production",
    recorded="2026-11-02T09:30:00Z",
    tool=f"astro-migration-harness {__version__}",
    contracts={"iam": "2026-07-08", "platform": "2026-07-08", "v1": "2026-07-18"},
    base_urls={name: BASE_URLS[name] for name in ("iam", "platform", "v1")},
)

_REDACTOR: Final = Redactor()

_CONFTEST: Final = '''\
import httpx
import pytest


@pytest.fixture(scope="session")
def client():
    """One client for all tests, which is the fastest way to write them."""
    with httpx.Client(headers={"Accept": "application/json", "Authorization": "Bearer made-up"}) as client:
        yield client


@pytest.fixture(scope="module")
def vcr_config():
    return {"filter_headers": ["authorization"]}
'''

_HEAD: Final = """\
import pytest
from deepdiff import DeepDiff

RENAMED = {"dictionary_item_added", "dictionary_item_removed"}
"""

_TEST: Final = """

@pytest.mark.vcr
def {name}(client):
    old = client.request({method!r}, {old!r}, json={sent!r})
    new = client.request({method!r}, {new!r}, json={sent!r})
    assert old.status_code == new.status_code == 200
    assert set(DeepDiff(old.json(), new.json())) == RENAMED
"""


def write_scenarios(samples: Iterable[Sample], project: Path) -> None:
    """Write a scenario and its two cassettes for each pair, and the settings of the project."""
    project.mkdir(parents=True)
    (project / "pyproject.toml").write_text('[tool.harness]\nscenarios = ["scenarios"]\n')
    for sample in samples:
        name = f"{sample.operation}/{sample.number:05}"
        path = project / "scenarios" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_scenario(sample))
        for side, exchange in sample.exchanges.items():
            writer = CassetteWriter(redaction=_REDACTOR.edition)
            writer.add(_REDACTOR.exchange(exchange), "call")
            target = project / "cassettes" / name / f"{side.value}.yaml"
            writer.save(target, _PROVENANCE, {"organization_id": ORGANIZATION})


def write_tests(samples: Iterable[Sample], project: Path) -> None:
    """Write a test of pytest-recording and deepdiff, and its cassette, for each pair."""
    cassettes = project / "cassettes" / "test_pairs"
    cassettes.mkdir(parents=True)
    (project / "conftest.py").write_text(_CONFTEST)
    (project / "pytest.ini").write_text("[pytest]\n")
    tests = [_HEAD]
    for sample in samples:
        name = f"test_{sample.operation.lower()}_{sample.number:05}"
        urls = {side.value: exchange.request.url for side, exchange in sample.exchanges.items()}
        tests.append(
            _TEST.format(
                name=name,
                method=sample.method,
                old=urls["baseline"],
                new=urls["candidate"],
                sent=sample.sent,
            )
        )
        (cassettes / f"{name}.yaml").write_text(stock_cassette(sample.exchanges[side] for side in Side))
    (project / "test_pairs.py").write_text("".join(tests))


def stock_cassette(exchanges: Iterable[Exchange]) -> str:
    """Return a cassette as stock vcrpy writes it."""
    return str(yamlserializer.serialize({"version": 1, "interactions": [_stock(one) for one in exchanges]}))


def _stock(exchange: Exchange) -> dict[str, Any]:
    request, response = exchange.request, exchange.response
    assert response is not None
    headers = {name: [value] for name, value in request.headers if name != "Authorization"}
    return {
        "request": {
            "method": request.method,
            "uri": request.url,
            "body": request.content.decode(),
            "headers": headers,
        },
        "response": {
            "status": {"code": response.status, "message": "OK"},
            "headers": {name: [value] for name, value in response.headers},
            "body": {"string": response.content.decode()},
        },
    }


def _scenario(sample: Sample) -> str:
    """Write a scenario as a person would; the rename is accepted, so that the run is green."""
    request: dict[str, Any] = {}
    if sample.query:
        request["query"] = dict(sample.query)
    if sample.sent is not None:
        request["body"] = sample.sent
    step = {
        "name": "call",
        "operation": sample.operation,
        **({"request": request} if request else {}),
        "expect": {"status": 200},
        "accept": [
            {
                "rule": "property-renamed",
                "path": sample.renamed[0],
                "to": sample.renamed[1],
                "reason": "Documented: v1's contract names it so.",
            }
        ],
    }
    values = {name: value for name, value in sample.values.items() if name != "organization_id"}
    scenario = {
        "scenario": f"{sample.operation} {sample.number}",
        "tags": ["benchmark"],
        **({"vars": values} if values else {}),
        "steps": [step],
    }
    text = yaml.safe_dump(json.loads(json.dumps(scenario)), sort_keys=False)
    return f"# yaml-language-server: $schema=scenario.schema.json\n{text}"
