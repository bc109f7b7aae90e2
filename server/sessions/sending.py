"""Send a browser to an identity provider, and know it again when it comes back."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from auth.oidc import Provider
from auth.session import BROWSER_COOKIE, COOKIE_FLAGS, new_token
from server.web.parts import Parts

DAY_S = 86_400


async def origin_of(own: Parts, provider: Provider) -> str:
    """The origin that a form which ends at a provider leads to, as `form-action` names it.

    Raises:
        SignInRefused: the provider does not answer, or cannot be believed.
    """
    address = urlsplit((await own.discovery.metadata(provider, datetime.now(UTC))).authorization_endpoint)
    return f"{address.scheme}://{address.netloc}"


def browser_of(request: Request) -> str:
    """What a browser is known by until it comes back: its own word, or a new one."""
    return request.cookies.get(BROWSER_COOKIE) or new_token()


def sent(address: str, browser: str) -> Response:
    """The answer that sends `browser` to a provider's address."""
    answer = RedirectResponse(address, 303)
    answer.set_cookie(BROWSER_COOKIE, browser, max_age=DAY_S, **COOKIE_FLAGS)  # type: ignore[arg-type]
    return answer
