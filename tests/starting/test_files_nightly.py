"""The nightly jobs: their own commands, taken from the templates, run against a sandbox as they stand."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.sandbox import SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN, running
from harness.starting import CI, plan_start, write_start
from harness.starting.files import template

RUN = "Run the scenarios"
SWEEP = "Delete what the run left behind"
ARTIFACT = "https://ci.example.com/artifacts/1"
CONTEXT = {
    "secrets.ASTRO_API_TOKEN": SANDBOX_TOKEN,
    "vars.ASTRO_ORGANIZATION_ID": SANDBOX_ORGANIZATION_ID,
    "vars.ASTRO_ENVIRONMENT": "night",
    # The name of what is installed here: pip then has nothing to download.
    "vars.HARNESS_SOURCE": "astro-migration-harness",
    "steps.upload.outputs.artifact-url": ARTIFACT,
}
"""What GitHub would put in the place of expressions."""

NO_DOWNLOADS = {"PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}


def _value(text: str) -> str:
    """Put values in the place of expressions; an operator other than || is none that the test knows."""

    def of(match: re.Match[str]) -> str:
        name, _, default = (part.strip() for part in match[1].partition("||"))
        assert re.fullmatch(r"[\w.-]+", name), match[0]
        return CONTEXT.get(name) or default.strip("'")

    return re.sub(r"\$\{\{(.*?)\}\}", of, text)


def _environ(root: Path, *given: Mapping[str, str]) -> dict[str, str]:
    """Return what a job's step sees: nothing of ours but where programs are."""
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    own = {
        "PATH": programs,
        "HOME": str(root),
        "LANG": "C.UTF-8",
        "GITHUB_STEP_SUMMARY": str(root / "summary.md"),
    }
    values = {name: _value(str(value)) for each in given for name, value in each.items()}
    return {**own, **NO_DOWNLOADS, **values}


