"""What the security journal tells of: who came in, who was turned away, whose rights changed. Never what was said."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

Told = str | int | bool  # a detail of an event
LONGEST_TOLD = 40  # characters: a session's token has 43, a provider's codes and tokens more
UNTOLD = "…"
_PLAIN = re.compile(r"[\w .:/+,()\[\]-]*")  # no @: an e-mail address is never told


class SecurityKind(StrEnum):
    """The kinds of events; stored, so never renamed."""

    SIGN_IN_ACCEPTED = "sign_in_accepted"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    SESSION_ENDED = "session_ended"  # by the provider, an administrator, or its person elsewhere
    LOGOUT_REFUSED = "logout_refused"  # a provider's logout token that was not believed
    STEP_UP_ACCEPTED = "step_up_accepted"
    STEP_UP_REFUSED = "step_up_refused"
    RIGHTS_CHANGED = "rights_changed"  # a seat added, changed or removed; a party's kind
    SEAT_BOUND = "seat_bound"
    SEAT_FREED = "seat_freed"
    INVITATION_MADE = "invitation_made"
    INVITATION_TAKEN = "invitation_taken"
    INVITATION_REFUSED = "invitation_refused"
    INVITATION_WITHDRAWN = "invitation_withdrawn"
    MANDATE_CHANGED = "mandate_changed"
    PERSON_REATTACHED = "person_reattached"
    PERSON_FORGOTTEN = "person_forgotten"
    ADMINISTRATOR_CHANGED = "administrator_changed"
    PROVIDER_CHANGED = "provider_changed"
    PROVIDER_TRIED = "provider_tried"
    MAIL_FAILED = "mail_failed"  # a message that did not leave, and at which step
    EXPORTED = "exported"
    DOWNLOADED = "downloaded"
    UNKNOWN_HOST = "unknown_host"
    FOREIGN_FORM = "foreign_form"
    FOREIGN_ORIGIN = "foreign_origin"
    NOT_ALLOWED = "not_allowed"  # somebody signed in, at a door that is not theirs
    TOO_OFTEN = "too_often"
    POLICY_BROKEN = "policy_broken"  # a browser's report on the content security policy


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """One event, as it is kept: persons are numbers."""

    id: int
    at: datetime
    kind: str
    person_id: int | None
    provider: str
    contract_id: str
    details: Mapping[str, Told]


def tellable(details: Mapping[str, Told]) -> dict[str, Told]:
    """Details as they may be kept: numbers, and plain words too short to be a secret; anything else becomes `…`."""
    return {name: value if _is_tellable(value) else UNTOLD for name, value in details.items()}


def _is_tellable(value: Told) -> bool:
    return not isinstance(value, str) or (len(value) <= LONGEST_TOLD and _PLAIN.fullmatch(value) is not None)
