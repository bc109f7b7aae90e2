"""What was done to a contract, by whom, for which party, when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Act:
    """One act; `kind` and `details` say what changed from what to what, `person` is the name of who did it."""

    kind: str
    details: Mapping[str, Any]
    person: str
    party_id: int
    at: datetime
