"""The probes of the guide's auth and error checks: requests that both sides must refuse, and alike.

Each is a copy of a step of the scenario with one thing wrong with it. Probes of authentication and
unknown ids only read; the probe of an invalid body cannot be accepted by either contract. So probes
never make anything.
"""

from harness.probes.known import UNKNOWN_ID
from harness.probes.plan import Probe, plan_probes

__all__ = ["UNKNOWN_ID", "Probe", "plan_probes"]
