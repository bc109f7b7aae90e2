"""What is kept, table by table; `server/store/migrations` makes the same."""

from datetime import date, datetime

from sqlalchemy import BigInteger, LargeBinary, Text, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from server.store.columns import Number, Utc


class ContractRow(SQLModel, table=True):
    """A contract."""

    __tablename__ = "contract"
    id: str = Field(primary_key=True, max_length=64)
    title: str
    family: str = Field(max_length=40)
    state: str = Field(max_length=20)
    start_date: date
    end_date: date
    amounts_unit: str = Field(max_length=20)
    imported_at: datetime = Field(sa_type=Utc)


class ContractFileRow(SQLModel, table=True):
    """The file a contract came from, whole: parts not built yet are exported from it and never served."""

    __tablename__ = "contract_file"
    contract_id: str = Field(primary_key=True, foreign_key="contract.id", max_length=64)
    source: str = Field(sa_type=Text)


class PartyRow(SQLModel, table=True):
    """A party of a contract; its identifiers are kept as written, right or wrong (domain brief 4.6)."""

    __tablename__ = "party"
    __table_args__ = (UniqueConstraint("contract_id", "key"),)
    id: int | None = Field(default=None, primary_key=True)
    contract_id: str = Field(foreign_key="contract.id", index=True, max_length=64)
    position: int
    key: str = Field(max_length=64)
    kind: str = Field(max_length=20)
    name: str
    short_name: str
    is_signing: bool
    sign: str = Field(max_length=2)
    hue: int
    authority_type: str = ""
    department_code: str = ""
    finess_ej: str = ""
    siret: str = ""
    provider: str | None = Field(default=None, max_length=40)  # its key; None: any that is enabled


class PersonRow(SQLModel, table=True):
    """A person: an issuer and a subject, never an e-mail (identity rule 2).

    `reference` is what they tell somebody of their party who is to give them a seat. Of who was forgotten the number
    stays, with a digest of the subject.
    """

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)
    id: int | None = Field(default=None, primary_key=True)
    issuer: str
    subject: str = Field(max_length=255)
    name: str
    created_at: datetime = Field(sa_type=Utc)
    reference: str | None = Field(default=None, unique=True, index=True, max_length=16)
    forgotten_at: datetime | None = Field(default=None, sa_type=Utc)


class MemberRow(SQLModel, table=True):
    """A seat in a party, held by a person once someone has been bound to it; `seated_at` says since when."""

    __tablename__ = "member"
    __table_args__ = (UniqueConstraint("contract_id", "key"),)
    id: int | None = Field(default=None, primary_key=True)
    contract_id: str = Field(foreign_key="contract.id", index=True, max_length=64)
    party_id: int = Field(foreign_key="party.id")
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    position: int
    key: str = Field(max_length=64)
    name: str
    function: str
    role: str = Field(max_length=20)
    is_facilitator: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    seated_at: datetime | None = Field(default=None, sa_type=Utc)


class EstablishmentRow(SQLModel, table=True):
    """An establishment or service of a contract; `competence` holds party keys, space between.

    Its identifiers are kept as written, right or wrong, like those of a party.
    """

    __tablename__ = "establishment"
    __table_args__ = (UniqueConstraint("contract_id", "key"),)
    id: int | None = Field(default=None, primary_key=True)
    contract_id: str = Field(foreign_key="contract.id", index=True, max_length=64)
    position: int
    key: str = Field(max_length=64)
    name: str
    category: str
    finess: str | None = None
    siret: str = ""
    capacity: int | None = None
    capacity_unit: str = ""
    city: str = ""
    department_code: str = ""
    competence: str = ""
    funding_year: int | None = None


class FundingRow(SQLModel, table=True):
    """What one funder pays an establishment in a tariff section, in cents a year."""

    __tablename__ = "funding"
    id: int | None = Field(default=None, primary_key=True)
    establishment_id: int = Field(foreign_key="establishment.id", index=True)
    position: int
    tariff_section: str = Field(max_length=20)
    funder: str = Field(max_length=64)
    amount_cents: int = Field(sa_type=BigInteger)


class SectionRow(SQLModel, table=True):
    """A node of a contract's plan; its text is the live document `section:<id>`.

    `hint` is what the plan says belongs here. A removed section keeps its row and its log: it can be put back.
    """

    __tablename__ = "section"
    __table_args__ = (UniqueConstraint("contract_id", "key"),)
    id: str = Field(primary_key=True, max_length=20)
    contract_id: str = Field(foreign_key="contract.id", index=True, max_length=64)
    parent_id: str | None = Field(default=None, foreign_key="section.id", max_length=20)
    position: int
    key: str = Field(max_length=64)
    number: str
    title: str
    kind: str = Field(max_length=20)
    annex_type: str | None = Field(default=None, max_length=30)
    is_required: bool
    status: str = Field(max_length=20)
    mode: str = Field(max_length=20)
    revision: int
    hint: str = ""
    removed_at: datetime | None = Field(default=None, sa_type=Utc)


