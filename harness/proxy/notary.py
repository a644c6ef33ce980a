"""Between the loop and the keeper: one thread writes, in order, while others are served."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from harness.exchange import Exchange, Request
from harness.recorder import Keeper


class Notary:
    """Gives the keeper what goes by.

    Whoever serves an exchange waits for :meth:`ended` before the client gets the last of its answer. What a
    client has seen whole is therefore in the journal, whatever happens next; and no more can be waiting to
    be written than is being served.
    """

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="recorder")

    @property
    def most(self) -> int:
        """The most bytes of a body that are kept."""
        return self._keeper.scope.body

    def began(self, method: str, url: str) -> Future[int]:
        """Note that a request is under way; return what :meth:`ended` needs."""
        return self._thread.submit(self._keeper.began, Request(method=method, url=url))

    async def ended(self, begun: Future[int], made: Callable[[], Exchange]) -> None:
        """Keep what came of it, and return when that is on disk, or known to be lost."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._keep, begun, made)

    def _keep(self, begun: Future[int], made: Callable[[], Exchange]) -> None:
        id_ = begun.result()
        if not id_:
            return
        try:
            exchange = made()
        except Exception as error:  # noqa: BLE001 - whatever it is, the client must get its answer
            self._keeper.lost(id_, f"an exchange could not be read ({type(error).__name__})")
        else:
            self._keeper.ended(id_, exchange)

    def close(self) -> None:
        """Write what is waiting, and end."""
        self._thread.shutdown()
