"""Calls of v1beta1 in lines of many languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.scan.paths import Use, uses

ORG = "/organizations/{}"
IAM = "https://api.astronomer.io/iam/v1beta1"


def one(*lines: str) -> Use:
    """Return the only use in some lines."""
    (found,) = uses(list(lines))
    return found


@pytest.mark.parametrize(
    ("line", "api", "path", "method"),
    [
        ('requests.get(f"{BASE}/organizations/{org_id}/tokens")', "", ORG + "/tokens", "GET"),
        (
            f'session.post("{IAM}/organizations/" + org + "/teams", json=x)',
            "iam",
            "/organizations/{}/teams",
            "POST",
        ),
        (f'url = "{IAM}/organizations/" + org_id', "iam", "/organizations/{}", ""),
        ('url = BASE + "/organizations/" + str(org) + "/roles"', "", ORG + "/roles", ""),
        ('client.delete("/organizations/%s/teams/%s" % (o, t))', "", ORG + "/teams/{}", "DELETE"),
        ('get("/organizations/{}/teams".format(o))', "", ORG + "/teams", ""),
        (
            "await fetch(`${base}/organizations/${org.id}/users`, {method: 'PUT'})",
            "",
            "/organizations/{}/users",
            "PUT",
        ),
        ('u := path.Join("/platform/v1beta1/organizations", org, "alerts")', "platform", ORG + "/alerts", ""),
        ('u := path.Join("organizations/"+org, "alerts", id)', "", ORG + "/alerts/{}", ""),
        (f'get(url.JoinPath("{IAM}/organizations/", org))', "iam", ORG, ""),
        ('axios.get<Team>("/organizations/" + id + "/teams")', "", ORG + "/teams", "GET"),
        (
            'NewRequest("PATCH", fmt.Sprintf("%s/organizations/%s/users", b, o), nil)',
            "",
            "/organizations/{}/users",
            "PATCH",
        ),
        (
            'NewRequest(http.MethodDelete, base+"/organizations/"+o+"/teams", nil)',
            "",
            "/organizations/{}/teams",
            "DELETE",
        ),
        (f"curl -s {IAM}/organizations/$ORG/users", "iam", ORG + "/users", "GET"),
        (f'curl -s -d @body "{IAM}/organizations/${{ORG}}/teams"', "iam", ORG + "/teams", "POST"),
        (
            f"curl -X DELETE {IAM}/organizations/$ORG/teams/$(cat id)",
            "iam",
            "/organizations/{}/teams/{}",
            "DELETE",
        ),
        (f'url = "{IAM}/organizations/${{var.org}}/teams"', "iam", ORG + "/teams", ""),
        (f"uri: {IAM}/organizations/{{{{ org }}}}/teams", "iam", ORG + "/teams", ""),
        ('app.get("/organizations/:id/teams")', "", ORG + "/teams", "GET"),
        ("Use GET /organizations/{organizationId}/teams. Then", "", ORG + "/teams", "GET"),
        (f'"{IAM}/organizations/o1/users?limit=2"', "iam", "/organizations/o1/users", ""),
        (f'BASE = "{IAM}"', "iam", "", ""),
        (f"BASE={IAM}/", "iam", "", ""),
        ("'/platform/v1beta1'", "platform", "", ""),
        ('requests.get(f"{BASE}organizations/{org}/alerts/{id}")', "", ORG + "/alerts/{}", "GET"),
        ('requests.get(urljoin(BASE, f"organizations/{org}/alerts"))', "", ORG + "/alerts", "GET"),
        (
            'url = BASE + "organizations/{organizationId}/alerts/{a}".format(**ids)',
            "",
            ORG + "/alerts/{}",
            "",
        ),
        ('url = BASE + "organizations/" + org + "/alerts"', "", ORG + "/alerts", ""),
        (
            "fetch(new URL(`organizations/${org}/notification-channels`, BASE))",
            "",
            ORG + "/notification-channels",
            "",
        ),
        ('u, err := url.JoinPath(base, "organizations", org, "alerts", id)', "", ORG + "/alerts/{}", ""),
        ('u := base.JoinPath("/organizations/", o.ID(), "teams")', "", ORG + "/teams", ""),
        ('u, err := url.JoinPath(base, "organizations/"+org+"/alerts")', "", ORG + "/alerts", ""),
        ("api.get('/'.join([BASE, 'organizations', org, 'users']))", "", ORG + "/users", "GET"),
    ],
)
def test_a_call_is_found_in_any_language(line: str, api: str, path: str, method: str) -> None:
    """The API, the endpoint with its ids left open, and the method where the line tells it."""
    found = one(line)

    assert (found.api, found.path, found.method) == (api, path, method)


@pytest.mark.parametrize(
    "line",
    [
        "apiVersion: apps/v1beta1",
        '"https://api.astronomer.io/v1/organizations/o/users"',
        '"https://api.astronomer.io/labs/v1/organizations/o/alerts"',
        "https://api.example.com/organizations/12/teams",
        "docs/organizations/readme",
        "see v1beta1",
        'answer["organizations"]',
        'import "organizations/teams"',
        'path.join("a", "organizations")',
    ],
)
def test_what_is_something_else_is_left_alone(line: str) -> None:
    """Kubernetes has a v1beta1, other services have organizations, and v1 is where one wants to be."""
    assert list(uses([line])) == []


def test_a_method_of_the_same_statement_is_found_on_other_lines() -> None:
    """Calls are written over several lines."""
    python = list(uses(["client.patch(", '    f"/organizations/{o}/teams",', ")"]))
    script = list(uses(["fetch(`${b}/organizations/${o}/teams`, {", "  headers,", '  method: "POST",']))
    ansible = list(uses(['  uri: "{{ base }}/organizations/{{ o }}/teams"', "  method: DELETE"]))

    assert [each.method for each in (*python, *script, *ansible)] == ["PATCH", "POST", "DELETE"]


def test_a_method_of_another_statement_is_not_taken() -> None:
    """A wrong method would name a wrong operation."""
    found = list(uses(["client.delete(x)", 'url = f"/organizations/{o}/teams"', "client.post(url)"]))

    assert [each.method for each in found] == [""]


def test_a_version_in_a_variable_is_told() -> None:
    """There is nothing to replace in that line."""
    found = one('f"https://api.astronomer.io/platform/{VERSION}/organizations/{o}/clusters"')

    assert (found.api, found.path, found.fixed) == ("platform", "/organizations/{}/clusters", False)


def test_places_count_from_one() -> None:
    """Editors and annotations do."""
    found = one("", f'  x = "{IAM}"')

    assert (found.line, found.column, found.text) == (2, 8, f'x = "{IAM}"')


@given(
    st.lists(st.text(alphabet="/organizations{}$%:\"'`+ v1beta iamplatform.()<>", max_size=120), max_size=4)
)
def test_no_text_makes_it_fail(lines: list[str]) -> None:
    """Whatever stands in a file, places are within it."""
    for use in uses(lines):
        assert 1 <= use.line <= len(lines)
        assert 1 <= use.column <= len(lines[use.line - 1]) + 1


@pytest.mark.parametrize(
    "lines",
    [
        ['url = BASE + "/organizations/" + org + \\', '    "/notification-channels"'],
        ['url = (BASE + "/organizations/" + org +', '       "/notification-channels")'],
        ['url = base + "/organizations/" + org', '    + "/notification-channels";'],
        ['url = (f"{BASE}/organizations/{org}"', '       f"/notification-channels")'],
        ['url = BASE + "/organizations/" \\', "    + org \\", '    + "/notification-channels"'],
    ],
)
def test_a_path_over_several_lines_is_one(lines: list[str]) -> None:
    """Its first line alone would name another operation."""
    found = one(*lines)

    assert (found.path, found.more, found.line) == ("/organizations/{}/notification-channels", False, 1)


@pytest.mark.parametrize(
    "line",
    ['BASE + "/organizations/" + ids.get(a, b) + "/alerts"', 'get("/organizations/" + (a or b) + "/alerts")'],
)
def test_a_path_that_is_not_understood_says_so(line: str) -> None:
    """What is there of it would name another operation."""
    assert one(line).more


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ('    endpoint="platform/v1beta1/organizations/{{ var.value.org }}/alerts",', ORG + "/alerts"),
        ('    endpoint=f"organizations/{ORG}/alerts/{{{{ params.alert }}}}",', ORG + "/alerts/{}"),
        ('url = f"{HOST}platform/v1beta1/organizations/{o}/alerts"', ORG + "/alerts"),
        ('f"https://api.astronomer.io/{api}/v1beta1/organizations/{o}/teams"', ORG + "/teams"),
        ('f"{host}/{api}/v1beta1/organizations/{o}/teams"', ORG + "/teams"),
        ('get("#{BASE}/organizations/#{org}/alerts")', ORG + "/alerts"),
        ('Sprintf("%[1]s/organizations/%[2]s/alerts", b, o)', ORG + "/alerts"),
        ("fetch(`${b}/organizations/${f({a: 1})}/alerts`)", ORG + "/alerts"),
        ('"\\(base)/organizations/\\(org)/alerts"', ORG + "/alerts"),
        ('get(f"/organizations/{o}/teams") # https://api.astronomer.io/v1', ORG + "/teams"),
    ],
)
def test_a_path_is_found_however_it_is_filled_in(line: str, path: str) -> None:
    """An endpoint of Airflow has no slash before it, and Ruby, Go and Swift have their own signs."""
    assert one(line).path == path


def test_a_path_before_a_base_url_is_found_too() -> None:
    """A comment at the end of a line may name the base URL."""
    found = list(uses([f'get(f"/organizations/{{o}}/alerts") # below {IAM}']))

    assert [each.path for each in found] == ["", "/organizations/{}/alerts"]


@pytest.mark.parametrize(
    "line",
    [
        'iamv1beta1 "github.com/crossplane/provider-aws/apis/iam/v1beta1"',
        'import "example.com/apis/platform/v1beta1"',
        "apiVersion: platform/v1beta1",
        'app.get("/platform/:id", show)',
        'f"https://shop.example.com/platform/{platform_id}"',
        '"https://iam.googleapis.com/v1beta1/projects/p"',
    ],
)
def test_another_v1beta1_is_left_alone(line: str) -> None:
    """Packages of Go and groups of Kubernetes are called alike; to change them would break what builds."""
    assert list(uses([line])) == []


@pytest.mark.parametrize(
    ("line", "sure"),
    [
        ('"http://localhost:8080/platform/v1beta1"', True),
        ('"api.astronomer.io/iam/v1beta1"', True),
        ('"https://proxy.example.com/astro/iam/v1beta1"', True),
        ('"https://www.googleapis.com/iam/v1beta1/x"', False),
        ('"https://k8s.example.com/apis/iam/v1beta1/namespaces/x"', False),
        ('f"{host}/platform/{API_VERSION}"', False),
        ('f"{host}/{api}/v1beta1"', False),
    ],
)
def test_a_base_url_that_may_be_of_something_else_is_not_sure(line: str, sure: bool) -> None:  # noqa: FBT001
    """It counts beside the vendor's only."""
    assert one(line).sure is sure


