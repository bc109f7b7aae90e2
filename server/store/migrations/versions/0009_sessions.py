"""What a session is made of, so that each can be ended by whoever may; intents; a count of rights taken away."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    _sessions()
    op.create_table(
        "rights",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
    )
    op.execute("INSERT INTO rights (id, revision) VALUES (1, 0)")
    op.create_table(
        "logout_token",
        sa.Column("provider", sa.String(40), primary_key=True),
        sa.Column("jti_hash", sa.String(64), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    _intents()


def _sessions() -> None:
    op.add_column("session", sa.Column("idle_minutes", sa.Integer, nullable=False, server_default="30"))
    op.add_column("session", sa.Column("hours", sa.Integer, nullable=False, server_default="12"))
    op.add_column("session", sa.Column("sid", sa.String(255), nullable=True))
    op.add_column("session", sa.Column("acr", sa.String(255), nullable=True))
    op.add_column("session", sa.Column("auth_time", sa.DateTime(timezone=True), nullable=True))
    op.add_column("session", sa.Column("id_token", sa.Text, nullable=False, server_default=""))
    op.add_column("session", sa.Column("browser", sa.String(40), nullable=False, server_default=""))
    op.add_column("session", sa.Column("system", sa.String(40), nullable=False, server_default=""))
    op.add_column("session", sa.Column("ended_why", sa.String(40), nullable=False, server_default=""))
    op.add_column("session", sa.Column("stepped_up_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_session_provider", "session", ["provider"])


def _intents() -> None:
    op.create_table(
        "intent",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("contract_id", sa.String(64), sa.ForeignKey("contract.id"), nullable=True),
        sa.Column("section_id", sa.String(20), nullable=True),
        sa.Column("meeting_id", sa.Integer, nullable=True),
        sa.Column("party_id", sa.Integer, nullable=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("random", sa.String(32), nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("session_id", sa.Integer, sa.ForeignKey("session.id"), nullable=False),
        sa.Column("provider", sa.String(40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acr", sa.String(255), nullable=True),
        sa.Column("auth_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id_token", sa.Text, nullable=False, server_default=""),
        sa.Column("keys", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("ix_intent_person_id", "intent", ["person_id"])
    op.add_column("sign_in_attempt", sa.Column("intent_id", sa.Integer, nullable=True))
