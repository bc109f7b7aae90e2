"""What is kept of invitations and of mandates; the other tables are in `server/store/tables.py`."""

from datetime import date, datetime

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field, SQLModel

from server.store.columns import Utc


class InvitationRow(SQLModel, table=True):
    """A single-use link to a seat or, without a contract, to the administration; only its SHA-256 is kept.

    `provider` is the one through which it must be accepted; the e-mail is where it was sent, and joins nobody.
    """

    __tablename__ = "invitation"
    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True, max_length=64)
    contract_id: str | None = Field(default=None, foreign_key="contract.id", index=True, max_length=64)
    seat_key: str = Field(default="", max_length=64)
    email: str = Field(max_length=254)
    provider: str = Field(max_length=40)
    invited_by: int | None = Field(default=None, foreign_key="person.id")
    created_at: datetime = Field(sa_type=Utc)
    expires_at: datetime = Field(sa_type=Utc)
    accepted_at: datetime | None = Field(default=None, sa_type=Utc)
    accepted_by: int | None = Field(default=None, foreign_key="person.id")
    revoked_at: datetime | None = Field(default=None, sa_type=Utc)


class MandateRow(SQLModel, table=True):
    """What lets the holder of a seat bind their party: ended, never deleted; `holder` is their name as recorded."""

    __tablename__ = "mandate"
    id: str = Field(primary_key=True, max_length=20)
    contract_id: str = Field(foreign_key="contract.id", index=True, max_length=64)
    party_id: int = Field(foreign_key="party.id")
    seat_key: str = Field(max_length=64)
    holder: str
    title: str
    basis: str = Field(max_length=30)
    reference: str
    dated: date
    valid_from: date
    valid_until: date | None = None
    scope: str
    cap_cents: int | None = Field(default=None, sa_type=BigInteger)
    recorded_by: int = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=Utc)
    ended_at: datetime | None = Field(default=None, sa_type=Utc)
    ended_by: int | None = Field(default=None, foreign_key="person.id")


class MandateDocumentRow(SQLModel, table=True):
    """A paper that shows a mandate, as it was sent."""

    __tablename__ = "mandate_document"
    id: str = Field(primary_key=True, max_length=20)
    mandate_id: str = Field(foreign_key="mandate.id", index=True, max_length=20)
    name: str
    media_type: str = Field(max_length=60)
    size: int
    sha256: str = Field(max_length=64)
    content: bytes = Field(sa_type=LargeBinary)
    added_by: int = Field(foreign_key="person.id")
    added_at: datetime = Field(sa_type=Utc)
