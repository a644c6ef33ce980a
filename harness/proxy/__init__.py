"""The recording reverse proxy: for any client whose base URL can be set.

``routing`` says where a request goes, ``forwarding`` takes it there and back, ``tape`` holds what goes by,
and the ``notary`` hands that to the keeper. ``server`` has the connections, ``stopping`` ends it in order.
"""

from __future__ import annotations

from harness.proxy.routing import PATHS, Routes
from harness.proxy.server import Proxy, running
from harness.proxy.stopping import Stop, stopping

__all__ = ["PATHS", "Proxy", "Routes", "Stop", "running", "stopping"]
