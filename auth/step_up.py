"""What is asked of a provider when somebody must prove again who they are, and is that what came back?"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from auth.id_token import CLOCK_DRIFT
from auth.identity import Identity
from auth.provider import Provider, Refusal, SignInRefused


@dataclass(frozen=True)
class Demand:
    """A sign-in with a nonce that is no random word: the digest of what it is to confirm."""

    nonce: str
    parameters: Mapping[str, str]


def can_confirm(provider: Provider) -> bool:
    """Whether its row leaves anything that proves a fresh sign-in: its time, or a level that always asks for one."""
    return provider.fresh_login == "prompt" or bool(provider.visa_acr)


def demand(provider: Provider, nonce: str) -> Demand:
    """What to ask of a provider; without a level in its row, a fresh sign-in alone.

    Raises:
        SignInRefused: LEVEL, it is to be asked by a level, and its row names none.
    """
    if not can_confirm(provider):
        raise SignInRefused(Refusal.LEVEL, f"{provider.key}: its row names no level for a visa")
    asked = dict(provider.parameters)
    if provider.fresh_login == "prompt":
        asked |= {"prompt": "login", "max_age": "0"}
    if provider.visa_acr:
        asked = _with_level(asked, provider)
    return Demand(nonce, asked)


def _with_level(asked: dict[str, str], provider: Provider) -> dict[str, str]:
    """The demand of a level in the words the provider knows: `claims`, which can insist, or `acr_values`."""
    if provider.fresh_login != "acr" and "claims" not in asked:
        return {**asked, "acr_values": " ".join(provider.visa_acr)}
    asked.pop("acr_values", None)
    claims = json.loads(asked.get("claims", "{}"))
    wanted = {"essential": True, "values": list(provider.visa_acr)}
    claims["id_token"] = {**(claims.get("id_token") or {}), "acr": wanted}
    return {**asked, "claims": json.dumps(claims, separators=(",", ":"))}


def check(identity: Identity, provider: Provider, *, issuer: str, subject: str, asked_at: datetime) -> str | None:
    """The level that was wanted and reached by the same person, who has just proved who they are.

    None where the provider's row wants no level: then the time of the sign-in is all that proves it.

    `auth_time` says when only where a login can be asked for: elsewhere asking for the level is what forces one
    (ProConnect's `auth_time` is the time of the exchange).

    Raises:
        SignInRefused: PERSON, STALE or LEVEL.
    """
    if (identity.issuer, identity.subject) != (issuer, subject):
        raise SignInRefused(Refusal.PERSON, f"{provider.key}: somebody else signed in")
    proved_at = identity.auth_time
    if provider.fresh_login == "prompt" and (proved_at is None or proved_at < asked_at - CLOCK_DRIFT):
        raise SignInRefused(Refusal.STALE, f"{provider.key}: the sign-in is older than what it was to confirm")
    if not provider.visa_acr and can_confirm(provider):
        return None
    if identity.acr not in provider.visa_acr:
        raise SignInRefused(Refusal.LEVEL, f"{provider.key}: none of {' '.join(provider.visa_acr)} was reached")
    return identity.acr
