"""Source trees, judged by the contracts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.contract import V1, V1BETA1, load_contract
from harness.judge import Judge
from harness.landing import unsupported
from harness.scan import Effort, Found, Kind, Scan, scan

JUDGE = Judge(baseline=load_contract(V1BETA1), candidate=load_contract(V1))
IAM = "https://api.astronomer.io/iam/v1beta1"
PLATFORM = "https://api.astronomer.io/platform/v1beta1"


def scanned(root: Path, text: str, name: str = "a.py") -> Scan:
    """Scan a tree of one file."""
    (root / name).write_text(text)
    return scan([root], JUDGE)


def only(root: Path, text: str) -> Found:
    """Return the one place in a file."""
    (found,) = scanned(root, text).found
    return found


def test_a_base_url_is_to_be_replaced(tmp_path: Path) -> None:
    """The line is shown as it should be; iam and platform are both v1."""
    for api in (IAM, PLATFORM):
        found = only(tmp_path, f'  BASE = "{api}"\n')

        assert (found.kind, found.effort, found.line, found.column) == (Kind.BASE_URL, Effort.CHANGE, 1, 11)
        assert found.replacement == 'BASE = "https://api.astronomer.io/v1"'


def test_a_call_lands_in_v1(tmp_path: Path) -> None:
    """The operation is named, and the line with v1's base URL proposed."""
    found = only(tmp_path, f'requests.get(f"{IAM}/organizations/{{o}}/users")\n')

    assert (found.operations, found.effort) == (("ListUsers",), Effort.CHANGE)
    assert found.replacement == 'requests.get(f"https://api.astronomer.io/v1/organizations/{o}/users")'


def test_every_unsupported_operation_is_flagged(tmp_path: Path) -> None:
    """All ten, with the guide's advice and nothing to write in their place."""
    calls = [f'send("{each.method}", "{PLATFORM}{each.path}")' for each in unsupported()]
    found = scanned(tmp_path, "\n".join(calls)).found

    assert len(found) == len(calls) == 10
    assert {each.effort for each in found} == {Effort.UNSUPPORTED}
    assert {each.operations[0] for each in found} == {each.id for each in unsupported()}
    assert all("Astronomer Support" in " ".join(each.says) and not each.replacement for each in found)


def test_a_path_alone_counts_where_the_vendor_is_called(tmp_path: Path) -> None:
    """Another service has organizations too: beside v1beta1's base URL a path is its own, elsewhere not."""
    call = 'get(f"/organizations/{o}/teams")\n'
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "base.py").write_text(f'BASE = "{IAM}"\n')
    (tmp_path / "ours" / "calls.py").write_text(call)
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "calls.py").write_text(call)
    found = scan([tmp_path], JUDGE).found

    assert [Path(each.path).relative_to(tmp_path).as_posix() for each in found] == [
        "ours/base.py",
        "ours/calls.py",
    ]
    assert found[1].effort is Effort.NONE


def test_a_method_that_is_not_known_leaves_it_open(tmp_path: Path) -> None:
    """A path that has a supported and an unsupported method must be looked at."""
    (found,) = scanned(tmp_path, f'url = "{PLATFORM}/organizations/" + o + "/alerts"\n').found

    assert found.operations == ("ListAlerts", "CreateAlert")
    assert found.effort is Effort.UNSUPPORTED


def test_an_endpoint_that_v1beta1_does_not_have_is_told(tmp_path: Path) -> None:
    """A mistyped or an older path is named with the nearest ones."""
    found = only(tmp_path, f'requests.get(f"{IAM}/organizations/{{o}}/user")\n')

    assert found.effort is Effort.REVIEW
    assert "ListUsers" in found.says[0]


def test_an_id_is_no_word_of_the_contract(tmp_path: Path) -> None:
    """Where any segment may stand, a filled one is an id; a fixed word is not taken for one."""
    found = only(tmp_path, f'requests.get(f"{PLATFORM}/organizations/{{o}}/{{resource}}")\n')

    assert found.operations == ()


def test_a_field_of_several_operations_is_told_once(tmp_path: Path) -> None:
    """Where the method is not known, a person must look."""
    text = f'u = "{PLATFORM}/organizations/" + o\nx = get(u)["supportPlan"]\n'
    found = [each for each in scanned(tmp_path, text).found if each.kind is Kind.FIELD]

    assert [(each.line, each.effort) for each in found] == [(2, Effort.REVIEW)]
    assert found[0].operations == ("GetOrganization", "UpdateOrganization")


def test_what_creates_a_token_learns_that_type_became_scope(tmp_path: Path) -> None:
    """The migration guide does not say it."""
    call = f'client.post(f"{IAM}/organizations/{{o}}/tokens", json=body)'
    text = f'def f():\n    body = {{"type": "ORGANIZATION"}}\n    {call}\n'
    (found,) = [each for each in scanned(tmp_path, text).found if each.kind is Kind.FIELD]

    assert (found.line, found.effort) == (2, Effort.CHANGE)
    assert found.says[-1] == "Send `scope` in its place."


