"""What a contract file brought in and no page shows yet: not a word of it reaches anybody, whatever they ask for."""

import json
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from starlette.routing import Route

from server.app import ROUTED
from tests.factories import PH, a_file
from tests.web.drafts import address, offline
from tests.web.site import Site

pytestmark = pytest.mark.anyio
SHOWN = {"contract": ("title", "id", "family"), "plan": None, "people": None, "establishments": None}
MARKER = "Zygomatique."  # of a draft of the first person's party
OF_ITS_PARTY = ("camille-authier", "yanis-berthome")
PARTY = ("id", "kind", "name", "short_name", "department_code", "finess_ej", "siret", "authority_type")


def words(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from words(one)
    elif isinstance(value, str) and len(value) > 19:  # shorter ones are words of any page
        yield value


def kept_back() -> set[str]:
    """The texts of the file that stand nowhere in what its pages show."""
    file = a_file()
    head = {name: file["contract"].pop(name) for name in ("title", "id", "family", "start_date", "end_date")}
    parties = [{name: one.pop(name, "") for name in PARTY} for one in file["parties"]]
    shown = [head, parties, file.pop("plan"), file.pop("people"), file.pop("establishments")]
    told = json.dumps(shown, ensure_ascii=False)
    return {one for one in words(file) if one not in told}


async def test_no_page_says_a_word_of_what_no_page_shows_yet(site: Site) -> None:
    secrets = kept_back()
    assert len(secrets) > 100
    author = await site.signed_in("camille-authier")
    draft = await author.ask("POST", address(), content=await offline(site, MARKER))
    assert draft.status_code == 201
    given = {
        "contract_id": PH,
        "section_key": "s-4-3",
        "line": "1",
        "proposal_id": draft.json()["at"].rsplit("/", 1)[1],
        "family": "ph_l313_12_2",
        "seat_key": "p-referent-ars",
    }
    given |= {"party_key": "ars", "establishment_key": a_file()["establishments"][0]["id"], "provider": "demo"}
    for subject in ("camille-authier", "marc-lebreton", "yanis-berthome", "elodie-maugin", "alex-martin"):
        browser = await site.signed_in(subject)
        hidden = secrets if subject in OF_ITS_PARTY else {*secrets, MARKER}
        for route in (one for one in ROUTED if isinstance(one, Route) and "GET" in (one.methods or ())):
            path = route.path
            for name, value in given.items():
                path = path.replace(f"{{{name}}}", value)
            page = unescape((await browser.get(path)).text).replace("\u00a0", " ")
            assert [one for one in hidden if one in page] == [], (subject, path)
