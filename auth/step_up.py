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


def demand(provider: Provider, nonce: str, *, is_binding: bool) -> Demand:
    """What to ask of a provider; `is_binding` when what is confirmed binds a party.

    Raises:
        SignInRefused: LEVEL, its row names no level that would do.
    """
    if not provider.visa_acr and (is_binding or provider.fresh_login == "acr"):
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


def check(
    identity: Identity, provider: Provider, *, issuer: str, subject: str, asked_at: datetime, is_binding: bool
) -> None:
    """Whether it is the same person, who has just proved it, as well as is wanted.

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
    wants_level = provider.visa_acr or is_binding or provider.fresh_login == "acr"
    if wants_level and identity.acr not in provider.visa_acr:
        raise SignInRefused(Refusal.LEVEL, f"{provider.key}: none of {' '.join(provider.visa_acr)} was reached")