def _run(root: Path, command: str, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a step as a runner does: the shell that `shell: bash` means."""
    return subprocess.run(  # noqa: S603 - the commands of our own templates
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", command],  # noqa: S607 - wherever bash is
        cwd=root,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


def _repository(root: Path, url: str, ci: CI, *operations: str) -> Path:
    """Make a repository with what `harness init` writes, and an environment at a sandbox."""
    (root / ".git").mkdir()
    write_start(plan_start(root, operations, ci))
    bases = {"iam": "/iam/v1beta1", "platform": "/platform/v1beta1", "v1": "/v1"}
    lines = ["", "[tool.harness.documents]", *(f'{api} = "http://127.0.0.1:9/{api}"' for api in bases)]
    lines += [
        "",
        "[tool.harness.environments.night]",
        *(f'{api} = "{url}{base}"' for api, base in bases.items()),
    ]
    with (root / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("\n".join([*lines, ""]))
    return root


def _github(root: Path) -> dict[str, subprocess.CompletedProcess[str]]:
    """Run the steps with commands in their order; one that fails ends those that do not say otherwise."""
    workflow: Any = yaml.safe_load((root / ".github/workflows/astro-migration.yml").read_text("utf-8"))
    (job,) = workflow["jobs"].values()
    assert workflow["defaults"] == {"run": {"shell": "bash"}}
    done: dict[str, subprocess.CompletedProcess[str]] = {}
    for step in (step for step in job["steps"] if "run" in step):
        failed = any(each.returncode for each in done.values())
        condition = step.get("if", "")
        if failed and not re.search(r"!cancelled\(\)|always\(\)", condition):
            continue
        if "steps.run.outcome != 'skipped'" in condition and RUN not in done:
            continue
        done[step["name"]] = _run(root, step["run"], _environ(root, job["env"], step.get("env", {})))
    return done


def test_a_night_in_which_nothing_differs(tmp_path: Path) -> None:
    """Every command of GitHub's workflow succeeds, and the summary links to the artifact."""
    with running() as url:
        done = _github(_repository(tmp_path, url, CI.GITHUB))
    said = {name: (each.returncode, each.stdout + each.stderr) for name, each in done.items()}

    assert len(done) == 5
    assert done[SWEEP].stdout == "night: nothing is left of runs that have ended.\n"
    assert all(code == 0 for code, _ in said.values()), said
    assert "1 passed" in done["Run the scenarios"].stdout
    summary = (tmp_path / "summary.md").read_text("utf-8")
    assert summary.startswith(f"The whole report: [artifact of this run]({ARTIFACT})\n\n# Astro API")
    assert done["Show the report"].stdout == ""
    for each in done.values():
        assert SANDBOX_TOKEN not in each.stdout + each.stderr
    # Between the lines that stop and resume the runner's commands stands all that pytest prints.
    lines = done["Run the scenarios"].stdout.splitlines()
    token = lines[0].removeprefix("::stop-commands::")
    assert re.fullmatch(r"[0-9a-f]{32}", token)
    assert lines[-1] == f"::{token}::"
    assert sum(token in line for line in lines) == 2


def test_a_night_in_which_something_differs(tmp_path: Path) -> None:
    """The job fails, the report is shown all the same, and the finding stands on the scenario's line."""
    with running() as url:
        done = _github(_repository(tmp_path, url, CI.GITHUB, "ListUsers", "ListApiTokens"))
    scenarios = done["Run the scenarios"]

    assert scenarios.returncode == 1
    assert "1 failed, 1 passed" in scenarios.stdout
    assert (done[SWEEP].returncode, done["Show the report"].returncode) == (0, 0)
    (line,) = [each for each in done["Show the report"].stdout.splitlines() if "property-renamed" in each]
    place = re.match(r"::error file=(scenarios/tokens/list-api-tokens\.yaml),line=(\d+),title=", line)
    assert place
    shown = (tmp_path / place[1]).read_text("utf-8").splitlines()[int(place[2]) - 1]
    assert shown.strip() == "- name: list api tokens"
    assert "property-renamed" in (tmp_path / "summary.md").read_text("utf-8")


def test_a_night_without_a_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The preflight ends the job, and says what to do; no scenario runs."""
    monkeypatch.setitem(CONTEXT, "secrets.ASTRO_API_TOKEN", "")
    done = _github(_repository(tmp_path, "http://127.0.0.1:9", CI.GITHUB))

    assert [each.returncode for each in done.values()][:2] == [0, 1]
    assert "Run `export ASTRO_API_TOKEN=...` first." in done["Look at what a run needs"].stdout
    assert {RUN, SWEEP}.isdisjoint(done)


def test_a_night_on_gitlab(tmp_path: Path) -> None:
    """The script fails where something differs; what comes after it writes the report for merge requests."""
    with running() as url:
        root = _repository(tmp_path, url, CI.GITLAB, "ListUsers", "ListApiTokens")
        job: Any = yaml.safe_load((root / ".gitlab/astro-migration.yml").read_text("utf-8"))[
            "astro-migration"
        ]
        secrets = {name.partition(".")[2]: value for name, value in CONTEXT.items() if "ASTRO" in name}
        project = {**secrets, "HARNESS_SOURCE": CONTEXT["vars.HARNESS_SOURCE"]}
        # Variables of the project win over those of the job.
        environ = _environ(root, job["variables"], project)
        script = _run(root, "\n".join(job["script"]), environ)
        after = _run(root, "\n".join(job["after_script"]), environ)
    issues = json.loads((root / job["artifacts"]["reports"]["codequality"]).read_text("utf-8"))

    assert (script.returncode, after.returncode) == (1, 0), script.stdout + script.stderr
    assert "1 failed, 1 passed" in script.stdout
    assert "scenarios/tokens/list-api-tokens.yaml" in {issue["location"]["path"] for issue in issues}
    assert (root / job["artifacts"]["reports"]["junit"]).is_file()
    assert yaml.safe_load((root / ".gitlab-ci.yml").read_text("utf-8")) == {
        "include": [{"local": ".gitlab/astro-migration.yml"}]
    }


def test_secrets_are_named_and_only_where_they_are_needed() -> None:
    """No template holds a value, and what installs or uploads does not see the token."""
    workflow: Any = yaml.safe_load(template("github.yml"))
    steps = workflow["jobs"]["nightly"]["steps"]
    knowing = [step["name"] for step in steps if "secrets." in json.dumps(step)]
    (job,) = yaml.safe_load(template("gitlab.yml")).values()

    assert knowing == ["Look at what a run needs", RUN, SWEEP]
    assert "secrets." not in json.dumps({**workflow, "jobs": None})
    assert workflow["permissions"] == {"contents": "read"}
    assert set(job["variables"]) == {"ASTRO_ENVIRONMENT"}


def test_nothing_secret_is_cached_or_kept() -> None:
    """The history of findings is cached, the reports are kept; both are written without secrets."""
    steps = yaml.safe_load(template("github.yml"))["jobs"]["nightly"]["steps"]
    cached = {step["with"]["path"] for step in steps if "actions/cache" in step.get("uses", "")}
    kept = {step["with"]["path"] for step in steps if "upload-artifact" in step.get("uses", "")}
    (job,) = yaml.safe_load(template("gitlab.yml")).values()

    assert cached == set(job["cache"]["paths"]) == {".harness/history.sqlite3"}
    assert kept == {"reports/latest"}


def test_expressions_stand_in_no_command() -> None:
    """A value reaches a command as a variable only: nothing in it can be taken for one."""
    steps = yaml.safe_load(template("github.yml"))["jobs"]["nightly"]["steps"]

    assert not [step for step in steps if "${{" in step.get("run", "")]
