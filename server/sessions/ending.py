"""Sessions end here: committed first, then their open pages closed; `server.live.lookout` does so elsewhere."""

from collections.abc import Collection
from datetime import datetime

from auth.session import Ending, Which
from server.live.floor import Floor
from server.store import sessions
from server.store.engine import Store


async def end(store: Store, floor: Floor, which: Which, why: Ending, now: datetime) -> int:
    """End sessions for good, their open pages included; how many there were.

    A use case with a transaction of its own says `sessions.end` in it, and `close` after it.
    """
    async with store.writing() as session:
        ended = await sessions.end(session, which, why, now)
    close(floor, ended)
    return len(ended)


def close(floor: Floor, ended: Collection[int]) -> None:
    """Close the open pages of sessions that have ended, here and now."""
    if ended:
        floor.end_sessions(ended)
