"""Life with a bad network: nothing typed is lost, and what the page says of it is true at each step."""

import re
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Error, Page, WebSocketRoute, expect

from tests.browser.conftest import Demo, Open, Window
from tests.browser.pages import (
    ARS,
    CONTRACT,
    OPERATOR,
    PARTNER,
    STRANGER,
    article,
    at_contract,
    drawn,
    line_is,
    text_of,
    until,
    write_in,
)
from tests.factories import IS_LONG

SAME, OTHER = "s-4-3", "s-8"
COPIES = """async () =>
  (await indexedDB.databases()).map(({name}) => name).filter((name) => name.startsWith('entente-copy:'))
"""


def saving(page: Page, key: str = SAME) -> Any:
    return article(page, key).locator("[data-save]")


def another_tab(of: Window) -> Window:
    """A new tab of the same person."""
    return Window(of.page.context.new_page(), of.url)


def on_server(window: Open, demo: Demo, key: str = SAME) -> str:
    """The committed text, as a fresh browser reads it."""
    fresh = at_contract(window, demo, PARTNER)
    text = text_of(fresh.page, key).text_content() or ""
    fresh.page.context.close()
    return text


def copies(page: Page) -> list[str]:
    found: list[str] = page.evaluate(COPIES)
    return found


def write_unsent(found: Window, words: str, key: str = SAME) -> None:
    """Write without a network, until this browser keeps the words."""
    write_in(found, key)
    found.page.context.set_offline(True)
    found.page.keyboard.type(words)
    expect(saving(found.page, key)).to_have_text(re.compile("^Non enregistré"))
    until(found.page, lambda: copies(found.page) != [])


def crash(page: Page) -> None:
    """Kill the tab's process, as a browser that runs out of memory does."""
    with suppress(Error):
        page.goto("chrome://crash", timeout=3000)
    page.close()


def end_sessions(demo: Demo) -> None:
    with sqlite3.connect(demo.database.removeprefix("sqlite:///"), timeout=20) as database:
        database.execute("UPDATE session SET revoked_at = created_at")


def wake(page: Page) -> None:
    """Come back to a tab, as a browser tells it."""
    page.bring_to_front()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_words_of_a_killed_tab_are_found_again_and_sent_once(demo: Demo, window: Open) -> None:
    ars = at_contract(window, demo, ARS)
    write_unsent(ars, " Mots d’avant la panne.")
    crash(ars.page)
    ars.page.context.set_offline(False)
    back = another_tab(ars)
    back.page.goto(demo.url + CONTRACT)
    notice = article(back.page, SAME).locator("[data-found]")
    expect(notice).to_contain_text("Texte non envoyé retrouvé")
    expect(saving(back.page)).to_have_text("Enregistré")
    expect(notice).to_contain_text("il est maintenant enregistré")
    assert on_server(window, demo).count("Mots d’avant la panne.") == 1
    back.page.goto(demo.url)
    until(back.page, lambda: copies(back.page) == [])


def freeze(demo: Demo, key: str) -> None:
    """Close a section to writing, as a meeting does."""
    with sqlite3.connect(demo.database.removeprefix("sqlite:///"), timeout=20) as database:
        database.execute("UPDATE section SET mode = 'frozen' WHERE key = ?", (key,))


