"""What the application is made of, held in one place for its pages."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from auth.oidc import Discovery
from collab.rooms import Rooms
from server.domain.sections import Section
from server.floor import Floor
from server.remembering import Past
from server.rendering import Read, read
from server.settings import Settings
from server.store.engine import Store
from server.store.updates import UpdateLog


@dataclass(frozen=True)
class Parts:
    """Every dependency, wired once by `server.app`."""

    settings: Settings
    store: Store
    log: UpdateLog
    rooms: Rooms
    floor: Floor
    past: Past
    discovery: Discovery
    is_demo: bool

    async def text_of(self, section: Section) -> Read:
        """The committed text of a section, as pages show it."""
        return await self.rooms.made(section.document, read)


def parts(connection: HTTPConnection) -> Parts:
    """The parts of the application that answers this request."""
    found: Parts = connection.app.state.parts
    return found
