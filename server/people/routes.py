"""The routes of a party's people, as `server.app` lists the others."""

from starlette.routing import BaseRoute

from server.contract.settings_routes import HERE, SEAT
from server.people import inviting_pages, mandate_pages, people_pages
from server.web.doors import guarded

INVITATION, MANDATE = f"{HERE}/invitations/{{invitation_id}}", f"{HERE}/mandates/{{mandate_id}}"
PEOPLE: list[BaseRoute] = [
    guarded("/contracts/{contract_id}/people", people_pages.people, name="own_people"),
    guarded(f"{HERE}/parties/{{party_key}}/people", people_pages.people, name="people"),
    guarded(f"{SEAT}/invite", inviting_pages.invite, name="invite", methods=("POST",)),
    guarded(f"{INVITATION}/resend", inviting_pages.resend, name="resend_invitation", methods=("POST",)),
    guarded(f"{INVITATION}/revoke", inviting_pages.revoke, name="revoke_invitation", methods=("POST",)),
    guarded(f"{SEAT}/reference", people_pages.whose_reference, name="whose_reference", methods=("POST",)),
    guarded(f"{SEAT}/move", people_pages.move_seat, name="move_seat", methods=("POST",)),
    guarded(f"{SEAT}/end-sessions", people_pages.end_sessions, name="end_sessions_of", methods=("POST",)),
    guarded(f"{SEAT}/mandates", mandate_pages.seat_mandates, name="seat_mandates"),
    guarded(f"{SEAT}/mandates", mandate_pages.record_mandate, name="record_mandate", methods=("POST",)),
    guarded(f"{MANDATE}/end", mandate_pages.end_mandate, name="end_mandate", methods=("POST",)),
    guarded(
        f"{MANDATE}/papers",
        mandate_pages.add_paper,
        name="add_paper",
        methods=("POST",),
        body_limit=mandate_pages.UPLOAD_LIMIT,
    ),
    guarded(f"{HERE}/papers/{{paper_id}}", mandate_pages.paper, name="paper"),
]
