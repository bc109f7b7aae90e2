"""Contract files: what comes in comes out, what is wrong is refused whole."""

from collections.abc import Callable
from typing import Any

import pytest

from server import contract_file
from server.domain import text
from server.domain.refusals import AlreadyImported, FileRefused
from server.exporting import export_contract
from server.importing import import_contract
from server.store import contracts
from server.store.engine import Store
from tests.factories import EHPAD, PH, SAMPLES, a_file

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]


@pytest.mark.parametrize("name", SAMPLES)
async def test_an_untouched_export_is_the_imported_file_field_for_field(store: Store, name: str) -> None:
    done = await import_contract(a_file(name), store)
    exported = await export_contract(done.contract_id, store)
    assert exported == a_file(name)
    assert list(exported) == list(a_file(name))
    assert done.unknown == []


async def test_a_second_import_says_so_and_changes_nothing(store: Store) -> None:
    await import_contract(a_file(), store)
    changed = a_file()
    changed["contract"]["title"] = "Autre titre"
    with pytest.raises(AlreadyImported):
        await import_contract(changed, store)
    assert await export_contract(PH, store) == a_file()


async def test_unknown_fields_are_kept_named_and_exported(store: Store) -> None:
    source = a_file()
    source["contract"]["couleur"] = {"fond": [1, None, 2.5]}
    source["plan"][0]["humeur"] = "bonne"
    done = await import_contract(source, store)
    assert done.unknown == ["contract.couleur", "plan[].humeur"]
    assert await export_contract(PH, store) == source


async def test_formatted_text_comes_back_as_content(store: Store) -> None:
    source = a_file()
    content = {
        "type": "doc",
        "content": [
            {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "Portée"}]},
            {
                "type": "ordered_list",
                "attrs": {"order": 3},
                "content": [
                    {
                        "type": "list_item",
                        "content": [
                            {
                                "type": "paragraph",
                                "content": [
                                    {"type": "text", "text": "un "},
                                    {
                                        "type": "text",
                                        "text": "gras",
                                        "marks": [{"type": "strong"}, {"type": "em"}],
                                    },
                                ],
                            }
                        ],
                    }
                ],
            },
        ],
    }
    source["plan"][0] |= {"content": content, "body": "Portée\n\nun gras"}
    await import_contract(source, store)
    assert await export_contract(PH, store) == source


@pytest.mark.parametrize(
    "paragraphs",
    [
        [["a", None], ["b"]],  # a line break at the end of a paragraph
        [[None, None], [], ["b"]],
        [["a\nb"]],  # a line feed that is a letter of the text
        [["a"], [None, "b", None]],
    ],
)
async def test_line_breaks_come_back_as_they_were(store: Store, paragraphs: list[list[str | None]]) -> None:
    source = a_file()
    content = {
        "type": "doc",
        "content": [
            {
                "type": "paragraph",
                "content": [{"type": "text", "text": one} if one else {"type": "hard_break"} for one in parts],
            }
            for parts in paragraphs
        ],
    }
    source["plan"][0]["content"] = content
    await import_contract(source, store)
    once = await export_contract(PH, store)
    once["contract"]["id"] = "AGAIN"
    await import_contract(once, store)
    again = await export_contract("AGAIN", store)
    assert again == once
    assert text.without_ids(again["plan"][0].get("content") or text.from_body(again["plan"][0]["body"])) == (
        text.without_ids(content)
    )


async def test_two_runs_that_look_alike_are_one_and_the_file_is_exported_as_it_came(store: Store) -> None:
    source = a_file()
    runs = [{"type": "text", "text": one, "marks": [{"type": "em"}]} for one in ("ab", "cd")]
    source["plan"][0]["content"] = {"type": "doc", "content": [{"type": "paragraph", "content": runs}]}
    await import_contract(source, store)
    assert await export_contract(PH, store) == source


