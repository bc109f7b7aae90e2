"""Who comes back from a provider? Sign-in by OpenID Connect, from the address we send to, to an identity."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

import httpx2
from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]  # Authlib ships no types

from auth.client import certified, client
from auth.discovery import Discovery, Metadata
from auth.id_token import Claims, audience_of, check_claims, check_level, verified
from auth.identity import Identity, identity_of
from auth.outgoing import Http, json_object
from auth.provider import ConfigError, Provider, Refusal, SignInRefused
from auth.step_up import Demand

__all__ = [
    "Attempt",
    "ConfigError",
    "Discovery",
    "Http",
    "Identity",
    "Provider",
    "Refusal",
    "SignInRefused",
    "begin",
    "finish",
    "safe_next",
]

ATTEMPT_LIFE = timedelta(minutes=10)
NEXT_LIMIT = 2000


@dataclass(frozen=True)
class Attempt:
    """What the app keeps, on its side, until the person comes back; its row is deleted at the first use."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    provider: str
    started_at: datetime
    next_path: str
    intent_id: int | None = None  # what is to be confirmed by it
    invitation_id: int | None = None  # what is accepted by it, once whoever signs in is known


async def begin(
    provider: Provider,
    *,
    callback_url: str,
    next_path: str | None,
    now: datetime,
    discovery: Discovery,
    demand: Demand | None = None,
) -> tuple[str, Attempt]:
    """The provider's address to send the person to, and the attempt to keep; `demand`: to confirm something.

    Raises:
        SignInRefused: the provider cannot be reached or believed.
    """
    metadata = await discovery.metadata(provider, now)
    attempt = Attempt(
        state=secrets.token_urlsafe(32),
        nonce=demand.nonce if demand else secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(32),
        provider=provider.key,
        started_at=now,
        next_path=safe_next(next_path),
    )
    async with client(provider, callback_url, discovery.http, now) as made:
        address, _ = made.create_authorization_url(
            metadata.authorization_endpoint,
            state=attempt.state,
            nonce=attempt.nonce,
            code_verifier=attempt.verifier,
            **(demand.parameters if demand else dict(provider.parameters)),
        )
    return str(address), attempt


async def finish(
    provider: Provider,
    attempt: Attempt,
    answer: Mapping[str, str],
    *,
    callback_url: str,
    now: datetime,
    discovery: Discovery,
) -> Identity:
    """Turn what came back to `callback_url` into an identity: the one way in.

    Args:
        provider: the row this callback address belongs to.
        answer: the parameters of the query.

    Raises:
        SignInRefused: anything at all is not as it should be; the order is that of docs: state, issuer,
            code, ID token, userinfo.
    """
    _check_attempt(provider, attempt, answer, now)
    _check_said_yes(provider, answer)
    metadata = await discovery.metadata(provider, now)
    if metadata.says_iss and "iss" not in answer:
        raise SignInRefused(Refusal.ISSUER_MISMATCH, "the provider announces `iss` and did not send it")
    tokens = await _exchange(provider, attempt, answer, metadata, callback_url, discovery.http, now)
    id_token = tokens.get("id_token")
    if not isinstance(id_token, str) or not id_token:
        raise SignInRefused(Refusal.ID_TOKEN_MISSING, "the token endpoint gave none")
    claims = await verified(id_token, provider, now, discovery)
    check_claims(claims, provider, attempt.nonce, now)
    check_level(claims, provider)
    told = await _userinfo(provider, metadata, tokens.get("access_token"), now, discovery)
    if told.get("sub", claims["sub"]) != claims["sub"]:
        raise SignInRefused(Refusal.USERINFO, "userinfo speaks of somebody else")
    return identity_of(provider, {**claims, **{k: v for k, v in told.items() if v}}, claims, id_token)


# --- the answer


def _check_attempt(provider: Provider, attempt: Attempt, answer: Mapping[str, str], now: datetime) -> None:
    state = answer.get("state", "").encode(errors="replace")
    if not secrets.compare_digest(state, attempt.state.encode()) or attempt.provider != provider.key:
        raise SignInRefused(Refusal.STATE, "not the state of this attempt, or another provider's callback")
    if now - attempt.started_at > ATTEMPT_LIFE:
        raise SignInRefused(Refusal.ATTEMPT_EXPIRED, "started more than 10 minutes ago")


