"""The pages of signing in and out: choose a provider, go, come back, leave."""

import logging
import secrets
import unicodedata
from asyncio import gather
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from auth.browsers import device
from auth.oidc import Attempt, Provider, Refusal, SignInRefused, safe_next
from auth.people import Visitor
from auth.session import BROWSER_COOKIE, COOKIE, COOKIE_FLAGS, Ending, Which
from server.domain import refusals
from server.domain.people.security import SecurityKind
from server.domain.refusals_of_people import LevelTooLow, ProviderSilent, SignInClosed, SignInFailed
from server.providers.profiles import PROFILES, profile_of
from server.providers.providing import callback_url
from server.providers.returning import Returned
from server.sessions import confirming, ending, signing_in, signing_out, trial_pages
from server.sessions.sending import browser_of, origin_of, sent
from server.sessions.signing_out import Farewell
from server.store import providers
from server.web.parts import Parts, parts
from server.web.views import page

FEW = 8  # providers: more are looked for by name
security_log = logging.getLogger("entente.security")
# Whose answer was not believed is told no more than that it failed: an attacker learns nothing from trying.
TOLD: dict[Refusal, type[SignInFailed]] = {
    Refusal.PROVIDER_UNREACHABLE: ProviderSilent,
    Refusal.PROVIDER_ANSWER: ProviderSilent,
    Refusal.DISCOVERY: ProviderSilent,
    Refusal.ADDRESS: ProviderSilent,
    Refusal.LEVEL: LevelTooLow,
    Refusal.DISABLED: SignInClosed,
}


async def sign_in(request: Request) -> Response:
    """Which provider to sign in with; one that does not answer says so."""
    own = parts(request)
    next_path = safe_next(request.query_params.get("next"))
    if request.state.visitor is not None and "again" not in request.query_params:  # a session near its end
        return RedirectResponse(next_path, 303)
    async with own.store.reading() as session:
        open_to_people = sorted(await providers.enabled(session), key=_place)
    sought = request.query_params.get("search", "")[:80]
    named = [one for one in open_to_people if folded(sought) in folded(f"{one.label} {profile_of(one.profile).name}")]
    doors = await gather(*(door_of(own, one) for one in named))
    request.state.form_action = [origin for _, origin in doors if origin]
    facts = {
        "doors": [(one, origin, profile_of(one.profile).button) for one, origin in doors],
        "next_path": next_path,
        "sought": sought,
        "are_many": len(open_to_people) > FEW,
    }
    return page(request, "sign_in.html", facts)


def _place(provider: Provider) -> tuple[int, str]:
    """The State's own providers first, in the order of the profiles, then the others by name."""
    order = [key for key, one in PROFILES.items() if one.button]
    return order.index(provider.profile) if provider.profile in order else len(order), folded(provider.label)