def test_the_exit_code_says_whether_there_is_something_to_do(tmp_path: Path) -> None:
    """A tree that has migrated is clean."""
    assert scanned(tmp_path, 'B = "https://api.astronomer.io/v1"\n').exit_code == 0
    assert scanned(tmp_path, f'B = "{IAM}"\n').exit_code == 1


def test_a_path_that_is_not_understood_is_to_be_looked_at(tmp_path: Path) -> None:
    """No operation is named that it is not of, and nothing said to be fine."""
    base, call = scanned(
        tmp_path, f'BASE = "{PLATFORM}"\nu = BASE + "/organizations/" + (a or b) + "/alerts"\n'
    ).found

    assert base.kind is Kind.BASE_URL
    assert (call.effort, call.operations, call.endpoint) == (Effort.REVIEW, (), "/organizations/...")
    assert "goes on" in call.says[0]


def test_a_path_below_a_base_with_a_slash_counts(tmp_path: Path) -> None:
    """Without a base URL in its file or beside it, it is of something else."""
    call = 'get(f"{BASE}organizations/{o}/alerts")\n'
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "b.py").write_text(call)
    found = scanned(tmp_path, f'BASE = "{PLATFORM}/"\n{call}').found

    assert [(each.path.rpartition("/")[2], each.line) for each in found] == [("a.py", 1), ("a.py", 2)]
    assert found[1].operations == ("ListAlerts", "CreateAlert")


def test_another_vendors_v1beta1_is_left_alone(tmp_path: Path) -> None:
    """Also beside ours: what may be of something else counts there, and what is none of it nowhere."""
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "a.py").write_text(f'BASE = "{IAM}"\n')
    (tmp_path / "ours" / "b.py").write_text('U = f"{HOST}/platform/{API_VERSION}"  # not v1beta1\n')
    theirs = scanned(
        tmp_path,
        'import "github.com/crossplane/provider-aws/apis/iam/v1beta1"\n'
        'G = "https://www.googleapis.com/iam/v1beta1/x"\n'
        "x: https://k8s.example.com/apis/iam/v1beta1/namespaces/x\n",
    )

    assert [each.path.rpartition("/")[2] for each in theirs.found] == ["a.py", "b.py"]


def test_a_base_url_of_both_apis_is_to_be_replaced(tmp_path: Path) -> None:
    """A line that fills in the API's name is written without it, unless a value would have no place left."""
    named = only(tmp_path, 'u = f"https://api.astronomer.io/{api}/v1beta1{path}"\n')
    counted = only(tmp_path, 'u = "https://api.astronomer.io/%s/v1beta1" % api\n')

    assert named.replacement == 'u = f"https://api.astronomer.io/v1{path}"'
    assert "leave" not in named.replacement
    assert "one base URL for both" in named.says[-1]
    assert (counted.replacement, counted.effort) == ("", Effort.CHANGE)


def test_a_path_that_is_joined_to_a_host_is_replaced_without_a_slash(tmp_path: Path) -> None:
    """Airflow's operators take it so."""
    found = only(tmp_path, 'endpoint="iam/v1beta1/organizations/{{ var.value.o }}/users"\n')

    assert found.operations == ("ListUsers",)
    assert found.replacement == 'endpoint="v1/organizations/{{ var.value.o }}/users"'


def test_a_path_whose_rest_the_caller_gives_is_to_be_looked_at(tmp_path: Path) -> None:
    """A client has one function for all its URLs: what it is given may be what v1 does not have."""
    text = f'BASE = "{PLATFORM}"\ndef url(rest):\n    return f"{{BASE}}/organizations/{{ORG}}/{{rest}}"\n'
    call = scanned(tmp_path, text).found[1]

    assert (call.effort, call.endpoint) == (Effort.REVIEW, "/organizations/{}/...")
    assert "goes on" in call.says[0]


def test_advice_is_given_for_every_operation_that_may_be_called(tmp_path: Path) -> None:
    """To list alerts and to make one lead to different places."""
    (found,) = scanned(tmp_path, f'url = "{PLATFORM}/organizations/" + o + "/alerts"\n').found

    assert any("GET https" in sentence for sentence in found.says)
    assert any("create-alerts" in sentence for sentence in found.says)


def test_places_of_a_notebook_and_of_a_bundle_are_those_of_the_file(tmp_path: Path) -> None:
    """A line of a cell, or a statement of a bundle, has its own place in the file."""
    call = f'x = get("{IAM}/organizations/" + o + "/users")'
    cells = {"cells": [{"source": ["import x\n", call]}]}
    text = json.dumps(cells, indent=1)
    notebook = scanned(tmp_path, text, "a.ipynb").found[0]
    (tmp_path / "a.ipynb").unlink()
    bundle = scanned(tmp_path, "a(1);" * 2000 + call + ";", "a.js").found[0]

    assert "get(" in text.split("\n")[notebook.line - 1]
    assert (bundle.line, bundle.column) == (1, 10001 + call.index("https"))


