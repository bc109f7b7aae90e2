"""What is kept of sign-ins: providers, those under way, sessions, how they ended, and what they confirmed."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from server.store.columns import Number, Utc


class ProviderRow(SQLModel, table=True):
    """An identity provider and how to speak to it: `auth.provider.Provider` says what each column means.

    `client_secret` holds what an earlier version kept in the clear, until the next start seals it.
    """

    __tablename__ = "provider"
    key: str = Field(primary_key=True, max_length=40)
    label: str
    issuer: str
    discovery_url: str
    client_id: str
    client_secret: str
    algorithm: str = Field(max_length=10)
    token_method: str = Field(max_length=30)
    scopes: str
    profile: str = Field(max_length=20)
    is_enabled: bool
    authorization_endpoint: str
    sealed_secret: str
    sealed_key: str
    certificate: str
    sealed_certificate_key: str
    parameters: str
    userinfo: str = Field(max_length=10)
    name_claim: str
    email_claim: str
    organisation_claim: str
    national_claim: str
    reading_acr: str
    visa_acr: str
    fresh_login: str = Field(max_length=10)
    idle_minutes: int
    session_hours: int
    logout: str


class AttemptRow(SQLModel, table=True):
    """A sign-in under way: used once, by the browser that began it, within ten minutes."""

    __tablename__ = "sign_in_attempt"
    state_hash: str = Field(primary_key=True, max_length=64)
    browser_hash: str = Field(max_length=64)
    nonce: str
    verifier: str
    provider: str = Field(max_length=40)
    next_path: str
    started_at: datetime = Field(sa_type=Utc)
    invitation_id: int | None = Field(default=None)
    intent_id: int | None = None  # what is to be confirmed by it, when that is why one signs in again


class SessionRow(SQLModel, table=True):
    """A session; the cookie holds a random token of which only the SHA-256 is kept here.

    `idle_minutes` and `hours` are the limits it began with; `sid` is the provider's name for its own session,
    `id_token` is sealed.
    """

    __tablename__ = "session"
    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True, max_length=64)
    person_id: int = Field(foreign_key="person.id", index=True)
    provider: str = Field(max_length=40, index=True)
    created_at: datetime = Field(sa_type=Utc)
    seen_at: datetime = Field(sa_type=Utc)
    revoked_at: datetime | None = Field(default=None, sa_type=Utc)
    ended_why: str = Field(default="", max_length=40)
    idle_minutes: int = 30
    hours: int = 12
    sid: str | None = Field(default=None, max_length=255)
    acr: str | None = Field(default=None, max_length=255)
    auth_time: datetime | None = Field(default=None, sa_type=Utc)
    stepped_up_at: datetime | None = Field(default=None, sa_type=Utc)
    id_token: str = Field(default="", sa_type=Text)
    browser: str = Field(default="", max_length=40)
    system: str = Field(default="", max_length=40)


class RightsRow(SQLModel, table=True):
    """One row: how many times somebody lost a right or a session; every process looks at it each second."""

    __tablename__ = "rights"
    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    revision: int = Field(default=0, sa_type=Number)


class LogoutTokenRow(SQLModel, table=True):
    """A provider's word that somebody signed out, obeyed once."""

    __tablename__ = "logout_token"
    provider: str = Field(primary_key=True, max_length=40)
    jti_hash: str = Field(primary_key=True, max_length=64)
    at: datetime = Field(sa_type=Utc)


class IntentRow(SQLModel, table=True):
    """What a person means to do, confirmed by signing in again: the proof's nonce is the digest of it.

    `digest` covers `details`, which is JSON; `id_token` is sealed, `keys` are the provider's public ones as they were.
    """

    __tablename__ = "intent"
    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=40)
    contract_id: str | None = Field(default=None, foreign_key="contract.id", max_length=64)
    section_id: str | None = Field(default=None, max_length=20)
    meeting_id: int | None = None
    party_id: int | None = None
    person_id: int = Field(foreign_key="person.id", index=True)
    digest: str = Field(max_length=64)
    random: str = Field(max_length=32)
    details: str = Field(sa_type=Text)
    session_id: int = Field(foreign_key="session.id")
    provider: str = Field(max_length=40)
    made_at: datetime = Field(sa_type=Utc)
    used_at: datetime | None = Field(default=None, sa_type=Utc)
    confirmed_at: datetime | None = Field(default=None, sa_type=Utc)
    acr: str | None = Field(default=None, max_length=255)
    auth_time: datetime | None = Field(default=None, sa_type=Utc)
    id_token: str = Field(default="", sa_type=Text)
    keys: str = Field(default="", sa_type=Text)
