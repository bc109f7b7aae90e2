"""May this be taken out of the contract? Not while something of the file it would be exported to still names it."""

import asyncio

from server.contract_files.laying_over import laid_over
from server.contract_files.problems import problems
from server.domain.identifiers import Doubt
from server.domain.refusals import N_, StillInUse
from server.editing.acting import Deed

_NAMED_BY = {  # parts of a contract file that every party may know of
    "establishments": N_("Un établissement ou service le nomme comme autorité compétente ou financeur."),
    "objectives": N_("Un objectif ou une action le nomme."),
    "indicators": N_("Un indicateur le nomme."),
    "calendar": N_("Une réunion du calendrier le nomme."),
    "consultations": N_("Une consultation le nomme."),
    "diagnosis": N_("Le diagnostic partagé le nomme."),
    "signing_authority": N_("Une délégation ou une délibération le nomme."),
    "parties": N_("La délégation de signature d’une partie le nomme."),
}
_ELSEWHERE = N_("Des éléments importés avec le contrat, qui ne s’affichent pas encore dans Entente, le nomment.")


async def check_unnamed(deed: Deed, name: str) -> None:
    """Let a removal pass that leaves nothing behind that names what is gone; called inside its transaction.

    What names it in a part that is not everybody's (a note, a scenario) is not told apart.

    Raises:
        StillInUse: something names it still.
    """
    await deed.session.flush()
    source = await laid_over(deed.session, deed.contract.id)
    parts = {path.split("[")[0].split(".")[0] for path, _ in await asyncio.to_thread(problems, source)}
    if parts:
        told = [_NAMED_BY[part] for part in _NAMED_BY if part in parts]
        hidden = [_ELSEWHERE] if parts - set(_NAMED_BY) else []
        raise StillInUse(name, [Doubt(one) for one in [*told, *hidden]])
