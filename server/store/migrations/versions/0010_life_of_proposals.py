"""The life of a proposal: what it is about, with whom a draft is shared, what was tabled, and what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

WORDS = (("title", sa.String()), ("reason", sa.Text()), ("target", sa.String()), ("shared_with", sa.String()))


def upgrade() -> None:
    for name, kind in WORDS:
        op.add_column("proposal", sa.Column(name, kind, nullable=False, server_default=""))
    op.add_column("proposal", sa.Column("parent_id", sa.String(20), nullable=True))
    op.add_column("proposal", sa.Column("tabled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("proposal", sa.Column("tabled_hash", sa.String(64), nullable=True))
    op.execute("ALTER TABLE proposal RENAME COLUMN withdrawn_at TO ended_at")
    op.create_table(
        "proposal_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("proposal_id", sa.String(20), sa.ForeignKey("proposal.id"), nullable=False),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("party_id", sa.Integer, sa.ForeignKey("party.id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("due", sa.Date, nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_proposal_event_proposal_id", "proposal_event", ["proposal_id"])
