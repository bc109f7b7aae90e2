"""Two windows, one contract: the whole story, in a real browser."""

import random
import re
import sqlite3
import time
from contextlib import closing

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Demo, Open, Window
from tests.browser.pages import (
    ARS,
    CONTRACT,
    DEPARTMENT,
    OPERATOR,
    PARTNER,
    STRANGER,
    article,
    at_contract,
    line_is,
    text_of,
    until,
    write_in,
)
from tests.databases import Databases
from tests.factories import IS_LONG

SAME, OTHER, AGREED = "s-4-3", "s-8", "s-preambule"


@pytest.mark.both_databases
def test_two_parties_type_in_the_same_article_and_see_each_other(demo: Demo, window: Open) -> None:
    ars, operator = at_contract(window, demo, ARS), at_contract(window, demo, OPERATOR)
    mine, theirs = write_in(ars, SAME), write_in(operator, SAME)
    ars.page.keyboard.type(" Écrit par l’ARS.")
    expect(theirs).to_contain_text("Écrit par l’ARS.")
    operator.page.keyboard.press("Control+End")
    operator.page.keyboard.type(" Et par le gestionnaire.")
    expect(mine).to_contain_text("Écrit par l’ARS. Et par le gestionnaire.")
    cursor = mine.locator(".curseur")
    expect(cursor).to_have_count(1)
    expect(cursor).to_have_attribute("data-nom", re.compile("Nadège Fournier.*Les Rives du Layon"))
    expect(cursor).to_have_class(re.compile(r"\bhue-3\b"))
    expect(article(ars.page, SAME).locator("[data-save]")).to_have_text("Enregistré")
    assert mine.inner_text() == theirs.inner_text()


def test_they_type_in_different_articles_and_each_sees_the_other(demo: Demo, window: Open) -> None:
    ars, operator = at_contract(window, demo, ARS), at_contract(window, demo, DEPARTMENT)
    write_in(ars, SAME)
    write_in(operator, OTHER)
    ars.page.keyboard.type(" Phrase de l’ARS.")
    operator.page.keyboard.type(" Phrase du Département.")
    expect(text_of(operator.page, SAME)).to_contain_text("Phrase de l’ARS.")
    expect(text_of(ars.page, OTHER)).to_contain_text("Phrase du Département.")


def test_undo_takes_back_ones_own_words_only(demo: Demo, window: Open) -> None:
    ars, operator = at_contract(window, demo, ARS), at_contract(window, demo, OPERATOR)
    mine, theirs = write_in(ars, SAME), write_in(operator, SAME)
    ars.page.keyboard.type(" MOTS-ARS")
    expect(theirs).to_contain_text("MOTS-ARS")
    operator.page.keyboard.press("Control+End")
    operator.page.keyboard.type(" MOTS-OG")
    expect(mine).to_contain_text("MOTS-OG")
    for _ in range(5):
        ars.page.keyboard.press("Control+z")
    expect(mine).not_to_contain_text("MOTS-ARS")
    expect(mine).to_contain_text("MOTS-OG")
    expect(mine).to_contain_text("Lorsque l'activité réalisée")
    ars.page.keyboard.press("Control+y")
    expect(theirs).to_contain_text("MOTS-ARS")
    expect(theirs).to_contain_text("MOTS-OG")


def test_a_partner_sees_it_live_and_has_nothing_to_write_with(demo: Demo, window: Open) -> None:
    ars, partner = at_contract(window, demo, ARS), at_contract(window, demo, PARTNER, width=390, height=844)
    write_in(ars, SAME)
    ars.page.keyboard.type(" Lu en direct.")
    expect(text_of(partner.page, SAME)).to_contain_text("Lu en direct.")
    expect(partner.page.locator("[data-write]:visible")).to_have_count(0)
    before = text_of(partner.page, SAME).text_content()
    text_of(partner.page, SAME).click()
    partner.page.keyboard.type("Moi aussi")
    ars.page.keyboard.type(" Ensuite.")
    expect(text_of(partner.page, SAME)).to_contain_text("Ensuite.")
    assert text_of(partner.page, SAME).text_content() == f"{before} Ensuite."
    expect(partner.page.locator(".ProseMirror")).to_have_count(0)
    expect(partner.page.locator(".bandeau")).to_contain_text("Lecture seule")


