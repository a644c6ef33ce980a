"""Tests of deploys."""

from __future__ import annotations

import pytest

from tests.sandbox.api import ORGANIZATION, Api

BOTH = pytest.mark.parametrize(("one", "other"), [("platform", "v1"), ("v1", "platform")])


def _path(api: Api, name: str = "staging-ingest") -> str:
    """Return the path of the deploys of a deployment."""
    deployment = api.seeded("v1", f"{ORGANIZATION}/deployments", name)["id"]
    return f"{ORGANIZATION}/deployments/{deployment}/deploys"


@BOTH
def test_a_deploy_is_made_finalized_and_rolled_back(api: Api, one: str, other: str) -> None:
    """A deploy made through one version is finalized, described and rolled back through the other."""
    path = _path(api)
    made = api.call("POST", one, path, body={"type": "DAG_ONLY", "description": "feed 43"})
    place = f"{path}/{made['id']}"
    final = api.call("POST", other, f"{place}/finalize", body={"dagTarballVersion": "2026-09-01T08:00:00Z"})
    changed = api.call("POST", other, place, body={"description": "feed 43, again"})
    back = api.call("POST", other, f"{place}/rollback", body={"description": "undo"})
    read = api.call("GET", one, f"{path}/{back['id']}")

    assert (made["status"], final["status"]) == ("INITIALIZED", "DEPLOYED")
    assert made["dagsUploadUrl"].endswith(f"{made['id']}/dags")
    assert final["dagTarballVersion"] == "2026-09-01T08:00:00Z"
    assert changed["description"] == "feed 43, again"
    assert (read["rollbackFromId"], read["status"]) == (made["id"], "DEPLOYED")
    assert back["id"] in str(api.call("GET", one, path))


def test_a_deploy_is_finalized_once(api: Api) -> None:
    """A deploy that is in use cannot be finalized again."""
    path = _path(api)
    made = api.call("POST", "v1", path, body={"type": "IMAGE_ONLY"})
    api.call("POST", "v1", f"{path}/{made['id']}/finalize", body={})

    assert "dagsUploadUrl" not in made
    assert api.send("POST", "v1", f"{path}/{made['id']}/finalize", body={}).status_code == 400


def test_v1_relaxes_git(api: Api) -> None:
    """Relaxed: v1 takes git of any provider with a commit only, and shows it; v1beta1 does neither."""
    path = _path(api)
    git = {"provider": "GENERIC", "commitSha": "abc123"}
    new = api.call("POST", "v1", path, body={"type": "DAG_ONLY", "git": git})
    refused = api.send("POST", "platform", path, body={"type": "DAG_ONLY", "git": git})

    assert new["git"] == git
    assert "git" not in api.call("GET", "platform", f"{path}/{new['id']}")
    assert {error["field"] for error in refused.json()["fieldErrors"]} == {
        "git.account",
        "git.branch",
        "git.commitUrl",
        "git.provider",
        "git.repo",
    }


def test_a_deploy_without_a_version_gets_one(api: Api) -> None:
    """A deploy that is finalized without a version gets one of the time."""
    path = _path(api)
    made = api.call("POST", "v1", path, body={"type": "IMAGE_AND_DAG"})
    final = api.call("POST", "v1", f"{path}/{made['id']}/finalize", body={})

    assert final["dagTarballVersion"].startswith("2026-09-01T")


def test_a_bundle_can_be_deployed(api: Api) -> None:
    """A deploy of a bundle is shown with its type, although no response documents that type."""
    url, headers = f"{api.url}/v1{_path(api, 'ml-training')}", {"authorization": f"Bearer {api.token}"}
    body = {"type": "BUNDLE", "bundleType": "dbt", "bundleMountPath": "/dbt"}
    made = api.client.post(url, json=body, headers=headers).json()
    version = {"bundleTarballVersion": "7"}
    final = api.client.post(f"{url}/{made['id']}/finalize", json=version, headers=headers).json()

    assert (made["type"], final["status"]) == ("BUNDLE", "DEPLOYED")
    assert final["bundles"] == [
        {
            "bundleType": "dbt",
            "currentVersion": "7",
            "deployId": made["id"],
            "desiredVersion": "7",
            "mountPath": "/dbt",
        }
    ]


def test_an_unknown_deploy_cannot_be_finalized(api: Api) -> None:
    """Where no 404 is documented an unknown id is forbidden."""
    answer = api.send("POST", "v1", f"{_path(api)}/clunknown0000000000000000/finalize", body={})

    assert answer.status_code == 403
