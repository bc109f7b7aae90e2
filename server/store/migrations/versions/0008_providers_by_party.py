"""Providers in full, with sealed secrets; which of them a party signs in with; platform administrators."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

NEW: tuple[tuple[str, Any, str], ...] = (
    ("profile", sa.String(20), "other"),
    ("is_enabled", sa.Boolean(), "1"),
    ("authorization_endpoint", sa.String(), ""),
    ("sealed_secret", sa.String(), ""),
    ("sealed_key", sa.String(), ""),
    ("certificate", sa.String(), ""),
    ("sealed_certificate_key", sa.String(), ""),
    ("parameters", sa.String(), "{}"),
    ("userinfo", sa.String(10), "json"),
    ("name_claim", sa.String(), ""),
    ("email_claim", sa.String(), ""),
    ("organisation_claim", sa.String(), ""),
    ("national_claim", sa.String(), ""),
    ("reading_acr", sa.String(), ""),
    ("visa_acr", sa.String(), ""),
    ("fresh_login", sa.String(10), "prompt"),
    ("idle_minutes", sa.Integer(), "30"),
    ("session_hours", sa.Integer(), "12"),
    ("logout", sa.String(), "redirect"),
)


def upgrade() -> None:
    for name, kind, before in NEW:
        default = sa.true() if isinstance(kind, sa.Boolean) else before
        op.add_column("provider", sa.Column(name, kind, nullable=False, server_default=default))
    op.add_column("party", sa.Column("provider", sa.String(40), nullable=True))
    op.create_table(
        "administrator",
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Integer, sa.ForeignKey("person.id"), nullable=True),
    )
