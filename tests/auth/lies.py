"""Every way a provider may lie, and the reason it is refused for: each check of a sign-in and claim."""

from dataclasses import dataclass, field
from typing import Any

import httpx2
from joserfc import jwt
from joserfc.jwk import OctKey
from joserfc.util import urlsafe_b64encode

from auth.provider import Refusal
from tests.auth.oidc_fakes import ABSENT, EC_KEY, ISSUER, OTHER_EC_KEY, RSA_KEY, LyingProvider


@dataclass(frozen=True)
class Lie:
    """What is bent: the provider's answers, what the browser brings back, our row; `moments` are claims from now."""

    name: str
    reason: Refusal
    changes: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    row: dict[str, Any] = field(default_factory=dict)
    moments: dict[str, int] = field(default_factory=dict)

    def provider(self, seconds: int) -> LyingProvider:
        """The provider that tells it at that second."""
        given = dict(self.changes)
        moments = {name: seconds + shift for name, shift in self.moments.items()}
        if moments:
            given["claims"] = {**given.get("claims", {}), **moments}
        return LyingProvider(**given)


def _claim(reason: Refusal, **claims: Any) -> list[Lie]:
    return [
        Lie(f"{name} missing" if value is ABSENT else f"{name} {value!r:.40}", reason, {"claims": {name: value}})
        for name, value in claims.items()
    ]


def _unsigned(claims: dict[str, Any]) -> str:
    body = jwt.encode({"alg": "ES256"}, claims, EC_KEY).split(".")[1]
    return urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode() + f".{body}."


def _by_secret(secret: bytes) -> Any:
    key = OctKey.import_key(urlsafe_b64encode(secret).decode())
    return lambda claims: jwt.encode({"alg": "HS256", "kid": "ec-1"}, claims, key)


def _own_key(claims: dict[str, Any]) -> str:
    header = {"alg": "ES256", "kid": "ec-1", "jwk": OTHER_EC_KEY.as_dict(private=False)}
    return jwt.encode(header, claims, OTHER_EC_KEY, algorithms=["ES256"])


def _userinfo_jwt(**claims: Any) -> dict[str, Any]:
    body = LyingProvider().signed({"sub": "person-1", **claims})
    return {"/userinfo": httpx2.Response(200, text=body, headers={"Content-Type": "application/jwt"})}


