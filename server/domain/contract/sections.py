"""What a section of the plan is, and whether its text may be typed in now."""

from dataclasses import dataclass
from enum import StrEnum

from server.domain.contract.contract import ContractState
from server.domain.refusals import N_


class SectionKind(StrEnum):
    """What a node of the plan is."""

    PART = "part"
    CLAUSE = "clause"
    ANNEX_GROUP = "annex_group"
    ANNEX = "annex"
    GENERAL = "general"
    LOCAL_CONTRACT = "local_contract"
    PROJECT_SHEETS = "project_sheets"


class AnnexType(StrEnum):
    """The data an annex is bound to."""

    TEXT = "text"
    ESTABLISHMENTS_TABLE = "establishments_table"
    OBJECTIVES = "objectives"
    MEANS_TABLE = "means_table"
    PGFP = "pgfp"
    ANNUAL_REVIEW = "annual_review"
    FILE = "file"


class SectionStatus(StrEnum):
    """How far the parties are on a section."""

    DRAFT = "draft"
    UNDER_DISCUSSION = "under_discussion"
    AGREED = "agreed"
    NOT_APPLICABLE = "not_applicable"


class SectionMode(StrEnum):
    """How a section's text may change."""

    FREE = "free"
    PROPOSALS_ONLY = "proposals_only"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class Section:
    """One node of the plan; `id` also names its live document; `hint` says what belongs in it."""

    id: str
    key: str
    parent_id: str | None
    depth: int
    number: str
    title: str
    kind: SectionKind
    annex_type: AnnexType | None
    is_required: bool
    status: SectionStatus
    mode: SectionMode
    revision: int
    hint: str = ""

    @property
    def document(self) -> str:
        """The name of its live document on the wire."""
        return f"section:{self.id}"

    @property
    def label(self) -> str:
        """How people call it: its number, "Article" before a bare one, or its title when it has none."""
        if self.number[:1].isdigit():
            return f"Article {self.number}"
        return self.number or self.title

    @property
    def is_table(self) -> bool:
        """Whether it is built from data rather than typed."""
        return self.annex_type not in (None, AnnexType.TEXT)


def mode_of(status: SectionStatus) -> SectionMode:
    """The mode a section opens in when a file gives only its status (architecture 8)."""
    return SectionMode.PROPOSALS_ONLY if status is SectionStatus.AGREED else SectionMode.FREE


def why_closed(section: Section, state: ContractState) -> str | None:
    """The sentence that says why nobody may type in the section now, or None when they may."""
    if not state.is_open_to_writing:
        return N_("Le contrat n’est plus ouvert à la rédaction.")
    if section.annex_type is AnnexType.FILE:
        return N_("Cette annexe est une pièce jointe.")
    if section.is_table:
        return N_("Cette annexe présente des données ; elle ne se rédige pas.")
    if section.status is SectionStatus.NOT_APPLICABLE:
        return N_("Sans objet.")
    if section.status is SectionStatus.AGREED and section.mode is SectionMode.PROPOSALS_ONLY:
        return N_("Texte approuvé : il ne change plus que par proposition.")
    return _CLOSED[section.mode]


_CLOSED = {
    SectionMode.FREE: None,
    SectionMode.PROPOSALS_ONLY: N_("Ce texte ne change plus que par proposition."),
    SectionMode.FROZEN: N_("Texte figé : il ne peut plus être modifié."),
}
