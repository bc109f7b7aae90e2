"""Real identity providers of the outside world, for as long as a test needs them: `oidc-provider`, in one process."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from build_client import find_node
from tests.ports import a_free_port

SCRIPT = Path(__file__).with_name("providers.mjs")
SECRET = "a secret of +/=% signs"


def a_port() -> int:
    """A port nobody listens on now."""
    with a_free_port() as listening:
        port: int = listening.getsockname()[1]
    return port


@dataclass(frozen=True)
class Outsider:
    """A provider that knows one client: us. `elsewhere` is another port, where it sends people."""

    kind: str
    port: int
    redirect: str
    elsewhere: int | None = None
    client: str = "entente"
    secret: str = SECRET

    @property
    def issuer(self) -> str:
        """Its name in tokens."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def running(outsiders: Sequence[Outsider]) -> Iterator[None]:
    """All of them listening."""
    command = [find_node().node, str(SCRIPT), json.dumps([asdict(one) for one in outsiders])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            assert next((line for line in process.stdout if line.strip() == "listening"), None), "they did not start"
            yield
        finally:
            process.kill()
