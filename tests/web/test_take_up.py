"""A proposal that the text has overtaken is taken up again: both changes are shown, what is whole is carried over."""

from itertools import count

import pytest

from collab import wire
from tests.collab.test_judging import fork, insert
from tests.factories import PH
from tests.web.drafts import FREE, section
from tests.web.forms import fields, send
from tests.web.proposals import ARS, DEPARTMENT, OPERATOR, PARTNER, answered, begun, document, tabled, write, writing
from tests.web.site import Browser, Site
from tests.web.test_answering import said, words

pytestmark = pytest.mark.anyio
CLIENTS = count(4_000_000_001)


async def add_paragraph(browser: Browser, name: str, words: str) -> None:
    """One more paragraph at the end of a document."""
    async with writing(browser, name) as tab:
        put = insert(len(tab.fragment.children), words)
        assert await tab.heard_back(wire.update(name, fork(tab.doc.get_update(), put, client=next(CLIENTS))))


async def stale(site: Site, ars: Browser, operator: Browser) -> str:
    """A tabled proposal with a paragraph more, and words where the text has others meanwhile."""
    name = (await section(site, FREE)).document
    await add_paragraph(operator, name, "Un paragraphe que personne ne change.")
    at = await begun(ars, title="Un préavis")
    await write(ars, document(at), "Alpha ")
    await add_paragraph(ars, document(at), "Paragraphe ajouté.")
    await tabled(ars, at)
    await write(operator, name, "Oméga ")
    return at


async def test_both_changes_are_shown_and_only_whole_passages_are_carried_over(site: Site) -> None:
    ars, department, operator = [await site.signed_in(who) for who in (ARS, DEPARTMENT, OPERATOR)]
    at = await stale(site, ars, operator)
    page = words(await said(ars, f"{at}/take-up"))
    assert "À choisir" in page
    assert "Repris dans le brouillon Seule la proposition" in page
    assert "Texte actuel inséré : Oméga fin d’insertion" in page
    assert "inséré : Alpha fin d’insertion" in page
    for browser in (department, operator, await site.signed_in(PARTNER)):
        assert (await browser.ask("GET", f"{at}/take-up")).status_code == 404
        assert (await browser.ask("POST", f"{at}/take-up")).status_code == 404
    plain = (await send(ars, f"{at}/take-up")).headers["location"]
    assert plain == (await send(ars, f"{at}/take-up")).headers["location"]
    shown = words(await said(ars, plain))
    assert "Paragraphe ajouté." in shown
    assert "Voici les mots de l’ancienne proposition" in shown
    chosen = (await send(ars, f"{at}/take-up", {"take": "0"})).headers["location"]
    assert chosen != plain
    await tabled(ars, chosen)
    for browser in (department, operator):
        assert (await answered(browser, chosen)).status_code == 303
    contract = await said(ars, f"/contracts/{PH}")
    assert ("Paragraphe ajouté." in contract, "Alpha Lorsque" in contract, "Oméga" in contract) == (True, True, False)


async def test_words_are_chosen_beside_the_text_that_was_seen_or_not_at_all(site: Site) -> None:
    ars, operator = await site.signed_in(ARS), await site.signed_in(OPERATOR)
    at = await stale(site, ars, operator)
    form = fields((await ars.get(f"{at}/take-up")).text, f"{at}/take-up") | {"take": ["0"]}
    await write(operator, (await section(site, FREE)).document, "Encore ")
    refused = await ars.ask("POST", f"{at}/take-up", data=form)
    assert (refused.status_code, "Encore" in refused.text) == (409, True)
    for take in ("9", "-1", "0 0", "٣", "1e9"):
        answer = await send(ars, f"{at}/take-up", {"take": take})
        assert answer.status_code == 303, take
