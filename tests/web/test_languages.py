"""The language of a page: what the person chose, else what the browser accepts, else French."""

import re
from asyncio import gather
from html.parser import HTMLParser

import pytest
from starlette.routing import Route

import update_words
from server.app import ROUTED
from server.wording.languages import COOKIE, accepted
from tests.factories import EHPAD, PH
from tests.web.administrators import administrator
from tests.web.drafts import address, offline
from tests.web.site import Browser, Site

pytestmark = pytest.mark.anyio
ARS, STRANGER, PARTNER = "camille-authier", "alex-martin", "elodie-maugin"
FURTHER = (
    re.compile(r'href="([^"#]+/history/\d+)"'),
    re.compile(r'href="([^"#]+/plan\?article=[^"#]+)'),
    re.compile(r'href="([^"#]+/proposals/\w+)"'),
)
OF_THE_ROUTES = {
    "contract_id": PH,
    "section_key": "s-4-3",
    "line": "98",  # no past text: what parties wrote is as they wrote it
    "other": "99",
    "family": "ehpad_l313_12",
    "party_key": "ars",
    "seat_key": "p-tarif-ars",
    "establishment_key": "ime",
    "proposal_id": "none",
    "paper_id": "1",
    "profile": "proconnect",
    "provider": "demonstration",
    "token": "none",
}
NO_PAGE = {"healthz", "readyz", "sign_in_callback", "front_channel_logout", "section_authors"}


def every_page() -> list[str]:
    """An address of every route that answers with a page; a new route is looked at without being named here."""
    routes = [one for one in ROUTED if isinstance(one, Route) and "GET" in (one.methods or ())]
    return [
        re.sub(r"\{(\w+)(:\w+)?\}", lambda named: OF_THE_ROUTES[named[1]], one.path)
        for one in routes
        if one.name not in NO_PAGE
    ]


PAGES = (*every_page(), f"/contracts/{EHPAD}", "/nowhere")
ENGLISH = {"accept-language": "en-GB,en;q=0.9,fr;q=0.4"}


def language_of(page: str) -> str:
    found = re.search(r'<html lang="(\w+)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("", []),
        ("fr-FR,fr;q=0.9,en;q=0.8", ["fr", "fr", "en"]),
        ("en;q=0.2, FR-be ; q=0.5", ["fr", "en"]),
        ("en;q=0, fr", ["fr"]),
        ("en;q=x, en;q=-1, en;q=nan, de", ["de"]),
    ],
)
def test_a_browser_says_what_it_accepts(header: str, wanted: list[str]) -> None:
    assert [one for one in accepted(header) if one] == wanted


@pytest.mark.parametrize(
    ("header", "cookie", "spoken"),
    [
        (None, None, "fr"),
        ("de-DE,de;q=0.9", None, "fr"),
        ("de,en;q=0.5,fr;q=0.4", None, "en"),
        ("en-US", None, "en"),
        ("en-US", "fr", "fr"),
        ("fr", "en", "en"),
        ("en", "xx", "en"),
    ],
)
async def test_a_page_speaks_the_language_asked_for(
    site: Site, header: str | None, cookie: str | None, spoken: str
) -> None:
    browser = site.browser()
    if cookie:
        browser.cookies[COOKIE] = cookie
    page = await browser.ask("GET", "/sign-in", headers={"accept-language": header} if header else {})
    assert language_of(page.text) == spoken


async def test_pages_made_at_once_do_not_mix_their_languages(site: Site) -> None:
    browser = await site.signed_in(ARS)
    asked = ["fr", "en"] * 6
    pages = await gather(*(browser.ask("GET", f"/contracts/{PH}", headers={"accept-language": one}) for one in asked))
    assert [language_of(page.text) for page in pages] == asked
    assert len({tuple(Spoken(page.text).said) for page in pages}) == 2


async def choose(browser: Browser, code: str, **fields: str) -> str:
    answer = await browser.ask("POST", "/language", data={"language": code, **fields})
    assert answer.status_code == 303
    return str(answer.headers["location"])


async def test_a_choice_is_kept_and_leads_back_to_the_page(site: Site) -> None:
    browser = await site.signed_in(ARS)
    path = f"/contracts/{PH}"
    french = await browser.get(path)
    assert f'<input type="hidden" name="next" value="{path}">' in french.text
    assert await choose(browser, "en", next=path) == path
    english = await browser.get(path)
    assert (language_of(french.text), language_of(english.text)) == ("fr", "en")
    await choose(browser, "fr", next=path)
    assert Spoken((await browser.get(path)).text).said == Spoken(french.text).said


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "/\\example.org", ""])
async def test_a_choice_never_leads_to_another_site(site: Site, elsewhere: str) -> None:
    assert await choose(site.browser(), "en", next=elsewhere) == "/"


async def test_a_language_not_spoken_here_changes_nothing(site: Site) -> None:
    browser = site.browser()
    await choose(browser, "xx", next="/sign-in")
    assert browser.cookies == {}


