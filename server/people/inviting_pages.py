"""The forms that invite somebody to a seat; the page that shows the link, once."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from server.contract.settings_pages import told_everybody, who
from server.domain.refusals import N_, NotFound
from server.domain.sheets import Sheet
from server.editing import invitations as editing
from server.editing.invitations import Link
from server.people import linking
from server.people.people_pages import home_of, shown_again
from server.store import contracts, providers, sitting
from server.web import forms
from server.web.frames import frame
from server.web.parts import parts
from server.web.views import page

SUBJECT = N_("Invitation à rejoindre un contrat dans Entente")
MESSAGE = N_(
    "Bonjour,\n\n"
    "Vous êtes invité à prendre votre place dans un contrat préparé avec Entente, pour {party}.\n\n"
    "Ouvrez ce lien et connectez-vous avec le fournisseur d’identité qui y est indiqué :\n{address}\n\n"
    "Le lien ne sert qu’une fois, jusqu’au {day} à {hour}. Ne le transmettez à personne.\n"
    "Si vous n’attendiez pas cette invitation, ne faites rien.\n"
)


async def invite(request: Request) -> Response:
    """Invite somebody to a seat; the link is shown now and never again."""
    own, key = parts(request), request.path_params["seat_key"]

    async def do(sheet: Sheet) -> Link:
        return await editing.invite(own.store, who(request), key, sheet, await _providers(request))

    return await forms.answer(request, await forms.read(request), do, shown_again, _linked(request))


async def _providers(request: Request) -> list[str]:
    """The keys of the providers an invitation to the seat may name: the one of its party, else any that is enabled."""
    async with parts(request).store.reading() as session:
        enabled = [one.key for one in await providers.enabled(session)]
        seats = await contracts.members(session, request.path_params["contract_id"])
        party_id = next((one.party_id for one in seats if one.key == request.path_params["seat_key"]), 0)
        fixed = await sitting.provider_of(session, party_id)
    return [one for one in enabled if fixed in (None, one)]


async def resend(request: Request) -> Response:
    """Make a new link for an invitation; the one before opens nothing any more."""

    async def do(_: Sheet) -> Link:
        return await editing.resend(parts(request).store, who(request), number_in(request, "invitation_id"))

    return await forms.answer(request, await forms.read(request), do, shown_again, _linked(request))


def number_in(request: Request, name: str) -> int:
    """The number that `name` is in the address.

    Raises:
        NotFound: it is no number.
    """
    typed = str(request.path_params[name])
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 10):
        raise NotFound
    return int(typed)


async def revoke(request: Request) -> Response:
    """Take an invitation back."""

    async def do(_: Sheet) -> str:
        return await editing.revoke(parts(request).store, who(request), number_in(request, "invitation_id"))

    async def then(_: str) -> str:
        return await home_of(request, "invitation_revoked")

    return await forms.take(request, do, shown_again, then)


def _linked(request: Request) -> Any:
    async def then(link: Link) -> Response:
        own = parts(request)
        await told_everybody(request)
        told = await linking.sent(request, link, SUBJECT, MESSAGE, party=link.party)
        async with own.store.reading() as session:
            around = await frame(session, request)
        there = (await home_of(request, "")).partition("?")[0]
        return page(request, "invitation_link.html", {**around, **told, "there": there})

    return then
