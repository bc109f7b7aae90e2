"""A lead takes an article out of use before the plan is agreed: its proposals end, with the reason, as was told."""

import pytest

from tests.web.drafts import FREE, section
from tests.web.forms import every_form
from tests.web.proposals import a_tabled, answered, begun, document, write
from tests.web.site import Browser, Site
from tests.web.test_answering import parties, rows, said
from tests.web.test_modes import wish
from tests.web.test_plan import PAGE, Planner, optional, told
from tests.web.test_plan_proposals import a_proposal

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]


async def ending(browser: Browser, section_id: str) -> str:
    """What the forms of an article say that its lead was told of: which proposals would end."""
    forms = every_form((await browser.get(f"{PAGE}?article={section_id}")).text)
    return next(value for _, inside in forms for name, value in inside if name == "ending")


@pytest.mark.parametrize(
    ("act", "why"),
    [("remove", "L’article a été retiré du plan"), ("set_aside", "L’article a été marqué « Sans objet »")],
)
async def test_what_is_tabled_about_an_article_ends_with_it_as_its_lead_was_told(
    site: Site, act: str, why: str
) -> None:
    ars, department, operator = await parties(site)
    await optional(site, FREE)
    draft = await begun(operator, title="En préparation")
    await write(operator, document(draft), "Encore. ")
    lead, one = Planner(site, ars), await section(site, FREE)
    seen = await ending(ars, one.id)
    at = await a_tabled(operator, title="Modulation")
    unseen = await lead.change(act, FREE, ending=seen)
    assert (unseen.status_code, "Le plan a changé" in told(unseen)) == (409, True), "nobody had told them of it"
    assert "Proposition déposée" in await said(ars, at)
    page = await said(ars, f"{PAGE}?article={one.id}")
    assert "Si l’article devient sans objet ou quitte le plan, 1 proposition déposée prend fin" in page
    assert at in page
    done = await lead.change(act, FREE, ending=await ending(ars, one.id))
    assert done.status_code == 303, told(done)
    page = await said(operator, at)
    assert "Proposition close" in page
    assert why in page.split("Autour de la proposition")[0], "the reason stands at the head of the page"
    assert ("Sans réponse" in page, "Réponse attendue" in page) == (True, False)
    assert "Reprendre sur le texte" not in page
    assert "Close avec son article" in await said(department, f"{at.rsplit('/', 1)[0]}")
    assert (await department.ask("POST", f"{at}/answer", data={"answer": "agreed"})).status_code == 409
    assert "L’article est sans objet ou retiré du plan" in await said(operator, draft)
    refused = await operator.ask("POST", f"{draft}/table", data={})
    assert (refused.status_code, "sans objet ou retiré du plan" in refused.text) == (409, True)


async def test_a_closed_text_that_comes_back_to_the_plan_is_closed_as_before(site: Site) -> None:
    ars, department, operator = await parties(site)
    await optional(site, FREE)
    one = await section(site, FREE)
    assert await wish(ars, FREE, "close") == 303
    at = await a_proposal(site, ars, ("remove", FREE, {}))
    for party in (department, operator):
        assert (await answered(party, at)).status_code == 303
    [(removed,)] = await rows(site, f"SELECT count(*) FROM section WHERE key = '{FREE}' AND removed_at IS NOT NULL")
    assert removed == 1
    assert (await Planner(site, ars).send("put_back", one, "")).status_code == 303
    assert (await site.parts.rooms.room(one.document)).is_closed
