"""A platform administrator of the demonstration, signed in."""

from datetime import UTC, datetime

from sqlalchemy import text

from server.store import administrators
from tests.web.site import Browser, Site

SUBJECT = "alex-martin"  # sits in no contract


async def administrator(site: Site, subject: str = SUBJECT) -> Browser:
    """Somebody signed in who administers the platform."""
    browser = await site.signed_in(subject)
    async with site.parts.store.writing() as session:
        wanted = text("SELECT id FROM person WHERE subject = :s")
        person = (await session.execute(wanted, {"s": subject})).scalar_one()
        await administrators.appoint(session, person, datetime.now(UTC), None)
    return browser
