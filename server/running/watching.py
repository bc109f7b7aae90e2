"""What strangers make the security journal say: each thing once a minute for each address, so nobody fills the disk."""

import logging
import re
import time
from collections.abc import Hashable
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import HTTPConnection

from auth.people import Visitor
from server.domain.people.security import SecurityKind, Told
from server.running.addresses import Addresses
from server.store import security
from server.store.engine import Store

EACH_S: Final = 60.0
REFERENCES: Final = 10  # of what a person may ask about by its reference, in those seconds from one address
MOST: Final = 600  # events in those seconds, of everybody: whoever has a million addresses writes no more than that
_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_log = logging.getLogger("entente.security")


class Watch:
    """Notes what was refused; what is told too often, or cannot be written, is left to the log and the metrics."""

    def __init__(self, store: Store, addresses: Addresses) -> None:
        self._store = store
        self._addresses = addresses
        self._told: dict[Hashable, float] = {}  # what was told when, the oldest first

    async def note(
        self, connection: HTTPConnection, kind: SecurityKind, *, provider: str = "", **details: Told
    ) -> None:
        """Write down what a request did, with the address it came from and who it was, if that is known.

        What somebody was given a reference of is told more often: they ask about theirs, not about the first one's.
        """
        visitor = connection.scope.get("state", {}).get("visitor")
        person_id = visitor.person_id if isinstance(visitor, Visitor) else None
        address = self._addresses.of(connection) or "unsaid"
        thing = (kind, person_id or address, provider, *(told for name, told in details.items() if name != "reference"))
        times = REFERENCES if "reference" in details else 1
        if not any(self._is_new((*thing, number)) for number in range(times)):
            return
        named = str(connection.scope.get("path_params", {}).get("contract_id", ""))
        try:
            async with self._store.writing() as session:
                await security.note(
                    session,
                    kind,
                    at=datetime.now(UTC),
                    person_id=person_id,
                    provider=provider,
                    contract_id=named if _ID.fullmatch(named) else "",
                    address=address,
                    **details,
                )
        except SQLAlchemyError:
            _log.warning("%(kind)s could not be written to the security journal", {"kind": kind.value})

    def _is_new(self, thing: Hashable) -> bool:
        now = time.monotonic()
        while self._told and now - next(iter(self._told.values())) >= EACH_S:
            del self._told[next(iter(self._told))]
        if thing in self._told or len(self._told) >= MOST:
            return False
        self._told[thing] = now
        return True