def test_everyone_sees_who_is_here_and_who_leaves(demo: Demo, window: Open) -> None:
    ars = at_contract(window, demo, ARS)
    operator = at_contract(window, demo, OPERATOR)
    people = ars.page.locator("[data-people]")
    expect(people).to_contain_text("Nadège Fournier")
    write_in(operator, SAME)
    expect(people).to_contain_text("article 4.3")
    operator.page.goto("about:blank")
    expect(people).not_to_contain_text("Nadège Fournier")
    expect(people).to_contain_text("Camille Authier")


def test_an_agreed_article_says_why_it_is_closed(demo: Demo, window: Open) -> None:
    ars = at_contract(window, demo, ARS)
    expect(article(ars.page, AGREED)).to_contain_text("il ne change plus que par proposition")
    expect(article(ars.page, AGREED).locator("[data-write]")).to_be_hidden()
    text_of(ars.page, AGREED).click()
    ars.page.keyboard.type("abc")
    expect(text_of(ars.page, AGREED)).not_to_contain_text("abc")


def test_headings_lists_tables_and_marks_reach_the_other_party_and_the_page(demo: Demo, window: Open) -> None:
    ars, operator = at_contract(window, demo, ARS), at_contract(window, demo, OPERATOR)
    editor, theirs = write_in(ars, SAME), write_in(operator, SAME)
    keyboard = ars.page.keyboard
    keyboard.press("Enter")
    keyboard.type("# Portée")
    keyboard.press("Enter")
    keyboard.type("- premier")
    keyboard.press("Enter")
    keyboard.type("second")
    keyboard.press("Enter")
    keyboard.press("Enter")
    keyboard.press("Control+b")
    keyboard.type("gras")
    keyboard.press("Control+b")
    article(ars.page, SAME).get_by_role("button", name=re.compile("tableau", re.IGNORECASE)).first.click()
    editor.locator("th, td").first.click()
    keyboard.type("Année")
    keyboard.press("Tab")
    keyboard.type("Montant")
    for shown in (theirs, editor):
        expect(shown.locator("h3")).to_have_text("Portée")
        expect(shown.locator("ul li")).to_have_count(2)
        expect(shown.locator("strong")).to_have_text("gras")
        expect(shown.locator("tr")).to_have_count(3)
        expect(shown.locator("th, td").nth(1)).to_have_text("Montant")
    expect(article(ars.page, SAME).locator("[data-save]")).to_have_text("Enregistré")
    fresh = at_contract(window, demo, PARTNER)
    page = text_of(fresh.page, SAME)
    expect(page.locator("h3")).to_have_text("Portée")
    expect(page.locator("th, td").nth(1)).to_have_text("Montant")
    expect(page.locator("li")).to_have_text(["premier", "second"])
    _the_history_shows_what_was(fresh, page.inner_html())


def _the_history_shows_what_was(partner: Window, now: str) -> None:
    """Who only reads finds the text of today and that of before, and the way back."""
    page = partner.page
    article(page, SAME).get_by_role("link", name="Historique (article 4.3)").click()
    expect(page.locator(".seance")).to_have_count(2)
    expect(page.locator(".seance").first).to_contain_text("Camille Authier")
    page.get_by_role("link", name="Voir le texte Camille Authier").click()
    expect(page.get_by_text("Ce texte est le texte actuel.")).to_be_visible()
    assert page.locator(".texte").inner_html() == re.sub(r' aria-level="\d"', "", now)  # where it stands in a plan
    page.get_by_role("link", name="Séance précédente").click()
    expect(page.get_by_text("Ce texte n’est plus le texte actuel.")).to_be_visible()
    expect(page.locator(".texte")).to_contain_text("plancher de 92 %")
    expect(page.locator(".texte table")).to_have_count(0)
    page.get_by_role("link", name="Texte actuel").click()
    expect(text_of(page, SAME).locator("table")).to_be_in_viewport()


