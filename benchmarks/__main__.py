"""Every benchmark, one after the other, as the Markdown table of docs/reference/performance.md."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from benchmarks import guarding, large, latency, reading

Row = tuple[str, str, str]


def main() -> None:
    """Run everything; a row is: what, our figure, beside whom."""
    if not Path("client/node_modules/@hocuspocus/server").is_dir():
        sys.exit("the peer is not installed: run `make test` once, which installs it")
    parts: list[tuple[str, Callable[[], Iterator[Row]]]] = [
        ("the guard", guarding.rows),
        ("an edit from window to window", lambda: iter(asyncio.run(latency.rows()))),
        ("the contract page", lambda: iter(asyncio.run(reading.rows()))),
        ("the large contract in a browser", large.rows),
    ]
    found: list[Row] = []
    with Progress(console=Console(stderr=True), transient=True) as progress:
        for says, rows in progress.track(parts, description="Measuring"):
            progress.console.print(says)
            found += rows()
    print("| what | figure | beside |\n|---|---|---|")
    for row in found:
        print(f"| {' | '.join(row)} |")


main()