@pytest.mark.parametrize(
    ("lines", "method"),
    [
        ([f'curl -sXDELETE "{IAM}/organizations/$O/teams/$T"'], "DELETE"),
        ([f'curl "{IAM}/organizations/$O/teams" \\', "  -H 'a: b' \\", "  -d @body.json"], "POST"),
        ([f'curl "{IAM}/organizations/$O/teams" \\', "  -X POST"], "POST"),
        (["curl -X POST \\", *["  -H 'a: b' \\"] * 6, f'  "{IAM}/organizations/$O/teams"'], "POST"),
        ([f'curl -sd @body "{IAM}/organizations/$O/teams"'], "POST"),
        ([f'curl -G -d limit=2 "{IAM}/organizations/$O/teams"'], "GET"),
        ([f'curl -fsSL --dump-header h "{IAM}/organizations/$O/teams"'], "GET"),
        ([f'wget -qO- "{IAM}/organizations/$O/teams"'], "GET"),
        (['http POST "$API/organizations/$O/teams" name=x'], "POST"),
    ],
)
def test_a_command_of_a_shell_is_read_to_its_end(lines: list[str], method: str) -> None:
    """A method that is guessed from half of it would name another operation."""
    assert one(*lines).method == method


@pytest.mark.parametrize(
    "line",
    [
        'f"{BASE}/organizations/{org}{path}"',
        'f"{BASE}/organizations/@me/alerts"',
        '"/".join([BASE, "organizations", org, *parts])',
        '["organizations", org, ...rest].join("/")',
    ],
)
def test_the_rest_of_a_path_may_be_in_a_variable(line: str) -> None:
    """What stands there is no whole path, and nothing of it is said to be fine."""
    assert one(line).more


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ((f'url = ("{IAM}"', '    f"/organizations/{org}/tokens")'), [1]),
        ((f'get("{IAM}"', '    "/organizations/" + org + "/teams"', '    "/x")'), [1]),
        (('url = (f"{BASE}"', '    f"/organizations/{org}/tokens")'), [2]),
        ((f'    "{IAM}",', '    "/organizations/x/teams",'), [1, 2]),
        (("    HOST", '    + "/iam/v1beta1"', '    + f"/organizations/{org}"'), [2, 3]),
    ],
)
def test_what_goes_on_in_the_next_line_is_told_once(lines: tuple[str, ...], found: list[int]) -> None:
    """Where its string begins; a string of its own is told where it stands."""
    assert [use.line for use in uses(list(lines))] == found
