"""Refusal → status and page or JSON: the only table of status codes."""

import logging
import secrets

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from server.domain.refusals import (
    AlreadyImported,
    AskedTooOften,
    BadTitle,
    CannotMove,
    ChangedMeanwhile,
    ChangeOutdated,
    ContractClosed,
    FileRefused,
    HasSections,
    NoSuchPlace,
    NotADraft,
    NotFound,
    NotFromHere,
    NothingProposed,
    NoTitle,
    NotSignedIn,
    NotYourProposal,
    ParentRemoved,
    PlanAgreed,
    PlanClosed,
    PlanMoved,
    PlanUnchanged,
    ProposalEnded,
    ProposalRefused,
    ProposalTooLong,
    Refusal,
    ReservationMoved,
    SectionFixed,
    SectionRequired,
    SheetRefused,
    StillInUse,
    TextMoved,
    TextOpen,
    TextUnchanged,
    TooMany,
    TooManyProposals,
    TooOften,
)
from server.domain.refusals_of_documents import (
    DocumentEmpty,
    DocumentLocked,
    DocumentOld,
    DocumentTooInvolved,
    DocumentTooLarge,
    DocumentUnreadable,
    DocumentUnwanted,
)
from server.domain.refusals_of_people import (
    AlreadySeated,
    ConfirmedBefore,
    ConfirmedByAnother,
    IntentSpent,
    InvitationExpired,
    InvitationRevoked,
    InvitationUsed,
    LastAdministrator,
    LastLead,
    LevelNotReached,
    LevelTooLow,
    MandateOver,
    NoSuchReference,
    NotConfirmed,
    NotYourParty,
    OtherProvider,
    OwnSeat,
    ProviderSilent,
    SeatTaken,
    SignInClosed,
    SignInFailed,
)
from server.domain.refusals_of_proposals import NothingToAccept, TextFrozen, TextOutOfUse
from server.web.views import page
from server.wording.languages import language_of

STATUS: dict[type[Refusal], int] = {
    NotFound: 404,
    NotSignedIn: 401,
    NotFromHere: 403,
    SignInFailed: 403,
    ProviderSilent: 502,
    LevelTooLow: 403,
    SignInClosed: 403,
    NotConfirmed: 403,
    ConfirmedByAnother: 403,
    ConfirmedBefore: 403,
    LevelNotReached: 403,
    IntentSpent: 403,
    FileRefused: 422,
    AlreadyImported: 409,
    PlanAgreed: 409,
    PlanClosed: 409,
    PlanMoved: 409,
    ChangeOutdated: 409,
    PlanUnchanged: 409,
    TextUnchanged: 409,
    SectionFixed: 409,
    SectionRequired: 409,
    HasSections: 409,
    ParentRemoved: 409,
    NoSuchPlace: 422,
    BadTitle: 422,
    SheetRefused: 422,
    ChangedMeanwhile: 409,
    ContractClosed: 409,
    NotYourParty: 403,
    LastLead: 409,
    StillInUse: 409,
    CannotMove: 409,
    TooMany: 409,
    TooOften: 429,
    AskedTooOften: 429,
    TextOpen: 409,
    NothingProposed: 409,
    ProposalRefused: 422,
    ProposalTooLong: 413,
    TooManyProposals: 409,
    NotYourProposal: 403,
    NotADraft: 409,
    InvitationUsed: 410,
    InvitationExpired: 410,
    InvitationRevoked: 410,
    OtherProvider: 403,
    SeatTaken: 409,
    AlreadySeated: 409,
    NoSuchReference: 422,
    OwnSeat: 403,
    MandateOver: 409,
    LastAdministrator: 409,
    TextMoved: 409,
    TextFrozen: 409,
    TextOutOfUse: 409,
    NothingToAccept: 409,
    NoTitle: 409,
    ProposalEnded: 409,
    ReservationMoved: 409,
    DocumentTooLarge: 413,
    DocumentUnreadable: 422,
    DocumentLocked: 422,
    DocumentOld: 422,
    DocumentTooInvolved: 422,
    DocumentEmpty: 422,
    DocumentUnwanted: 409,
}
_PAGES = {404: NotFound, 403: NotFromHere}


async def refused(request: Request, refusal: Exception) -> Response:
    """The answer to a refusal: a page for people, JSON for programs, the sign-in page for the unknown."""
    if not isinstance(refusal, Refusal):
        raise refusal
    status = STATUS[type(refusal)]
    headers = {"Retry-After": str(refusal.seconds)} if isinstance(refusal, TooOften) else {}
    says, remedy = (language_of(request).say(one, **refusal.fields) for one in (refusal.says, refusal.remedy))
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"error": type(refusal).__name__, "says": says, "remedy": remedy}, status, headers)
    if isinstance(refusal, NotSignedIn) and request.method == "GET":
        return RedirectResponse(f"/sign-in?next={request.url.path}", 303)
    facts = {"says": says, "remedy": remedy, "is_of_sign_in": isinstance(refusal, SignInFailed)}
    answer = page(request, "refusal.html", facts, status_code=status)
    answer.headers.update(headers)
    return answer


async def broken(request: Request, failed: Exception) -> Response:
    """Something of ours failed: a number that the log has too, and no trace."""
    number = secrets.token_hex(4)
    logging.getLogger("entente").error("failure %(number)s", {"number": number}, exc_info=failed)
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"error": "Broken", "number": number}, 500)
    return page(request, "broken.html", {"number": number}, status_code=500)


async def gone(request: Request, left: Exception) -> Response:
    """Who asked has left before the end of the request, or was hung up on: nobody reads the answer, and no failure."""
    return Response(status_code=400)


async def http_refused(request: Request, raised: Exception) -> Response:
    """The router's own refusals (no such page, wrong method) say nothing more than ours."""
    if not isinstance(raised, HTTPException):
        raise raised
    if raised.status_code == 405:
        return Response(status_code=405, headers=raised.headers)
    return await refused(request, _PAGES.get(raised.status_code, NotFound)())
