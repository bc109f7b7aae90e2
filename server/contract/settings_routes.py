"""The routes of a contract's settings, as `server.app` lists the others."""

from starlette.routing import BaseRoute

from server.contract import establishment_pages, party_pages, seat_pages, settings_pages
from server.web.doors import guarded

HERE = "/contracts/{contract_id}/settings"
PARTY, SEAT = f"{HERE}/parties/{{party_key}}", f"{HERE}/seats/{{seat_key}}"
PLACE, NEW_PLACE = f"{HERE}/establishments/{{establishment_key}}", f"{HERE}/new-establishment"
SETTINGS: list[BaseRoute] = [
    guarded(HERE, settings_pages.settings, name="settings"),
    guarded(f"{HERE}/facts", settings_pages.facts, name="facts"),
    guarded(f"{HERE}/facts", settings_pages.save_facts, name="save_facts", methods=("POST",)),
    guarded(f"{HERE}/new-party", party_pages.new_party, name="new_party"),
    guarded(f"{HERE}/new-party", party_pages.add_party, name="add_party", methods=("POST",)),
    guarded(PARTY, party_pages.party, name="party"),
    guarded(PARTY, party_pages.save_party, name="save_party", methods=("POST",)),
    guarded(f"{PARTY}/provider", party_pages.choose_provider, name="choose_provider", methods=("POST",)),
    guarded(f"{PARTY}/remove", party_pages.remove_party, name="remove_party", methods=("POST",)),
    guarded(f"{PARTY}/new-seat", seat_pages.new_seat, name="new_seat"),
    guarded(f"{PARTY}/new-seat", seat_pages.add_seat, name="add_seat", methods=("POST",)),
    guarded(SEAT, seat_pages.seat, name="seat"),
    guarded(SEAT, seat_pages.save_seat, name="save_seat", methods=("POST",)),
    guarded(f"{SEAT}/free", seat_pages.free_seat, name="free_seat", methods=("POST",)),
    guarded(f"{SEAT}/remove", seat_pages.remove_seat, name="remove_seat", methods=("POST",)),
    guarded(f"{HERE}/facilitator", settings_pages.set_facilitator, name="set_facilitator", methods=("POST",)),
    guarded(NEW_PLACE, establishment_pages.new_establishment, name="new_establishment"),
    guarded(NEW_PLACE, establishment_pages.add_establishment, name="add_establishment", methods=("POST",)),
    guarded(PLACE, establishment_pages.establishment, name="establishment"),
    guarded(PLACE, establishment_pages.save_establishment, name="save_establishment", methods=("POST",)),
    guarded(
        f"{PLACE}/remove", establishment_pages.remove_establishment, name="remove_establishment", methods=("POST",)
    ),
]
