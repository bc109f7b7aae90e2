"""May this token be believed? Its signature, its claims, each with its own reason to refuse."""

import math
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError

from auth.discovery import Discovery
from auth.provider import Provider, Refusal, SignInRefused

CLOCK_DRIFT = timedelta(seconds=60)  # between the provider's clock and ours
TOKEN_AGE = timedelta(minutes=10)  # of `iat`
SUBJECT_LIMIT = 255  # OpenID Connect Core section 2

Claims = Mapping[str, Any]


async def verified(
    token: str, provider: Provider, now: datetime, discovery: Discovery, *, kinds: Collection[str] = ("JWT",)
) -> dict[str, Any]:
    """The claims of a token signed with the pinned algorithm by a published key of this provider.

    `kinds` are the types it may have, in capitals; a token that says none is a JWT.

    Raises:
        SignInRefused: SIGNATURE, ALGORITHM, TYPE or KEY.
    """
    registry = jws.JWSRegistry(algorithms=[provider.algorithm], strict_check_header=False)
    try:
        header = jws.extract_compact(token.encode(), None, registry).headers()
        algorithm, kind, kid = header["alg"], header.get("typ", "JWT"), header.get("kid")
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise SignInRefused(Refusal.SIGNATURE, "not a signed token") from None
    if algorithm != provider.algorithm:
        raise SignInRefused(Refusal.ALGORITHM, f"{provider.key}: signed otherwise than {provider.algorithm}")
    if not isinstance(kind, str) or kind.upper() not in kinds:  # logout+jwt, at+jwt: made for another use
        raise SignInRefused(Refusal.TYPE, "a token made for another use")
    if kid is not None and not isinstance(kid, str):
        raise SignInRefused(Refusal.KEY, "the key's name is not text")
    key = await discovery.key(provider, kid, now)
    try:
        return jwt.decode(token, key, registry=registry).claims
    except (JoseError, ValueError, TypeError, RecursionError):
        raise SignInRefused(Refusal.SIGNATURE, "the signature does not hold") from None


def check_claims(claims: Claims, provider: Provider, nonce: str, now: datetime) -> None:
    """OpenID Connect Core section 3.1.3.7, stricter: an age for `iat`, `azp` wherever it appears.

    Raises:
        SignInRefused: the first claim that is missing or wrong, each with its own reason.
    """
    us, audience = provider.client_id, audience_of(claims.get("aud"))
    checks = (
        (Refusal.TOKEN_ISSUER, claims.get("iss") == provider.issuer),
        (Refusal.AUDIENCE, us in audience),
        (Refusal.AUTHORIZED_PARTY, claims.get("azp", us if len(audience) == 1 else None) == us),
        *timely(claims, now),
        (Refusal.NONCE, claims.get("nonce") == nonce),
        (Refusal.SUBJECT, is_subject(claims.get("sub"))),
    )
    for reason, holds in checks:
        if not holds:
            raise SignInRefused(reason, f"{provider.key}: a claim of the ID token is missing or wrong")


def check_level(claims: Claims, provider: Provider) -> None:
    """Whether the person proved who they are as well as reading asks for (identity rule 5: verified, not hoped for).

    Raises:
        SignInRefused: LEVEL.
    """
    if provider.reading_acr and not levels_of(claims) & set(provider.reading_acr):
        raise SignInRefused(Refusal.LEVEL, f"{provider.key}: none of {' '.join(provider.reading_acr)} was reached")


def levels_of(claims: Claims) -> frozenset[str]:
    """Every level a token names: `acr`, and Entra's list `acrs`."""
    named = claims.get("acrs")
    found = [claims.get("acr"), *(named if isinstance(named, list) else [named])]
    return frozenset(one for one in found if isinstance(one, str))


def timely(claims: Claims, now: datetime) -> tuple[tuple[Refusal, bool], ...]:
    """Whether a token is neither of yesterday nor of tomorrow: each reason, and whether it holds."""
    clock, drift = now.timestamp(), CLOCK_DRIFT.total_seconds()
    exp, iat, nbf = (seconds_of(claims.get(name)) for name in ("exp", "iat", "nbf"))
    oldest = clock - TOKEN_AGE.total_seconds()
    return (
        (Refusal.EXPIRED, exp is not None and clock - drift < exp),
        (Refusal.ISSUED_AT, iat is not None and oldest <= iat <= clock + drift),
        (Refusal.ISSUED_AT, "nbf" not in claims or (nbf is not None and nbf <= clock + drift)),
    )


def key_name(token: str) -> str | None:
    """The name of the key that a token, verified before, was signed with."""
    name: str | None = jws.extract_compact(token.encode()).headers().get("kid")
    return name


def audience_of(value: object) -> tuple[object, ...]:
    """The members of an `aud` claim, which is one string or a list (RFC 7519 section 4.1.3)."""
    return tuple(value) if isinstance(value, list) else (value,)


def seconds_of(value: object) -> float | None:
    """A NumericDate (RFC 7519 section 2); never NaN, which is neither before nor after anything."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if isinstance(value, int) or math.isfinite(value) else None


def is_subject(value: object) -> bool:
    """Whether a claim names a person as OpenID Connect lets it."""
    return isinstance(value, str) and 1 <= len(value) <= SUBJECT_LIMIT and value.isprintable()