def test_words_for_a_text_closed_meanwhile_come_back_to_their_author_and_are_never_sent(
    demo: Demo, window: Open
) -> None:
    ars = at_contract(window, demo, ARS)
    write_unsent(ars, " Mots trop tardifs.")
    freeze(demo, SAME)
    ars.page.context.set_offline(False)
    unsaved = article(ars.page, SAME).locator(".non-enregistre")
    expect(unsaved.locator("pre")).to_contain_text("Mots trop tardifs.")
    expect(article(ars.page, SAME)).to_have_attribute("data-writable", "false")
    expect(saving(ars.page)).to_have_text("Vous pouvez lire ce texte, mais pas le modifier.")
    ars.page.reload()  # still not lost: this browser keeps them until their author clears them
    expect(unsaved.locator("pre")).to_contain_text("Mots trop tardifs.")
    expect(saving(ars.page)).to_have_text(re.compile("^Texte non envoyé retrouvé. Ce texte n’est plus ouvert"))
    assert "Mots trop tardifs" not in on_server(window, demo)
    unsaved.get_by_role("button", name="Effacer").click()
    until(ars.page, lambda: copies(ars.page) == [])
    ars.page.reload()
    line_is(ars.page, "live")
    write_in(ars, OTHER)  # what this browser keeps of a text is looked for before any text opens
    expect(unsaved).to_have_count(0)
    assert copies(ars.page) == []


def test_two_tabs_of_one_person_write_in_one_text_and_each_keeps_its_own_words(demo: Demo, window: Open) -> None:
    ars = at_contract(window, demo, ARS)
    second = another_tab(ars)
    second.page.goto(demo.url + CONTRACT)
    write_in(ars, SAME)
    mine = write_in(second, SAME)
    ars.page.keyboard.type(" PREMIER")
    expect(mine).to_contain_text("PREMIER")
    ars.page.context.set_offline(True)
    ars.page.keyboard.type(" UN")
    second.page.keyboard.press("Control+End")
    second.page.keyboard.type(" DEUX")
    expect(saving(second.page)).to_have_text(re.compile("^Non enregistré"))
    until(ars.page, lambda: len(copies(ars.page)) == 2)
    second.page.close(run_before_unload=False)
    assert len(copies(ars.page)) == 2
    ars.page.context.set_offline(False)
    expect(article(ars.page, SAME).locator("[data-found]")).to_contain_text("il est maintenant enregistré")
    expect(saving(ars.page)).to_have_text("Enregistré")
    text = on_server(window, demo)
    assert [text.count(word) for word in ("PREMIER", " UN", " DEUX")] == [1, 1, 1]
    expect(article(ars.page, SAME).locator(".ProseMirror")).to_contain_text("DEUX")


SYNC_STATUS = 8  # of the wire: « this update of yours is committed »


