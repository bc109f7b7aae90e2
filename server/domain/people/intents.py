"""What a person means to do, and confirms by signing in again: the proof names this very intent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

LIFE = timedelta(minutes=10)
RANDOM_BYTES = 16  # two intents to do the same are two


class IntentKind(StrEnum):
    """What is to be confirmed; the values are stored: never rename, only add."""

    END_SESSIONS = "end_sessions"


@dataclass(frozen=True)
class Intent:
    """An act to come; `digest` is the SHA-256 of what the person was shown of it, `random` is in hexadecimal."""

    kind: IntentKind
    person_id: int
    digest: str
    random: str
    contract_id: str | None = None
    section_id: str | None = None
    meeting_id: int | None = None
    party_id: int | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """What the proof's nonce is the digest of; written into evidence: never rename, only add."""
        return {
            "kind": self.kind.value,
            "contract": self.contract_id,
            "section": self.section_id,
            "meeting": self.meeting_id,
            "party": self.party_id,
            "person": self.person_id,
            "digest": self.digest,
            "random": self.random,
        }


@dataclass(frozen=True)
class KeptIntent:
    """An intent as it waits for its proof; `details` are what `digest` was made from."""

    id: int
    intent: Intent
    details: dict[str, Any]
    session_id: int
    provider: str
    made_at: datetime

    def is_late(self, now: datetime) -> bool:
        """Whether it was made too long ago to be what the person still means."""
        return now - self.made_at > LIFE
