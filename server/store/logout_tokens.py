"""The logout tokens that were obeyed: none is twice."""

from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, delete

from auth.session import hashed
from server.store.tables_of_sessions import LogoutTokenRow

KEPT_FOR = timedelta(hours=1)  # a token is believed for ten minutes after it was made


async def is_new(session: AsyncSession, provider: str, jti: str, now: datetime) -> bool:
    """Write a token down; False when it was already."""
    await session.execute(delete(LogoutTokenRow).where(col(LogoutTokenRow.at) < now - KEPT_FOR))
    try:
        async with session.begin_nested():
            session.add(LogoutTokenRow(provider=provider, jti_hash=hashed(jti), at=now))
    except IntegrityError:
        return False
    return True
