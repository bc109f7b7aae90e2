"""What becomes of the proposals about a text that goes out of use: they end, with the reason, and stay readable."""

from collections.abc import Collection

from server.domain.proposals.answers import Event, EventKind
from server.domain.proposals.proposal import ProposalStatus
from server.editing.acting import Deed
from server.store import proposals


async def lapse(deed: Deed, sections: Collection[str], why: str) -> None:
    """End the proposals that lie before the parties about the texts of sections, in the transaction of who does it."""
    for one in await proposals.tabled_about(deed.session, deed.contract.id, sections):
        await proposals.end(deed.session, one, ProposalStatus.LAPSED, deed.at)
        said = Event(EventKind.LAPSED, deed.person_id, deed.seat.party_id, deed.at, one.tabled_hash or "", why)
        await proposals.keep_event(deed.session, one.id, said)
