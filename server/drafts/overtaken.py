"""What a proposal changed and what the text changed since, passage by passage, for the pages that show them beside."""

from dataclasses import dataclass

from markupsafe import Markup

from collab import canonical, document
from server.domain.proposals.carrying import By, Passage
from server.domain.proposals.three_ways import Blocks, Node
from server.domain.redline import redline
from server.domain.texts import text
from server.drafts.countering import carried
from server.marking import views
from server.store.proposals import Tabled
from server.wording.languages import Language


@dataclass(frozen=True)
class Beside:
    """A passage as a page shows it: the changes of today's text, those of the proposal, and who has to choose."""

    by: By
    number: int | None
    head: Markup
    proposal: Markup


@dataclass(frozen=True)
class Overtaken:
    """A proposal beside the text of now, of which `seen` is the digest."""

    seen: str
    passages: list[Beside]

    @property
    def contested(self) -> list[Beside]:
        """What both changed."""
        return [one for one in self.passages if one.by is By.BOTH]


def overtaken(texts: Tabled, head: bytes, language: Language) -> Overtaken:
    """A tabled proposal beside the text as it is now."""
    seen = canonical.digest(document.read_state(head, text.ROOT))
    return Overtaken(seen, [_beside(one, language) for one in carried(texts, head).passages])


def _beside(one: Passage, language: Language) -> Beside:
    head, proposal = (
        views.passage(redline(_whole(one.base), _whole(side)), language) for side in (one.head, one.proposal)
    )
    return Beside(one.by, one.number, head, proposal)


def _whole(blocks: Blocks) -> Node:
    """Blocks as a text; rows stand in a table."""
    are_rows = bool(blocks) and blocks[0]["type"] == "table_row"
    content = [{"type": "table", "content": list(blocks)}] if are_rows else list(blocks)
    return {"type": "doc", "content": content}
