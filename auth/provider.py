"""What is a provider configuration, and in which words is a sign-in refused?"""

from dataclasses import dataclass, field
from enum import StrEnum

# One algorithm a provider, asymmetric only: an HS256 token proves nothing (we could have made it).
KEY_TYPES = {"ES256": "EC", "ES384": "EC", "RS256": "RSA", "PS256": "RSA", "Ed25519": "OKP"}
TOKEN_METHODS = ("client_secret_basic", "client_secret_post")


class Refusal(StrEnum):
    """Why a sign-in was refused; the values are stored in the journal: never rename, only add."""

    STATE = "state"
    ATTEMPT_EXPIRED = "attempt-expired"
    ISSUER_MISMATCH = "issuer-mismatch"
    PROVIDER_SAID_NO = "provider-said-no"
    PROVIDER_UNREACHABLE = "provider-unreachable"
    PROVIDER_ANSWER = "provider-answer"
    ADDRESS = "address"
    DISCOVERY = "discovery"
    CODE = "code"
    ID_TOKEN_MISSING = "id-token-missing"  # noqa: S105 (a reason, not a password)
    ALGORITHM = "algorithm"
    TYPE = "type"
    KEY = "key"
    SIGNATURE = "signature"
    TOKEN_ISSUER = "token-issuer"  # noqa: S105 (a reason, not a password)
    AUDIENCE = "audience"
    AUTHORIZED_PARTY = "authorized-party"
    EXPIRED = "expired"
    ISSUED_AT = "issued-at"
    NONCE = "nonce"
    SUBJECT = "subject"
    USERINFO = "userinfo"


class SignInRefused(Exception):
    """The provider's answer does not make an identity.

    Args:
        reason: the stable word for the journal and for the refusal page.
        detail: one line for the log; never a token, a code, a secret or a claim's value.
    """

    def __init__(self, reason: Refusal, detail: str) -> None:
        super().__init__(f"{reason.value}: {detail}")
        self.reason = reason
        self.detail = detail


class ConfigError(Exception):
    """A provider row that cannot be used; the message names the remedy."""


@dataclass(frozen=True)
class Provider:
    """One provider configuration, as a party's administrator keyed it in.

    Raises:
        ConfigError: the row would make an unsafe or impossible sign-in.
    """

    key: str
    label: str
    issuer: str
    discovery_url: str
    client_id: str
    client_secret: str = field(repr=False)
    algorithm: str = "ES256"
    token_method: str = "client_secret_basic"  # noqa: S105 (a method's name, RFC 7591 section 2)
    scopes: tuple[str, ...] = ("openid", "profile", "email")

    def __post_init__(self) -> None:
        """Refuse the row whole: a half-safe provider is never kept."""
        known = ", ".join(KEY_TYPES)
        demands = (
            (self.algorithm in KEY_TYPES, f"algorithm {self.algorithm!r}: choose one of {known}"),
            (self.token_method in TOKEN_METHODS, f"token_method: choose one of {', '.join(TOKEN_METHODS)}"),
            ("openid" in self.scopes, "scopes: add openid, without it there is no ID token"),
            (bool(self.issuer), "issuer: copy it from the provider's discovery document"),
            (bool(self.client_id and self.client_secret), "client_id and client_secret: fill in both"),
        )
        for holds, remedy in demands:
            if not holds:
                raise ConfigError(f"provider {self.key!r}: {remedy}")