def test_a_tree_of_unknown_paths_is_told_without_their_nearest(tmp_path: Path) -> None:
    """To look for what each of thousands resembles would take minutes."""
    calls = "\n".join(f'get("{IAM}/organizations/o/x{number}")' for number in range(150))
    found = scanned(tmp_path, calls).found

    assert len(found) == 150
    assert "The nearest are" in found[0].says[0]
    assert found[-1].says == ("v1beta1 has no operation GET /organizations/o/x149.",)


_HOST = 'ROOT = os.getenv("ASTRO_API", "https://api.astronomer.io")'
_CALLED = 'get(PLATFORM + "/organizations/" + org + "/deployments")'
_GIVEN = 'VERSION = "v1beta1"'


@pytest.mark.parametrize(
    ("lines", "line", "effort"),
    [
        ((_HOST, _GIVEN, 'PLATFORM = ROOT + "/platform/" + VERSION', _CALLED), 3, Effort.CHANGE),
        ((_HOST, 'V = "v1beta1"', 'PLATFORM = f"{ROOT}/platform/{V}"', _CALLED), 3, Effort.CHANGE),
        ((_HOST, "V=v1beta1", 'PLATFORM="$ROOT/platform/$V"', _CALLED), 3, Effort.CHANGE),
        ((_HOST, _GIVEN, 'String PLATFORM = ROOT + "/platform/" + VERSION;', _CALLED), 3, Effort.CHANGE),
        ((_HOST, 'PLATFORM = "/".join([ROOT, "platform", "v1beta1"])', _CALLED), 2, Effort.CHANGE),
        ((_HOST, _GIVEN, 'PLATFORM = path.join(ROOT, "platform", VERSION)', _CALLED), 3, Effort.CHANGE),
        (
            (_HOST, 'PLATFORM = "{}/{}/{v}".format(ROOT, "platform", v="v1beta1")', _CALLED),
            2,
            Effort.CHANGE,
        ),
        ((_HOST, 'PLATFORM = "{}/{s}/{v}".format(ROOT, v="v1beta1", s="platform")'), 2, Effort.REVIEW),
        ((_HOST, 'PLATFORM = ROOT + "/platform"', 'BASE = PLATFORM + "/v1beta1"'), 3, Effort.REVIEW),
        ((_HOST, 'PLATFORM = ROOT + "/platform"', 'BASE = url(PLATFORM, "v1beta1")'), 3, Effort.REVIEW),
        (("astronomer:", "  service: platform", "  version: v1beta1"), 3, Effort.REVIEW),
    ],
)
def test_a_version_that_stands_apart_from_its_url_is_found(
    tmp_path: Path, lines: tuple[str, ...], line: int, effort: Effort
) -> None:
    """Wherever a base URL is put together, somebody is told that it must change."""
    scan = scanned(tmp_path, "\n".join(lines))
    bases = [each for each in scan.found if each.kind is Kind.BASE_URL]

    assert [(each.line, each.effort, each.replacement) for each in bases] == [(line, effort, "")]
    assert bases[0].says
    assert scan.exit_code == 1


@pytest.mark.parametrize(
    "lines",
    [
        ('iam = build("iam", "v1beta1")', 'x = "/organizations/" + o + "/roles"'),
        ("import astronomer", 'u = "/platform/" + servername', 'assert x != "v1"'),
        ("import astronomer", "apiVersion: apps/v1beta1", "name: platform", "pip install platform==v1beta1"),
        (_HOST, 'kind = "v1beta1"'),
    ],
)
def test_a_version_of_something_else_is_left_alone(tmp_path: Path, lines: tuple[str, ...]) -> None:
    """Google's libraries and Kubernetes have a v1beta1, too."""
    assert scanned(tmp_path, "\n".join(lines)).found == ()


def test_the_settings_of_the_harness_stay(tmp_path: Path) -> None:
    """With v1 in the place of v1beta1 every run would compare v1 with itself."""
    own = f'[tool.harness.environments.staging]\nplatform = "{PLATFORM}"\n'
    (found,) = scanned(tmp_path, f'{own}[tool.job]\nbase = "{PLATFORM}"\n', "pyproject.toml").found

    assert found.line == 4


def test_what_a_client_with_the_organization_in_its_base_url_calls_is_judged(tmp_path: Path) -> None:
    """Its calls and the fields next to them are told as those that write the organization themselves."""
    lines = [
        f'astro = httpx.Client(base_url=f"{PLATFORM}/organizations/{{ORG}}")',
        'plan = astro.get("").json()["supportPlan"]',
        'astro.delete(f"/alerts/{alert}")',
        'open("/var/report.json")',
    ]
    found = scanned(tmp_path, "\n".join(lines)).found

    assert [(each.line, each.effort, each.operations) for each in found] == [
        (1, Effort.CHANGE, ()),
        (2, Effort.NONE, ("GetOrganization",)),
        (2, Effort.CHANGE, ("GetOrganization",)),
        (3, Effort.UNSUPPORTED, ("DeleteAlert",)),
    ]
