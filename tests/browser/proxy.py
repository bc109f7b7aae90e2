"""A network's proxy, as an organisation puts between its people and the web: it lets no websocket through."""

import socket
import threading
from contextlib import suppress
from enum import Enum
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.ports import a_free_port

PIECE = 65_536


class Tunnels(Enum):
    """What becomes of a CONNECT, by which a browser asks for a websocket (RFC 9110, 9.3.6)."""

    REFUSED = "refused"
    HELD = "held"
    OPEN = "open"


class Proxy(ThreadingHTTPServer):
    """A forward proxy on a port of its own, for a window by its `options`."""

    daemon_threads = True

    def __init__(self, tunnels: Tunnels) -> None:
        with a_free_port() as listening:
            port = listening.getsockname()[1]
        super().__init__(("127.0.0.1", port), Passing)
        self.tunnels = tunnels
        self.asked: list[str] = []
        self.closing = threading.Event()
        self.options: dict[str, Any] = {"proxy": {"server": f"http://127.0.0.1:{port}", "bypass": "<-loopback>"}}
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()


class Passing(BaseHTTPRequestHandler):
    """One connection of a browser."""

    protocol_version = "HTTP/1.1"
    server: Proxy

    def log_message(self, *said: Any) -> None:
        """Nothing."""

    def do_CONNECT(self) -> None:
        self.server.asked.append(f"CONNECT {self.path}")
        self.close_connection = True
        if self.server.tunnels is Tunnels.HELD:
            self.server.closing.wait(60)
        elif self.server.tunnels is Tunnels.REFUSED or not self.path.startswith(
            "127.0.0.1:"
        ):  # nor what browsers ask for themselves
            self.send_error(403)
        else:
            self._tunnel()

    def _tunnel(self) -> None:
        host, _, port = self.path.partition(":")
        with socket.create_connection((host, int(port))) as server:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=_pass_on, args=(server, self.connection), daemon=True)
            back.start()
            _pass_on(self.connection, server)
            back.join()

    def _pass(self) -> None:
        address = urlsplit(self.path)
        self.server.asked.append(f"{self.command} {address.path}")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name: value for name, value in self.headers.items() if not name.startswith("Proxy-")}
        server = HTTPConnection(address.netloc, timeout=60)
        try:
            server.request(self.command, f"{address.path}?{address.query}".rstrip("?"), body, headers)
            self._answer(server.getresponse())
        except (OSError, HTTPException):
            self.close_connection = True
            with suppress(OSError):
                self.send_error(502)
        finally:
            server.close()

    def _answer(self, answer: HTTPResponse) -> None:
        said = answer.read()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "content-length", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_GET = do_HEAD = do_POST = do_DELETE = _pass


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while piece := one.recv(PIECE):
            other.sendall(piece)
    for end in (one, other):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
