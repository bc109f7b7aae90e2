"""`python -m benchmarks [--full] [--only meeting,joins] [--runs 3]`: the tables of docs/reference/performance.md."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from benchmarks import comparing, guarding, large, peer, reading, redlining, targets
from tests.large import SECTIONS

Alone = tuple[str, str, str]
ALONE: dict[str, tuple[str, Callable[[bool], Iterator[Alone]]]] = {  # given whether everything is wanted
    "guard": ("the guard", lambda full: guarding.rows()),
    "redline": ("the redline", lambda full: redlining.rows()),
    "page": ("the contract page", lambda full: iter(asyncio.run(reading.rows()))),
    "large": ("the large contract in a browser", lambda full: large.rows((SECTIONS, 1) if full else (SECTIONS,))),
}
BESIDE = {measure.name: measure for measure in comparing.MEASURES}
says = Console(stderr=True)


def main(
    full: Annotated[bool, typer.Option(help="Full counts and five interleaved runs: two hours.")] = False,
    only: Annotated[str, typer.Option(help=f"Some of: {', '.join([*ALONE, *BESIDE])}; a comma between.")] = "",
    runs: Annotated[int, typer.Option(help="Interleaved runs; 1, and 5 with --full, unless said.")] = 0,
) -> None:
    """How fast, beside whom. Hocuspocus is installed in var/bench the first time."""
    wanted = only.split(",") if only else [*ALONE, *BESIDE]
    unknown = [name for name in wanted if name not in ALONE | BESIDE]
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}: none of {', '.join([*ALONE, *BESIDE])}")
    size = comparing.FULL if full else comparing.SHORT
    _alone([name for name in wanted if name in ALONE], full)
    _beside([name for name in wanted if name in BESIDE], replace(size, runs=runs or size.runs))


def _alone(wanted: list[str], full: bool) -> None:
    lines = []
    for name in wanted:
        what, rows = ALONE[name]
        says.print(f"Measuring {what} …")
        lines += [f"| {' | '.join(row)} |" for row in rows(full)]
    if lines:
        print("\n".join(["| what | figure | beside |", "|---|---|---|", *lines]), "\n", flush=True)


def _beside(wanted: list[str], size: comparing.Size) -> None:
    if not wanted:
        return
    peer.install()
    print("\n".join(targets.head()), flush=True)
    for name in wanted:
        says.print(f"Measuring {BESIDE[name].says} …")
        found = uvloop.run(comparing.compare(BESIDE[name], size, says=says.print))
        print("\n".join(targets.table(name, found)), flush=True)


if __name__ == "__main__":
    typer.run(main)
