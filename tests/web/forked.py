"""`entente serve` as a process of its own, that types can be killed under."""

import os
import resource
import socket
from multiprocessing.process import BaseProcess
from pathlib import Path

from benchmarks import line
from benchmarks.line import Line
from tests import forks
from tests.ports import a_free_port

OPENING_S = 60.0


class Server:
    """A server over a database, to be killed and started again."""

    def __init__(self, database: str, folder: Path, **settings: str) -> None:
        with a_free_port() as listening:
            self.port = int(listening.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        self._environment = {
            "ENTENTE_DATABASE_URL": database,
            "ENTENTE_PUBLIC_URL": self.url,
            "ENTENTE_PORT": str(self.port),
            "ENTENTE_DEVELOPMENT": "yes",
            "ENTENTE_OPENINGS": "100000",
            **settings,
        }
        self._process: BaseProcess | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        environment = {**os.environ, **self._environment}
        self._process = forks.begin(("serve",), environment, self.log, self.log)
        while self._process.is_alive():
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=OPENING_S).close()
            except OSError:
                self._process.join(0.01)
            else:
                return
        raise AssertionError(self.log.read_text())

    def kill(self) -> None:
        """`kill -9`."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None

    def limit_files(self, size: int) -> None:
        """Let no file grow beyond `size` bytes, as on a full disk; -1 gives the space back."""
        assert self._process is not None
        assert self._process.pid is not None
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    async def connect(self, contract_id: str, document: str, cookie: str) -> Line:
        """A websocket with one document open, which keeps what it hears."""
        return await line.connect(f"{self.url}/contracts/{contract_id}/live", document, cookie=cookie, keeps=True)
