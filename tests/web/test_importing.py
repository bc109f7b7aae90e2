"""Contract files: what comes in comes out, what is wrong is refused whole."""

import asyncio

import pytest

from server.contract_files import contract_file
from server.contract_files.exporting import export_contract
from server.contract_files.importing import Imported, import_contract
from server.domain.refusals import AlreadyImported
from server.domain.texts import text
from server.store import contracts
from server.store.engine import Store
from tests.factories import EHPAD, PH, SAMPLES, a_file, a_store, dump

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
    before = await dump(store)
    with pytest.raises(AlreadyImported, match="nothing was changed"):
        await import_contract(changed, store)
    assert await dump(store) == before
    assert await export_contract(PH, store) == a_file()


async def test_of_two_imports_at_once_one_wins_and_the_other_says_so(store: Store, database: str) -> None:
    other = a_store(database)
    done = await asyncio.gather(
        import_contract(a_file(), store), import_contract(a_file(), other), return_exceptions=True
    )
    assert {type(one) for one in done} == {Imported, AlreadyImported}
    assert await export_contract(PH, store) == a_file()
    await other.close()


async def test_identifiers_that_look_wrong_are_kept_as_written_and_pointed_out(store: Store) -> None:
    source = a_file()
    source["establishments"][0] |= {"finess_et": "49 999 011 8", "siret": "12", "department_code": "Maine-et-Loire"}
    source["establishments"][1] |= {"finess_et": "4999901250", "department_code": "2A"}
    source["parties"][2] |= {"finess_ej": "499990001", "siren": "999990105", "siret": "99999010400014"}
    source["contract"]["end_date"] = "2032-01-01"
    done = await import_contract(source, store)
    assert [path for path, _ in done.doubts] == [
        "contract.end_date",
        *(f"parties[2].{name}" for name in ("finess_ej", "siren", "siret")),
        *(f"establishments[0].{name}" for name in ("department_code", "finess_et", "siret")),
        "establishments[1].finess_et",
    ]
    assert "six" not in str(done.doubts[0][1])
    async with store.reading() as session:
        kept = await contracts.establishments(session, PH)
    assert [(one.finess, one.department_code) for one in kept[:2]] == [
        ("49 999 011 8", "Maine-et-Loire"),
        ("4999901250", "2A"),
    ]
    assert await export_contract(PH, store) == source


async def test_the_samples_leave_no_doubt(store: Store) -> None:
    assert [(await import_contract(a_file(name), store)).doubts for name in SAMPLES] == [[], []]


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
