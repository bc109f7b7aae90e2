"""The page's language is chosen by a form of its header: remember it, and go back to the page."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from auth.oidc import safe_next
from server.wording.languages import COOKIE, languages

YEAR_S = 31_536_000


async def language(request: Request) -> Response:
    """Keep the language someone chose, in this browser; one that is not spoken here changes nothing."""
    form = await request.form(max_files=0, max_fields=4, max_part_size=4096)
    answer = RedirectResponse(safe_next(str(form.get("next", ""))), 303)
    chosen = str(form.get("language", ""))
    if chosen in languages():
        answer.set_cookie(COOKIE, chosen, max_age=YEAR_S, path="/", secure=True, httponly=True, samesite="lax")
    return answer
