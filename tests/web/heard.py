"""Everything that reaches a person: each byte of each answer and each frame, kept, to be searched for words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from typing import Any

import httpx2
from starlette.routing import Route

from server.app import ROUTED
from tests.factories import PH
from tests.web.proposals import writing
from tests.web.site import Browser, Site
from tests.web.test_live import Tab


class Ear(Browser):
    """A person's browser that forgets nothing of what it was sent."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._answers = bytearray()
        self._tabs: list[Tab] = []

    async def ask(self, method: str, path: str, **given: Any) -> httpx2.Response:
        """One request; its answer is kept, headers and all."""
        answer = await super().ask(method, path, **given)
        self._answers += repr(answer.headers).encode() + answer.content
        return answer

    @asynccontextmanager
    async def page(self, *names: str) -> AsyncIterator[Tab]:
        """An open page of the contract, with documents open."""
        async with writing(self, *names) as tab:
            self._tabs.append(tab)
            yield tab
            await tab.answered()
            self._tabs.remove(tab)
            self._answers += heard_by(tab)

    async def listen(self) -> None:
        """Take in what has come to the open pages by now."""
        for tab in self._tabs:
            await tab.answered()

    def has(self, word: str) -> bool:
        """Whether a word was in anything that came, as it is or as a page writes it."""
        came = self._answers + b"".join(map(heard_by, self._tabs))
        return word.encode() in came or word in unescape(came.decode(errors="replace"))


def heard_by(tab: Tab) -> bytes:
    """The frames that came to a page, and what they say."""
    return tab.bytes_heard + tab.words.encode()


async def ear(site: Site, subject: str) -> Ear:
    """Somebody signed in."""
    found = Ear(site.url)
    assert (await found.sign_in(subject)).status_code == 200
    return found


def every_path(**given: str) -> list[str]:
    """Each page of a contract that can be asked for, with these things in its address."""
    pages = [one for one in ROUTED if isinstance(one, Route) and "GET" in (one.methods or ())]
    found = [one.path for one in pages if "{contract_id}" in one.path]
    for name, value in {"contract_id": PH, **given}.items():
        found = [one.replace(f"{{{name}}}", value) for one in found]
    return [one for one in found if "{" not in one]


async def look_everywhere(one: Ear, section_key: str) -> None:
    """Ask for every page of the contract, and for the past of a text."""
    history = f"/contracts/{PH}/sections/{section_key}/history"
    links = (part.split('"')[0] for part in (await one.get(history)).text.split('href="'))
    for path in sorted({"/", *every_path(section_key=section_key), *(link for link in links if "/history/" in link)}):
        await one.get(path)


async def look_at(one: Ear, *proposals: str) -> None:
    """Ask for the pages that tell of proposals, and for all there is about some of them, as JSON too."""
    for path in (f"/contracts/{PH}", f"/contracts/{PH}/proposals"):
        await one.get(path)
    for at in proposals:
        for path in (f"{at}?view=side", f"{at}/cover", f"{at}/table"):
            await one.get(path)
        await one.ask("GET", f"{at}?with=now", headers={"accept": "application/json"})