async def test_the_plan_is_read_as_a_tree_in_order(store: Store) -> None:
    await import_contract(a_file(), store)
    async with store.reading() as session:
        sections = await contracts.sections(session, PH)
        parties = await contracts.parties(session, PH)
    assert [one.key for one in sections[:4]] == ["s-preambule", "s-visas", "s-t1", "s-1"]
    assert {one.key: one.depth for one in sections}["s-4-3"] == 2
    assert [(one.sign, one.hue) for one in parties[:3]] == [("AR", 1), ("DÉ", 2), ("RL", 3)]
    assert len({one.hue for one in parties}) == len(parties)


async def test_funding_is_kept_in_cents(store: Store) -> None:
    await import_contract(a_file(SAMPLES[1]), store)
    async with store.reading() as session:
        glycines = (await contracts.establishments(session, EHPAD))[0]
    assert glycines.funding_year == 2026
    assert [(one.tariff_section, one.amount) for one in glycines.funding] == [
        ("soins", 139_783_600),
        ("dependance", 32_393_100),
        ("hebergement", 182_534_200),
    ]


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
        (_set("establishments", 0, "competence", to=["ars", "lune"]), "establishments[0].competence"),
        (_set("establishments", 0, "capacity", to="60"), "establishments[0].capacity"),
        (_set("plan", 0, "kind", to="chapitre"), "plan[0].kind"),
        (_set("plan", 2, "children", 0, "id", to="s-preambule"), "plan"),
        (
            _set("plan", 0, "content", to={"type": "doc", "content": [{"type": "x"}]}),
            "plan[0].content.content[0].type",
        ),
        (_set("plan", 0, "body", to="a\0b"), "plan[0].body"),
        (_set("plan", 0, "title", to="a\ud800"), "plan[0].title"),
        (_set("parties", 1, "id", to="ars"), "parties"),
        (_set("parties", to=[]), "parties"),
        (_set("envelopes", 0, "funder_id", to="lune"), "envelopes[0].funder_id"),
        (_set("establishments", 0, "funding_2026", to=3), "establishments[0].funding_2026"),
        (_set("establishments", 0, "funding_2026", to={"soins": {"total": 3}}), "establishments[0].funding_2026.soins"),
        (
            _set("establishments", 0, "funding_2026", to={"soins": {"funder_id": "ars", "total": 1.5}}),
            "establishments[0].funding_2026.soins.total",
        ),
        (_set("establishments", 0, "finess_et", to="0123456789"), "establishments[0].finess_et"),
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
    source = a_file()
    change(source)
    with pytest.raises(FileRefused) as refused:
        await import_contract(source, store)
    assert path in [where for where, _ in refused.value.problems]
    async with store.reading() as session:
        assert await contracts.ids(session) == []


async def test_every_problem_is_named_at_once(store: Store) -> None:
    source = a_file()
    source["contract"]["title"] = None
    source["people"][3]["role"] = "roi"
    source["plan"][1].pop("kind")
    with pytest.raises(FileRefused) as refused:
        await import_contract(source, store)
    assert [where for where, _ in refused.value.problems] == ["contract.title", "people[3].role", "plan[1]"]


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"schema_version": "1.0"'])
def test_what_is_not_a_json_object_is_refused(data: bytes) -> None:
    with pytest.raises(FileRefused):
        contract_file.parse(data)


def test_the_plans_of_every_family_ship_with_the_product() -> None:
    families = {one["family"] for one in contract_file.read_data("plans.json")["templates"]}
    wanted = contract_file.schema()["properties"]["contract"]["properties"]["family"]["enum"]
    assert families == set(wanted)


async def test_a_hundred_parties_of_one_name_all_have_signs_of_their_own(store: Store) -> None:
    source = a_file()
    source["parties"] += [source["parties"][-1] | {"id": f"p{number}"} for number in range(100)]
    await import_contract(source, store)
    async with store.reading() as session:
        signs = [party.sign for party in await contracts.parties(session, PH)]
    assert len(signs) == len(set(signs)) == 107
