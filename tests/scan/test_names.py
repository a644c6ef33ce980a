"""What is called below a path that has a name."""

from __future__ import annotations

import pytest

from harness.scan.paths import uses

BASE = 'BASE = "https://api.astronomer.io/platform/v1beta1"'


def paths(*lines: str) -> list[str]:
    """Return the endpoints in the last line."""
    return [use.path for use in uses(list(lines)) if use.line == len(lines)]


@pytest.mark.parametrize(
    "lines",
    [
        ['ORG_URL = f"{BASE}/organizations/{org}"', 'get(f"{ORG_URL}/alerts")'],
        ['    self.org_url = BASE + "/organizations/" + org', 'self.get(self.org_url + "/alerts")'],
        ['ORG_URL = f"{BASE}/organizations/{org}"', 'get("%s/alerts" % ORG_URL)'],
        ['ORG_URL = f"{BASE}/organizations/{org}"', 'get("{}/alerts".format(ORG_URL))'],
        ['ORG_URL="$API/organizations/$ORG"', 'curl "$ORG_URL/alerts"'],
        ['export ORG_URL="$API/organizations/$ORG"', "curl ${ORG_URL}/alerts"],
        ["  ORG_URL: https://api.astronomer.io/platform/v1beta1/organizations/o", "curl $ORG_URL/alerts"],
        ['orgURL := fmt.Sprintf("%s/organizations/%s", base, org)', 'get(orgURL+"/alerts")'],
        ['orgURL := base + "/organizations/" + org', 'get(fmt.Sprintf("%s/alerts", orgURL))'],
        ["const orgUrl = `${BASE}/organizations/${org}`;", "fetch(`${orgUrl}/alerts`)"],
        ["const urlOf = (o: string) => `${BASE}/organizations/${o}`;", "fetch(`${urlOf(org)}/alerts`)"],
        ['  org_url = "${local.base}/organizations/${var.org}"', 'url = "${local.org_url}/alerts"'],
        [
            "def org_path(self):",
            '    return f"/organizations/{self.org}"',
            'get(self.org_path() + "/alerts")',
        ],
    ],
)
def test_what_is_called_below_a_name_is_found(lines: list[str]) -> None:
    """Scripts write the organization's URL once, and v1 does not have all that stands below it."""
    (path,) = paths(*lines)

    assert path.endswith("/alerts")
    assert path.startswith("/organizations/")


def test_a_name_stands_for_what_it_was_given_last() -> None:
    """Every function calls its URL alike."""
    given = ['url = f"{BASE}/organizations/{o}/teams"', 'url = f"{BASE}/organizations/{o}/users"']

    assert paths(*given, 'get(f"{url}/{one}")') == ["/organizations/{}/users/{}"]
    assert paths(given[0], 'url = "https://chat.example.com"', 'get(f"{url}/alerts")') == []


@pytest.mark.parametrize(
    "line", ['get(f"{other}/alerts")', "get(my_org_url/alerts)", 'x["org_url"]', "# org_url"]
)
def test_what_only_looks_like_the_name(line: str) -> None:
    """Another name is something else."""
    assert paths('org_url = f"{BASE}/organizations/{org}"', line) == []


def test_a_name_that_is_given_again_and_again_is_looked_for_once() -> None:
    """A generated file has thousands of lines that are alike: each costs as much as the first."""
    lines = ['url = f"{BASE}/organizations/{o}"', 'get(f"{url}/alerts")'] * 10_000

    assert [use.path for use in uses(lines)].count("/organizations/{}/alerts") == 10_000
