"""Alembic's way in: the connection is always given by `Store.migrate`."""

from alembic import context
from sqlmodel import SQLModel

import server.store.mode_wishes
import server.store.proposed_plans
import server.store.tables
import server.store.tables_of_people
import server.store.tables_of_sessions  # noqa: F401 (all make their tables known to the metadata)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
