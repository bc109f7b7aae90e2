"""`entente new FAMILY …`: a contract from the plan of its family, on a server where nobody can begin one yet."""

from datetime import UTC, date, datetime
from typing import Annotated

import typer

from server.commands.terminal import tell, with_store
from server.contract import creating
from server.contract.creating import Beginning
from server.domain.contract.beginning import read_beginning
from server.domain.contract.perimeter import AUTHORITIES, PartyFacts
from server.domain.refusals import SheetRefused
from server.domain.sheets import Sheet
from server.store.engine import Store
from server.web.frames import plans
from server.wording.languages import languages


def new(
    family: Annotated[str, typer.Argument(metavar="FAMILY", help="As in server/data/plans.json: ph_l313_12_2 …")],
    party: Annotated[str, typer.Option(help="The party that begins it: its full name.")],
    short_name: Annotated[str, typer.Option(help="The name shown beside its words.")],
    lead: Annotated[str, typer.Option(help="Its lead negotiator: first name and surname.")],
    start: Annotated[str, typer.Option(help="The first day, as 2027-01-01.")] = f"{date.today().year + 1}-01-01",
    years: Annotated[int, typer.Option(help="The length in years.")] = 5,
    authority: Annotated[str, typer.Option(help=f"An authority begins it: {', '.join(AUTHORITIES)}.")] = "",
    operator: Annotated[str, typer.Option(help="Then the operator's full name.")] = "",
    operator_short: Annotated[str, typer.Option(help="Then the operator's short name.")] = "",
) -> None:
    """Begin a contract from the plan of its family; `entente member bind` then gives its lead their seat."""
    plan = plans().get(family)
    if plan is None:
        raise typer.BadParameter(f"there is no family {family!r}; choose one of: {', '.join(plans())}")
    if authority and authority not in AUTHORITIES:
        raise typer.BadParameter(f"there is no authority {authority!r}; choose one of: {', '.join(AUTHORITIES)}")
    own = PartyFacts("authority" if authority else "operator", party, short_name, authority, "", "", "")
    said = {"start": start, "years": f"{years}", "operator_name": operator, "operator_short": operator_short}
    try:
        begun = read_beginning(Sheet(said, ""), own, plan.short_label)
    except SheetRefused as refused:
        words = [f"{name}: {languages()['en'].say(one.says, **one.fields)}" for name, one in refused.problems.items()]
        raise typer.BadParameter("; ".join(words)) from refused
    beginning = Beginning(plan, begun.facts, own, lead, "", begun.others)

    async def work(store: Store) -> str:
        await store.check()
        return await creating.create_contract(store, beginning, datetime.now(UTC))

    contract_id = with_store(work)
    typer.echo(contract_id)
    tell(f"Give its lead their seat: entente member bind {contract_id} place-1 --provider KEY --subject SUB")
