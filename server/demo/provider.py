"""Who plays whom in the demonstration? An identity provider inside the app, strict, with a person picker.

For the demo flag only, and only while the provider table holds no other row: app.py sees to both.
It opens no session: people come back through `auth.oidc.finish`, like everybody.
"""

import base64
import hashlib
import secrets
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar
from urllib.parse import unquote_plus, urlencode

from joserfc import jwt
from joserfc.jwk import ECKey

from server.demo.people import DemoParty, DemoPerson, by_party

PREFIX = "/demo"  # where app.py mounts the pages of demo_pages.py
REQUEST_LIFE = timedelta(minutes=10)
CODE_LIFE = timedelta(seconds=60)
TOKEN_LIFE = timedelta(minutes=5)
KEPT_LIMIT = 1000  # slips of a kind at once; the oldest falls out

T = TypeVar("T")


class NotOurs(Exception):
    """The request names another client or return address: no redirect (RFC 6749 section 3.1.2.4)."""


class Denied(Exception):
    """A refusal in the protocol's words (RFC 6749 sections 4.1.2.1 and 5.2)."""

    def __init__(self, error: str, *, state: str | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.state = state


class Slips(Generic[T]):
    """Things kept for a while under a random word."""

    def __init__(self, life: timedelta) -> None:
        """Keep each thing for `life`."""
        self._life = life
        self._kept: dict[str, tuple[T, datetime]] = {}

    def keep(self, thing: T, now: datetime) -> str:
        """The word `thing` can be had back for."""
        while len(self._kept) >= KEPT_LIMIT:
            del self._kept[next(iter(self._kept))]
        word = secrets.token_urlsafe(32)
        self._kept[word] = (thing, now + self._life)
        return word

    def look(self, word: str, now: datetime) -> T | None:
        """What is kept under `word`, if it still is."""
        thing, until = self._kept.get(word, (None, now))
        return thing if now < until else None

    def take(self, word: str, now: datetime) -> T | None:
        """The same, once."""
        thing = self.look(word, now)
        self._kept.pop(word, None)
        return thing


@dataclass(frozen=True)
class Asked:
    """An authorization request waiting for somebody to be chosen, in the browser it came from."""

    browser: str = field(repr=False)
    state: str | None = field(repr=False)
    nonce: str | None = field(repr=False)
    challenge: str = field(repr=False)


@dataclass(frozen=True)
class Chosen:
    """A person chosen, until the code is exchanged."""

    person: DemoPerson
    asked: Asked
    at: datetime


def _utc_now() -> datetime:
    return datetime.now(UTC)


class DemoProvider:
    """The provider's side of the code flow with PKCE; pages and addresses are demo_pages.py's.

    Args:
        issuer: a constant, so that a person stays `(issuer, subject)` whatever the port.
        public_url: where browsers and the app reach this server, without a path.
        redirect_uri: the one return address of the one client.
        logout_uri: the one address to come back to after a logout, if any.
    """

    def __init__(
        self,
        *,
        issuer: str,
        public_url: str,
        client_id: str,
        client_secret: str,
        redirect_uri: str,
        people: Sequence[DemoPerson],
        logout_uri: str | None = None,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        """Make a key of its own, which ends with the process."""
        self.issuer = issuer
        self.base = public_url.rstrip("/") + PREFIX
        self.logout_uri = logout_uri
        self._client_id, self._client_secret = client_id, client_secret
        self._redirect_uri = redirect_uri
        self._people = {person.subject: person for person in people}
        self._clock = clock
        self._key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
        self._requests = Slips[Asked](REQUEST_LIFE)
        self._codes = Slips[Chosen](CODE_LIFE)
        self._tokens = Slips[DemoPerson](TOKEN_LIFE)

    def metadata(self) -> dict[str, Any]:
        """The discovery document (OpenID Connect Discovery 1.0 section 3)."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.base}/authorize",
            "token_endpoint": f"{self.base}/token",
            "userinfo_endpoint": f"{self.base}/userinfo",
            "jwks_uri": f"{self.base}/jwks",
            "end_session_endpoint": f"{self.base}/end",
            "authorization_response_iss_parameter_supported": True,
            "claims_supported": ["sub", "name", "auth_time"],
            "code_challenge_methods_supported": ["S256"],
            "grant_types_supported": ["authorization_code"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "response_types_supported": ["code"],
            "scopes_supported": ["openid", "profile", "email"],
            "subject_types_supported": ["public"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        """The public key set (RFC 7517 section 5)."""
        return {"keys": [self._key.as_dict(private=False)]}

    def parties(self) -> tuple[DemoParty, ...]:
        """The people to choose from, party by party."""
        return by_party(tuple(self._people.values()))

    def receive(self, asked: Mapping[str, str], browser: str) -> tuple[str, str | None]:
        """Take an authorization request in; the word of its form, and the person it suggests.

        Raises:
            NotOurs: another client or return address.
            Denied: to be told to the client, at its return address.
        """
        if (asked.get("client_id"), asked.get("redirect_uri")) != (self._client_id, self._redirect_uri):
            raise NotOurs
        state = asked.get("state")
        demands = (
            ("unsupported_response_type", asked.get("response_type") == "code"),
            ("invalid_scope", "openid" in asked.get("scope", "").split()),
            ("invalid_request", asked.get("code_challenge_method") == "S256"),
            ("invalid_request", len(asked.get("code_challenge", "")) == 43),  # RFC 7636 section 4.2
            ("login_required", asked.get("prompt") != "none"),
        )
        for error, holds in demands:
            if not holds:
                raise Denied(error, state=state)
        hint = asked.get("login_hint")
        kept = Asked(browser, state, asked.get("nonce"), asked["code_challenge"])
        return self._requests.keep(kept, self._clock()), hint if hint in self._people else None

    def choose(self, word: str, subject: str, browser: str) -> str:
        """The address to go back to, with a code for `subject`.

        Raises:
            NotOurs: the form is used, too old, or was shown to another browser; or nobody is called so.
        """
        now = self._clock()
        asked, person = self._requests.take(word, now), self._people.get(subject)
        if asked is None or person is None or asked.browser != browser:
            raise NotOurs
        return self.back(code=self._codes.keep(Chosen(person, asked, now), now), state=asked.state)

    def back(self, **answer: str | None) -> str:
        """The client's return address with `answer` and our name (RFC 9207)."""
        said = {name: value for name, value in answer.items() if value is not None}
        return f"{self._redirect_uri}?{urlencode({**said, 'iss': self.issuer})}"

    def after_logout(self, state: str | None) -> str:
        """Where a logout goes back to."""
        return f"{self.logout_uri}?{urlencode({'state': state})}" if state else f"{self.logout_uri}"

    def redeem(self, form: Mapping[str, str], authorization: str | None) -> dict[str, Any]:
        """The tokens for a code, once (RFC 6749 section 4.1.3, RFC 7636 section 4.6).

        Raises:
            Denied: in the words of RFC 6749 section 5.2.
        """
        self._check_client(form, authorization)
        if form.get("grant_type") != "authorization_code":
            raise Denied("unsupported_grant_type")
        now = self._clock()
        chosen = self._codes.take(form.get("code", ""), now)
        if chosen is None or form.get("redirect_uri") != self._redirect_uri:
            raise Denied("invalid_grant")
        if not secrets.compare_digest(_s256(form.get("code_verifier", "")), chosen.asked.challenge.encode()):
            raise Denied("invalid_grant")
        return {
            "access_token": self._tokens.keep(chosen.person, now),
            "token_type": "Bearer",
            "expires_in": int(TOKEN_LIFE.total_seconds()),
            "id_token": self._id_token(chosen, now),
        }

    def told(self, authorization: str | None) -> dict[str, Any]:
        """The userinfo claims for a bearer token (RFC 6750 section 2.1).

        Raises:
            Denied: unknown or expired token.
        """
        scheme, _, token = (authorization or "").partition(" ")
        person = self._tokens.look(token, self._clock()) if scheme.lower() == "bearer" else None
        if person is None:
            raise Denied("invalid_token")
        return {"sub": person.subject, "name": person.name}

    def _check_client(self, form: Mapping[str, str], authorization: str | None) -> None:
        in_form = (form.get("client_id", ""), form.get("client_secret", ""))
        if authorization is not None and in_form[1]:
            raise Denied("invalid_request")  # RFC 6749 section 2.3: one method a request
        given = in_form if authorization is None else _basic(authorization)
        ours = (self._client_id, self._client_secret)
        same = [secrets.compare_digest(a.encode(), b.encode()) for a, b in zip(given, ours, strict=True)]
        if not all(same):
            raise Denied("invalid_client")

    def _id_token(self, chosen: Chosen, now: datetime) -> str:
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": chosen.person.subject,
            "aud": self._client_id,
            "iat": int(now.timestamp()),
            "exp": int((now + TOKEN_LIFE).timestamp()),
            "auth_time": int(chosen.at.timestamp()),
        }
        if chosen.asked.nonce is not None:
            claims["nonce"] = chosen.asked.nonce
        return jwt.encode({"alg": "ES256", "kid": self._key.kid}, claims, self._key)


def _s256(verifier: str) -> bytes:
    digest = hashlib.sha256(verifier.encode(errors="replace")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=")


def _basic(authorization: str) -> tuple[str, str]:
    """Id and secret of a Basic header, each form-encoded (RFC 6749 section 2.3.1); empty if unreadable."""
    scheme, _, packed = authorization.partition(" ")
    try:
        pair = base64.b64decode(packed, validate=True).decode()
    except (NotBase64, ValueError):
        return "", ""
    name, _, secret = pair.partition(":") if scheme.lower() == "basic" else ("", "", "")
    return unquote_plus(name), unquote_plus(secret)
