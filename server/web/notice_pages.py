"""The pages anybody may read: personal data, accessibility, whom to tell of a fault."""

import logging
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from server.domain.refusals import NotFound
from server.running import notices
from server.web.parts import parts
from server.web.views import page


async def privacy(request: Request) -> Response:
    """What becomes of the data of the people who come (GDPR articles 13 and 14)."""
    return _notice(request, "privacy", parts(request).settings.privacy_file)


async def accessibility(request: Request) -> Response:
    """The statement that the law asks for (France: article 47 of the law 2005-102, RGAA)."""
    return _notice(request, "accessibility", parts(request).settings.accessibility_file)


def _notice(request: Request, name: str, path: str) -> Response:
    try:
        blocks = notices.notice(name, path)
    except OSError:
        logging.getLogger("entente").warning("the notice of %(name)s cannot be read: check its file", {"name": name})
        blocks = notices.notice(name, "")
    return page(request, "notice.html", {"name": name, "blocks": blocks})


async def security_txt(request: Request) -> Response:
    """Whom to tell of a fault.

    Raises:
        NotFound: the operator has not said.
    """
    said = notices.security_txt(parts(request).settings, datetime.now(UTC))
    if said is None:
        raise NotFound
    return PlainTextResponse(said)
