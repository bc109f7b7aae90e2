"""How does a person leave their provider too, and when may a provider say that somebody left?"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from auth.discovery import Discovery
from auth.id_token import audience_of, is_subject, timely, verified
from auth.provider import Provider, Refusal, SignInRefused

LOGOUT_TYPES = ("LOGOUT+JWT", "APPLICATION/LOGOUT+JWT")  # OpenID Connect Back-Channel Logout 1.0 section 2.4
EVENT = "http://schemas.openid.net/event/backchannel-logout"
WORD_LIMIT = 255


async def way_out(provider: Provider, id_token: str, *, back: str, now: datetime, discovery: Discovery) -> str | None:
    """Where the browser goes to leave the provider too (OpenID Connect RP-Initiated Logout 1.0 section 2).

    None when the provider has no such address, or does not answer: its own session then stays open.
    """
    if "redirect" not in provider.logout:
        return None
    try:
        address = (await discovery.metadata(provider, now)).end_session_endpoint
    except SignInRefused:
        return None
    if address is None:
        return None
    asked = {
        "client_id": provider.client_id,
        "post_logout_redirect_uri": back,
        "state": secrets.token_urlsafe(32),  # ProConnect wants 32 characters; coming back only shows a page
    }
    hint = {"id_token_hint": id_token} if id_token else {}
    return f"{address}{'&' if '?' in address else '?'}{urlencode(hint | asked)}"


@dataclass(frozen=True)
class Left:
    """Whom a provider says to have left: a session of its own, a person, or both; `jti` is obeyed once."""

    sid: str | None
    subject: str | None
    jti: str


async def whoever_left(token: str, provider: Provider, now: datetime, discovery: Discovery) -> Left:
    """What a logout token says, if it may be believed (OpenID Connect Back-Channel Logout 1.0 section 2.6).

    Raises:
        SignInRefused: the first thing that is not as it should be, each with its own reason.
    """
    claims = await verified(token, provider, now, discovery, kinds=LOGOUT_TYPES)
    sid, subject, jti = (claims.get(name) for name in ("sid", "sub", "jti"))
    checks = (
        (Refusal.TOKEN_ISSUER, claims.get("iss") == provider.issuer),
        (Refusal.AUDIENCE, provider.client_id in audience_of(claims.get("aud"))),
        *timely(claims, now),
        (Refusal.EVENT, _is_a_logout(claims.get("events"))),
        (Refusal.NONCE, "nonce" not in claims),  # or an ID token could pass for one
        (Refusal.TOKEN_ID, _is_word(jti)),
        (Refusal.SUBJECT, subject is None or is_subject(subject)),
        (Refusal.SUBJECT, sid is None or _is_word(sid)),
        (Refusal.SUBJECT, sid is not None or subject is not None),
    )
    for reason, holds in checks:
        if not holds:
            raise SignInRefused(reason, f"{provider.key}: a claim of the logout token is missing or wrong")
    return Left(sid, subject, str(jti))


def _is_a_logout(events: Any) -> bool:
    return isinstance(events, Mapping) and isinstance(events.get(EVENT), Mapping)


def _is_word(value: object) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= WORD_LIMIT and value.isprintable()
