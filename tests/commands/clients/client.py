"""Lists, pages on, creates, reads, deletes and asks for what is gone: ``client.py URL ORGANIZATION TOKEN``.

Its neighbours do the same with other clients. Each prints the statuses of its answers.
"""

from __future__ import annotations

import sys

import httpx

base, organization, token = sys.argv[1:]
with httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=20) as client:

    def call(method: str, url: str, body: str = "") -> httpx.Response:
        """Send, and say what came of it."""
        headers = {"Content-Type": "application/json"} if body else {}
        response = client.request(method, url, content=body.encode() or None, headers=headers)
        sys.stdout.write(f"{response.status_code}\n")
        return response

    old = f"{base}/iam/v1beta1/organizations/{organization}"
    call("GET", f"{old}/users?limit=2")
    call("GET", f"{old}/users?limit=2&offset=2")
    team = call("POST", f"{old}/teams", '{"name": "recorded", "description": "für alle"}').json()["id"]
    call("GET", f"{old}/teams/{team}")
    call("DELETE", f"{old}/teams/{team}")
    call("GET", f"{old}/teams/{team}")
    call("GET", f"{base}/v1/organizations/{organization}/audit-logs")
