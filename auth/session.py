"""A session: a random token in a cookie, of which the server keeps only the hash; when it is over."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

COOKIE = "__Host-entente"  # the prefix makes browsers demand Secure, Path=/ and no Domain (RFC 6265bis 4.1.3)
BROWSER_COOKIE = "__Host-entente-sign-in"  # binds an attempt to sign in to the browser that began it
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lives without a gesture, and at all."""

    idle: timedelta
    absolute: timedelta


@dataclass(frozen=True, slots=True)
class Session:
    """A session as it is kept."""

    id: int
    person_id: int
    provider: str
    created_at: datetime
    seen_at: datetime
    revoked_at: datetime | None

    def is_over(self, now: datetime, limits: Limits) -> bool:
        """Whether it was ended, left alone for too long, or is too old."""
        return (
            self.revoked_at is not None or now - self.seen_at >= limits.idle or now - self.created_at >= limits.absolute
        )


def new_token() -> str:
    """A fresh token: 256 random bits, 43 characters."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hashed(token: str) -> str:
    """What is kept of a token: its SHA-256, from which the token cannot be found."""
    return sha256(token.encode()).hexdigest()
