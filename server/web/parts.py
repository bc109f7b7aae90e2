"""What the application is made of, held in one place for its pages."""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import HTTPConnection

from auth.oidc import Discovery
from auth.sealing import Sealer
from collab.crowd import Crowd
from collab.rooms import Rooms
from server.documents.reading import Desk
from server.domain.contract.sections import AnnexType, Section
from server.live.authors import Authors
from server.live.floor import Floor
from server.live.lines import Lines
from server.live.lookout import Lookout
from server.live.remembering import Past
from server.live.standing import Standings
from server.providers.trying import Trials
from server.running.addresses import Addresses
from server.running.asking import Asking
from server.running.mailing import Mail
from server.running.watching import Watch
from server.settings import Settings
from server.store import contracts
from server.store.engine import Store
from server.store.updates import UpdateLog
from server.wording import annexes
from server.wording.rendering import Read, read


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
    desk: Desk
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
