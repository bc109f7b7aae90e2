"""Every check in its order, all looked at together, each bounded and apart from the others."""

import json
from collections.abc import Sequence
from typing import Final

import anyio

from server.doctor import database, live, machine, notices, partners, proxy, site, tls
from server.doctor.bench import Bench, Looking
from server.doctor.findings import BAD, Check, Finding, Level

WITHIN_S: Final = 25.0
ALL: Final[tuple[Looking, ...]] = (
    site.LOOKINGS[0],
    tls.LOOKING,
    *site.LOOKINGS[1:],
    live.LOOKING,
    proxy.LOOKING,
    database.LOOKING,
    *machine.LOOKINGS,
    *partners.LOOKINGS,
    notices.LOOKING,
)
SETTINGS: Final = Check(
    "settings",
    "ENTENTE_… of the environment the doctor is given",
    {"refused": (BAD, "docs/reference/settings.md")},
)
UNSEEN: Final = Check(
    "any check",
    "every check looks for itself: one that breaks leaves the others alone",
    {
        "waits for the database": (BAD, "mend the database, then look again"),
        "took too long": (BAD, "mend what else is named, then look again"),
        "could not look": (BAD, "mend what else is named, then look again; else tell who maintains Entente"),
    },
)


async def examine(bench: Bench) -> list[Finding]:
    """What all checks found, in their order."""
    found: dict[Looking, list[Finding]] = {}

    async def look(looking: Looking) -> None:
        found[looking] = await _one(bench, looking)

    async with anyio.create_task_group() as together:
        for looking in ALL:
            if not looking.reads_database:
                together.start_soon(look, looking)
    is_read = is_sound([one for one in found[database.LOOKING] if one.check != database.RIGHTS.name])
    async with anyio.create_task_group() as together:
        for looking in ALL:
            if looking.reads_database and is_read:
                together.start_soon(look, looking)
    return [one for looking in ALL for one in found.get(looking) or [_waiting(looking)]]


def _waiting(looking: Looking) -> Finding:
    return UNSEEN.wrong("waits for the database", _names(looking))


async def _one(bench: Bench, looking: Looking) -> list[Finding]:
    names = _names(looking)
    try:
        with anyio.move_on_after(WITHIN_S):
            return await looking.look(bench)
    except Exception as failed:  # whatever broke, the other checks are told
        return [UNSEEN.wrong("could not look", f"{names}, {type(failed).__name__}")]
    return [UNSEEN.wrong("took too long", f"{names}, {WITHIN_S:.0f} s")]


def _names(looking: Looking) -> str:
    return ", ".join(one.name for one in looking.checks)


def checks() -> tuple[Check, ...]:
    """Every check there is, in the order of what is told."""
    return (SETTINGS, *(check for looking in ALL for check in looking.checks), UNSEEN)


def is_sound(found: Sequence[Finding]) -> bool:
    """Whether nothing has to be mended; warnings are no reason to stop."""
    return all(one.level is not Level.BAD for one in found)


def as_json(found: Sequence[Finding]) -> str:
    """The findings for a program that watches."""
    told = [{"check": one.check, "level": one.level.value, "found": one.found, "remedy": one.remedy} for one in found]
    return json.dumps({"sound": is_sound(found), "findings": told}, ensure_ascii=False, indent=1)
