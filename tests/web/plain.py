"""Plain npm clients of Yjs servers in a process of their own: what tests tell them, and what they hold."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.collab.yjs import Yjs, start
from tests.waiting import answered
from tests.web.site import Browser

Look = dict[str, Any]


@dataclass(frozen=True)
class Plain:
    """One document open in one plain client."""

    node: Yjs
    client: str
    document: str

    async def tell(self, do: str, **given: Any) -> Any:
        return await asyncio.to_thread(
            self.node.ask, {"do": do, "client": self.client, "document": self.document, **given}
        )

    async def look(self) -> Look:
        found: Look = await self.tell("look")
        return found

    async def until(self, is_so: Callable[[Look], object]) -> Look:
        """What it holds once that is so."""
        return await answered(self.look, is_so)


class Clients:
    """The plain clients of one process."""

    def __init__(self, node: Yjs) -> None:
        self._node = node
        self._names = iter(range(1000))

    async def connect(self, kind: str, browser: Browser, contract_id: str, *documents: str) -> list[Plain]:
        """A client with a person's cookies, one entry for each document it opens."""
        way = "live" if kind == "hocuspocus" else "y"
        client = f"{kind} {next(self._names)}"
        given = {
            "url": f"{browser.url.replace('http', 'ws', 1)}/contracts/{contract_id}/{way}",
            "cookie": browser.cookie,
            "origin": browser.url,
            "documents": documents,
        }
        await asyncio.to_thread(self._node.ask, {"do": "connect", "client": client, "kind": kind, **given})
        return [Plain(self._node, client, one) for one in documents]


@asynccontextmanager
async def plain_clients() -> AsyncIterator[Clients]:
    """A process that plain clients live in, as long as the block lasts."""
    process = await asyncio.to_thread(start, "plain.mjs")
    try:
        yield Clients(Yjs(process))
    finally:
        process.kill()
        await asyncio.to_thread(process.wait)
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            stream.close()
