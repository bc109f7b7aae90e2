"""Contract files that are wrong: refused whole, every problem with its path and its remedy, nothing written."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.contract_files import contract_file
from server.contract_files.importing import import_contract
from server.domain.refusals import FileRefused
from server.store.engine import Store
from tests.factories import SAMPLES, a_file, dump

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]


def _set(*path: Any, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(source: dict[str, Any]) -> None:
        inside: Any = source
        for step in path[:-1]:
            inside = inside[step]
        inside[path[-1]] = to

    return change


def _drop(*path: Any) -> Callable[[dict[str, Any]], None]:
    def change(source: dict[str, Any]) -> None:
        inside: Any = source
        for step in path[:-1]:
            inside = inside[step]
        del inside[path[-1]]

    return change


WORDS, BREAK = {"type": "text", "text": "a"}, {"type": "hard_break"}


def doc(*blocks: Any) -> dict[str, Any]:
    return {"type": "doc", "content": list(blocks)}


NESTED: dict[str, Any] = {}
DEEP: list[dict[str, Any]] = []
for _ in range(300):
    NESTED = {"a": NESTED}
for number in range(40):
    DEEP = [{"id": f"d{number}", "title": "t", "kind": "clause", "children": DEEP}]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (_drop("contract", "title"), "contract"),
        (_set("contract", "title", to=3), "contract.title"),
        (_set("contract", "family", to="inconnue"), "contract.family"),
        (_set("contract", "id", to="../../etc"), "contract.id"),
        (_set("contract", "start_date", to="2027-02-30"), "contract.start_date"),
        (_set("contract", "end_date", to="2020-01-01"), "contract.end_date"),
        (_set("contract", "amounts_unit", to="k€"), "contract.amounts_unit"),
        (_set("schema_version", to="9"), "schema_version"),
        (_set("people", 0, "party_id", to="personne"), "people[0].party_id"),
        (_set("people", 0, "role", to="roi"), "people[0].role"),
        (_set("establishments", 0, "competence", to=["ars", "lune"]), "establishments[0].competence[1]"),
        (_set("establishments", 0, "capacity", to="60"), "establishments[0].capacity"),
        (_set("plan", 0, "kind", to="chapitre"), "plan[0].kind"),
        (_set("plan", 2, "children", 0, "id", to="s-preambule"), "plan[2].children[0].id"),
        (
            _set("plan", 0, "content", to={"type": "doc", "content": [{"type": "x"}]}),
            "plan[0].content.content[0].type",
        ),
        (_set("plan", 0, "body", to="a\0b"), "plan[0].body"),
        (_set("plan", 0, "title", to="a\ud800"), "plan[0].title"),
        (_set("parties", 1, "id", to="ars"), "parties[1].id"),
        (_set("parties", to=[]), "parties"),
        (_set("envelopes", 0, "funder_id", to="lune"), "envelopes[0].funder_id"),
        (_set("establishments", 0, "funding_2026", to=3), "establishments[0].funding_2026"),
        (_set("establishments", 0, "funding_2026", to={"soins": {"total": 3}}), "establishments[0].funding_2026.soins"),
        (
            _set("establishments", 0, "funding_2026", to={"soins": {"funder_id": "ars", "total": 1.5}}),
            "establishments[0].funding_2026.soins.total",
        ),
        (_set("establishments", 0, "finess_et", to=499990117), "establishments[0].finess_et"),
        (_set("calendar", "meetings", 0, "date", to="2026-09-31"), "calendar.meetings[0].date"),
        (_set("contract", "couleur", to={"\ud800": 1}), "contract.couleur.\ud800"),
        (_set("plan", 0, "revision", to=2**40), "plan[0].revision"),
        (_set("contract", "clauses", to=NESTED), "(file)"),
        (_set("plan", 0, "children", to=DEEP), "plan"),
        (_set("plan", 0, "id", to=".."), "plan[0].id"),
        (_set("plan", 0, "id", to="s-0\n"), "plan[0].id"),
        (_set("indicators", 0, "id", to=["I01"]), "indicators[0].id"),
        (_set("plan", 0, "content", to=doc({"type": ["paragraph"]})), "plan[0].content.content[0].type"),
        (
            _set("plan", 0, "content", to=doc({"type": "paragraph", "content": [WORDS | {"attrs": {"a": 1}}]})),
            "plan[0].content.content[0].content[0]",
        ),
        (
            _set(
                "plan",
                0,
                "content",
                to=doc({"type": "paragraph", "content": [{"type": "hard_break", "content": [WORDS]}]}),
            ),
            "plan[0].content.content[0].content[0].content",
        ),
    ],
)
async def test_a_wrong_file_is_refused_by_path_and_nothing_is_written(
    store: Store, change: Callable[[dict[str, Any]], None], path: str
) -> None:
    await import_contract(a_file(SAMPLES[1]), store)
    before = await dump(store)
    source = a_file()
    change(source)
    with pytest.raises(FileRefused) as refused:
        await import_contract(source, store)
    assert path in [where for where, _ in refused.value.problems]
    assert await dump(store) == before


async def test_every_problem_of_every_kind_is_named_at_once_with_its_remedy(store: Store) -> None:
    source = a_file()
    source["contract"] |= {"title": None, "end_date": "2026-02-30"}
    source["people"][3]["role"] = "roi"
    source["people"][4]["party_id"] = "lune"
    source["parties"][1]["id"] = "ars"
    source["plan"][1].pop("kind")
    source["plan"][0] |= {"title": "a\0b", "content": doc({"type": "x"})}
    source["envelopes"] = 3
    before = await dump(store)
    with pytest.raises(FileRefused) as refused:
        await import_contract(source, store)
    told = dict(refused.value.problems)
    assert {path: told.get(path) for path in ALL_AT_ONCE} == ALL_AT_ONCE
    assert set(told) >= ALL_AT_ONCE.keys()
    assert await dump(store) == before


ALL_AT_ONCE = {
    "contract.title": "is null; write text between quotes",
    "envelopes": "is a whole number; write a list [ … ]",
    "people[3].role": "is 'roi'; it must be one of lead_negotiator, contributor, signatory, "
    "reader, facilitator, administrator",
    "plan[1]": "'kind' is missing; add it",
    "parties[1].id": "is 'ars' like that of parties[0]; give each an id of its own",
    "people[4].party_id": "names 'lune', which is not in parties; add it there or name one that is",
    "contract.end_date": "is '2026-02-30', which is no day of the calendar; correct it",
    "plan[0].title": "holds a character that no text can carry (NUL or half a surrogate pair); take it out",
    "plan[0].content.content[0].type": "must be one of bullet_list, heading, ordered_list, paragraph, table",
}


async def test_a_file_of_many_thousand_problems_is_refused_after_the_first_thousand(store: Store) -> None:
    source = a_file()
    source["people"] += [{}] * 5000
    with pytest.raises(FileRefused) as refused:
        await import_contract(source, store)
    assert 1000 <= len(refused.value.problems) <= 2001
    assert refused.value.problems[-1][0] == "(file)"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b'{"a": 1' + b"0" * 5000 + b"}",
        b'{"a": 1, "a": 2}',
        b'{"schema_version": "1.0"',
    ],
)
def test_what_is_not_a_json_object_is_refused(data: bytes) -> None:
    with pytest.raises(FileRefused):
        contract_file.parse(data)


def test_a_file_of_a_hundred_megabytes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    tracemalloc.start()
    with pytest.raises(FileRefused) as refused:
        contract_file.read(path)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refused.value.problems == [("(file)", "is larger than 8 MiB, which no contract is: check which file it is")]
    assert most < 3 * contract_file.LIMIT
