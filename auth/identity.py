"""Who is this person, once the provider is believed? The names of claims, and what is shown of them."""

import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime

from auth.id_token import Claims, levels_of, seconds_of
from auth.provider import Provider

NAME_LIMIT = 200
EMAIL_LIMIT = 254  # RFC 5321 section 4.5.3.1.3
WORD_LIMIT = 255


@dataclass(frozen=True)
class Identity:
    """A person, as a provider knows them: `(issuer, subject)`; the rest is for display or later checks."""

    provider: str
    issuer: str
    subject: str
    name: str
    email: str | None
    auth_time: datetime | None  # when the person proved who they are, if the provider says so
    acr: str | None
    sid: str | None  # the provider's session, for back-channel logout
    organisation: str | None  # the number of what the person works for, as the provider's row names the claim
    national_id: str | None
    id_token: str = field(repr=False)  # for `id_token_hint`; to be stored encrypted
    claims: tuple[str, ...] = ()  # the names of all that was told, without their values


def identity_of(provider: Provider, told: Claims, claims: Claims, id_token: str) -> Identity:
    """The person; `told` is for display, `claims` (signed, for us, now) for all that decides."""
    email = _text(_claim(told, provider.email_claim or "email"), EMAIL_LIMIT)
    return Identity(
        provider=provider.key,
        issuer=provider.issuer,
        subject=claims["sub"],
        name=_name(provider, told),
        email=email if "@" in email else None,
        auth_time=_moment(claims.get("auth_time")),
        acr=_level(provider, claims),
        sid=_word(claims.get("sid")),
        organisation=_word(_claim(told, provider.organisation_claim)),
        national_id=_word(_claim(told, provider.national_claim)),
        id_token=id_token,
        claims=tuple(sorted(_text(name, 60) for name in told)),
    )


def _level(provider: Provider, claims: Claims) -> str | None:
    """The level the token names; of Entra's several, the one that allows most."""
    reached = levels_of(claims)
    wanted = (*provider.visa_acr, *provider.reading_acr, claims.get("acr"))
    return next((one for one in wanted if one in reached and _word(one)), None)


def _name(provider: Provider, told: Claims) -> str:
    """The first name there is: ProConnect gives `given_name usual_name`, others `name`."""
    given, family = _text(told.get("given_name")), _text(told.get("family_name") or told.get("usual_name"))
    both = f"{given} {family}"[:NAME_LIMIT] if given and family else ""
    candidates = (
        _text(_claim(told, provider.name_claim)),
        _text(told.get("name")),
        both,
        _text(told.get("preferred_username")),
    )
    return next((name for name in candidates if name), "") or _text(told["sub"])


def _claim(told: Claims, name: str) -> object:
    return told.get(name) if name else None


def _text(value: object, limit: int = NAME_LIMIT) -> str:
    """Provider text is text: no control or direction marks (they reorder what is read after), and cut."""
    if not isinstance(value, str):
        return ""
    spaced = " ".join(value[: 10 * limit].split())
    kept = (c for c in spaced if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    return "".join(kept)[:limit].strip()


def _word(value: object) -> str | None:
    """A value to compare later, so whole and unchanged, or nothing."""
    return value if isinstance(value, str) and len(value) <= WORD_LIMIT and value.isprintable() else None


def _moment(value: object) -> datetime | None:
    seconds = seconds_of(value)
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