async def test_only_our_own_pages_may_choose(site: Site) -> None:
    answer = await site.browser().ask("POST", "/language", data={"language": "en"}, headers={"origin": "https://e.org"})
    assert answer.status_code == 403


async def test_a_page_with_its_address_keeps_the_whole_of_it(site: Site) -> None:
    picker = await site.browser().reach_provider()
    back = re.search(r'name="next" value="(/demo/authorize\?[^"]+)"', picker.text)
    assert back
    assert "&amp;state=" in back[1]


async def test_a_refusal_is_said_in_the_language_of_the_request(site: Site) -> None:
    for accept, language, says in [
        ("application/json", {}, "Cette page n’existe pas, ou vous n’y avez pas accès."),
        ("application/json", ENGLISH, "This page does not exist, or you have no access to it."),
    ]:
        answer = await site.browser().ask("GET", "/nowhere", headers={"accept": accept, **language})
        told = answer.json()
        assert (told["error"], told["says"]) == ("NotFound", says)
    page = await site.browser().ask("GET", "/nowhere", headers=ENGLISH)
    assert "<h1>This page does not exist, or you have no access to it.</h1>" in page.text


class Spoken(HTMLParser):
    """What a page says of its own: parts marked as another language, and texts of the contract, are left out."""

    ALOUD = ("aria-label", "title", "placeholder", "alt", "data-vide", "data-col")
    EMPTY = frozenset({"meta", "link", "input", "br", "hr", "img", "rect", "path", "use", "circle"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self._open: list[bool] = []
        self._language = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._language = self._language or str(given.get("lang"))  # of <html>
        is_data = given.get("lang", self._language) != self._language or "data-text" in given
        foreign = is_data or (bool(self._open) and self._open[-1])
        if not foreign:
            self.said += [str(given[name]) for name in self.ALOUD if given.get(name)]
        if tag not in self.EMPTY:
            self._open.append(foreign)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.EMPTY:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.EMPTY:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._open[-1]:
            self.said.append(data.strip())


def french_left(page: str) -> list[str]:
    """The sentences of the catalogue that an English page still says in French."""
    assert language_of(page) == "en"
    catalogue = [one for one in update_words.read(update_words.LOCALE / "en.po") if one.id and one.id != one.string]
    french = {form for one in catalogue for form in (one.id if isinstance(one.id, tuple) else (one.id,))}
    long = [re.split(r"%\(|\{", str(one))[0] for one in french]
    spoken = Spoken(page).said
    return [one for one in spoken if one in french or any(len(part) > 20 and part in one for part in long)]


async def test_an_english_page_says_nothing_of_ours_in_french(site: Site) -> None:
    async def page(browser: Browser, path: str) -> str:
        browser.cookies[COOKIE] = "en"
        return (await browser.get(path)).text

    pages = [await page(site.browser(), "/sign-in")]
    pages.append((await site.browser().ask("GET", "/demo/end", headers=ENGLISH)).text)
    pages.append((await site.browser().ask("GET", "/demo/authorize", headers=ENGLISH)).text)
    pages.append((await site.browser().ask("POST", "/demo/choose", headers=ENGLISH)).text)
    picking = site.browser()
    picking.cookies[COOKIE] = "en"
    pages.append((await picking.reach_provider()).text)
    for subject in (ARS, STRANGER, PARTNER):
        browser = await (administrator(site) if subject == STRANGER else site.signed_in(subject))
        if subject == ARS:
            await browser.ask("POST", address(), content=await offline(site, "Hors connexion."))
        pages += [await page(browser, path) for path in PAGES]
        told = " ".join(pages[-len(PAGES) :])
        pages += [await page(browser, found[1]) for link in FURTHER if (found := link.search(told))]
    assert len(pages) >= 5 + 3 * len(PAGES) + 4, "two people read a past text, one changes the plan, one has a draft"
    assert [french_left(one) for one in pages] == [[]] * len(pages)


async def test_a_french_sentence_in_an_english_page_would_be_noticed(site: Site) -> None:
    page = (await site.browser().ask("GET", "/sign-in")).text.replace('<html lang="fr"', '<html lang="en"')
    assert "Thème sombre" in french_left(page)


async def test_a_french_page_keeps_its_no_break_spaces(site: Site) -> None:
    browser = await administrator(site, ARS)
    pages = [(await browser.get(path)).text for path in ("/sign-in", *PAGES)]
    pages.append((await browser.reach_provider()).text)
    said = [one for page in pages for one in Spoken(page).said]
    assert [one for one in said if re.search(r" [:;!?»%€]|« |\d \d{3}\b", one)] == []
    assert any("\u00a0:" in one for one in said)


async def test_the_contract_keeps_its_own_language(site: Site) -> None:
    browser = await site.signed_in(ARS)
    french = (await browser.get(f"/contracts/{PH}")).text
    browser.cookies[COOKIE] = "en"
    english = (await browser.get(f"/contracts/{PH}")).text
    texts = re.compile(r'<div class="texte" data-text lang="fr"[^>]*>(.*?)</div>\n', re.DOTALL)
    assert len(texts.findall(french)) > 10
    assert texts.findall(french) == texts.findall(english)
