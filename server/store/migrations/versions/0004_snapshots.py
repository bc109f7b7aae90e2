"""A snapshot of each document, so that opening it does not read its whole log."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "document_snapshot",
        sa.Column("document", sa.String(80), primary_key=True),
        sa.Column("line", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("state", sa.LargeBinary, nullable=False),
        sa.Column("writers", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
