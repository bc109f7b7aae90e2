"""What every check is given: the settings, the database, and ways to knock from outside."""

import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import httpx2
from anyio import to_thread

from auth.oidc import Discovery
from server.doctor.findings import Check, Finding
from server.settings import Settings
from server.store.engine import Store

PATIENCE_S = 8.0  # for one answer from outside
Look = Callable[["Bench"], Awaitable[list[Finding]]]


@dataclass(frozen=True)
class Bench:
    """A deployment to be looked at; `plain_port` is where people arrive who forget the s of https."""

    settings: Settings
    database: Store | None
    discovery: Discovery
    plain_port: int = 80

    @property
    def store(self) -> Store:
        """The database, for who looks once it is found sound.

        Raises:
            LookupError: there is none.
        """
        if self.database is None:
            raise LookupError("no database")
        return self.database

    @property
    def address(self) -> SplitResult:
        """The address people type."""
        return urlsplit(self.settings.public_url)

    @property
    def host(self) -> str:
        """Its name."""
        return self.address.hostname or ""

    @property
    def port(self) -> int:
        """Its port."""
        return self.address.port or (443 if self.settings.is_https else 80)

    def outside(self) -> httpx2.AsyncClient:
        """A client like a browser's, but for the certificate: that is a check of its own."""
        return httpx2.AsyncClient(
            base_url=self.settings.public_url,
            verify=unchecked(),
            timeout=PATIENCE_S,
            trust_env=False,
            follow_redirects=False,
        )


@dataclass(frozen=True, eq=False)
class Looking:
    """Checks and how they look together; some read a database that has to be sound first."""

    checks: tuple[Check, ...]
    look: Look
    reads_database: bool = False


def in_a_thread(work: Callable[[Bench], list[Finding]]) -> Look:
    """A look that waits for files or for a library, without keeping the others waiting."""

    async def look(bench: Bench) -> list[Finding]:
        return await to_thread.run_sync(work, bench, abandon_on_cancel=True)

    return look


def unchecked() -> ssl.SSLContext:
    """TLS with whoever answers; nothing secret is said through it."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
