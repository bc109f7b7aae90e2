"""A negotiation by proposals from end to end (domain/cpom.md 3.7), and who has heard which words at each step of it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from collab import wire
from server.contract_files.exporting import export_contract
from tests.factories import PH
from tests.web.drafts import FREE, section
from tests.web.forms import send
from tests.web.heard import Ear, ear, look_at, look_everywhere
from tests.web.proposals import (
    ARS,
    DEPARTMENT,
    OPERATOR,
    PARTNER,
    STRANGER,
    a_tabled,
    answered,
    begun,
    document,
    tabled,
    write,
)
from tests.web.site import Site, running
from tests.web.test_answering import rows, said, seen, the_hash
from tests.web.test_tabling import deleted

pytestmark = pytest.mark.anyio
FINANCES = "olivier-chesneau"  # of the gestionnaire, as is OPERATOR
OURS, THEIRS = frozenset({ARS}), frozenset({OPERATOR, FINANCES})
AUTHORITIES = OURS | {DEPARTMENT}
SIGNING = AUTHORITIES | THEIRS
READERS = SIGNING | {PARTNER}


class Heard:
    """Whom each word may have come to by now: it came to all of them, and to nobody else."""

    def __init__(self, ears: dict[str, Ear]) -> None:
        self._ears = ears
        self._by_word: dict[str, frozenset[str]] = {}

    def by(self, people: frozenset[str], *words: str) -> None:
        """From now on these words may come to these people."""
        self._by_word |= dict.fromkeys(words, people)

    @property
    def words(self) -> list[str]:
        """All of them, in order."""
        return sorted(self._by_word)

    async def check(self, *proposals: str, everywhere: tuple[str, ...] = ()) -> None:
        """Everybody looks at what there is to see, these proposals too; nobody sees what is not for them."""
        for who, one in self._ears.items():
            await one.listen()
            await look_at(one, *proposals)
            if who in everywhere:
                await look_everywhere(one, FREE)
        for word, people in self._by_word.items():
            assert {who for who, one in self._ears.items() if one.has(word)} == people, word


@pytest.fixture
async def site(filled: str) -> AsyncIterator[Site]:
    """A site that hangs up on no page that is not read for a while."""
    async with running(filled, silent_seconds=600) as found:
        yield found


async def test_a_negotiation_by_proposals_and_no_word_of_it_comes_to_anybody_too_soon(site: Site) -> None:
    ears = {who: await ear(site, who) for who in sorted({*READERS, STRANGER})}
    ars, department, operator, finances = (ears[who] for who in (ARS, DEPARTMENT, OPERATOR, FINANCES))
    heard, name = Heard(ears), (await section(site, FREE)).document
    async with AsyncExitStack() as open_pages:
        for who in sorted(READERS):
            await open_pages.enter_async_context(ears[who].page(f"contract:{PH}", name))

        # both sides prepare at once: the gestionnaire alone, the authorities together
        first = await begun(operator, title="huit-pas-dix", reason="besoin-de-56000", target="copil-trois")
        async with operator.page(document(first)) as one, finances.page(document(first)) as other:
            assert await one.heard_back(wire.update(document(first), one.edit("plancher-de-six-mois ")))
            await other.hear_of("plancher-de-six-mois ")
            await deleted(one, document(first), "plancher-de-six-mois ")
        await write(finances, document(first), "Huit-places. ")
        second = await begun(ars, title="marge-de-2030", share="departement")
        await write(ars, document(second), "De-la-reserve. ")
        await write(department, document(second), "Du-departement. ")
        tabled_words = "huit-pas-dix", "besoin-de-56000", "copil-trois", "Huit-places.", document(first)
        heard.by(THEIRS, *tabled_words)
        heard.by(frozenset({FINANCES}), "plancher-de-six-mois")  # live, before it was taken back
        heard.by(AUTHORITIES, "marge-de-2030", "De-la-reserve.", "Du-departement.", document(second))
        await heard.check(first, second, everywhere=(ARS, OPERATOR, PARTNER))

        # the gestionnaire tables; the ARS prepares a counter-proposal
        await tabled(operator, first)
        counter = str((await send(ars, f"{first}/counter", {"title": "des-l-an-prochain"})).headers["location"])
        await write(ars, document(counter), "Des-2028. ")
        heard.by(SIGNING, *tabled_words)
        heard.by(OURS, "des-l-an-prochain", "Des-2028.", document(counter))
        await heard.check(first, counter)

        # it is tabled, agreed to with a reservation, accepted: its words are the contract's, the rest the parties'
        await tabled(ars, counter)
        await answered(department, counter, "reserved", words="commission-permanente", due="2027-03-01")
        assert (await section(site, FREE)).revision == 4
        shown = await seen(operator, counter)
        assert (await answered(operator, counter)).status_code == 303
        assert await the_hash(site) == shown
        heard.by(SIGNING, "des-l-an-prochain", document(counter), "commission-permanente")
        heard.by(READERS, "Des-2028.", "Huit-places.")

        # what the authorities had prepared has been overtaken: they table it, take it up again, and it is accepted
        await tabled(ars, second)
        assert "ne peut plus être acceptée telle quelle" in await said(operator, second)
        stale = {"answer": "agreed", "seen": await seen(operator, second)}
        assert (await operator.ask("POST", f"{second}/answer", data=stale)).status_code == 409
        again = str((await ars.ask("POST", f"{second}/take-up")).headers["location"])
        await write(ars, document(again), "A-mi-chemin. ")
        heard.by(SIGNING, "marge-de-2030", "De-la-reserve.", "Du-departement.", document(second))
        heard.by(OURS, document(again), "A-mi-chemin.")
        await heard.check(first, counter, second, again)
        await tabled(ars, again)
        for browser in (department, operator):
            assert (await answered(browser, again)).status_code == 303
        heard.by(SIGNING, document(again))
        heard.by(READERS, "A-mi-chemin.")

        # and one is refused: it stays in the record, and nowhere else
        refused = await a_tabled(department, words="Vingt-places. ", title="aller-plus-loin")
        assert (await answered(operator, refused, "refused", words="hors-de-portee")).status_code == 303
        heard.by(SIGNING, "Vingt-places.", "aller-plus-loin", "hors-de-portee", document(refused))
        await heard.check(first, counter, second, again, refused, everywhere=(PARTNER,))

    statuses = await rows(site, "SELECT status FROM proposal ORDER BY created_at, id")
    assert [one for (one,) in statuses] == ["superseded", "superseded", "accepted", "accepted", "refused"]
    exported = str(await export_contract(PH, site.parts.store))
    in_the_contract = "Huit-places.", "Des-2028.", "A-mi-chemin."
    assert [one for one in heard.words if one in exported] == sorted(in_the_contract)
    assert (await section(site, FREE)).revision == 6