class Wire:
    """The websocket of a window, with what goes through it held back for as long as one wants."""

    def __init__(self, page: Page) -> None:
        self.holds_words = False
        self.holds_answers = False
        self._held: list[Callable[[], None]] = []
        page.route_web_socket(re.compile("/live"), self._between)

    def _between(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        socket.on_message(lambda frame: self._hold(lambda: server.send(frame), self.holds_words))
        server.on_message(lambda frame: self._hold(lambda: socket.send(frame), self.holds_answers and is_answer(frame)))

    def _hold(self, send: Callable[[], None], is_held: bool) -> None:
        if is_held:
            self._held.append(send)
        else:
            send()

    @property
    def has_held(self) -> bool:
        return bool(self._held)

    def release(self) -> None:
        self.holds_words = self.holds_answers = False
        held, self._held = self._held, []
        for send in held:
            send()


def is_answer(frame: str | bytes) -> bool:
    """Whether the server says that a section's update is committed."""
    return isinstance(frame, bytes) and frame[1:9] == b"section:" and frame[1 + frame[0]] == SYNC_STATUS


def test_saved_is_never_said_before_the_server_has_said_so(demo: Demo, window: Open) -> None:
    ars = window(demo)
    wire = Wire(ars.page)
    ars.sign_in(ARS, CONTRACT)
    line_is(ars.page, "live")
    band = ars.page.locator(".bandeau [data-save]")
    write_in(ars, SAME)
    ars.page.keyboard.type(" A")
    for shown in (saving(ars.page), band):
        expect(shown).to_have_text("Enregistré")
    wire.holds_answers = True
    ars.page.keyboard.type("B")
    assert article(ars.page, SAME).get_attribute("data-saved") == "false"
    expect(saving(ars.page)).to_have_text("Enregistrement…")
    until(ars.page, lambda: wire.has_held)  # it is committed, and the page has not heard of it
    ars.page.keyboard.type("C")
    drawn(ars.page)
    assert {saving(ars.page).inner_text(), band.inner_text()} == {"Enregistrement…"}
    wire.release()
    for shown in (saving(ars.page), band):
        expect(shown).to_have_text("Enregistré")
    assert " ABC" in on_server(window, demo)


def sign_out(found: Window) -> None:
    found.page.locator(".compte-menu summary").click()
    found.page.get_by_role("button", name="Se déconnecter", exact=True).click()


def test_signing_out_with_unsent_words_asks_first_and_then_leaves_nothing(demo: Demo, window: Open) -> None:
    ars = window(demo)
    wire = Wire(ars.page)
    ars.sign_in(ARS, CONTRACT)
    write_in(ars, SAME)
    wire.holds_words = True
    ars.page.keyboard.type(" Perdu ou gardé")
    until(ars.page, lambda: copies(ars.page) != [])
    home = another_tab(ars)
    home.page.goto(demo.url)
    sign_out(home)
    question = home.page.get_by_role("dialog", name="Vous avez du texte non envoyé")
    expect(question).to_contain_text("il sera effacé")
    expect(question.get_by_role("button", name="Rester connecté")).to_be_focused()
    home.page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    assert home.page.url == f"{demo.url}/"
    assert copies(home.page) != []
    expect(article(ars.page, SAME).locator(".ProseMirror")).to_contain_text("Perdu ou gardé")
    sign_out(home)
    question.get_by_role("button", name="Se déconnecter et effacer").click()
    home.page.wait_for_url("**/signed-out?state=*")
    home.page.goto(f"{demo.url}/sign-in")
    until(home.page, lambda: copies(home.page) == [])
    expect(home.page.locator("[data-kept]")).to_be_hidden()
    expect(text_of(ars.page, SAME)).not_to_contain_text("Perdu ou gardé")
    assert home.page.evaluate("Object.keys(localStorage).filter((key) => key.includes('sent'))") == []


def test_a_session_that_ends_keeps_the_words_for_the_same_person_and_hides_them_from_another(
    window: Open, tmp_path_factory: pytest.TempPathFactory
) -> None:
    demo = Demo(tmp_path_factory.mktemp("net") / "demo.sqlite", ENTENTE_RECHECK_SECONDS="1").start()
    try:
        ars = at_contract(window, demo, ARS)
        html = ars.page.locator("html")
        write_in(ars, SAME)
        end_sessions(demo)
        expect(html).to_have_attribute("data-live", "over")
        ars.page.keyboard.type(" Écrit sans session.")
        expect(saving(ars.page)).to_have_text("Non enregistré : envoi dès votre reconnexion")
        same = another_tab(ars).sign_in(ARS, CONTRACT)
        wake(ars.page)
        expect(html).to_have_attribute("data-live", "live")
        expect(saving(ars.page)).to_have_text("Enregistré")
        assert on_server(window, demo).count("Écrit sans session.") == 1

        end_sessions(demo)
        expect(html).to_have_attribute("data-live", "over")
        article(ars.page, SAME).locator(".ProseMirror").focus()
        ars.page.keyboard.type(" Pour moi seul")
        until(ars.page, lambda: copies(ars.page) != [])
        same.page.close()
        other = another_tab(ars)
        other.page.goto(demo.url)
        expect(other.page.locator("[data-kept]")).to_contain_text("si une autre personne se connecte, il sera effacé")
        other.sign_in(STRANGER)  # who has no seat in this contract
        expect(other.page.locator("[data-forgotten]")).to_contain_text("a été effacé de ce navigateur")
        until(other.page, lambda: copies(other.page) == [])
        expect(html).to_have_attribute("data-live", "other")
        expect(article(ars.page, SAME)).not_to_contain_text("Pour moi seul")
        assert "Pour moi seul" not in on_server(window, demo)
    finally:
        demo.stop()


def test_a_browser_that_cannot_keep_words_says_so_and_writing_goes_on(demo: Demo, window: Open) -> None:
    for broken in ("Object.defineProperty(window, 'indexedDB', {value: undefined})", ""):
        ars = window(demo)
        ars.page.add_init_script(broken)
        ars.sign_in(ARS, CONTRACT)
        if not broken:  # a full disk
            devtools = ars.page.context.new_cdp_session(ars.page)
            devtools.send("Storage.overrideQuotaForOrigin", {"origin": demo.url, "quotaSize": 1})
        write_in(ars, OTHER)
        ars.page.keyboard.type(" Écrit quand même.")
        expect(ars.page.locator("[data-unkept]")).to_contain_text("ne peut pas garder le texte non envoyé")
        expect(saving(ars.page, OTHER)).to_have_text("Enregistré")
    assert on_server(window, demo, OTHER).count("Écrit quand même.") == 2


CUT_S = 60 if IS_LONG else 8


def type_for(page: Page, seconds: float, word: str) -> list[str]:
    """Type numbered words, without a pause."""
    typed: list[str] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        typed.append(f"{word}{len(typed)}")
        page.keyboard.type(f" {typed[-1]}", delay=15)
    return typed


def test_a_network_cut_while_typing_loses_nothing_and_is_told_as_it_is(demo: Demo, window: Open) -> None:
    ars, operator = at_contract(window, demo, ARS), at_contract(window, demo, OPERATOR)
    editor, theirs = write_in(ars, SAME), text_of(operator.page, SAME)
    band, spoken = ars.page.locator("[data-connection]"), ars.page.locator("[data-announce]")
    typed = type_for(ars.page, 1, "avant")
    expect(theirs).to_contain_text(typed[-1])

    ars.page.context.set_offline(True)  # the browser knows
    hidden = type_for(ars.page, CUT_S, "coupure")
    expect(band).to_contain_text("Votre appareil n’a plus de réseau. Vous pouvez continuer à écrire")
    expect(spoken).to_contain_text("n’a plus de réseau")
    expect(saving(ars.page)).to_have_text("Non enregistré : envoi dès le retour de la connexion")
    expect(ars.page.locator(".bandeau [data-save]")).to_have_text(re.compile("^Non enregistré"))
    expect(theirs).not_to_contain_text(hidden[0])
    ars.page.context.set_offline(False)
    expect(saving(ars.page)).to_have_text("Enregistré")
    expect(theirs).to_contain_text(hidden[-1])

    demo.freeze()  # nobody knows: sockets stay open and silent
    silent = type_for(ars.page, 3, "silence")
    expect(saving(ars.page)).to_have_text("Enregistrement…")
    expect(band).to_contain_text("Connexion perdue. Vous pouvez continuer à écrire")
    expect(saving(ars.page)).to_have_text(re.compile("^Non enregistré"))
    silent += type_for(ars.page, 1, "encore")
    demo.thaw()
    expect(saving(ars.page)).to_have_text("Enregistré")

    demo.kill()  # the server dies: its sockets are reset
    dead = type_for(ars.page, 2, "panne")
    expect(band).to_contain_text("Connexion perdue.")
    expect(saving(ars.page)).to_have_text(re.compile("^Non enregistré"))
    demo.start()
    expect(saving(ars.page)).to_have_text("Enregistré")
    everything = [*typed, *hidden, *silent, *dead]
    expect(theirs).to_contain_text(everything[-1])
    kept = on_server(window, demo)
    assert [word for word in everything if kept.count(f" {word} ") + kept.endswith(f" {word}") != 1] == []
    assert (editor.text_content() or "").strip() == kept.strip()
