"""A job that is recorded: ``python jobs.py CLIENT HOW BASE``. It knows nothing of the harness.

Every client makes the same calls, and prints what came of them.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

HEADERS = {"Authorization": "Bearer sandbox-token", "Content-Type": "application/json"}
TEAM = json.dumps({"name": "recorded", "organizationRole": "ORGANIZATION_MEMBER"}).encode()
PARTED = json.dumps({"name": "in parts", "organizationRole": "ORGANIZATION_MEMBER"}).encode()
BAD = b'{"name": 1}'

Answer = tuple[int, bytes]


class Send(Protocol):
    """Sends a request, with its body in parts or whole."""

    def __call__(self, method: str, url: str, body: bytes | None, *, parted: bool) -> Answer:
        """Return the status and the body of the answer."""


def parts(body: bytes) -> Iterator[bytes]:
    """Give a body in parts."""
    yield body[:7]
    yield body[7:]


def with_httpx(method: str, url: str, body: bytes | None, *, parted: bool) -> Answer:
    """Send with httpx."""
    import httpx

    content = parts(body) if parted and body else body
    response = httpx.request(method, url, headers=HEADERS, content=content)
    return response.status_code, response.content


def with_httpx_async(method: str, url: str, body: bytes | None, *, parted: bool) -> Answer:
    """Send with httpx's asynchronous client, and read the answer as it comes."""
    import httpx

    async def each() -> AsyncIterator[bytes]:
        for part in parts(body or b""):
            yield part

    async def send() -> Answer:
        async with httpx.AsyncClient(headers=HEADERS) as client:
            content = each() if parted else body
            async with client.stream(method, url, content=content) as response:
                return response.status_code, b"".join([part async for part in response.aiter_bytes()])

    return asyncio.run(send())


def with_requests(method: str, url: str, body: bytes | None, *, parted: bool) -> Answer:
    """Send with requests."""
    import requests

    data = parts(body) if parted and body else body
    response = requests.request(method, url, headers=HEADERS, data=data, timeout=30)
    return response.status_code, response.content


def with_urllib3(method: str, url: str, body: bytes | None, *, parted: bool) -> Answer:
    """Send with urllib3, and read the answer as it comes."""
    import urllib3

    content = parts(body) if parted and body else body
    with urllib3.PoolManager() as pool:
        response = pool.request(method, url, headers=HEADERS, body=content, preload_content=False)
        return response.status, b"".join(response.stream(64))


def with_urllib(method: str, url: str, body: bytes | None, *, parted: bool) -> Answer:
    """Send with the standard library."""
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    request = Request(url, method=method, headers=HEADERS, data=parts(body) if parted and body else body)  # noqa: S310
    try:
        with urlopen(request) as response:  # noqa: S310
            return response.status, response.read()
    except HTTPError as error:
        with error:
            return error.code, error.read()


def with_aiohttp(method: str, url: str, body: bytes | None, *, parted: bool) -> Answer:
    """Send with aiohttp, and read the answer in pieces."""
    import aiohttp

    async def each() -> AsyncIterator[bytes]:
        for part in parts(body or b""):
            yield part

    async def send() -> Answer:
        async with aiohttp.ClientSession(headers=HEADERS) as session:
            data = each() if parted else body
            async with session.request(method, url, data=data) as response:
                return response.status, b"".join([part async for part in response.content.iter_chunked(64)])

    return asyncio.run(send())


CLIENTS: Mapping[str, Send] = {
    "httpx": with_httpx,
    "httpx-async": with_httpx_async,
    "requests": with_requests,
    "urllib3": with_urllib3,
    "urllib": with_urllib,
    "aiohttp": with_aiohttp,
}


def work(client: str, base: str) -> None:
    """Make the calls."""
    send = CLIENTS[client]
    calls: list[tuple[str, str, bytes | None, bool]] = [
        ("GET", "/teams?limit=2", None, False),
        ("POST", "/teams", TEAM, False),
        ("POST", "/teams", PARTED, True),
        ("POST", "/teams", BAD, False),
        ("GET", "/teams/nothing", None, False),
        ("GET", "/users", None, False),
    ]
    for method, path, body, parted in calls:
        status, content = send(method, base + path, body, parted=parted)
        # One write: threads and processes share the line.
        os.write(1, f"{method} {path} {status} {len(content)}\n".encode())


def main(client: str, how: str, base: str) -> None:
    """Make the calls here, or in other threads and processes; or end in one of the ways that jobs end."""
    if how == "here":
        work(client, base)
    elif how == "threads":
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(work, [client] * 8, [base] * 8))
    elif how == "subprocess":
        sys.exit(subprocess.call([sys.executable, __file__, client, "here", base]))  # noqa: S603
    elif how in ("fork", "spawn"):
        work(client, base)
        multiprocessing.set_start_method(how)
        process = multiprocessing.Process(target=work, args=(client, base))
        process.start()
        process.join()
    else:
        work(client, base)
        end(how)


def end(how: str) -> None:
    """End badly."""
    if how == "crash":
        raise RuntimeError(how)
    if how == "exit":
        os._exit(7)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
