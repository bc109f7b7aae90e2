"""The demonstration: the two sample contracts, kept once, never written over."""

from server import contract_file
from server.domain.refusals import AlreadyImported
from server.importing import import_contract
from server.store.engine import Store

SAMPLES = ("exemple-cpom-ph.json", "exemple-cpom-ehpad.json")


async def fill(store: Store) -> list[str]:
    """Import the sample contracts that are not there yet; gives the titles of those it added."""
    added = []
    for name in SAMPLES:
        try:
            added.append((await import_contract(contract_file.read_data(name), store)).title)
        except AlreadyImported:
            continue
    return added
