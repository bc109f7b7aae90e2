"""Several people write a proposal: accepted, its words name all of them; before, they name nobody."""

import pytest

from collab import wire
from tests.factories import PH
from tests.web.drafts import FREE
from tests.web.forms import send
from tests.web.proposals import (
    ARS,
    COLLEAGUE,
    DEPARTMENT,
    OPERATOR,
    PARTNER,
    answered,
    begun,
    document,
    tabled,
    write,
    writing,
)
from tests.web.site import Site
from tests.web.test_answering import said
from tests.web.test_tabling import deleted

pytestmark = pytest.mark.anyio
HISTORY = f"/contracts/{PH}/sections/{FREE}/history"


async def test_everybody_whose_words_are_accepted_is_named_and_nobody_else(site: Site) -> None:
    people = ARS, COLLEAGUE, DEPARTMENT, OPERATOR
    ars, colleague, department, operator = [await site.signed_in(who) for who in people]
    at = await begun(ars, share="departement")
    await write(ars, document(at), "De l’ARS. ")
    await write(department, document(at), "Du Département. ")
    async with writing(colleague, document(at)) as tab:  # whose words do not stay
        assert await tab.heard_back(wire.update(document(at), tab.edit("Passager. ")))
        await deleted(tab, document(at), "Passager. ")
    await tabled(ars, at)
    assert "Marc Lebreton" not in await said(operator, at)  # named by his words, once they are the contract's
    counter = str((await send(operator, f"{at}/counter", {"title": "Contre"})).headers["location"])
    await write(operator, document(counter), "Du gestionnaire. ")
    await tabled(operator, counter)
    for browser in (ars, department):
        assert (await answered(browser, counter)).status_code == 303
    partner = await site.signed_in(PARTNER)
    history = await said(partner, HISTORY)
    assert "Nadège Fournier, Camille Authier, Marc Lebreton" in history
    assert "Yanis Berthomé" not in history
    who = (await partner.get(f"/contracts/{PH}/sections/{FREE}/authors")).json()
    by = [one["name"] for one in who["by"] if one["name"]]
    assert by == ["Nadège Fournier, Camille Authier, Marc Lebreton"]
    line = who["line"]
    assert "Tel que Nadège Fournier, Camille Authier, Marc Lebreton l’a laissé" in await said(
        partner, f"{HISTORY}/{line}"
    )
