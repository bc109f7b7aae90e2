"""The ten ways a text and a proposal meet, from the pages to the log (frontend.md 2): what each comes to."""

from dataclasses import dataclass
from html import unescape

import pytest
from pycrdt import XmlElement, XmlFragment, XmlText
from sqlalchemy import text as sql

from collab import wire
from server.domain.texts import text
from server.taking_over.judging import looks
from tests.collab.test_judging import PLACES, Edit, column, insert, nothing, remove, replace, row, split
from tests.web.drafts import section
from tests.web.proposals import ARS, DEPARTMENT, OPERATOR, answered, begun, document, tabled, writing
from tests.web.site import Browser, Site
from tests.web.test_answering import seen

pytestmark = pytest.mark.anyio
BASE = ("Le gestionnaire accompagne 45 personnes.", "Le transport est réglé. Il l’est en mars.", "Rendez-vous en juin.")
ROWS = (("Action", "Montant"), ("SESSAD", "60 000 €"))
ACCEPTED, ANEW, NOTHING, STALE = "accepted", "agreed to anew, on what it says now", "nothing to do", "stale"
SAYS = {
    ACCEPTED: "Proposition déposée, soumise à l’accord",
    ANEW: "L’article a changé à d’autres endroits depuis",
    NOTHING: "L’article dit déjà ce que propose ce texte",
    STALE: "Le texte a changé : cette proposition ne peut plus être acceptée telle quelle",
}


SECTIONS = ("s-1", "s-2", "s-3", "s-4-1", "s-4-2", "s-4-3", "s-4-4", "s-4-5", "s-4-6", "s-5")  # one for each case


@dataclass(frozen=True)
class Case:
    """What the text became meanwhile and what is proposed; what comes of it, and some words the text has at the end."""

    head: Edit
    proposal: Edit
    outcome: str
    words: str
    is_moved_by_proposal: bool = False


CASES = {
    "another paragraph": Case(replace(2, "juin", "mai"), PLACES, ANEW, "50 personnes|en mars|en mai"),
    "another word of the same paragraph": Case(
        replace(0, "accompagne", "accueille"), PLACES, STALE, "accueille 45 personnes"
    ),
    "the same word, by two proposals": Case(
        replace(0, "45", "60"), PLACES, STALE, "accompagne 60 personnes", is_moved_by_proposal=True
    ),
    "the same change, by two proposals": Case(
        PLACES, PLACES, NOTHING, "accompagne 50 personnes", is_moved_by_proposal=True
    ),
    "words rewritten around the word": Case(
        replace(0, "accompagne 45 personnes", "suit 45 enfants"), PLACES, STALE, "suit 45 enfants"
    ),
    "the paragraph removed": Case(remove(0), PLACES, STALE, "Le transport"),
    "the paragraph cut in two by the proposal, its end edited": Case(
        replace(1, "mars", "avril"), split(1, "Il l’est"), STALE, "Le transport est réglé. Il l’est en avril."
    ),
    "a column and a row of a table": Case(column, row, STALE, "SESSAD"),
    "two paragraphs put in one place": Case(
        insert(2, "Voici l’un."), insert(2, "Voilà l’autre."), STALE, "en mars.|Voici l’un.|Rendez-vous"
    ),
    "a text that did not move": Case(nothing, PLACES, ACCEPTED, "accompagne 50 personnes"),
}


async def edit(browser: Browser, name: str, change: Edit) -> None:
    """Change a document live, and wait until that is kept."""
    async with writing(browser, name) as tab:
        before = tab.doc.get_state()
        with tab.doc.transaction():
            change(tab.fragment)
        update = tab.doc.get_update(before)
        assert update == b"\0\0" or await tab.heard_back(wire.update(name, update))


def base(shared: XmlFragment) -> None:
    """The text all cases begin with."""
    while len(shared.children):
        del shared.children[0]
    for place, words in enumerate(BASE):
        insert(place, words)(shared)
    made = shared.children.append(XmlElement("table"))
    for cells in ROWS:
        line = made.children.append(XmlElement("table_row"))
        for words in cells:
            paragraph = line.children.append(XmlElement("table_cell")).children.append(XmlElement("paragraph"))
            paragraph.children.append(XmlText(words))


async def proposed(browser: Browser, key: str, change: Edit) -> str:
    """The address of a change, just tabled."""
    at = await begun(browser, key)
    await edit(browser, document(at), change)
    await tabled(browser, at)
    return at


async def the_text(site: Site, name: str) -> str:
    return await site.parts.rooms.made(name, text.to_body)


async def what_comes_of_it(site: Site, case: Case, key: str, people: tuple[Browser, Browser, Browser]) -> None:
    """Table the proposal, move the text, and have everybody answer; the text says what it should, and nothing else."""
    ars, department, operator = people
    name = (await section(site, key)).document
    await edit(operator, name, base)
    at = await proposed(ars, key, case.proposal)
    assert (await answered(department, at)).status_code == 303
    if case.is_moved_by_proposal:
        other = await proposed(operator, key, case.head)
        for one in (ars, department):
            assert (await answered(one, other)).status_code == 303
    else:
        await edit(operator, name, case.head)
    before, page = await the_text(site, name), unescape((await operator.get(at)).text).replace("\u00a0", " ")
    assert {outcome: words in page for outcome, words in SAYS.items() if outcome is not ACCEPTED} == {
        outcome: outcome is case.outcome for outcome in SAYS if outcome is not ACCEPTED
    }
    if case.outcome in (STALE, NOTHING):
        assert 'value="agreed"' not in page
        shown = await seen(operator, at) if case.outcome is STALE else await site.parts.rooms.made(name, looks)
        forged = {"answer": "agreed", "seen": shown}
        assert (await operator.ask("POST", f"{at}/answer", data=forged)).status_code == 409
        assert await the_text(site, name) == before
    else:
        shown = await seen(operator, at)
        answers = [operator] if case.outcome is ACCEPTED else [operator, department, ars]  # anew, who had agreed before
        for one in answers:
            assert await the_text(site, name) == before
            assert await seen(one, at) == shown
            assert (await answered(one, at)).status_code == 303
        assert await site.parts.rooms.made(name, looks) == shown
    assert case.words.split("|") == [one for one in case.words.split("|") if one in await the_text(site, name)]


async def test_what_comes_of_a_proposal_when_the_text_has_moved_on(site: Site, subtests: pytest.Subtests) -> None:
    people = await site.signed_in(ARS), await site.signed_in(DEPARTMENT), await site.signed_in(OPERATOR)
    async with site.parts.store.writing() as session:
        await session.execute(sql("UPDATE section SET mode = 'free'"))
    for (name, case), key in zip(CASES.items(), SECTIONS, strict=True):
        with subtests.test(name):
            await what_comes_of_it(site, case, key, people)
