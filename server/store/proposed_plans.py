"""What the proposals that change a plan hold in the place of a text: the plan they start from, and their changes."""

import json
from collections.abc import Sequence

from sqlalchemy import Text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col, select

from server.domain.contract.sections import Section
from server.domain.plan.outlines import outline, plan_of
from server.domain.plan.structure import Change, change_of, written


class ProposedPlanRow(SQLModel, table=True):
    """The plan that a proposal starts from, and the changes it would make to it, in order; both are JSON."""

    __tablename__ = "proposed_plan"
    proposal_id: str = Field(primary_key=True, foreign_key="proposal.id", max_length=20)
    base: str = Field(sa_type=Text)
    changes: str = Field(sa_type=Text)


async def keep(session: AsyncSession, proposal_id: str, base: list[Section], changes: list[Change]) -> None:
    """Keep what a proposal holds now, in the place of what it held."""
    told = {"base": json.dumps(outline(base)), "changes": json.dumps([written(one) for one in changes])}
    await session.flush()  # the proposal comes first
    await session.merge(ProposedPlanRow(proposal_id=proposal_id, **told))


async def read(session: AsyncSession, proposal_id: str) -> tuple[list[Section], list[Change]]:
    """The plan that a proposal starts from, and its changes."""
    return _read(await session.get_one(ProposedPlanRow, proposal_id))


async def every(session: AsyncSession, proposal_ids: Sequence[str]) -> dict[str, tuple[list[Section], list[Change]]]:
    """The same for several proposals, by their ids, in one question however many there are."""
    wanted = select(ProposedPlanRow).where(col(ProposedPlanRow.proposal_id).in_(proposal_ids))
    return {row.proposal_id: _read(row) for row in (await session.execute(wanted)).scalars()}


def _read(row: ProposedPlanRow) -> tuple[list[Section], list[Change]]:
    return plan_of(json.loads(row.base)), [change_of(one) for one in json.loads(row.changes)]
