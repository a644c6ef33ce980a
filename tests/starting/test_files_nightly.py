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

from harness.sandbox import SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN, Setup, parse_faults, running
from harness.starting import CI, plan_start, write_start
from harness.starting.files import template

RUN = "Run the scenarios"
SWEEP = "Delete what the run left behind"
CHECK = "Look for secrets in what is kept"
SHOW = "Show the report"
GATE = "Fail where nothing is proved"
CHECKED = "steps.check.outcome == 'success'"
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
    """Make a repository with what `harness init` writes, and an environment at a sandbox that proves all."""
    (root / ".git").mkdir()
    write_start(plan_start(root, operations, ci))
    bases = {"iam": "/iam/v1beta1", "platform": "/platform/v1beta1", "v1": "/v1"}
    lines = ["", "[tool.harness.documents]", *(f'{api} = "http://127.0.0.1:9/{api}"' for api in bases)]
    lines += [
        "",
        "[tool.harness.environments.night]",
        *(f'{api} = "{url}{base}"' for api, base in bases.items()),
        "",
        "[tool.harness.gate]",
        'evidence = "sandbox"',
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
        if CHECKED in condition and (CHECK not in done or done[CHECK].returncode):
            continue
        done[step["name"]] = _run(root, step["run"], _environ(root, job["env"], step.get("env", {})))
    return done


def test_a_night_in_which_nothing_differs(tmp_path: Path) -> None:
    """Every command of GitHub's workflow succeeds, and the summary links to the artifact."""
    with running() as url:
        done = _github(_repository(tmp_path, url, CI.GITHUB))
    said = {name: (each.returncode, each.stdout + each.stderr) for name, each in done.items()}

    assert len(done) == 7
    assert done[SWEEP].stdout == "night: nothing is left of runs that have ended.\n"
    assert all(code == 0 for code, _ in said.values()), said
    assert "1 passed" in done["Run the scenarios"].stdout
    summary = (tmp_path / "summary.md").read_text("utf-8")
    assert summary.startswith(f"The whole report: [artifact of this run]({ARTIFACT})\n\n# Astro API")
    assert done[SHOW].stdout == ""
    assert done[GATE].stdout.startswith("GO\n")
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
    assert [done[name].returncode for name in (SWEEP, CHECK, SHOW, GATE)] == [0, 0, 0, 1]
    (line,) = [each for each in done[SHOW].stdout.splitlines() if "property-renamed" in each]
    place = re.match(r"::error file=(scenarios/tokens/list-api-tokens\.yaml),line=(\d+),title=", line)
    assert place
    shown = (tmp_path / place[1]).read_text("utf-8").splitlines()[int(place[2]) - 1]
    assert shown.strip() == "- name: list api tokens"
    assert "property-renamed" in (tmp_path / "summary.md").read_text("utf-8")


@pytest.mark.parametrize("ci", [CI.GITHUB, CI.GITLAB])
def test_a_night_in_which_v1_answers_nothing(tmp_path: Path, ci: CI) -> None:
    """No scenario fails, and the job does: nothing came to a verdict. The report is kept all the same."""
    with running(setup=Setup(faults=parse_faults(["v1:*:503"]))) as url:
        root = _repository(tmp_path, url, ci)
        with (root / "pyproject.toml").open("a", encoding="utf-8") as file:
            file.write("[tool.harness.retries]\nattempts = 1\n")
        if ci is CI.GITHUB:
            done = _github(root)
            said = {name: each.returncode for name, each in done.items()}
            gate, kept = done[GATE].stdout, root / "summary.md"
            ended = [code for name, code in said.items() if code and name != GATE]
            assert (ended, said[GATE]) == ([], 3), said
        else:
            script, _ = _gitlab(root, _job(root))
            gate, kept = script.stdout, root / "checked-reports/latest/report.html"
            assert script.returncode == 3, script.stdout + script.stderr

    assert "1 scenario gave no verdict: users/list-users." in gate
    assert kept.is_file()


def test_a_night_with_what_v1_lacks(tmp_path: Path) -> None:
    """What a scenario declares to be unsupported fails no night, and is told each night."""
    with running() as url:
        done = _github(_repository(tmp_path, url, CI.GITHUB, "ListUsers", "ListAlerts"))
    said = {name: (each.returncode, each.stdout + each.stderr) for name, each in done.items()}

    assert all(code == 0 for code, _ in said.values()), said
    assert "v1 does not support 1 operation used here: ListAlerts; this is let through." in done[GATE].stdout


def test_a_night_without_a_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The preflight ends the job, and says what to do; no scenario runs."""
    monkeypatch.setitem(CONTEXT, "secrets.ASTRO_API_TOKEN", "")
    done = _github(_repository(tmp_path, "http://127.0.0.1:9", CI.GITHUB))

    assert [each.returncode for each in done.values()][:2] == [0, 1]
    assert "Run `export ASTRO_API_TOKEN=...` first." in done["Look at what a run needs"].stdout
    assert {RUN, SWEEP, CHECK, SHOW, GATE}.isdisjoint(done)


def _leaking(root: Path) -> None:
    """Let pytest write the token into the report, as a defect of the redaction would."""
    (root / "conftest.py").write_text(
        "import os, pathlib\n\n\n"
        "def pytest_unconfigure():\n"
        "    where = pathlib.Path('reports/latest')\n"
        "    if where.is_dir():\n"
        "        (where / 'notes.txt').write_text(os.environ['ASTRO_API_TOKEN'])\n",
        "utf-8",
    )


def test_a_night_that_wrote_a_secret(tmp_path: Path) -> None:
    """The job fails, and what follows the check neither keeps nor shows anything."""
    with running() as url:
        root = _repository(tmp_path, url, CI.GITHUB)
        _leaking(root)
        done = _github(root)

    assert (done[RUN].returncode, done[CHECK].returncode) == (0, 1)
    assert "reports/latest/notes.txt" in done[CHECK].stdout
    assert SANDBOX_TOKEN not in done[CHECK].stdout + done[CHECK].stderr
    assert SHOW not in done
    assert not (root / "summary.md").exists()


def test_nothing_leaves_a_job_unchecked() -> None:
    """Each step that keeps or shows something stands after the check and waits for its success."""
    steps = yaml.safe_load(template("github.yml"))["jobs"]["nightly"]["steps"]
    names = [step.get("name", step.get("uses", "")) for step in steps]
    leaving = [
        index
        for index, step in enumerate(steps)
        if re.match(r"actions/(cache/save|upload-artifact)", step.get("uses", "")) or "SUMMARY" in str(step)
    ]

    assert len(leaving) == 3
    assert min(leaving) > names.index(CHECK)
    assert all(CHECKED in steps[index]["if"] for index in leaving)


def _gitlab(root: Path, job: Mapping[str, Any]) -> list[subprocess.CompletedProcess[str]]:
    """Run the script and what comes after it."""
    secrets = {name.partition(".")[2]: value for name, value in CONTEXT.items() if "ASTRO" in name}
    project = {**secrets, "HARNESS_SOURCE": CONTEXT["vars.HARNESS_SOURCE"]}
    # Variables of the project win over those of the job.
    environ = _environ(root, job["variables"], project)
    return [_run(root, "\n".join(job[name]), environ) for name in ("script", "after_script")]


def _job(root: Path) -> Any:
    return yaml.safe_load((root / ".gitlab/astro-migration.yml").read_text("utf-8"))["astro-migration"]


def test_a_night_on_gitlab(tmp_path: Path) -> None:
    """The script fails where something differs; what was looked through is where artifacts are taken from."""
    with running() as url:
        root = _repository(tmp_path, url, CI.GITLAB, "ListUsers", "ListApiTokens")
        job = _job(root)
        script, after = _gitlab(root, job)
    artifacts = job["artifacts"]
    issues = json.loads((root / artifacts["reports"]["codequality"]).read_text("utf-8"))

    assert (script.returncode, after.returncode) == (1, 0), script.stdout + script.stderr
    assert "1 failed, 1 passed" in script.stdout
    assert "scenarios/tokens/list-api-tokens.yaml" in {issue["location"]["path"] for issue in issues}
    assert (root / artifacts["reports"]["junit"]).is_file()
    assert (root / artifacts["paths"][0] / "latest" / "report.html").is_file()
    assert (root / ".harness/history.sqlite3").is_file()
    assert yaml.safe_load((root / ".gitlab-ci.yml").read_text("utf-8")) == {
        "include": [{"local": ".gitlab/astro-migration.yml"}]
    }


def test_a_night_on_gitlab_that_wrote_a_secret(tmp_path: Path) -> None:
    """The job fails although no scenario did, and nothing is where artifacts are taken from."""
    with running() as url:
        root = _repository(tmp_path, url, CI.GITLAB)
        _leaking(root)
        job = _job(root)
        script, after = _gitlab(root, job)

    assert (script.returncode, after.returncode) == (1, 0)
    assert "1 passed" in script.stdout
    assert "reports/latest/notes.txt" in script.stdout
    kept = [*job["artifacts"]["paths"], *job["artifacts"]["reports"].values()]
    assert not [path for path in kept if (root / path).exists()]


def test_the_report_of_a_killed_job_is_kept_on_gitlab(tmp_path: Path) -> None:
    """At its time limit the script ends anywhere; what it wrote is looked through afterwards."""
    root = _repository(tmp_path, "http://127.0.0.1:9", CI.GITLAB)
    (root / "reports").mkdir()
    (root / "reports/events.jsonl").write_text("{}\n", "utf-8")
    job = {**_job(root), "script": ["exit 143"]}
    _, after = _gitlab(root, job)

    assert after.returncode == 0, after.stdout + after.stderr
    assert (root / job["artifacts"]["paths"][0] / "events.jsonl").is_file()


def test_a_history_with_a_secret_is_not_cached_on_gitlab(tmp_path: Path) -> None:
    """It is removed after the job, whatever ended the script."""
    root = _repository(tmp_path, "http://127.0.0.1:9", CI.GITLAB)
    (root / ".harness").mkdir()
    history = root / ".harness/history.sqlite3"
    history.write_text(f"found {SANDBOX_TOKEN}", "utf-8")
    script, after = _gitlab(root, _job(root))

    assert (script.returncode != 0, after.returncode) == (True, 0)
    assert not history.exists()


def test_secrets_are_named_and_only_where_they_are_needed() -> None:
    """No template holds a value, and what installs or uploads does not see the token."""
    workflow: Any = yaml.safe_load(template("github.yml"))
    steps = workflow["jobs"]["nightly"]["steps"]
    knowing = [step["name"] for step in steps if "secrets." in json.dumps(step)]
    (job,) = yaml.safe_load(template("gitlab.yml")).values()

    assert knowing == ["Look at what a run needs", RUN, SWEEP, CHECK]
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
