"""The websocket door: from where, who, may they; then it carries the frames of a page."""

import contextlib
import logging

from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from server.domain.refusals import NotFound, NotSignedIn, TooOften
from server.doors import enter
from server.live import Left, Page
from server.parts import parts

security_log = logging.getLogger("entente.security")


async def live(socket: WebSocket) -> None:
    """One page's connection to its contract: Host (the gate), Origin, session, seat, and only then a welcome."""
    own = parts(socket)
    if socket.headers.get("origin") != own.settings.public_url:
        security_log.warning("websocket refused: foreign origin")
        await socket.close(1008)
        return
    try:
        visitor, seat = await enter(socket, "live", is_gesture=False)
    except (NotFound, NotSignedIn):
        await socket.close(1008)
        return
    except TooOften as refused:
        answer = PlainTextResponse("too many requests", 429, {"Retry-After": str(refused.seconds)})
        await socket.send_denial_response(answer)
        return
    if visitor is None or seat is None:
        raise RuntimeError("the door of `live` let a stranger through")
    await socket.accept()
    contract_id, seen = socket.path_params["contract_id"], socket.query_params.get("seen", "")
    await Page(Socket(socket), own, visitor, seat, contract_id=contract_id, seen=seen).run()


class Socket:
    """A websocket as a carrier of frames."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    async def receive(self) -> bytes | None:
        """The next frame; words instead of bytes are an empty one, which is no message of ours."""
        message = await self._socket.receive()
        return None if message["type"] == "websocket.disconnect" else message.get("bytes") or b""

    async def send(self, frame: bytes) -> None:
        """Take a frame to the browser.

        Raises:
            Left: it is gone.
        """
        try:
            await self._socket.send_bytes(frame)
        except WebSocketDisconnect as gone:
            raise Left from gone

    async def close(self, code: int) -> None:
        """Close it, unless the browser left first."""
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await self._socket.close(code)
