"""What a proposal is, and who may know of it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

MOST_OF_A_PERSON = 50  # proposals in one section, whatever became of them


class ProposalStatus(StrEnum):
    """How far a proposal has come. Whatever became of it, it stays readable for who could read it."""

    DRAFT = "draft"
    TABLED = "tabled"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"  # what it is about left the plan, or became « sans objet »


@dataclass(frozen=True, slots=True)
class Cover:
    """What its party says of a proposal; `target` is the meeting it is meant for in their own words, `on` its day."""

    title: str = ""
    reason: str = ""
    target: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change to one section, or to the plan when `section_id` is None: prepared in private in the name of a party,
    then tabled before the signing parties.

    `base_hash` is the digest of the text it was made from, `base_line` the last line of that text's log, `tabled_hash`
    the digest of what was tabled, `answer_by` the day before which its party hopes for answers. `shared_with` are the
    other parties that read and write the draft, as they were chosen: a party that becomes an authority later is not
    one of them. `parent_id` is the proposal it answers, `others` the people besides `person_id` whose words are in
    what was tabled, each with their party.
    """

    id: str
    contract_id: str
    section_id: str | None
    party_id: int
    person_id: int
    status: ProposalStatus
    base_hash: str
    base_line: int
    created_at: datetime
    cover: Cover = Cover()
    shared_with: frozenset[int] = frozenset()
    parent_id: str | None = None
    tabled_at: datetime | None = None
    tabled_hash: str | None = None
    answer_by: date | None = None
    others: tuple[tuple[int, int], ...] = ()
    ended_at: datetime | None = None

    @property
    def document(self) -> str:
        """The name of its live document."""
        return f"proposal:{self.id}"

    @property
    def is_of_plan(self) -> bool:
        """Whether it changes the plan: it has no live document then."""
        return self.section_id is None

    @property
    def is_draft(self) -> bool:
        """Whether it is still being prepared."""
        return self.status is ProposalStatus.DRAFT

    def is_prepared_by(self, party_id: int) -> bool:
        """Whether a party takes part in it while it is a draft."""
        return party_id == self.party_id or party_id in self.shared_with

    def is_read_by(self, party_id: int, *, is_signing: bool) -> bool:
        """Whether a party may know of it: who prepares it and, once it was tabled, every signing party."""
        return self.is_prepared_by(party_id) or (is_signing and self.tabled_at is not None)

    def is_related(self, other: "Proposal") -> bool:
        """Whether they are the same, or one answers the other."""
        return other.id in (self.id, self.parent_id) or other.parent_id == self.id
