"""Which parties want a closed text open to writing again."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "reopening",
        sa.Column("section_id", sa.String(20), sa.ForeignKey("section.id"), primary_key=True),
        sa.Column("party_id", sa.Integer, sa.ForeignKey("party.id"), primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
