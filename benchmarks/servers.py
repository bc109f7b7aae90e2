"""The two servers, each a process of its own whose processor time and memory are read from /proc (Linux)."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from benchmarks import line, peer
from benchmarks.line import Line
from benchmarks.stage import Place, Stage, folder
from tests.factories import address
from tests.ports import a_free_port

TICKS = os.sysconf("SC_CLK_TCK")
START_S = 60.0
SETTINGS = {  # beside the defaults: everybody comes from one address here, and types faster than people do
    "ENTENTE_OPENINGS": "100000",
    "ENTENTE_PACE_MESSAGES": "10000",
    "ENTENTE_PACE_KIB": "65536",
}


class Server:
    """A server over a copy of a stage's database."""

    name: str
    command: list[str]
    environment: dict[str, str]
    url: str

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        with a_free_port() as listening:
            self.port = int(listening.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {}
        self.database = folder() / f"{self.name}-{self.port}.sqlite"
        self.log = folder() / f"{self.name}-{self.port}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start it, on the same data as before when it ran already; seconds until it answers."""
        started = time.perf_counter()
        with self.log.open("ab") as log:
            environment = {**os.environ, **self.environment}
            self._process = subprocess.Popen(self.command, env=environment, stdout=log, stderr=log)
        while time.perf_counter() - started < START_S:
            if self._process.poll() is not None:
                break
            try:
                with a_socket(self.port):
                    return time.perf_counter() - started
            except OSError:
                time.sleep(0.005)
        self.kill()
        raise RuntimeError(f"{self.name} did not start:\n{self.log.read_text()}")

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """`kill -9`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Kill it, forget its data."""
        self.kill()
        for path in folder().glob(f"{self.database.name}*"):
            path.unlink()

    def cpu_s(self) -> float:
        """Seconds of processor it has used, in its own code and in the kernel for it."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_kb(self) -> float:
        """What it holds in memory now (resident set)."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) * 1.024

    async def connect(self, place: Place, person: int, *, keeps: bool = False) -> Line:
        """A websocket of one of the people, one document open on it."""
        raise NotImplementedError


class Ours(Server):
    """`entente serve` with its settings, rights on, real sessions."""

    name = "ours"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        shutil.copy(stage.ours, self.database)
        self.command = [sys.executable, "-m", "server", "serve"]
        self.environment = {
            "ENTENTE_DATABASE_URL": address(self.database),
            "ENTENTE_PUBLIC_URL": self.url,
            "ENTENTE_PORT": str(self.port),
            "ENTENTE_DEVELOPMENT": "yes",
            **SETTINGS,
        }

    async def connect(self, place: Place, person: int, *, keeps: bool = False) -> Line:
        """Through the door every page comes through."""
        address = f"{self.url}/contracts/{place.contract_id}/live"
        return await line.connect(address, place.document, cookie=self.stage.cookie(person), keeps=keeps)


class Theirs(Server):
    """Hocuspocus with its SQLite extension at its defaults: nobody signs in, everybody may write."""

    name = "theirs"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        shutil.copy(stage.theirs, self.database)
        self.command = [peer.node(), "benchmarks/peer.mjs", str(peer.FOLDER), str(self.port), str(self.database)]

    async def connect(self, place: Place, person: int, *, keeps: bool = False) -> Line:
        """Its one address serves every document."""
        return await line.connect(self.url, place.document, keeps=keeps)


def a_socket(port: int) -> socket.socket:
    """A connection, to see whether anybody listens."""
    return socket.create_connection(("127.0.0.1", port), timeout=1)
