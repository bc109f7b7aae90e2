"""What uvicorn cannot know of the application it serves: which of its requests wait for nothing but news."""

import contextlib
import gc
import socket
import sys

import uvicorn
from starlette.applications import Starlette

FAILED = 3  # the exit status of a server that could not start, as uvicorn's own


class Serving(uvicorn.Server):
    """uvicorn, which answers the requests that wait for news before it waits for them to end."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop serving: websockets are closed by uvicorn, pages over requests here."""
        if isinstance(self.config.app, Starlette):
            self.config.app.state.parts.lines.restart()
        await super().shutdown(sockets)


def serve(config: uvicorn.Config) -> None:
    """Serve until it is told to stop."""
    server = Serving(config)
    gc.collect()
    gc.freeze()  # the program itself stays: looking for garbage in it would stop everybody for a tenth of a second
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(FAILED)