def test_opening_an_article_changes_nothing(demo: Demo, window: Open) -> None:
    ars = at_contract(window, demo, ARS)
    before = {key: text_of(ars.page, key).inner_html() for key in (SAME, OTHER)}
    for key in (SAME, OTHER):
        write_in(ars, key)
        ars.page.keyboard.press("Escape")
    article(ars.page, OTHER).locator(".ProseMirror").press("Control+End")
    ars.page.keyboard.type("Ω")  # what was sent before it comes before it
    expect(article(ars.page, OTHER).locator("[data-save]")).to_have_text("Enregistré")
    fresh = at_contract(window, demo, DEPARTMENT)
    assert {key: text_of(fresh.page, key).inner_html().replace("Ω", "") for key in (SAME, OTHER)} == before


def lines(demo: Demo) -> int:
    """How many updates are committed."""
    with closing(sqlite3.connect(demo.database.removeprefix("sqlite:///"), timeout=20)) as database:
        return int(database.execute("SELECT count(*) FROM document_update").fetchone()[0])


def test_saved_is_said_and_shown_only_after_the_commit(window: Open, databases: Databases) -> None:
    slow = Demo(databases.empty(), ENTENTE_COMMIT_DELAY_MS="2000").start()
    try:
        ars, operator = at_contract(window, slow, ARS), at_contract(window, slow, OPERATOR)
        write_in(ars, SAME)
        theirs = write_in(operator, SAME)
        saying, before = article(ars.page, SAME).locator("[data-save]"), lines(slow)
        ars.page.keyboard.type("X")

        def is_told_to_both() -> bool:
            told = (saying.inner_text() == "Enregistré", "gestion.X" in theirs.inner_text())
            assert lines(slow) > before or not any(told)  # asked after the windows
            return all(told)

        expect(saying).to_have_text("Enregistrement…")
        until(ars.page, is_told_to_both)
        expect(theirs).to_contain_text("gestion.X")
    finally:
        slow.stop()


def test_a_stranger_and_signed_out_windows_learn_nothing(demo: Demo, window: Open) -> None:
    stranger = window(demo).sign_in(STRANGER)
    stranger.page.goto(demo.url + CONTRACT)
    expect(stranger.page.get_by_role("heading", level=1)).to_have_text(re.compile("n’existe pas"))
    stranger.wrong.clear()  # the browser logs the 404 itself
    ars = at_contract(window, demo, ARS)
    ars.page.locator(".compte-menu summary").click()
    ars.page.get_by_role("button", name="Se déconnecter").click()
    ars.page.wait_for_url("**/signed-out?state=*")  # by way of the provider
    expect(ars.page.get_by_role("heading", level=1)).to_have_text("Vous êtes déconnecté d’Entente")
    ars.page.go_back()
    ars.page.wait_for_url("**/sign-in**")
    expect(ars.page.get_by_text("Modulation de la tarification")).to_have_count(0)


def test_a_session_that_ends_says_so_in_the_open_page(demo: Demo, window: Open) -> None:
    ars = at_contract(window, demo, ARS)
    other_tab = Window(ars.page.context.new_page(), demo.url)
    other_tab.page.goto(demo.url)
    other_tab.page.locator(".compte-menu summary").click()
    other_tab.page.get_by_role("button", name="Se déconnecter").click()
    line_is(ars.page, "over")
    expect(ars.page.locator("[data-connection] a")).to_have_attribute("href", re.compile(r"/sign-in\?next="))


