"""The days of a proposal: of the meeting it is meant for, and before which its party hopes for answers."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("proposal", sa.Column("meeting_on", sa.Date, nullable=True))
    op.add_column("proposal", sa.Column("answer_by", sa.Date, nullable=True))
