"""Who else wrote what a line of the log brought at once: an accepted proposal may be the work of several people."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    for table in ("proposal", "document_update"):
        op.add_column(table, sa.Column("others", sa.Text, nullable=False, server_default=""))
