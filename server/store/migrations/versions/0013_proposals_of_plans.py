"""Proposals that change the plan: they are about no one section, and hold changes in the place of a text."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild()
    else:
        op.alter_column("proposal", "section_id", nullable=True)
    op.create_table(
        "proposed_plan",
        sa.Column("proposal_id", sa.String(20), sa.ForeignKey("proposal.id"), primary_key=True),
        sa.Column("base", sa.Text, nullable=False),
        sa.Column("changes", sa.Text, nullable=False),
    )


def _rebuild() -> None:
    """SQLite changes a column by making its table anew, which it cannot do while lines of another point at it."""
    op.execute("CREATE TEMPORARY TABLE kept_event AS SELECT * FROM proposal_event")
    op.execute("DELETE FROM proposal_event")
    with op.batch_alter_table("proposal") as table:
        table.alter_column("section_id", existing_type=sa.String(20), nullable=True)
    op.execute("INSERT INTO proposal_event SELECT * FROM kept_event")
    op.execute("DROP TABLE kept_event")
