"""A session: a random token in a cookie, of which the server keeps only the hash; when it is over, and why."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

COOKIE = "__Host-entente"  # the prefix makes browsers demand Secure, Path=/ and no Domain (RFC 6265bis 4.1.3)
BROWSER_COOKIE = "__Host-entente-sign-in"  # binds an attempt to sign in to the browser that began it
COOKIE_FLAGS = {"secure": True, "httponly": True, "samesite": "lax", "path": "/"}
TOKEN_BYTES = 32


class Ending(StrEnum):
    """Why a session was ended before its time; the values are stored: never rename, only add."""

    SIGNED_OUT = "signed-out"
    REPLACED = "replaced"  # by a new sign-in in the same browser
    ENDED_BY_OWNER = "ended-by-owner"  # from the list of their sessions
    ENDED_BY_PARTY = "ended-by-party"  # by an administrator of the person's party
    PROVIDER_LOGOUT = "provider-logout"  # the provider said that the person signed out there
    PROVIDER_CLOSED = "provider-closed"  # its row was disabled or removed
    ACCOUNT_CLOSED = "account-closed"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lives without a gesture, and at all."""

    idle_minutes: int
    hours: int

    @property
    def idle(self) -> timedelta:
        """Without a gesture."""
        return timedelta(minutes=self.idle_minutes)

    @property
    def absolute(self) -> timedelta:
        """At all."""
        return timedelta(hours=self.hours)


@dataclass(frozen=True, slots=True)
class Session:
    """A session as it is kept, with the limits it began with."""

    id: int
    person_id: int
    provider: str
    created_at: datetime
    seen_at: datetime
    revoked_at: datetime | None
    limits: Limits

    @property
    def until(self) -> datetime:
        """When it ends at the latest."""
        return self.created_at + self.limits.absolute

    def is_over(self, now: datetime) -> bool:
        """Whether it was ended, left alone for too long, or is too old."""
        return self.revoked_at is not None or now - self.seen_at >= self.limits.idle or now >= self.until


@dataclass(frozen=True, slots=True)
class Which:
    """Which sessions are meant: those that everything said here fits; saying nothing means none.

    `sid` is the provider's name for its own session; `subject` is whom the provider names; `but` is left alone.
    """

    ids: frozenset[int] | None = None
    person_id: int | None = None
    provider: str | None = None
    sid: str | None = None
    subject: str | None = None
    party_id: int | None = None
    but: int | None = None

    @property
    def means_none(self) -> bool:
        """Whether nothing is said."""
        said = (self.ids, self.person_id, self.provider, self.sid, self.subject, self.party_id)
        return all(one is None for one in said)


def new_token() -> str:
    """A fresh token: 256 random bits, 43 characters."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hashed(token: str) -> str:
    """What is kept of a token: its SHA-256, from which the token cannot be found."""
    return sha256(token.encode()).hexdigest()
