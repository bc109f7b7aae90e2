"""The link of an invitation just made: shown once, and sent to the address it is meant for."""

from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from starlette.requests import Request

from server.running.mailing import SAYS
from server.web.parts import parts
from server.wording.languages import languages
from server.wording.rendering import clock, day


class Link(Protocol):
    """An invitation at the only moment at which its token is known."""

    @property
    def token(self) -> str:
        """What its address ends with."""

    @property
    def email(self) -> str:
        """Where it is sent."""

    @property
    def expires_at(self) -> datetime:
        """Until when it may be followed."""


async def sent(request: Request, link: Link, subject: str, message: str, **fields: Any) -> dict[str, Any]:
    """What `link.html` says of a link, once its mail has left or not.

    The mail is in French: whom it goes to has not chosen a language yet.
    """
    own, who, where = parts(request), request.state.visitor.person_id, request.path_params.get("contract_id", "")
    zone, french = ZoneInfo(own.settings.time_zone), languages()["fr"]
    address, until = f"{own.settings.public_url}/invitations/{link.token}", link.expires_at.astimezone(zone)
    words = french.say(message, **fields, address=address, day=day(until, french), hour=clock(until, french))
    outcome = await own.mail.send(link.email, french.say(subject), words, person_id=who, contract_id=where)
    return {"link": link, "address": address, "mailed": outcome, "mail_says": SAYS[outcome], "zone": zone}