_SIGNED = {"userinfo": "jwt"}
_OTHER = "https://other.example"
LIES: list[Lie] = [
    # the line of the table, or the claim, that it breaks
    Lie("aud is someone else, azp is us", Refusal.AUDIENCE, {"claims": {"aud": "other", "azp": "entente"}}),
    Lie("several aud, no azp", Refusal.AUTHORIZED_PARTY, {"claims": {"aud": ["entente", "other"]}}),
    Lie("several aud, azp another", Refusal.AUTHORIZED_PARTY, {"claims": {"aud": ["entente", "o"], "azp": "o"}}),
    Lie("unsigned, none advertised", Refusal.ALGORITHM, {"forge": _unsigned}),
    Lie("HS256 with the public key", Refusal.ALGORITHM, {"forge": _by_secret(RSA_KEY.as_pem(private=False))}),
    Lie("HS256 with the client secret", Refusal.ALGORITHM, {"forge": _by_secret(b"s3cret+/=%" * 4)}),
    Lie("another algorithm", Refusal.ALGORITHM, {"algorithm": "RS256", "key": RSA_KEY}),
    Lie("discovery without issuer", Refusal.DISCOVERY, {"metadata": {"issuer": ABSENT}}),
    Lie("discovery of another issuer", Refusal.DISCOVERY, {"metadata": {"issuer": f"{ISSUER}/"}}),
    Lie("discovery without keys", Refusal.DISCOVERY, {"metadata": {"jwks_uri": ABSENT}}),
    Lie("discovery that redirects", Refusal.PROVIDER_ANSWER, {"instead": {
        "/.well-known/openid-configuration": httpx2.Response(302, headers={"Location": _OTHER})}}),
    Lie("a token endpoint inside", Refusal.ADDRESS, {"metadata": {"token_endpoint": "https://10.0.0.1/token"}}),
    Lie("iss of another issuer in the response", Refusal.ISSUER_MISMATCH, answer={"iss": _OTHER}),
    Lie("iss announced and not sent", Refusal.ISSUER_MISMATCH, {
        "metadata": {"authorization_response_iss_parameter_supported": True}}),
    Lie("an error", Refusal.PROVIDER_SAID_NO, answer={"error": "access_denied", "code": ABSENT}),
    Lie("an error with markup", Refusal.PROVIDER_SAID_NO, answer={
        "error": "<script>alert(1)</script>", "error_description": "<img src=x onerror=alert(1)>" * 200}),
    Lie("no code", Refusal.CODE, answer={"code": ABSENT}),
    Lie("a state never given", Refusal.STATE, answer={"state": "x" * 43}),
    Lie("no state", Refusal.STATE, answer={"state": ABSENT}),
    Lie("a code refused", Refusal.CODE, {"instead": {"/token": httpx2.Response(400, json={"error": "invalid_grant"})}}),
    Lie("a token endpoint that fails", Refusal.PROVIDER_ANSWER, {"instead": {"/token": httpx2.Response(500)}}),
    Lie("a token endpoint that redirects", Refusal.PROVIDER_ANSWER, {"instead": {
        "/token": httpx2.Response(307, headers={"Location": _OTHER})}}),
    Lie("no id_token", Refusal.ID_TOKEN_MISSING, {"tokens": {"id_token": ABSENT}}),
    Lie("rubbish for an id_token", Refusal.SIGNATURE, {"tokens": {"id_token": "a.b.c"}}),
    Lie("typ logout+jwt", Refusal.TYPE, {"header": {"typ": "logout+jwt"}}),
    Lie("typ at+jwt", Refusal.TYPE, {"header": {"typ": "at+jwt"}}),
    Lie("an unknown kid", Refusal.KEY, {"header": {"kid": "nobody"}}),
    Lie("a kid that is no text", Refusal.KEY, {"header": {"kid": ABSENT}, "published": [
        EC_KEY.as_dict(private=False), OTHER_EC_KEY.as_dict(private=False)]}),
    Lie("an encryption key", Refusal.KEY, {"published": [{**EC_KEY.as_dict(private=False), "use": "enc"}]}),
    Lie("the same kid, another key", Refusal.SIGNATURE, {"key": OTHER_EC_KEY}),
    Lie("its own key in the header", Refusal.SIGNATURE, {"forge": _own_key}),
    Lie("expired for 61 s", Refusal.EXPIRED, moments={"exp": -61}),
    Lie("issued more than 10 minutes ago", Refusal.ISSUED_AT, moments={"iat": -605, "exp": 60}),
    Lie("issued in the future", Refusal.ISSUED_AT, moments={"iat": 90, "exp": 200}),
    Lie("not valid yet", Refusal.ISSUED_AT, moments={"nbf": 90}),
    *_claim(Refusal.TOKEN_ISSUER, iss=_OTHER),
    *_claim(Refusal.TOKEN_ISSUER, iss=ABSENT),
    *_claim(Refusal.AUDIENCE, aud="other"),
    *_claim(Refusal.AUDIENCE, aud=ABSENT),
    *_claim(Refusal.AUDIENCE, aud=[]),
    *_claim(Refusal.AUTHORIZED_PARTY, azp="other"),
    *_claim(Refusal.EXPIRED, exp=ABSENT),
    *_claim(Refusal.EXPIRED, exp="soon"),
    *_claim(Refusal.ISSUED_AT, iat=ABSENT),
    *_claim(Refusal.NONCE, nonce="n" * 43),
    *_claim(Refusal.NONCE, nonce=ABSENT),
    *_claim(Refusal.SUBJECT, sub=ABSENT),
    *_claim(Refusal.SUBJECT, sub=""),
    *_claim(Refusal.SUBJECT, sub="s" * 256),
    *_claim(Refusal.SUBJECT, sub=7),
    Lie("userinfo of somebody else", Refusal.USERINFO, {"userinfo": {"sub": "person-2"}}),
    Lie("userinfo of nobody", Refusal.USERINFO, {"userinfo": {"sub": ABSENT}}),
    Lie("userinfo in HTML", Refusal.PROVIDER_ANSWER, {"instead": {"/userinfo": httpx2.Response(200, html="<p>")}}),
    Lie("userinfo signed, for another", Refusal.USERINFO, {"instead": _userinfo_jwt(aud="other")}, row=_SIGNED),
    Lie("userinfo signed, by another", Refusal.USERINFO, {"instead": _userinfo_jwt(iss=_OTHER)}, row=_SIGNED),
    Lie("userinfo plain, signed wanted", Refusal.USERINFO, row=_SIGNED),
    Lie("userinfo signed, plain wanted", Refusal.USERINFO, {"instead": _userinfo_jwt()}),
    Lie("no access token", Refusal.USERINFO, {"tokens": {"access_token": ABSENT}}),
    Lie("a level too low", Refusal.LEVEL, {"claims": {"acr": "eidas1"}}, row={"reading_acr": ("eidas2",)}),
    Lie("no level", Refusal.LEVEL, row={"reading_acr": ("eidas2",)}),
    Lie("a level of userinfo only", Refusal.LEVEL, {"userinfo": {"acr": "eidas2"}}, row={"reading_acr": ("eidas2",)}),
]  # fmt: skip
