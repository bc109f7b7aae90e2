"""FINESS and département codes of establishments are kept as written, right or wrong, also where they are too long."""

from alembic import op

revision = "0003"
down_revision = "0002"

_WIDENED = {"finess": "VARCHAR", "department_code": "VARCHAR DEFAULT '' NOT NULL"}


def upgrade() -> None:
    for name, kind in _WIDENED.items():  # SQLite cannot change a column: a new one takes its place
        op.execute(f"ALTER TABLE establishment ADD COLUMN wide_{name} {kind}")
        op.execute(f"UPDATE establishment SET wide_{name} = {name}")  # noqa: S608 (names of ours)
        op.execute(f"ALTER TABLE establishment DROP COLUMN {name}")
        op.execute(f"ALTER TABLE establishment RENAME COLUMN wide_{name} TO {name}")
