"""The contract page: time and weight, cold and warm."""

import gzip
import re
import statistics
import tempfile
import time
from pathlib import Path

import httpx2

from server.web.views import STATIC
from tests.factories import PH
from tests.web.site import running

TIMES = 30


async def rows() -> list[tuple[str, str, str]]:
    """Milliseconds and kilobytes of the disability contract, 27 sections, and of the scripts beside it."""
    async with running(Path(tempfile.mkdtemp(prefix="entente-bench-"), "bench.sqlite")) as site:
        browser = await site.signed_in("camille-authier")
        async with httpx2.AsyncClient(trust_env=False, verify=False) as client:
            sent = {"accept": "text/html", "cookie": browser.cookie}
            times, page = [], b""
            for _ in range(TIMES):
                started = time.perf_counter()
                page = (await client.get(f"{site.url}/contracts/{PH}", headers=sent)).content
                times.append((time.perf_counter() - started) * 1000)
    first, warm = times[0], statistics.median(times[1:])
    scripts = {path.name: len(gzip.compress(path.read_bytes())) / 1000 for path in STATIC.glob("app.*")}
    chunks = sum(len(gzip.compress(path.read_bytes())) for path in editor_chunks()) / 1000
    return [
        ("the contract page from the server, first / median of the next", f"{first:.0f} / {warm:.0f} ms", "no peer"),
        ("its HTML, gzip", f"{len(gzip.compress(page)) / 1000:.1f} kB", f"{len(page) / 1000:.0f} kB plain"),
        ("first script / style, gzip", f"{scripts['app.js']:.1f} / {scripts['app.css']:.1f} kB", "aim: script ≤ 5 kB"),
        ("everything the editor loads, gzip", f"{chunks:.0f} kB", "aim: ≤ 130 kB with yjs"),
    ]


def editor_chunks() -> set[Path]:
    """What must have come before one can type, in French: chunks of three sources, and what these import at once."""
    folder = STATIC / "chunks"
    wanted = [path for name in ("live", "editor", "words.fr") for path in folder.glob(f"{name}-*.js")]
    found: set[Path] = set()
    while wanted:
        path = wanted.pop()
        if path not in found:
            found.add(path)
            wanted += [
                folder / name for name in re.findall(r'(?:from|import)"\./([^"]+)"', path.read_text(encoding="utf-8"))
            ]
    return found