def test_when_somebody_else_signs_in_the_open_page_sends_nothing_under_their_name(demo: Demo, window: Open) -> None:
    ars = at_contract(window, demo, ARS)
    write_in(ars, SAME)
    context = ars.page.context
    other_tab = Window(context.new_page(), demo.url)
    other_tab.page.goto(demo.url)
    other_tab.page.locator(".compte-menu summary").click()
    other_tab.page.get_by_role("button", name="Se déconnecter").click()
    line_is(ars.page, "over")
    article(ars.page, SAME).locator(".ProseMirror").focus()
    ars.page.keyboard.type(" Mots de Camille")
    other_tab.sign_in(OPERATOR, CONTRACT)
    ars.page.bring_to_front()
    ars.page.evaluate("window.dispatchEvent(new Event('focus')); document.dispatchEvent(new Event('visibilitychange'))")
    line_is(ars.page, "other")
    write_in(other_tab, SAME)
    other_tab.page.keyboard.type(" Mots de Nadège")
    expect(article(other_tab.page, SAME).locator("[data-save]")).to_have_text("Enregistré")
    expect(text_of(other_tab.page, SAME)).not_to_contain_text("Mots de Camille")
    fresh = at_contract(window, demo, PARTNER)
    expect(text_of(fresh.page, SAME)).to_contain_text("Mots de Nadège")
    expect(text_of(fresh.page, SAME)).not_to_contain_text("Mots de Camille")


def test_tab_goes_on_through_the_page_after_escape_even_from_a_list(demo: Demo, window: Open) -> None:
    ars = at_contract(window, demo, ARS)
    editor = write_in(ars, SAME)
    ars.page.keyboard.press("Enter")
    ars.page.keyboard.type("- un")
    ars.page.keyboard.press("Enter")
    ars.page.keyboard.type("deux")
    expect(editor.locator("li")).to_have_count(2)
    before = editor.inner_html()
    ars.page.keyboard.press("Escape")
    for _ in range(12):
        ars.page.keyboard.press("Tab")
    assert not ars.page.evaluate("document.activeElement?.closest('#article-s-4-3')")
    for _ in range(12):
        ars.page.keyboard.press("Shift+Tab")
    assert editor.inner_html() == before


@pytest.mark.both_databases
def test_what_a_window_had_shown_survives_kill_nine(demo: Demo, window: Open, chromium: Browser) -> None:
    """Kill while typing, restart, read with an empty browser; tests/web/test_kills.py does it more often and faster."""
    rounds = 40 if IS_LONG else 4
    chance = random.Random(2027)
    ars, operator = at_contract(window, demo, ARS), at_contract(window, demo, OPERATOR)
    write_in(ars, SAME)
    theirs = write_in(operator, SAME)
    shown = 0
    for round_ in range(rounds):
        line_is(ars.page, "live")
        line_is(operator.page, "live")
        theirs.press("Control+Home")  # whoever is quiet for five minutes leaves the text
        article(ars.page, SAME).locator(".ProseMirror").focus()
        ars.page.keyboard.press("Control+End")
        ars.page.keyboard.type("".join(f" r{round_}m{word}" for word in range(3)), delay=chance.randint(1, 12))
        until = time.monotonic() + chance.random() * 0.25
        word = 3
        while time.monotonic() < until or word == 3:
            ars.page.keyboard.insert_text(f" r{round_}m{word}")
            word += 1
        demo.kill()
        seen = set(re.findall(r"r\d+m\d+(?=\s|$)", theirs.inner_text()))
        shown += len([one for one in seen if one.startswith(f"r{round_}m")])
        demo.start()
        empty = at_contract(window, demo, PARTNER)
        kept = set(re.findall(r"r\d+m\d+", text_of(empty.page, SAME).text_content() or ""))
        assert seen <= kept, f"round {round_}: shown and lost {sorted(seen - kept)}"
        empty.page.context.close()
    assert shown >= rounds  # the other window did show words of the rounds
    expect(theirs).to_contain_text(f"r{rounds - 1}m0")
    expect(article(ars.page, SAME)).to_have_attribute("data-saved", "true")
