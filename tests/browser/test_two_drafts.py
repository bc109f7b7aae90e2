"""A text closed by one party, frozen and opened by all; two drafts of it, one of both authorities, that meet."""

from playwright.sync_api import expect

from tests.browser.conftest import Demo, Open, Window
from tests.browser.pages import ARS, CONTRACT, DEPARTMENT, OPERATOR, article, at_contract, text_of, write_in
from tests.browser.test_network import another_tab, saving
from tests.browser.test_pages import overflow, violations
from tests.browser.test_proposals import looks_right

HERE = "s-4-3"
CLOSED = "Ce texte ne change plus que par proposition."
FROZEN = "Texte figé\u00a0: il ne peut plus être modifié."


def decide(one: Window, words: str) -> None:
    """Say on the page of an article's mode what one's party wants."""
    one.page.goto(f"{one.url}{CONTRACT}/sections/{HERE}/mode")
    button = one.page.get_by_role("button", name=f"{words}, au nom de votre partie")
    button.click()
    expect(button).to_have_count(0)


def begin(one: Window, title: str, *, share: str = "") -> str:
    """Begin a draft on its form; its address."""
    one.page.goto(f"{one.url}{CONTRACT}/sections/{HERE}/new-proposal")
    one.page.locator("#f-title").fill(title)
    if share:
        one.page.get_by_label(share).check()
    one.page.get_by_role("button", name="Commencer le brouillon").click()
    one.page.wait_for_url("**/proposals/*")
    return one.page.url


def type_last(one: Window, words: str) -> None:
    """Type at the end of the proposal that is open, until it is kept."""
    one.page.bring_to_front()
    write_in(one, "texte")
    one.page.keyboard.type(words)
    expect(saving(one.page, "texte")).to_have_text("Enregistré")


def type_in_the_text(one: Window, words: str) -> None:
    """Type at the end of the article itself, until it is kept."""
    write_in(one, HERE)
    one.page.keyboard.type(words)
    expect(saving(one.page, HERE)).to_have_text("Enregistré")


def table(one: Window, at: str) -> None:
    one.page.goto(at)
    one.page.get_by_role("link", name="Déposer la proposition").click()
    one.page.get_by_role("button", name="Déposer devant les parties").click()
    one.page.wait_for_url(f"{at}#etat")


