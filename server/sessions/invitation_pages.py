"""The page of an invitation's link: it shows nothing of a contract; a sign-in through its provider accepts it."""

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from auth.oidc import Provider
from server.domain.contract.contract import Party
from server.domain.people.invitations import Invitation
from server.domain.refusals import NotFound
from server.providers.profiles import profile_of
from server.sessions import signing_in
from server.sessions.sign_in_pages import door_of, leave_for
from server.store import contracts, invitations
from server.web.parts import parts
from server.web.views import page
from server.wording.rendering import PARTY_KINDS

TOKEN_LIMIT = 100  # characters; ours have 43


async def invitation(request: Request) -> Response:
    """Whom one signs in with to accept, and nothing else; only to look changes nothing."""
    found, party = await _open(request)
    provider, origin = await door_of(parts(request), await _provider(request, found))
    request.state.form_action = [origin] if origin else []
    kind = PARTY_KINDS[party.kind] if party is not None else None
    token = request.path_params["token"]
    official = profile_of(provider.profile).button
    facts = {
        "provider": provider,
        "origin": origin,
        "official": official,
        "kind": kind,
        "token": token,
        "until": found.expires_at,
    }
    return page(request, "invitation.html", facts)


async def accept_invitation(request: Request) -> Response:
    """Send the browser to the invitation's provider; the seat is given at the return."""
    found, _ = await _open(request)
    return await leave_for(request, await _provider(request, found), "/", invitation_id=found.id)


async def _open(request: Request) -> tuple[Invitation, Party | None]:
    """The invitation of the link in the address, and the party its seat is in.

    Raises:
        NotFound: no link of ours, or its seat is gone.
        InvitationUsed, InvitationRevoked, InvitationExpired: it cannot be accepted any more.
    """
    token = str(request.path_params["token"])
    async with parts(request).store.reading() as session:
        found = await invitations.found(session, token[:TOKEN_LIMIT])
        if found is None:
            raise NotFound
        found.check_open(datetime.now(UTC))
        if found.contract_id is None:
            return found, None
        seats = {one.key: one for one in await contracts.members(session, found.contract_id)}
        parties = {one.id: one for one in await contracts.parties(session, found.contract_id)}
    if found.seat_key not in seats:
        raise NotFound
    return found, parties[seats[found.seat_key].party_id]


async def _provider(request: Request, found: Invitation) -> Provider:
    return await signing_in.provider_of(parts(request).store, found.provider)
