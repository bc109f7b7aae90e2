"""acts on a contract, what identifies its parties and establishments, sections that are removed or explained."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_ADDED = {
    "party": ("authority_type", "department_code", "finess_ej", "siret"),
    "establishment": ("siret",),
    "section": ("hint",),
}


def upgrade() -> None:
    op.create_table(
        "act",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contract_id", sa.String(64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"]),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_act_contract_id", "act", ["contract_id"])
    for table, names in _ADDED.items():
        for name in names:
            op.add_column(table, sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("section", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    _fill_from_files()


def _fill_from_files() -> None:
    """What contracts imported before say of themselves, read again from their files."""
    files = sa.table("contract_file", sa.column("contract_id"), sa.column("source"))
    for contract_id, source in op.get_bind().execute(sa.select(files.c.contract_id, files.c.source)).all():
        kept = json.loads(source)
        for table, list_name in (("party", "parties"), ("establishment", "establishments")):
            for one in kept[list_name]:
                values = {name: one[name] for name in _ADDED[table] if name in one}
                if values:
                    _fill(table, contract_id, one["id"], values)


def _fill(table: str, contract_id: str, key: str, values: dict[str, str]) -> None:
    shape = sa.table(table, sa.column("contract_id"), sa.column("key"), *(sa.column(name) for name in values))
    where = (shape.c.contract_id == contract_id) & (shape.c.key == key)
    op.get_bind().execute(sa.update(shape).where(where).values(**values))
