"""What the log of a site keeps, counted."""

from sqlalchemy import text as sql

from tests.web.site import Site


async def newest_line(site: Site) -> int:
    """The number of the newest line of all, 0 when there is none."""
    async with site.parts.store.reading() as session:
        return int((await session.execute(sql("SELECT max(id) FROM document_update"))).scalar_one() or 0)
