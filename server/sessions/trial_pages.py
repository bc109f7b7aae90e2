"""The page on which an administrator tries a provider: what it publishes, then a sign-in that lets nobody in."""

import logging
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from auth.checkup import examine
from auth.oidc import Provider, SignInRefused
from auth.session import BROWSER_COOKIE
from server.domain.people.security import SecurityKind
from server.providers import trying
from server.providers.providing import callback_url
from server.providers.trying import STEPS, Outcome, remedy_of
from server.sessions import signing_in
from server.sessions.sending import browser_of, origin_of, sent
from server.web.parts import parts
from server.web.views import page

security_log = logging.getLogger("entente.security")


async def trial(request: Request) -> Response:
    """What the provider publishes, looked at now, and how the last trial of this administrator ended."""
    own, now = parts(request), datetime.now(UTC)
    provider = await signing_in.provider_of(own.store, request.path_params["provider"])
    own.discovery.forget()
    steps = [(STEPS[one.name][0], one, remedy_of(one)) for one in await examine(provider, own.discovery, now)]
    request.state.form_action = await _there(request, provider)
    facts = {
        "provider": provider,
        "steps": steps,
        "can_try": bool(request.state.form_action),
        "callback": callback_url(own.settings.public_url, provider.key),
        "outcome": own.trials.outcome(request.state.visitor.person_id, provider.key),
    }
    return page(request, "provider_trial.html", facts)


async def _there(request: Request, provider: Provider) -> list[str]:
    try:
        return [await origin_of(parts(request), provider)]
    except SignInRefused:
        return []


async def start_trial(request: Request) -> Response:
    """Send the administrator to the provider, as somebody who signs in."""
    own = parts(request)
    provider = await signing_in.provider_of(own.store, request.path_params["provider"])
    browser = browser_of(request)
    try:
        address = await trying.start(
            own.trials,
            own.discovery,
            provider,
            request.state.visitor.person_id,
            callback_url=callback_url(own.settings.public_url, provider.key),
            browser=browser,
            now=datetime.now(UTC),
        )
    except SignInRefused:
        return RedirectResponse(f"/administration/providers/{provider.key}/try", 303)  # whose steps say why
    return sent(address, browser)


async def come_back(request: Request, provider: Provider) -> Response | None:
    """Take what a provider sent back to a trial; None when it answers no trial, but somebody who signs in."""
    own = parts(request)
    if not own.trials.is_one(request.query_params.get("state", "")):
        return None
    outcome = await trying.come_back(
        own.trials,
        own.discovery,
        provider,
        own.sealer,
        dict(request.query_params),
        callback_url=callback_url(own.settings.public_url, provider.key),
        browser=request.cookies.get(BROWSER_COOKIE, ""),
        now=datetime.now(UTC),
    )
    await _tell(request, provider, outcome)
    return RedirectResponse(f"/administration/providers/{provider.key}/try", 303)


async def _tell(request: Request, provider: Provider, outcome: Outcome | None) -> None:
    if outcome is None:
        return
    reason = outcome.reason.value if outcome.reason else "accepted"
    security_log.info(
        "trial of provider %(provider)s: %(reason)s %(detail)s",
        {"provider": provider.key, "reason": reason, "detail": outcome.detail},
    )
    await parts(request).watch.note(request, SecurityKind.PROVIDER_TRIED, provider=provider.key, reason=reason)
