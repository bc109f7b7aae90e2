"""When may an invitation be accepted? Once, in time, through the provider that was meant."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.domain.identifiers import Doubt
from server.domain.people.mail_addresses import is_address
from server.domain.refusals import N_
from server.domain.refusals_of_people import InvitationExpired, InvitationRevoked, InvitationUsed, OtherProvider
from server.domain.sheets import Reading, Sheet

USUAL_DAYS, MOST_DAYS = 7, 30


class InvitationState(StrEnum):
    """What has become of an invitation."""

    PENDING = "pending"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link to a seat; without a contract, to the administration of the platform. `email` only says where it went."""

    id: int
    contract_id: str | None
    seat_key: str
    email: str
    provider: str
    created_at: datetime
    expires_at: datetime
    invited_by: int | None = None
    accepted_at: datetime | None = None
    revoked_at: datetime | None = None

    def state(self, at: datetime) -> InvitationState:
        """What it is at a moment."""
        if self.accepted_at is not None:
            return InvitationState.ACCEPTED
        if self.revoked_at is not None:
            return InvitationState.REVOKED
        return InvitationState.PENDING if at < self.expires_at else InvitationState.EXPIRED

    def check_open(self, at: datetime) -> None:
        """Let a link pass that may still be accepted.

        Raises:
            InvitationUsed, InvitationRevoked, InvitationExpired: it may not, any more.
        """
        refusals = {
            InvitationState.ACCEPTED: InvitationUsed,
            InvitationState.REVOKED: InvitationRevoked,
            InvitationState.EXPIRED: InvitationExpired,
        }
        refusal = refusals.get(self.state(at))
        if refusal is not None:
            raise refusal

    def check_through(self, provider: str) -> None:
        """Let a sign-in pass that came through the provider that was meant.

        Raises:
            OtherProvider: it came through another one.
        """
        if provider != self.provider:
            raise OtherProvider


@dataclass(frozen=True, slots=True)
class Wanted:
    """An invitation to be made: to which address, for how long, through which provider."""

    email: str
    life: timedelta
    provider: str


def read_invitation(sheet: Sheet, providers: Collection[str]) -> Wanted:
    """The invitation that a form asks for; `providers` are the keys that may be chosen, or the party's own.

    Raises:
        SheetRefused: what was typed is no invitation.
    """
    reading = Reading(sheet.values)
    email = reading.line("email", needs=N_("Écrivez l’adresse électronique de la personne."))
    if email and not is_address(email):
        reading.problems.setdefault(
            "email", Doubt(N_("Écrivez une adresse complète, par exemple prenom.nom@exemple.fr."))
        )
    days = reading.count("days", MOST_DAYS)
    if "days" not in reading.problems and not days:
        reading.problems["days"] = Doubt(N_("Écrivez un nombre de jours, de 1 à 30."))
    provider = reading.choice("provider", providers)
    return reading.done(lambda: Wanted(email, timedelta(days=days or USUAL_DAYS), provider))
