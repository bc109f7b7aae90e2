"""`entente doctor`: is this deployment sound, and what is there to mend?"""

import asyncio
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from auth.oidc import Discovery, Http
from server import settings
from server.commands.terminal import plain, says
from server.doctor.bench import Bench
from server.doctor.examining import SETTINGS, as_json, examine, is_sound
from server.doctor.findings import Finding, Level
from server.settings import Settings, SettingsRefused
from server.store.engine import Store

COLOURS = {Level.OK: "green", Level.WARNING: "yellow", Level.BAD: "red"}


def doctor(
    as_json_: Annotated[bool, typer.Option("--json", help="For a program that watches.")] = False,
) -> None:
    """Look at this deployment as people, providers and an attacker see it; status 1 when something must be mended."""
    try:
        found = asyncio.run(_examined(settings.read(os.environ)))
    except SettingsRefused as refused:
        found = [SETTINGS.wrong("refused", *said.rpartition(": ")[::2]) for said in refused.problems]
    if as_json_:
        sys.stdout.write(as_json(found) + "\n")
    else:
        _tell(found)
    if not is_sound(found):
        raise typer.Exit(1)


async def _examined(chosen: Settings) -> list[Finding]:
    """What the checks find; a database file that is not there is not made."""
    path = chosen.sqlite_path
    store = Store(chosen) if path is None or path.exists() else None
    try:
        return await examine(Bench(chosen, store, Discovery(Http(loopback_http=chosen.development))))
    finally:
        if store is not None:
            await store.close()


def _tell(found: Sequence[Finding]) -> None:
    for one in found:
        style = COLOURS[one.level]
        says.print(f"{one.level.value:<8}{one.check}: {plain(one.found)}", style=style, markup=False, soft_wrap=True)
        if one.remedy:
            says.print(f"        {plain(one.remedy)}", style=style, markup=False, soft_wrap=True)
    to_mend, to_know = (sum(one.level is level for one in found) for level in (Level.BAD, Level.WARNING))
    says.print(f"\n{to_mend} to mend, {to_know} to know (docs/reference/doctor.md)", markup=False)