class ProposalRow(SQLModel, table=True):
    """A change that a party prepares, then tables: to a section, its text the live document `proposal:<id>`; or to
    the plan, when it names no section.

    `base_hash` and `base_line` say which text it was made from, `first_hash` what it said when it was made,
    `shared_with` which other parties (their numbers, space between) read the draft, `others` who else wrote what was
    tabled (person:party, space between).
    """

    __tablename__ = "proposal"
    id: str = Field(primary_key=True, max_length=20)
    contract_id: str = Field(foreign_key="contract.id", index=True, max_length=64)
    section_id: str | None = Field(default=None, foreign_key="section.id", max_length=20)
    party_id: int = Field(foreign_key="party.id")
    person_id: int = Field(foreign_key="person.id")
    status: str = Field(max_length=20)
    base_hash: str = Field(max_length=64)
    base_line: int = Field(sa_type=Number)
    first_hash: str = Field(max_length=64)
    created_at: datetime = Field(sa_type=Utc)
    title: str = ""
    reason: str = Field(default="", sa_type=Text)
    target: str = ""
    meeting_on: date | None = None
    shared_with: str = ""
    parent_id: str | None = Field(default=None, max_length=20)
    tabled_at: datetime | None = Field(default=None, sa_type=Utc)
    tabled_hash: str | None = Field(default=None, max_length=64)
    answer_by: date | None = None
    others: str = Field(default="", sa_type=Text)
    ended_at: datetime | None = Field(default=None, sa_type=Utc)


class ProposalEventRow(SQLModel, table=True):
    """What happened to a proposal since it was tabled, never changed afterwards; `hash` is of the text it was about."""

    __tablename__ = "proposal_event"
    __table_args__ = {"sqlite_autoincrement": True}
    id: int | None = Field(default=None, primary_key=True, sa_type=Number)
    proposal_id: str = Field(foreign_key="proposal.id", index=True, max_length=20)
    person_id: int = Field(foreign_key="person.id")
    party_id: int = Field(foreign_key="party.id")
    at: datetime = Field(sa_type=Utc)
    kind: str = Field(max_length=20)
    hash: str = Field(max_length=64)
    words: str = Field(sa_type=Text)
    due: date | None = None


class ActRow(SQLModel, table=True):
    """One act on a contract, never changed afterwards: who, for which party, when, what; `details` is JSON.

    `kind` and `details` are what a sentence of the record is made of; both are shared by every party of the contract.
    """

    __tablename__ = "act"
    __table_args__ = {"sqlite_autoincrement": True}
    id: int | None = Field(default=None, primary_key=True, sa_type=Number)
    contract_id: str = Field(foreign_key="contract.id", index=True, max_length=64)
    person_id: int = Field(foreign_key="person.id")
    party_id: int = Field(foreign_key="party.id")
    at: datetime = Field(sa_type=Utc)
    kind: str = Field(max_length=40)
    details: str = Field(sa_type=Text)


class UpdateRow(SQLModel, table=True):
    """One line of the update log: what the engine emitted, who made it, in which party, session and time.

    `person_id` is None for what the program wrote itself (an import); `others` wrote it too (person:party, space
    between).
    """

    __tablename__ = "document_update"
    __table_args__ = {"sqlite_autoincrement": True}  # a number is never given twice, even after compaction
    id: int | None = Field(default=None, primary_key=True, sa_type=Number)
    document: str = Field(index=True, max_length=80)
    delta: bytes = Field(sa_type=LargeBinary)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    party_id: int | None = Field(default=None, foreign_key="party.id")
    session_id: int | None = Field(default=None)
    meeting_id: int | None = Field(default=None)
    others: str = Field(default="", sa_type=Text)
    at: datetime = Field(sa_type=Utc)


class SnapshotRow(SQLModel, table=True):
    """A document whole, as of the log's `line`, which stays for the record; `writers` is JSON: client id, writer."""

    __tablename__ = "document_snapshot"
    document: str = Field(primary_key=True, max_length=80)
    line: int = Field(sa_type=Number)
    state: bytes = Field(sa_type=LargeBinary)
    writers: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Utc)


class AdministratorRow(SQLModel, table=True):
    """Somebody who administers the platform; `added_by` is None for whom the command line made one."""

    __tablename__ = "administrator"
    person_id: int = Field(primary_key=True, foreign_key="person.id")
    added_at: datetime = Field(sa_type=Utc)
    added_by: int | None = Field(default=None, foreign_key="person.id")


class SecurityEventRow(SQLModel, table=True):
    """One line of the security journal, forgotten after some months; apart from what it is about, so no foreign key."""

    __tablename__ = "security_event"
    id: int | None = Field(default=None, primary_key=True, sa_type=Number)
    at: datetime = Field(sa_type=Utc, index=True)
    kind: str = Field(max_length=40)
    person_id: int | None = Field(default=None)
    provider: str = Field(max_length=40)
    contract_id: str = Field(max_length=64)
    details: str = Field(sa_type=Text)
