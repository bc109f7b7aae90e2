"""Who is asking: a person, and their seat in a contract."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from auth.policy import Action, Role, may


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person who is signed in, until when at the longest, and how long without a gesture."""

    person_id: int
    session_id: int
    name: str
    until: datetime
    idle: timedelta


@dataclass(frozen=True, slots=True)
class Seat:
    """A member's place in one contract; `is_signing` says whether their party signs or is only consulted."""

    member_id: int
    party_id: int
    name: str
    function: str
    role: Role
    is_signing: bool

    def may(self, action: Action) -> bool:
        """Whether this seat may do `action`."""
        return may(self.role, action, is_signing=self.is_signing)
