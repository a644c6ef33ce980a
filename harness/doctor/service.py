"""What the service says: whether it accepts the token, knows the organization, and has the same time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import quote, urlencode

from harness.client import Sender
from harness.contract import Contract, load_contracts
from harness.doctor.diagnosis import Diagnosis, ok, unknown, wrong
from harness.errors import HarnessError
from harness.exchange import BodyKind, Exchange, Failure, FailureKind, Json, Request, Response, Side, header
from harness.settings import Environment

MOST_SKEW: Final = timedelta(seconds=30)
"""How far the clocks may be apart; a Date header itself may be a second old."""

_ASKED: Final[Mapping[str, tuple[str, dict[str, str]]]] = {
    "iam": ("ListPermissionGroups", {"scopeType": "ORGANIZATION"}),
    "platform": ("ListOrganizations", {"limit": "1"}),
    "v1": ("ListOrganizations", {"limit": "1"}),
}
"""The cheap read by which an API shows whether it accepts a token; it needs no organization."""

_ROLES: Final = 5


@dataclass(slots=True, kw_only=True)
class Service:
    """Asks one environment with one token; ``organization`` is an id, empty where none is known.

    ``contracts`` are the project's, those of the package where the project's cannot be read. ``seen`` keeps
    every exchange, for what several of them say together.
    """

    client: Sender
    environment: Environment
    token: str = field(repr=False)
    organization: str
    contracts: Mapping[Side, Contract] = field(default_factory=load_contracts, repr=False)
    seen: list[Exchange] = field(default_factory=list)
    _silent: set[str] = field(default_factory=set)

    def examine(self) -> Iterator[Diagnosis]:
        """Yield what each API says, worst news not first: in the order in which one understands them."""
        yield from (self._accepts(api) for api in _ASKED)
        yield from (self._reaches(api) for api in ("platform", "v1"))
        yield self._roles()
        yield self._clock()

    def _accepts(self, api: str) -> Diagnosis:
        operation, query = _ASKED[api]
        name = f"token at {api}"
        base = self.environment.base_urls[api]
        answer = self._ask(api, operation, query)
        if isinstance(answer, Diagnosis):
            return _renamed(answer, name)
        if answer.status == 403:
            return ok(name, f"{base} accepts it, and does not let it do {operation}")
        if 200 <= answer.status < 300 and answer.body.kind is BodyKind.JSON:
            return ok(name, f"{base} accepts it")
        return self._refused(name, api, answer)

    def _refused(self, name: str, api: str, answer: Response) -> Diagnosis:
        base, status = self.environment.base_urls[api], answer.status
        if status == 401:
            advice = f"Make a new token, and export it as {self.environment.token}."
            return wrong(name, f"{base} answers 401: the token is wrong or has expired", advice)
        if status == 429 or status >= 500:
            return unknown(name, f"{base} answers {status}", "Try again later.")
        kind = "no JSON" if 200 <= status < 300 else str(status)
        advice = f"Check `{api}` of the environment `{self.environment.name}`, and proxies on the way."
        return wrong(name, f"{base} answers {kind}: the API is not there", advice)

    def _reaches(self, api: str) -> Diagnosis:
        name = f"organization at {api}"
        if not self.organization:
            return unknown(name, "it was not asked for: no organization is set")
        answer = self._ask(api, "GetOrganization", {})
        if isinstance(answer, Diagnosis):
            return _renamed(answer, name)
        data = answer.body.data
        if answer.status == 200 and isinstance(data, dict):
            return ok(name, f"{self.organization} is `{data.get('name', '')}`")
        if answer.status in (400, 403, 404):
            advice = f"Check {self.environment.organization}, and the roles of the token."
            return wrong(name, f"{answer.status} for {self.organization}", advice)
        return self._refused(name, api, answer)

    def _roles(self) -> Diagnosis:
        """Say which roles the token has; only v1 can tell, and only of tokens that stand for a user."""
        answer = self._ask("v1", "GetSelfUser", {})
        if isinstance(answer, Diagnosis):
            return unknown("roles", answer.found)
        data = answer.body.data
        roles = data.get("roles") if answer.status == 200 and isinstance(data, dict) else None
        if not isinstance(roles, list):
            return unknown(
                "roles", f"the API tells them of users' tokens only (GetSelfUser: {answer.status})"
            )
        told = [_role(role) for role in roles[:_ROLES]] or ["none"]
        more = f" and {len(roles) - _ROLES} more" if len(roles) > _ROLES else ""
        return ok("roles", f"{', '.join(told)}{more}")

    def _clock(self) -> Diagnosis:
        """Compare this machine's clock with what the answers are dated."""
        skews = [skew for exchange in self.seen if (skew := skew_of(exchange)) is not None]
        if not skews:
            return unknown("clock", "no answer has a Date header")
        worst = max(skews, key=abs)
        seconds = f"{abs(worst).total_seconds():.0f} s"
        if abs(worst) > MOST_SKEW:
            said = "behind" if worst > timedelta(0) else "ahead of"
            advice = "Set the clock: tokens and acceptances expire by it."
            return wrong("clock", f"this machine is {seconds} {said} the service", advice)
        return ok("clock", f"within {max(1, round(abs(worst).total_seconds()))} s of the service's")

    def _ask(self, api: str, operation: str, query: Mapping[str, str]) -> Response | Diagnosis:
        """Make one call; what went wrong on the way is a diagnosis without a name."""
        if not self.token:
            return unknown("", "it was not asked: there is no token")
        if api in self._silent:
            return unknown("", f"it was not asked: {self.environment.base_urls[api]} cannot be reached")
        try:
            (exchange,) = self.client.send(self._request(api, operation, query))
        except HarnessError as error:
            return wrong("", error.problems[0].what, "Correct the environment's settings.")
        self.seen.append(exchange)
        if exchange.response is None:
            # Who waited once for nothing need not wait again.
            self._silent.add(api)
            return self._unreached(api, exchange.failure)
        return exchange.response

    def _unreached(self, api: str, failure: Failure | None) -> Diagnosis:
        said = failure.message if failure else "no answer"
        if "SSL" in said:
            advice = "Check that it speaks https, and name the file of your own authority in SSL_CERT_FILE."
        elif failure and failure.kind is FailureKind.TIMEOUT:
            advice = "Check the network and proxies, or allow more with `timeout` in [tool.harness]."
        elif self.environment.sandbox:
            advice = "Start it with `harness sandbox`, or correct the URLs of the environment."
        else:
            advice = "Check the network, the host's name, and HTTPS_PROXY and NO_PROXY."
        return wrong("", f"{self.environment.base_urls[api]} cannot be reached: {said}", advice)

    def _request(self, api: str, operation: str, query: Mapping[str, str]) -> Request:
        side = Side.CANDIDATE if api == "v1" else Side.BASELINE
        # Newer contracts may know it by another name; it is only a way to see whether the API is there.
        found = self.contracts[side].operation(operation) or load_contracts()[side].operation(operation)
        assert found is not None  # noqa: S101 - the packaged contracts have them
        path = found.path.replace("{organizationId}", quote(self.organization, safe=""))
        url = self.environment.base_urls[api] + path + (f"?{urlencode(query)}" if query else "")
        headers = {
            "accept": ("Accept", "application/json"),
            "authorization": ("Authorization", f"Bearer {self.token}"),
            **{name.lower(): (name, value) for name, value in self.environment.headers.items()},
        }
        return Request(method="GET", url=url, headers=tuple(headers.values()))


def skew_of(exchange: Exchange) -> timedelta | None:
    """Return how far the service's clock is ahead of ours; None where its answer is not dated."""
    dated = header(exchange.response.headers, "date") if exchange.response else None
    if dated is None:
        return None
    try:
        theirs = parsedate_to_datetime(dated)
    except ValueError:
        return None
    ours = datetime.fromisoformat(exchange.started) + timedelta(seconds=exchange.elapsed)
    return (theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)) - ours


def _renamed(diagnosis: Diagnosis, name: str) -> Diagnosis:
    return Diagnosis(name=name, state=diagnosis.state, found=diagnosis.found, advice=diagnosis.advice)


def _role(role: Json) -> str:
    """Write ``ORGANIZATION_OWNER of ORGANIZATION cl...``."""
    if not isinstance(role, dict):
        return "?"
    scope = role.get("scope")
    of = f" of {scope.get('type')} {scope.get('entityId')}" if isinstance(scope, dict) else ""
    return f"{role.get('role')}{of}"
