"""A provider that lies on demand: right by default, wrong in exactly what a test changes."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
from joserfc import jwt
from joserfc.jwk import ECKey, Key, RSAKey

from auth.oidc import Attempt, Discovery, Http, Identity, Provider, begin, finish

ISSUER = "https://op.example"
CALLBACK = "https://app.example/signin/ars/callback"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ABSENT: Any = object()

EC_KEY = ECKey.generate_key("P-256", {"use": "sig", "kid": "ec-1"})
OTHER_EC_KEY = ECKey.generate_key("P-256", {"use": "sig", "kid": "ec-1"})
RSA_KEY = RSAKey.generate_key(2048, {"use": "sig", "kid": "rsa-1"})


def a_provider(**changes: Any) -> Provider:
    row: dict[str, Any] = {
        "key": "ars",
        "label": "ARS Bretagne",
        "issuer": ISSUER,
        "discovery_url": f"{ISSUER}/.well-known/openid-configuration",
        "client_id": "entente",
        "client_secret": "s3cret+/=%",
    }
    return Provider(**{**row, **changes})


def changed(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**base, **changes}.items() if value is not ABSENT}


@dataclass
class LyingProvider:
    """Answers discovery, keys, token and userinfo; each `…changes` bends one of them."""

    algorithm: str = "ES256"
    key: Key = field(default_factory=lambda: EC_KEY)
    published: list[Any] = field(default_factory=lambda: [k.as_dict() for k in (EC_KEY, RSA_KEY)])
    metadata: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    instead: dict[str, httpx2.Response] = field(default_factory=dict)  # path -> whole answer
    nonce: str = ""
    now: datetime = NOW
    calls: Counter[str] = field(default_factory=Counter)
    token_request: httpx2.Request | None = None
    forge: Callable[[dict[str, Any]], str] | None = None  # right claims -> a token made otherwise

    def wire(self) -> httpx2.AsyncBaseTransport:
        return httpx2.MockTransport(self.answer)

    def discovery(self) -> Discovery:
        return Discovery(Http(wire=self.wire))

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path
        self.calls[path] += 1
        if path in self.instead:
            return self.instead[path]
        if path == "/token":
            self.token_request = request
        documents = {
            "/.well-known/openid-configuration": self._metadata,
            "/keys": lambda: {"keys": self.published},
            "/token": self._tokens,
            "/userinfo": self._userinfo,
        }
        return httpx2.Response(200, json=documents[path]())

    def _metadata(self) -> dict[str, Any]:
        right = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
            "userinfo_endpoint": f"{ISSUER}/userinfo",
            "id_token_signing_alg_values_supported": ["ES256", "RS256", "HS256", "none"],
        }
        return changed(right, self.metadata)

    def signed(self, claims: dict[str, Any]) -> str:
        header = changed({"alg": self.algorithm, "kid": self.key.kid, "typ": "JWT"}, self.header)
        return jwt.encode(header, claims, self.key, algorithms=[self.algorithm], default_type=None)

    def right_claims(self) -> dict[str, Any]:
        seconds = int(self.now.timestamp())
        return {
            "iss": ISSUER,
            "sub": "person-1",
            "aud": "entente",
            "exp": seconds + 60,
            "iat": seconds,
            "nonce": self.nonce,
            "name": "Anne Le Goff",
        }

    def _tokens(self) -> dict[str, Any]:
        token = (self.forge or self.signed)(changed(self.right_claims(), self.claims))
        right = {"access_token": "at-1", "token_type": "Bearer", "expires_in": 60, "id_token": token}
        return changed(right, self.tokens)

    def _userinfo(self) -> dict[str, Any]:
        return changed({"sub": "person-1", "email": "anne@ars.example"}, self.userinfo)


async def started(liar: LyingProvider, provider: Provider | None = None, discovery: Discovery | None = None) -> Attempt:
    _, attempt = await begin(
        provider or a_provider(),
        callback_url=CALLBACK,
        next_path="/",
        now=NOW,
        discovery=discovery or liar.discovery(),
    )
    liar.nonce = attempt.nonce
    return attempt


async def signed_in(
    liar: LyingProvider,
    provider: Provider | None = None,
    *,
    discovery: Discovery | None = None,
    answer: dict[str, Any] | None = None,
    after: timedelta = timedelta(0),
) -> Identity:
    """A whole sign-in with `liar`; `answer` bends what the browser brings back."""
    provider, discovery = provider or a_provider(), discovery or liar.discovery()
    attempt = await started(liar, provider, discovery)
    brought = changed({"state": attempt.state, "code": "code-1"}, answer or {})
    return await finish(provider, attempt, brought, callback_url=CALLBACK, now=NOW + after, discovery=discovery)


def query_of(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query, strict_parsing=True))
