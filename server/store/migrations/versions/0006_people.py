"""Invitations, mandates with their documents, who sat down when, the reference a newcomer shows, who was forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _invitations()
    _mandates()
    op.add_column("member", sa.Column("is_facilitator", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("member", sa.Column("seated_at", _MOMENT, nullable=True))
    op.execute("UPDATE member SET is_facilitator = (role = 'facilitator')")
    op.add_column("person", sa.Column("reference", sa.String(16), nullable=True))
    op.add_column("person", sa.Column("forgotten_at", _MOMENT, nullable=True))
    op.create_index("ix_person_reference", "person", ["reference"], unique=True)
    op.add_column("sign_in_attempt", sa.Column("invitation_id", sa.Integer, nullable=True))


def _invitations() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("contract_id", sa.String(64), sa.ForeignKey("contract.id"), nullable=True),
        sa.Column("seat_key", sa.String(64), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("provider", sa.String(40), nullable=False),
        sa.Column("invited_by", sa.Integer, sa.ForeignKey("person.id"), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("accepted_at", _MOMENT, nullable=True),
        sa.Column("accepted_by", sa.Integer, sa.ForeignKey("person.id"), nullable=True),
        sa.Column("revoked_at", _MOMENT, nullable=True),
    )
    op.create_index("ix_invitation_contract_id", "invitation", ["contract_id"])


def _mandates() -> None:
    op.create_table(
        "mandate",
        sa.Column("id", sa.String(20), primary_key=True),
        sa.Column("contract_id", sa.String(64), sa.ForeignKey("contract.id"), nullable=False),
        sa.Column("party_id", sa.Integer, sa.ForeignKey("party.id"), nullable=False),
        sa.Column("seat_key", sa.String(64), nullable=False),
        sa.Column("holder", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("basis", sa.String(30), nullable=False),
        sa.Column("reference", sa.String, nullable=False),
        sa.Column("dated", sa.Date, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date, nullable=True),
        sa.Column("scope", sa.String, nullable=False),
        sa.Column("cap_cents", sa.BigInteger, nullable=True),
        sa.Column("recorded_by", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("ended_by", sa.Integer, sa.ForeignKey("person.id"), nullable=True),
    )
    op.create_index("ix_mandate_contract_id", "mandate", ["contract_id"])
    op.create_table(
        "mandate_document",
        sa.Column("id", sa.String(20), primary_key=True),
        sa.Column("mandate_id", sa.String(20), sa.ForeignKey("mandate.id"), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("media_type", sa.String(60), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("added_by", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
    )
    op.create_index("ix_mandate_document_mandate_id", "mandate_document", ["mandate_id"])
