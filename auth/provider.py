"""What is a provider configuration, and in which words is a sign-in refused?"""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from auth.sealing import SealBroken, Sealed, Sealer

Secret = str | Sealed
# One algorithm a provider, asymmetric only: an HS256 token proves nothing (we could have made it).
KEY_TYPES = {"ES256": "EC", "ES384": "EC", "RS256": "RSA", "PS256": "RSA", "Ed25519": "OKP"}
TOKEN_METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt", "tls_client_auth")
USERINFO = ("json", "jwt", "none")
PARAMETERS = ("acr_values", "claims")  # all else in an authorization request is ours
FRESH_LOGINS = (
    "prompt",
    "acr",
)  # prompt=login and max_age=0; or an essential acr, which ProConnect answers with a login
LOGOUTS = ("redirect", "back-channel", "front-channel")  # Session Management, Back-Channel, Front-Channel Logout 1.0
MOST_IDLE_MINUTES = 240
MOST_SESSION_HOURS = 12


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
    LEVEL = "level"
    SEAL = "seal"
    CONFIGURATION = "configuration"
    DISABLED = "disabled"
    EVENT = "event"  # and those below: of logout tokens
    TOKEN_ID = "token-id"  # noqa: S105 (a reason, not a password)
    REPLAYED = "replayed"
    PERSON = "person"  # and those below: of a sign-in that was to confirm something
    STALE = "stale"
    INTENT = "intent"


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
    """One provider configuration, as a platform administrator keyed it in.

    A secret is `Sealed` as long as nobody needs it: `opened` gives a provider whose secrets can be used.

    Raises:
        ConfigError: the row would make an unsafe or impossible sign-in.
    """

    key: str
    label: str
    issuer: str
    discovery_url: str
    client_id: str
    client_secret: Secret = field(repr=False, default="")
    algorithm: str = "ES256"
    token_method: str = "client_secret_basic"  # noqa: S105 (a method's name, RFC 7591 section 2)
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    profile: str = "other"  # which ready-made one it was begun from: auth/profiles.py
    is_enabled: bool = True
    authorization_endpoint: str = ""  # in place of the one its discovery document names
    client_key: Secret = field(repr=False, default="")  # a private JWK, for private_key_jwt
    certificate: str = field(repr=False, default="")  # PEM, where the provider wants to see one (RFC 8705)
    certificate_key: Secret = field(repr=False, default="")
    parameters: tuple[tuple[str, str], ...] = ()  # of the authorization request: acr_values, claims; no others
    userinfo: str = "json"
    name_claim: str = ""  # where the usual claims say nothing
    email_claim: str = ""
    organisation_claim: str = ""
    national_claim: str = ""
    reading_acr: tuple[str, ...] = ()  # any of them will do to read; none: whatever the provider says
    visa_acr: tuple[str, ...] = ()  # and to give a visa
    fresh_login: str = "prompt"
    idle_minutes: int = 30
    session_hours: int = 12
    logout: tuple[str, ...] = ("redirect",)

    def __post_init__(self) -> None:
        """Refuse the row whole: a half-safe provider is never kept."""
        for holds, remedy in _demands(self):
            if not holds:
                raise ConfigError(f"provider {self.key!r}: {remedy}")


def _demands(row: Provider) -> tuple[tuple[bool, str], ...]:
    """What must hold of a row, and what to do where it does not."""
    asks_for_key = row.token_method == "private_key_jwt"  # noqa: S105 (same)
    by_certificate = row.token_method == "tls_client_auth"  # noqa: S105 (same)
    return (
        (row.algorithm in KEY_TYPES, f"algorithm {row.algorithm!r}: choose one of {', '.join(KEY_TYPES)}"),
        (row.token_method in TOKEN_METHODS, f"token_method: choose one of {', '.join(TOKEN_METHODS)}"),
        ("openid" in row.scopes, "scopes: add openid, without it there is no ID token"),
        (bool(row.issuer), "issuer: copy it from the provider's discovery document"),
        (
            bool(row.client_id and (row.client_secret or asks_for_key or by_certificate)),
            "client_id and client_secret: fill in both",
        ),
        (bool(row.client_key) or not asks_for_key, "client_key: private_key_jwt needs one"),
        (bool(row.certificate) or not by_certificate, "certificate: tls_client_auth needs one"),
        (bool(row.certificate) == bool(row.certificate_key), "certificate and certificate_key: both or neither"),
        (row.userinfo in USERINFO, f"userinfo: choose one of {', '.join(USERINFO)}"),
        ({name for name, _ in row.parameters} <= set(PARAMETERS), f"parameters: only {' and '.join(PARAMETERS)}"),
        (row.fresh_login in FRESH_LOGINS, f"fresh_login: choose one of {', '.join(FRESH_LOGINS)}"),
        (set(row.logout) <= set(LOGOUTS), f"logout: any of {', '.join(LOGOUTS)}"),
        (1 <= row.idle_minutes <= MOST_IDLE_MINUTES, f"idle_minutes: from 1 to {MOST_IDLE_MINUTES}"),
        (1 <= row.session_hours <= MOST_SESSION_HOURS, f"session_hours: from 1 to {MOST_SESSION_HOURS}"),
    )


def opened(provider: Provider, sealer: Sealer) -> Provider:
    """The provider with its secrets in the clear, for the one call that needs them.

    Raises:
        SignInRefused: SEAL, none of the keys opens one.
    """
    try:
        return replace(
            provider,
            client_secret=_clear(provider.client_secret, sealer),
            client_key=_clear(provider.client_key, sealer),
            certificate_key=_clear(provider.certificate_key, sealer),
        )
    except SealBroken:
        raise SignInRefused(Refusal.SEAL, f"{provider.key}: no key of ENTENTE_SECRET_KEYS opens its secret") from None


def _clear(secret: Secret, sealer: Sealer) -> str:
    return sealer.open(secret.text) if isinstance(secret, Sealed) else secret