def _check_said_yes(provider: Provider, answer: Mapping[str, str]) -> None:
    if answer.get("iss", provider.issuer) != provider.issuer:  # RFC 9207 section 2.4
        raise SignInRefused(Refusal.ISSUER_MISMATCH, "the response names another issuer")
    if "error" in answer:
        raise SignInRefused(Refusal.PROVIDER_SAID_NO, f"error {_error_word(answer['error'])}")
    if not answer.get("code"):
        raise SignInRefused(Refusal.CODE, "no code in the response")


def _error_word(error: object) -> str:
    """An error code fit for a log: RFC 6749's words and ProConnect's `Y000400`, nothing longer or wilder."""
    return error if isinstance(error, str) and re.fullmatch(r"[A-Za-z0-9_.-]{1,40}", error) else "unreadable"


# --- the code


async def _exchange(
    provider: Provider,
    attempt: Attempt,
    answer: Mapping[str, str],
    metadata: Metadata,
    callback_url: str,
    http: Http,
    now: datetime,
) -> Mapping[str, Any]:
    """The token endpoint's answer to our code; a person's own refusals are CODE, the network's are not."""
    async with client(provider, callback_url, http, now, metadata.token_endpoint) as made:
        try:
            tokens: Mapping[str, Any] = await made.fetch_token(
                metadata.token_endpoint,
                grant_type="authorization_code",
                code=answer["code"],
                code_verifier=attempt.verifier,
            )
        except AuthlibBaseError as error:
            raise SignInRefused(Refusal.CODE, f"token endpoint: {_error_word(error.error)}") from None
        except httpx2.HTTPStatusError as error:
            detail = f"token endpoint: status {error.response.status_code}"
            raise SignInRefused(Refusal.PROVIDER_ANSWER, detail) from None
        except (ValueError, TypeError, ArithmeticError, RecursionError):
            raise SignInRefused(Refusal.PROVIDER_ANSWER, "token endpoint: unreadable answer") from None
    return tokens


# --- userinfo


async def _userinfo(
    provider: Provider, metadata: Metadata, access_token: object, now: datetime, discovery: Discovery
) -> dict[str, Any]:
    """What userinfo adds, JSON or signed as the row says (OpenID Connect Core section 5.3.2), or nothing."""
    if metadata.userinfo_endpoint is None or provider.userinfo == "none":
        return {}
    if not isinstance(access_token, str) or not access_token.isascii() or not access_token.isprintable():
        raise SignInRefused(Refusal.USERINFO, "no access token to ask with")
    response = await discovery.http.get(metadata.userinfo_endpoint, bearer=access_token, certified=certified(provider))
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if (kind == "application/jwt") != (provider.userinfo == "jwt"):
        raise SignInRefused(
            Refusal.USERINFO, f"userinfo comes as {_media_type(kind)}, the row says {provider.userinfo}"
        )
    if provider.userinfo == "json":
        told = json_object(response.content)
    else:
        told = await verified(response.text, provider, now, discovery)
        _check_meant_for_us(told, provider)
    if "sub" not in told:
        raise SignInRefused(Refusal.USERINFO, "userinfo does not say of whom it speaks")
    return told


def _media_type(kind: str) -> str:
    return kind if re.fullmatch(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,40}", kind) else "something unnamed"


def _check_meant_for_us(told: Claims, provider: Provider) -> None:
    """`iss` and `aud` of a signed userinfo: wrong is refused, absent is LemonLDAP::NG's habit."""
    if told.get("iss", provider.issuer) != provider.issuer:
        raise SignInRefused(Refusal.USERINFO, "signed by another issuer")
    if "aud" in told and provider.client_id not in audience_of(told["aud"]):
        raise SignInRefused(Refusal.USERINFO, "meant for another application")


# --- where to go after


def safe_next(path: str | None) -> str:
    """`path` if it is one of our own pages, else the home page; read again each time it can be decoded."""
    if not path or len(path) > NEXT_LIMIT or not path.isascii():
        return "/"
    form = path
    for _ in range(5):
        if not _is_ours(form):
            return "/"
        decoded = unquote(form)
        if decoded == form:
            return path
        form = decoded
    return "/"


def _is_ours(path: str) -> bool:
    """A browser takes `\\` for `/`, drops tabs and newlines, and reads `//host` as another site."""
    before_query = re.split(r"[?#]", path, maxsplit=1)[0]
    return path.startswith("/") and "//" not in before_query and "\\" not in path and path.isprintable()
