"""The probes of the guide's auth and error checks: requests that both sides must refuse, and alike.

Each is a copy of a step of the scenario with one thing wrong with it: the authorization, an id, the query
or the body. Probes of authentication, of unknown ids and of invalid bodies never make anything. Another
mistake may be accepted all the same; what it made is then deleted, and what it changed is changed back.
"""

from harness.probes.kinds import KINDS
from harness.probes.known import UNKNOWN_ID
from harness.probes.plan import Plan, Probe, make_plan, plan_probes
from harness.probes.undoing import Undo

__all__ = ["KINDS", "UNKNOWN_ID", "Plan", "Probe", "Undo", "make_plan", "plan_probes"]
