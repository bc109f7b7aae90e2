"""Proposals: a change to a section that one party prepares; its text is a live document of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", sa.String(20), primary_key=True),
        sa.Column("contract_id", sa.String(64), sa.ForeignKey("contract.id"), nullable=False),
        sa.Column("section_id", sa.String(20), sa.ForeignKey("section.id"), nullable=False),
        sa.Column("party_id", sa.Integer, sa.ForeignKey("party.id"), nullable=False),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("base_hash", sa.String(64), nullable=False),
        sa.Column("base_line", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("first_hash", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index("ix_proposal_contract_id", "proposal", ["contract_id"])