def folded(text: str) -> str:
    """Words as one looks for them: no capital, no accent."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold().strip()


async def door_of(own: Parts, provider: Provider) -> tuple[Provider, str | None]:
    """A provider and the origin that a form leads to, None while it does not answer."""
    try:
        return provider, await origin_of(own, provider)
    except SignInRefused as refused:
        security_log.warning("provider %(provider)s: %(why)s", {"provider": provider.key, "why": str(refused)})
        return provider, None


async def sign_in_start(request: Request) -> Response:
    """Send the browser to the provider."""
    provider = await signing_in.provider_of(parts(request).store, request.path_params["provider"])
    form = await request.form(max_files=0, max_fields=4, max_part_size=4096)
    return await leave_for(request, provider, safe_next(str(form.get("next", ""))))


async def leave_for(
    request: Request, provider: Provider, next_path: str, *, invitation_id: int | None = None
) -> Response:
    """Send the browser to a provider, to accept an invitation if one is named.

    Raises:
        SignInFailed: the provider cannot be reached or believed.
    """
    own = parts(request)
    browser = browser_of(request)
    try:
        address = await signing_in.start(
            own.store,
            own.discovery,
            provider,
            callback_url=callback_url(own.settings.public_url, provider.key),
            next_path=next_path,
            browser=browser,
            now=datetime.now(UTC),
            invitation_id=invitation_id,
        )
    except SignInRefused as refused:
        raise await _failed(request, provider, refused) from refused
    return sent(address, browser)


async def sign_in_callback(request: Request) -> Response:
    """Take the provider's answer; a new session under a new token, or one page for every refusal.

    Who came back from confirming something goes on with the session they have, under a new token too.
    """
    own, browser = parts(request), request.cookies.get(BROWSER_COOKIE, "")
    provider = await signing_in.provider_of(own.store, request.path_params["provider"])
    tried = await trial_pages.come_back(request, provider)
    if tried is not None:
        return tried
    try:
        attempt = await signing_in.attempt_of(own.store, provider, dict(request.query_params), browser)
        if attempt.intent_id is not None:
            return await _confirmed(request, provider, attempt)
        arrival = await signing_in.come_back(
            own.store,
            own.discovery,
            own.sealer,
            _returned(request, provider, attempt),
            device=device(request.headers.get("user-agent", "")),
            limits=signing_in.limits_of(provider, own.settings),
        )
    except SignInRefused as refused:
        raise await _failed(request, provider, refused) from refused
    except refusals.Refusal as refused:
        if attempt.invitation_id is not None:  # which was to be accepted: nobody is signed in
            why = type(refused).__name__
            await own.watch.note(request, SecurityKind.INVITATION_REFUSED, provider=provider.key, why=why)
        raise
    security_log.info("sign-in accepted: provider %(provider)s", {"provider": provider.key})
    await _end(own, request.state.visitor, Ending.REPLACED)
    if arrival.joined is not None:
        own.floor.contract_changed(arrival.joined)
    return _with_token(arrival.next_path, arrival.token)


def _returned(request: Request, provider: Provider, attempt: Attempt) -> Returned:
    own = parts(request)
    callback, address = callback_url(own.settings.public_url, provider.key), own.addresses.of(request) or ""
    return Returned(provider, attempt, dict(request.query_params), callback, address, datetime.now(UTC))


async def _confirmed(request: Request, provider: Provider, attempt: Attempt) -> Response:
    own, back = parts(request), _returned(request, provider, attempt)
    confirmed = await confirming.finish(own.store, own.floor, own.discovery, own.sealer, back, request.state.visitor)
    return _with_token(confirmed.next_path, confirmed.token)


def _with_token(next_path: str, token: str) -> Response:
    answer = RedirectResponse(next_path, 303)
    answer.set_cookie(COOKIE, token, **COOKIE_FLAGS)  # type: ignore[arg-type]
    return answer


async def _failed(request: Request, provider: Provider, refused: SignInRefused) -> SignInFailed:
    """What the person is told: what to do, and a reference under which the log has the reason."""
    reference, reason = secrets.token_hex(4), refused.reason.value
    security_log.warning(
        "sign-in refused: provider %(provider)s, %(reason)s: %(detail)s (reference %(reference)s)",
        {"provider": provider.key, "reason": reason, "detail": refused.detail, "reference": reference},
    )
    kind = SecurityKind.SIGN_IN_REFUSED
    await parts(request).watch.note(request, kind, provider=provider.key, reason=reason, reference=reference)
    return TOLD.get(refused.reason, SignInFailed)(reference=reference)


async def sign_out(request: Request) -> Response:
    """End the session, its open pages included, forget the cookie, and go on to the provider's own way out.

    By a page that moves on, not a redirect: a form may lead to ourselves only (`form-action`), and each page has this
    one.
    """
    own, visitor = parts(request), request.state.visitor
    farewell = Farewell()
    if visitor is not None:
        farewell = await signing_out.sign_out(
            own.store,
            own.floor,
            own.sealer,
            own.discovery,
            visitor,
            back=f"{own.settings.public_url}/signed-out",
            address=own.addresses.of(request) or "",
            now=datetime.now(UTC),
        )
    request.state.visitor = None
    if farewell.address:
        facts = {"label": farewell.provider and farewell.provider.label, "address": farewell.address}
        answer = page(request, "leaving.html", facts)
    else:
        stays = f"?open={farewell.provider.key}" if farewell.provider else ""
        answer = RedirectResponse(f"/signed-out{stays}", 303)
    answer.delete_cookie(COOKIE, **COOKIE_FLAGS)  # type: ignore[arg-type]
    return answer


async def signed_out(request: Request) -> Response:
    """One has left; of `open`, a provider without a way out, it says that one is still signed in there."""
    async with parts(request).store.reading() as session:
        known = {one.key: one.label for one in await providers.known(session)}
    return page(request, "signed_out.html", {"still_open": known.get(request.query_params.get("open", ""))})


async def seen(request: Request) -> Response:
    """A gesture in an open page: the door has written it down, which keeps the session alive; says whose it is."""
    return Response(status_code=204, headers={"Entente-Person": str(request.state.visitor.person_id)})


async def _end(own: Parts, visitor: Visitor | None, why: Ending) -> None:
    if visitor is not None:
        which = Which(ids=frozenset({visitor.session_id}))
        await ending.end(own.store, own.floor, which, why, datetime.now(UTC))
