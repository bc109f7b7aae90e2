"""A text that is not the server’s any more heals by itself; edits that arrive out of order end as they were typed."""

from collections.abc import Callable
from pathlib import Path
from urllib.request import Request, urlopen

from playwright.sync_api import WebSocketRoute, expect

from collab import wire
from tests.browser.conftest import Demo, Open
from tests.browser.pages import ARS, OPERATOR, article, at_contract, write_in
from tests.factories import PH

SAME, TOKEN = "s-4-3", "un-mot-que-personne-ne-devine"
HEALED = "Le texte affiché ici n’était plus celui du serveur\u00a0: il a été remplacé"
Frame = str | bytes


def message(frame: Frame) -> wire.Message | None:
    """What a frame says, if a page could say it."""
    try:
        return wire.decode(frame) if isinstance(frame, bytes) else None
    except wire.NotOurProtocol:
        return None


class Line:
    """The network between a page and the server, which can lose edits, or turn two round."""

    def __init__(self) -> None:
        self.loses = True  # the edits the server tells; the page's questions wait meanwhile
        self.turns = False  # the next two edits of the page
        self._asked: list[Callable[[], None]] = []
        self._late: list[Callable[[], None]] = []

    def open(self, page: WebSocketRoute) -> None:
        server = page.connect_to_server()
        page.on_message(lambda frame: self._up(message(frame), lambda: server.send(frame)))
        server.on_message(lambda frame: None if self.loses and is_edit(message(frame)) else page.send(frame))

    def _up(self, said: wire.Message | None, send: Callable[[], None]) -> None:
        if self.loses and isinstance(said, wire.Stateless):
            self._asked.append(send)
        elif self.turns and is_edit(said):
            self._late.append(send)
            if len(self._late) == 2:
                self.turns = False
                for late in reversed(self._late):
                    late()
        else:
            send()

    def mend(self) -> None:
        self.loses = False
        for asked in self._asked:
            asked()


def is_edit(said: wire.Message | None) -> bool:
    return isinstance(said, wire.Update) and said.document.startswith("section:")


def metric(demo: Demo, name: str) -> int:
    asked = Request(f"{demo.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    with urlopen(asked, timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return int(float(next(line.split()[1] for line in lines if line.startswith(f"entente_{name}_total"))))


def test_a_text_heals_itself_and_edits_out_of_order_end_as_typed(tmp_path: Path, window: Open) -> None:
    demo = Demo(tmp_path / "demo.sqlite", ENTENTE_METRICS_TOKEN=TOKEN).start()
    try:
        operator = at_contract(window, demo, OPERATOR)
        theirs = write_in(operator, SAME)
        operator.page.keyboard.type(" Mots retirés.")
        expect(article(operator.page, SAME).locator("[data-save]")).to_have_text("Enregistré")
        line, found = Line(), window(demo)
        found.page.route_web_socket("**/live?*", line.open)
        ars = found.sign_in(ARS, f"/contracts/{PH}")
        mine = write_in(ars, SAME)
        operator.page.keyboard.press("Control+Backspace")
        operator.page.keyboard.press("Control+Backspace")
        expect(theirs).not_to_contain_text("retirés")
        expect(article(operator.page, SAME).locator("[data-save]")).to_have_text("Enregistré")
        line.mend()
        expect(mine).to_contain_text("Mots retirés.")
        saving = article(ars.page, SAME).locator("[data-save]")
        expect(saving).to_contain_text(HEALED, timeout=90_000)  # a page compares once a minute
        expect(mine).not_to_contain_text("retirés.")
        assert mine.inner_text().split() == theirs.inner_text().split()
        expect(article(ars.page, SAME).locator(".non-enregistre pre")).to_contain_text("Mots retirés.")
        assert (metric(demo, "divergences"), metric(demo, "resyncs")) == (1, 0)
        line.turns = True
        mine.focus()
        ars.page.keyboard.press("Control+End")
        ars.page.keyboard.type("a")
        ars.page.keyboard.type("b")
        expect(saving).to_have_text("Enregistré")
        expect(theirs).to_contain_text("Mots ab")
        expect(mine).to_contain_text("Mots ab")
        assert (metric(demo, "divergences"), metric(demo, "resyncs")) == (1, 1)
    finally:
        demo.stop()
