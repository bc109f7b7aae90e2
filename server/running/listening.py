"""How long may a request take to arrive? Half a request, byte by byte, holds a place for nothing (slowloris)."""

from asyncio import TimerHandle, Transport

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class Impatient(HttpToolsProtocol):
    """uvicorn's HTTP connection, closed when a request has not come whole in `longest_s`; uvicorn waits for ever."""

    longest_s = 60.0
    _giving_up: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Somebody is there: their first request must come."""
        super().connection_made(transport)
        self._wait()

    def on_message_begin(self) -> None:
        """A request begins: it must come to its end."""
        super().on_message_begin()
        self._wait()

    def on_message_complete(self) -> None:
        """It came whole."""
        self._stop()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """It is a websocket from now on, which has bounds of its own."""
        self._stop()
        super().handle_websocket_upgrade()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._stop()
        self._giving_up = self.loop.call_later(self.longest_s, self.transport.close)

    def _stop(self) -> None:
        if self._giving_up is not None:
            self._giving_up.cancel()
            self._giving_up = None


def impatient(longest_s: float) -> type[Impatient]:
    """Connections whose requests come whole within `longest_s`."""
    return type("Impatient", (Impatient,), {"longest_s": longest_s})
