"""« Qui a écrit cela ? », of every word of a section, in the log of two parties who change each other’s words."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from collab.log import Line
from server.domain.texts import text
from server.domain.texts.history import Mark, Writer
from server.live import authors
from server.store import authored
from tests.collab.test_canonical import history
from tests.factories import PH
from tests.web.site import Site
from tests.web.test_history import ARS, KEY, NOON, OPERATOR, author, section

pytestmark = pytest.mark.anyio
PATH = f"/contracts/{PH}/sections/{KEY}/authors"
A, B = "Camille Authier", "Nadège Fournier"
Fragment = Any


class Story:
    """A section's log, written line by line by two people; each has a Yjs client of their own."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.docs: dict[str, Doc[Any]] = {ARS: Doc(client_id=501), OPERATOR: Doc(client_id=502)}
        self.minutes = 0.0

    async def begin(self) -> "Story":
        self.name = (await section(self.site)).document
        for _, delta in await authored.lines(self.site.parts.store, self.name, 0):
            self._take(delta)
        return self

    def _take(self, delta: bytes) -> None:
        for doc in self.docs.values():
            doc.apply_update(delta)

    async def write(self, subject: str, change: Callable[[Fragment], object]) -> None:
        """One line: what `change` does to the text as it stands."""
        doc = self.docs[subject]
        said: list[bytes] = []
        subscription = doc.observe(lambda event: said.append(event.update))
        with doc.transaction():
            change(doc.get(text.ROOT, type=XmlFragment))
        doc.unobserve(subscription)
        await self.keep(subject, said[0])

    async def keep(self, subject: str | None, delta: bytes) -> None:
        self._take(delta)
        self.minutes += 2
        who = await author(self.site, subject or ARS)
        await self.site.parts.log.append([Line(self.name, delta, who, NOON + timedelta(minutes=self.minutes))])


def first(fragment: Fragment) -> Any:
    """The words of the first paragraph."""
    return fragment.children[0].children[0]


async def asked(site: Site, query: str = "") -> Any:
    browser = await site.signed_in(ARS)
    answer = await browser.ask("GET", PATH + query, headers={"accept": "application/json"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def told(answer: Any, block: int = 0) -> list[tuple[str, str | None]]:
    """The runs of a block: words, and the name of who wrote them."""
    return [(run["text"], answer["by"][run["by"]]["name"]) for run in answer["blocks"][block]["runs"]]


async def test_every_word_of_two_parties_answers_right(site: Site) -> None:
    answer = await asked(site)
    assert (answer["section"], [one["name"] for one in answer["by"]]) == (KEY, [None])  # imported: nobody's
    start = "".join(run["text"] for run in answer["blocks"][0]["runs"])
    assert "plancher de 92 % fixé" in start
    story = await Story(site).begin()
    await story.write(ARS, lambda shared: first(shared).insert(0, "Les parties 😀 conviennent. "))
    await story.write(OPERATOR, lambda shared: first(shared).insert(4, "deux "))
    await story.write(ARS, lambda shared: first(shared).format(0, 9, {"strong": {}}))  # a mark is no word
    answer = await asked(site)
    assert told(answer) == [("Les ", A), ("deux ", B), ("parties 😀 conviennent. ", A), (start, None)]
    stamp = next(one for one in answer["by"] if one["name"] == B)
    assert (stamp["at"], stamp["when"]) == ("2026-06-11T12:09:00Z", "11\u00a0juin 2026 à 14\u00a0h\u00a009")
    assert stamp["party"]["sign"] != next(one for one in answer["by"] if one["name"] == A)["party"]["sign"]
    await one_place(site, answer)
    await moves(site, story, start)


async def one_place(site: Site, whole: Any) -> None:
    """A place is asked for by block and UTF-16 units, as browsers count."""
    block = whole["blocks"][0]["id"]
    place = await asked(site, f"?block={block}&from=17&to=20")
    assert (told(place), place["line"]) == ([("😀 ", A)], whole["line"])
    assert [one["name"] for one in place["by"]] == [A]
    assert told(await asked(site, f"?block={block}&from=5")) == [("e", B)]
    assert (await asked(site, "?block=zz"))["blocks"] == []
    browser = await site.signed_in(ARS)
    for query in ("?block=a&from=-1", "?block=a&to=x", "?block=a&from=99999999999"):
        assert (await browser.ask("GET", PATH + query)).status_code == 404
    assert (await browser.ask("GET", PATH.replace(KEY, "nulle-part"))).status_code == 404


async def moves(site: Site, story: Story, start: str) -> None:
    """A paragraph split, moved, deleted and put back, a state sent whole: nobody has written anything."""

    def split(shared: Fragment) -> None:  # Enter, as y-prosemirror writes it
        words, all_of_it = first(shared), written(first(shared))
        kept = len(all_of_it[: all_of_it.index("conviennent")].encode())
        del words[kept : len(words)]
        put(all_of_it.encode()[kept:].decode(), 1)(shared)

    def put(words: str, at: int) -> Callable[[Fragment], object]:
        new = XmlElement("paragraph", {"id": "nouveau"})
        return lambda shared: shared.children.insert(at, new).children.append(XmlText(words))

    rest = [("conviennent. ", A), (start, None)]
    await story.write(OPERATOR, split)
    answer = await asked(site)
    assert told(answer) == [("Les ", A), ("deux ", B), ("parties 😀 ", A)]
    assert (answer["blocks"][1]["id"], told(answer, 1)) == ("nouveau", rest)
    words = "".join(run for run, _ in rest)
    await story.write(ARS, lambda shared: (shared.children.__delitem__(1), put(words, 0)(shared)))
    assert told(await asked(site)) == rest
    await story.write(OPERATOR, lambda shared: shared.children.__delitem__(0))
    await story.write(OPERATOR, put(words, 0))
    before = await asked(site)
    assert told(before) == rest
    await story.keep(ARS, story.docs[ARS].get_update())
    after = await asked(site)
    assert (after["by"], after["blocks"], after["line"] > before["line"]) == (before["by"], before["blocks"], True)
    asking = asyncio.create_task(site.parts.authors.of(story.name))
    await asyncio.sleep(0)
    asking.cancel()  # who asks may leave
    await asyncio.gather(asking, return_exceptions=True)
    assert await asked(site) == after


def written(part: Any) -> str:
    if isinstance(part, XmlText):
        return "".join(run for run, _ in part.diff() if isinstance(run, str))
    return "".join(map(written, part.children))


@pytest.mark.parametrize("seeds", [range(start, start + 20) for start in (200, 300)])
def test_any_history_is_followed_to_the_letter(seeds: range) -> None:
    """What the authors' runs say, put together, is the text; read in one go or in two."""
    lines: list[tuple[Mark, bytes]] = []
    whole: Doc[Any] = Doc()
    shared = whole.get(text.ROOT, type=XmlFragment)
    whole.observe(lambda event: lines.append((Mark(len(lines) + 1, Writer(len(lines) % 3, 1), NOON), event.update)))
    for seed in seeds:
        whole.apply_update(history(seed).get_update())
    for split in (0, len(lines) // 2):
        reading = authors._Reading()
        for some in (lines[:split], lines[split:]):
            reading.go_on(some)
        runs = (run.words for words in reading._blame.root.texts() for run in words.runs)
        assert b"".join(runs).decode() == written(shared)
        reading.close()
