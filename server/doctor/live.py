"""Do live texts reach the program through the web server?"""

import asyncio
from typing import Final

import websockets
from websockets.http11 import Response

from server.doctor.bench import PATIENCE_S, Bench, Looking, unchecked
from server.doctor.findings import BAD, Check, Finding
from server.web import gate

NOBODYS: Final = "/contracts/doctor/live"  # a channel like any other, of a contract that need not be there
REACHED: Final = 403  # what the door says to whoever has no session
SIGN: Final = gate.HEADERS["Permissions-Policy"]  # no web server says just that by itself
LIVE: Final = Check(
    "live channel",
    "a websocket at the public address, without a session",
    {
        "not reached": (BAD, "check what is named above; then read the log of the web server at this moment"),
        "not passed on": (BAD, "have the web server pass websockets on (Upgrade and Connection, HTTP/1.1)"),
        "turned away": (BAD, "look in the web server for a rule that refuses websockets: Entente was not asked"),
        "wait": (BAD, "too many openings came from this address: wait a minute, then look again"),
    },
)


async def _look(bench: Bench) -> list[Finding]:
    try:
        answer = await _knock(bench)
    except (OSError, TimeoutError, websockets.InvalidHandshake, EOFError) as failed:
        return [LIVE.wrong("not reached", type(failed).__name__)]
    if answer is not None and answer.status_code == REACHED and SIGN in answer.headers.get_all("Permissions-Policy"):
        return [LIVE.ok("reaches the door")]
    status = answer.status_code if answer else 101
    problem = {429: "wait", REACHED: "turned away"}.get(status, "not passed on")
    return [LIVE.wrong(problem, f"status {status}")]


async def _knock(bench: Bench) -> Response | None:
    """What a websocket is refused with."""
    origin = websockets.Origin(bench.settings.public_url)
    address = bench.settings.public_url.replace("http", "ws", 1) + NOBODYS
    tls = unchecked() if bench.settings.is_https else None
    try:
        async with asyncio.timeout(PATIENCE_S):
            async with websockets.connect(address, origin=origin, ssl=tls, proxy=None):
                return None
    except websockets.InvalidStatus as refused:
        return refused.response


LOOKING: Final = Looking((LIVE,), _look)
