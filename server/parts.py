"""What the application is made of, held in one place for its pages."""

from dataclasses import dataclass
from typing import Any

from pycrdt import Doc
from starlette.requests import HTTPConnection

from collab import document
from server.domain import text
from server.domain.sections import Section
from server.settings import Settings
from server.store.engine import Store
from server.store.updates import UpdateLog


@dataclass
class Parts:
    """Every dependency, wired once by `server.app`."""

    settings: Settings
    store: Store
    log: UpdateLog
    is_demo: bool

    async def text_of(self, section: Section) -> dict[str, Any]:
        """The committed text of a section."""
        live: Doc[Any] = Doc()
        for line in await self.log.read(section.document):
            live.apply_update(line.delta)
        return document.read(live, text.ROOT)


def parts(request: HTTPConnection) -> Parts:
    """The parts of the application that answers this request."""
    found: Parts = request.app.state.parts
    return found
