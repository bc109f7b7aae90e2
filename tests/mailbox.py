"""A small mail server on this machine: keeps what it takes, refuses what it is told to."""

import base64
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_string, policy
from email.message import EmailMessage


@dataclass
class Mailbox:
    """How the server behaves, and what it was given; `answers` are said in place of the usual ones, by verb."""

    context: ssl.SSLContext | None = None
    is_tls_at_once: bool = False
    account: tuple[str, str] | None = None
    answers: dict[str, str] = field(default_factory=dict)
    silent_at: str = ""
    port: int = 0
    said: list[str] = field(default_factory=list)
    messages: list[EmailMessage] = field(default_factory=list)

    def answer(self, line: str) -> str:
        verb = line.split(":")[0].split(" ")[0].upper()
        if verb in self.answers:
            return self.answers[verb]
        if verb == "EHLO":
            offers = ["STARTTLS"] if self.context and not self.is_tls_at_once else []
            offers += ["AUTH PLAIN"] if self.account else []
            return "\r\n".join([f"250-{one}" for one in ["mailbox", *offers]] + ["250 8BITMIME"])
        if verb == "AUTH":
            given = base64.b64decode(line.split(" ")[2]).split(b"\0")[1:]
            return "235 welcome" if self.account == tuple(one.decode() for one in given) else "535 no"
        return {"DATA": "354 go on", "QUIT": "221 bye", "STARTTLS": "220 now"}.get(verb, "250 well")


class _Talk(socketserver.BaseRequestHandler):
    def setup(self) -> None:
        self.box: Mailbox = self.server.box  # type: ignore[attr-defined]
        self.wire: socket.socket = self.request
        self.wire.settimeout(30)

    def handle(self) -> None:
        with suppress(OSError):
            if self.box.is_tls_at_once:
                self._secure()
            self._tell(self.box.answers.get("", "220 mailbox"))
            while (line := self._line()) is not None and line.split(" ")[0] != self.box.silent_at:
                self._hear(line)
            while line is not None and self._line() is not None:
                pass

    def finish(self) -> None:
        self.wire.close()

    def _hear(self, line: str) -> None:
        self.box.said.append(line)
        told = self.box.answer(line)
        self._tell(told)
        if line == "STARTTLS" and told.startswith("220"):
            self._secure()
        if told.startswith("354"):
            lines = [f"{one}\r\n".removeprefix(".") for one in iter(self._line, ".")]
            self.box.messages.append(message_from_string("".join(lines), policy=policy.default))
            self._tell(self.box.answers.get(".", "250 taken"))

    def _secure(self) -> None:
        assert self.box.context
        self.wire = self.box.context.wrap_socket(self.wire, server_side=True)

    def _tell(self, line: str) -> None:
        self.wire.sendall(f"{line}\r\n".encode())

    def _line(self) -> str | None:
        """The next line, None at the end; letter by letter, for nothing may be read ahead of TLS."""
        read = bytearray()
        while not read.endswith(b"\n"):
            letter = self.wire.recv(1)
            if not letter:
                return None
            read += letter
        return read.decode().removesuffix("\r\n")


@contextmanager
def listening(box: Mailbox) -> Iterator[Mailbox]:
    """The server, answering; `box.port` says where."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk) as server:
        server.daemon_threads = True
        server.box = box  # type: ignore[attr-defined]
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
