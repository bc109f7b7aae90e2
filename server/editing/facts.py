"""Change what a contract says of itself: its title and its days."""

from server.domain.contract.contract import Contract
from server.domain.contract.facts import Facts, read_facts
from server.domain.sheets import Sheet, Values, changes
from server.editing.acting import Who, acting
from server.store.engine import Store


def facts_of(contract: Contract) -> Facts:
    """The facts of a contract as they are kept."""
    return Facts(contract.title, contract.start_date, contract.end_date)


async def edit_facts(store: Store, who: Who, sheet: Sheet) -> Values:
    """Keep the facts a form gives; what changed, empty when nothing did.

    Raises:
        NotFound: this person may not manage the contract.
        ContractClosed: it is past writing.
        ChangedMeanwhile: the form was made from older facts.
        SheetRefused: these are not the facts of a contract.
    """
    async with acting(store, who.contract_id, who.person_id, who.at) as deed:
        deed.check_open()
        row = deed.contract
        before = Facts(row.title, row.start_date, row.end_date)
        sheet.check_unchanged(before.values)
        after = read_facts(sheet)
        changed = changes(before.values, after.values)
        if changed:
            row.title, row.start_date, row.end_date = after.title, after.start, after.end
            await deed.keep("facts", **changed)
    return changed.get("after", {})
