"""The page of the platform's administrators: who they are, invite another, remove one; never the last."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from auth.people import Visitor
from server.administration import appointing
from server.administration.appointing import Made
from server.domain.people.invitations import USUAL_DAYS
from server.domain.refusals import N_
from server.domain.sheets import Sheet
from server.people import linking
from server.people.inviting_pages import number_in
from server.store import invitations, providers
from server.web import forms
from server.web.forms import Form
from server.web.parts import parts
from server.web.views import page

HOME = "/administration/people"
ADMINISTRATORS_DONE = {
    "removed": N_("Cette personne n’administre plus la plateforme."),
    "revoked": N_("L’invitation est retirée : son lien n’ouvre plus rien."),
}
SUBJECT = N_("Invitation à administrer Entente")
MESSAGE = N_(
    "Bonjour,\n\n"
    "Vous êtes invité à administrer la plateforme Entente.\n\n"
    "Ouvrez ce lien et connectez-vous avec le fournisseur d’identité qui y est indiqué :\n{address}\n\n"
    "Le lien ne sert qu’une fois, jusqu’au {day} à {hour}. Ne le transmettez à personne.\n"
)


async def administrators(request: Request) -> Response:
    """Who administers the platform, and who is invited to."""
    return await _page(request, forms.opened({}), 200)


async def _page(request: Request, form: Form, status: int) -> Response:
    own, visitor = parts(request), request.state.visitor
    async with own.store.reading() as session:
        invited = await invitations.of_platform(session)
        open_to_people = await providers.enabled(session)
    facts = {
        "everyone": await appointing.everyone(own.store),
        "invited": invited,
        "providers": open_to_people,
        "form": form,
        "me": visitor.person_id,
        "usual_days": USUAL_DAYS,
        "now": datetime.now(UTC),
        "zone": ZoneInfo(own.settings.time_zone),
        "done": ADMINISTRATORS_DONE.get(request.query_params.get("done", "")),
    }
    return page(request, "administrators.html", facts, status_code=status)


async def invite_administrator(request: Request) -> Response:
    """Invite somebody to administer the platform; the link is shown now and never again."""
    own, visitor = parts(request), request.state.visitor
    async with own.store.reading() as session:
        allowed = [one.key for one in await providers.enabled(session)]

    async def do(sheet: Sheet) -> Made:
        return await appointing.invite(own.store, visitor.person_id, sheet, allowed, datetime.now(UTC))

    return await forms.answer(request, await forms.read(request), do, _page, _linked(request))


def _linked(request: Request) -> forms.Then:
    async def then(made: Made) -> Response:
        told = await linking.sent(request, made, SUBJECT, MESSAGE)
        return page(request, "administrator_link.html", {**told, "there": HOME})

    return then


async def revoke_administrator(request: Request) -> Response:
    """Take back an invitation to administer the platform."""
    visitor: Visitor = request.state.visitor

    async def do(_: Sheet) -> None:
        number = number_in(request, "invitation_id")
        await appointing.revoke(parts(request).store, visitor.person_id, number, datetime.now(UTC))

    return await forms.take(request, do, _page, _done("revoked"))


async def remove_administrator(request: Request) -> Response:
    """Take the administration of the platform from somebody."""
    visitor: Visitor = request.state.visitor

    async def do(_: Sheet) -> None:
        number = number_in(request, "person_id")
        await appointing.remove(parts(request).store, visitor.person_id, number, datetime.now(UTC))

    back = _done("removed")
    is_me = request.path_params["person_id"] == str(visitor.person_id)
    return await forms.take(request, do, _page, _home if is_me else back)


def _done(what: str) -> forms.Back:
    async def back(_: object) -> str:
        return f"{HOME}?done={what}"

    return back


async def _home(_: object) -> str:
    return "/"