def test_a_text_is_closed_and_opened_and_two_drafts_of_it_meet(demo: Demo, window: Open) -> None:
    ars, department, operator = [at_contract(window, demo, one) for one in (ARS, DEPARTMENT, OPERATOR)]
    open_page = another_tab(department)
    open_page.page.goto(demo.url + CONTRACT)

    # closed by one party: nobody writes, also who was writing
    operator.page.bring_to_front()
    write_in(operator, HERE)
    decide(ars, "Fermer à l’écriture")
    operator.page.bring_to_front()
    for one in (operator, open_page):
        expect(article(one.page, HERE).locator(".article__ferme")).to_have_text(CLOSED)
        expect(article(one.page, HERE).locator("[data-write]")).to_be_hidden()
    before = text_of(operator.page, HERE).text_content()
    operator.page.keyboard.type("refusé")
    assert text_of(operator.page, HERE).text_content() == before
    looks_right(ars.page)

    # frozen by all of them, and closed as before once one of them lifts the freeze: open pages know at once
    another = another_tab(operator)
    for one in (ars, department):
        decide(one, "Demander que le texte soit figé")
        expect(article(open_page.page, HERE).locator(".article__ferme")).to_have_text(CLOSED)
    decide(another, "Demander que le texte soit figé")
    expect(article(open_page.page, HERE).locator(".article__ferme")).to_have_text(FROZEN)
    expect(open_page.page.locator(f"a[href$='/{HERE}/new-proposal']")).to_have_count(0)
    looks_right(another.page)
    decide(department, "Lever le gel")
    expect(article(open_page.page, HERE).locator(".article__ferme")).to_have_text(CLOSED)

    # opened by all of them, and by no fewer
    for one in (ars, department):
        decide(one, "Demander la réouverture")
        expect(article(open_page.page, HERE).locator(".article__ferme")).to_have_text(CLOSED)
    decide(another, "Demander la réouverture")
    expect(article(open_page.page, HERE).locator(".article__ferme")).to_have_count(0)
    operator.page.bring_to_front()
    write_in(operator, HERE)
    operator.page.keyboard.type(" Rouvert.")
    expect(text_of(open_page.page, HERE)).to_contain_text("Rouvert.")

    # two drafts at once: one of both authorities, one of the gestionnaire
    shared = begin(ars, "Avec les autorités", share="Partager avec Département")
    department.page.goto(shared)
    expect(department.page.get_by_text("Brouillon entre autorités, visible seulement de")).to_be_visible()
    own = begin(another, "Du gestionnaire")
    type_last(ars, " De l’ARS.")
    type_last(department, " Du Département.")
    expect(text_of(ars.page, "texte")).to_contain_text("De l’ARS. Du Département.")
    type_last(another, " À nous.")
    operator.page.goto(f"{demo.url}{CONTRACT}/proposals")
    expect(operator.page.get_by_role("link", name="Du gestionnaire")).to_be_visible()
    assert [one for one in ("Avec les autorités", shared.rsplit("/", 1)[1]) if one in operator.page.content()] == []

    # tabled, each says of the other that it changes the same paragraph
    table(another, own)
    table(ars, shared)
    for one, at, other in ((department, own, "Avec les autorités"), (another, shared, "Du gestionnaire")):
        one.page.goto(at)
        warning = one.page.locator(".message--reserve").filter(has_text="change les mêmes paragraphes")
        expect(warning.get_by_role("link", name=other)).to_be_visible()
    assert (violations(department.page), overflow(department.page)) == ([], 0)

    # what awaits an answer, the oldest first; what one's party has tabled
    department.page.goto(f"{demo.url}{CONTRACT}/proposals")
    awaited = department.page.locator("section", has=department.page.get_by_role("heading", name="doit répondre"))
    expect(awaited.get_by_role("link")).to_have_text(["Du gestionnaire", "Avec les autorités"])
    operator.page.reload()
    mine = operator.page.locator("section", has=operator.page.get_by_role("heading", name="Déposées par votre partie"))
    expect(mine).to_contain_text("Réponse attendue de\u00a0: ARS Exemple-Ouest, Département")

    # the text moved meanwhile: both sides read it in the list; taken up again passage by passage, with the keyboard
    operator.page.goto(demo.url + CONTRACT)
    type_in_the_text(operator, " Depuis.")
    department.page.reload()
    expect(department.page.get_by_text("Le texte a changé aux mêmes endroits")).to_have_count(2)
    another.page.goto(f"{own}/compare?with={shared.rsplit('/', 1)[1]}")
    expect(another.page.locator("ins").first).to_contain_text("À nous")
    looks_right(another.page)
    another.page.goto(own)
    another.page.emulate_media(media="print")
    expect(another.page.locator("#etat")).to_contain_text(
        "ne peut plus être acceptée telle quelle", use_inner_text=True
    )
    another.page.emulate_media(media="screen")
    another.page.get_by_role("link", name="Reprendre sur le texte actuel").first.click()
    passages = another.page.locator(".passage")
    expect(passages).to_have_count(1)
    another.page.keyboard.press("F7")
    expect(passages.first).to_be_focused()
    looks_right(another.page)
    another.page.emulate_media(media="print")
    expect(passages.get_by_text("À nous.")).to_be_visible()
    for hidden in (another.page.get_by_role("checkbox"), another.page.get_by_role("button", name="Commencer")):
        expect(hidden).to_be_hidden()
    another.page.emulate_media(media="screen")
    another.page.get_by_label("Reprendre ces mots").check()
    another.page.get_by_role("button", name="Commencer le brouillon").click()
    expect(text_of(another.page, "texte")).to_contain_text("À nous.")
