"""How do we show a provider that it is us? By a secret, by a signed word, or by a certificate; never two at once."""

import json
import secrets
import ssl
import tempfile
from base64 import b64encode
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlencode

from authlib.integrations.httpx_client import AsyncOAuth2Client  # type: ignore[import-untyped]  # Authlib ships no types
from cryptography.hazmat.primitives import serialization
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key

from auth.outgoing import Http
from auth.provider import ConfigError, Provider, Refusal, SignInRefused

ASSERTION_LIFE_S = 60
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"  # RFC 7523 section 2.2
_CURVES = {"P-256": "ES256", "P-384": "ES384"}


def client(provider: Provider, callback_url: str, http: Http, now: datetime, token_endpoint: str = "") -> Any:
    """An OAuth client made from the row, for one use: no registry, so a changed row counts at once.

    `token_endpoint` is whom it will prove who we are to; without it no secret is used, which may still be sealed.
    """

    def post_signed(made: Any, method: str, uri: str, headers: Any, body: bytes) -> tuple[str, Any, str]:
        fields = {
            "client_id": provider.client_id,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion(provider, token_endpoint, now),
        }
        return uri, headers, _with(body, fields)

    made = AsyncOAuth2Client(
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        token_endpoint_auth_method=provider.token_method,
        redirect_uri=callback_url,
        scope=" ".join(provider.scopes),
        code_challenge_method="S256",
        leeway=0,
        **http.client_options(certified(provider) if token_endpoint else None),
    )
    made.register_client_auth_method(("client_secret_basic", _basic))
    made.register_client_auth_method(("private_key_jwt", post_signed))
    made.register_client_auth_method(("tls_client_auth", _named))
    return made


def _basic(made: Any, method: str, uri: str, headers: Any, body: bytes) -> tuple[str, Any, bytes]:
    """RFC 6749 section 2.3.1: both are form-encoded first; Authlib leaves them raw ("+" and "%" break)."""
    pair = (quote_plus(made.client_id), quote_plus(made.client_secret))
    headers["Authorization"] = "Basic " + b64encode(":".join(pair).encode()).decode()
    return uri, headers, body


def _named(made: Any, method: str, uri: str, headers: Any, body: bytes) -> tuple[str, Any, str]:
    """RFC 8705 section 2: the certificate proves it, the form only says who."""
    return uri, headers, _with(body, {"client_id": made.client_id})


def _with(body: bytes, fields: dict[str, str]) -> str:
    return urlencode([*parse_qsl(body.decode(), keep_blank_values=True), *fields.items()])


def check_secrets(provider: Provider) -> None:
    """Whether the keys keyed in for a provider can be used; those that are sealed were looked at before.

    Raises:
        ConfigError: one cannot.
    """
    try:
        if isinstance(provider.certificate_key, str):
            certified(provider)
        if isinstance(provider.client_key, str) and provider.client_key:
            public_part(provider.client_key)
    except SignInRefused as refused:
        raise ConfigError(f"provider {provider.key!r}: {refused.detail}") from refused


# --- the signed word


def new_client_key() -> str:
    """A fresh private key (JWK) to sign our words to one provider with."""
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256", "kid": secrets.token_urlsafe(12)})
    return json.dumps(key.as_dict(private=True))


def public_part(client_key: str) -> dict[str, Any]:
    """What the provider is given of such a key.

    Raises:
        SignInRefused: CONFIGURATION, it is no private key.
    """
    return dict(_private(client_key).as_dict(private=False))


def _private(client_key: str) -> Key:
    try:
        written = json.loads(client_key)
        if written.get("kty") in ("EC", "RSA") and "d" in written:
            return JWKRegistry.import_key(written)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError):
        pass
    raise SignInRefused(Refusal.CONFIGURATION, "client_key: a private EC or RSA key is needed, as a JWK (RFC 7517)")


def assertion(provider: Provider, token_endpoint: str, now: datetime) -> str:
    """Our signed word for one call (RFC 7523 section 3): us, to that endpoint, once, for a minute."""
    key = _private(str(provider.client_key))
    algorithm = _CURVES.get(str(key.get("crv", "")), "RS256")
    header = {"alg": algorithm, "typ": "JWT"} | ({"kid": key.kid} if key.kid else {})
    seconds = int(now.timestamp())
    claims = {
        "iss": provider.client_id,
        "sub": provider.client_id,
        "aud": token_endpoint,
        "jti": secrets.token_urlsafe(32),
        "iat": seconds,
        "exp": seconds + ASSERTION_LIFE_S,
    }
    return jwt.encode(header, claims, key, algorithms=[algorithm])


# --- the certificate


def certified(provider: Provider) -> ssl.SSLContext | None:
    """TLS that shows our certificate to the provider; None when it has none.

    Python loads a key from a file only: for that moment it is there under a password nobody else has.

    Raises:
        SignInRefused: CONFIGURATION, the certificate and its key cannot be read, or do not belong together.
    """
    if not provider.certificate:
        return None
    password = secrets.token_bytes(32).hex()
    context = ssl.create_default_context()
    try:
        key = serialization.load_pem_private_key(str(provider.certificate_key).encode(), None)
        locked = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(password.encode()),
        )
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "client.pem"
            file.touch(mode=0o600)
            file.write_bytes(provider.certificate.encode() + b"\n" + locked)
            context.load_cert_chain(file, password=password)
    except (ValueError, TypeError, OSError):
        raise SignInRefused(Refusal.CONFIGURATION, "the client certificate and its key do not go together") from None
    return context
