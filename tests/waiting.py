"""How a test waits: for something said, never for a time in which it may have come.

What has no event of its own is asked for again and again here, and nowhere else (tests/test_waiting.py).
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar
from urllib.error import URLError
from urllib.request import urlopen

T = TypeVar("T")
PATIENCE_S = 60 if os.environ.get("CI") else 20  # a busy machine is no failure; no bound of the product is timed by it


async def until(is_so: Callable[[], bool]) -> None:
    """Ask until it is so."""
    async with asyncio.timeout(PATIENCE_S):
        while not is_so():  # noqa: ASYNC110 (it has no event)
            await asyncio.sleep(0.005)


async def answered(ask: Callable[[], Awaitable[T]], is_so: Callable[[T], object]) -> T:
    """What another program answers, once that is so."""
    until_ = time.monotonic() + PATIENCE_S
    while not is_so(found := await ask()):
        assert time.monotonic() < until_, found
        await asyncio.sleep(0.02)
    return found


def comes(is_so: Callable[[], bool], within_s: float = PATIENCE_S) -> bool:
    """Whether it is so before long; for other programs, which are asked less often."""
    until_ = time.monotonic() + within_s
    while not is_so():
        if time.monotonic() > until_:
            return False
        time.sleep(0.05)
    return True


def is_up(address: str) -> bool:
    """Whether a server answers well at an address."""
    try:
        with urlopen(address, timeout=1):
            return True
    except (URLError, OSError):
        return False
