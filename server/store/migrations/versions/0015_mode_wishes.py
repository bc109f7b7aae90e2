"""What a party wants of the mode of a text: open to writing again, as before, or frozen."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.rename_table("reopening", "mode_wish")
    op.add_column("mode_wish", sa.Column("wanted", sa.String(20), nullable=False, server_default="open"))
