"""What the application is made of, held in one place for its pages."""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import HTTPConnection

from auth.oidc import Discovery
from auth.sealing import Sealer
from collab.crowd import Crowd
from collab.rooms import Rooms
from server import annexes
from server.addresses import Addresses
from server.asking import Asking
from server.authors import Authors
from server.domain.sections import AnnexType, Section
from server.floor import Floor
from server.lines import Lines
from server.lookout import Lookout
from server.mailing import Mail
from server.remembering import Past
from server.rendering import Read, read
from server.settings import Settings
from server.standing import Standings
from server.store import contracts
from server.store.engine import Store
from server.store.updates import UpdateLog
from server.trying import Trials
from server.watching import Watch


@dataclass(frozen=True)
class Parts:
    """Every dependency, wired once by `server.app`."""

    settings: Settings
    store: Store
    log: UpdateLog
    rooms: Rooms
    crowd: Crowd
    addresses: Addresses
    asking: Asking
    watch: Watch
    floor: Floor
    standings: Standings
    lookout: Lookout
    lines: Lines
    past: Past
    authors: Authors
    discovery: Discovery
    mail: Mail
    sealer: Sealer
    trials: Trials
    is_demo: bool
    _imported: dict[str, frozenset[AnnexType]] = field(default_factory=dict)

    async def text_of(self, section: Section) -> Read:
        """The committed text of a section, as pages show it."""
        return await self.rooms.made(section.document, read)

    async def imported(self, session: AsyncSession, contract_id: str) -> frozenset[AnnexType]:
        """The annexes to come for which the contract's file holds data; a file never changes, so it is read once."""
        known = self._imported.get(contract_id)
        if known is None:
            source = await contracts.source(session, contract_id)
            known = self._imported[contract_id] = annexes.imported(source or "{}")
        return known


def parts(connection: HTTPConnection) -> Parts:
    """The parts of the application that answers this request."""
    found: Parts = connection.app.state.parts
    return found
