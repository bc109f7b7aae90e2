"""The large contract in a real browser: opened, edited, printed, at full speed and on a processor four times slower."""

import re
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests import large
from tests.browser.conftest import ARGUMENTS, Demo, Window, find_chromium
from tests.browser.pages import ARS, CONTRACT, article, line_is

OPENINGS = 7
KEYS = 60
PAUSE_MS = 120  # between keys: a good typist
SLOW = 4
SETTLED_MS = 1500  # after which a page that came alive has nothing more to do
CLOCK = """
window.longTasks = [];
new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) window.longTasks.push(startTime + duration); })
  .observe({ type: 'longtask', buffered: true });
addEventListener('focusin', ({ target }) => {
  if (target.closest?.('.ProseMirror')) window.caret ??= performance.now(); }, true);
addEventListener('click', ({ timeStamp }) => { window.clicked = timeStamp; }, true);
window.keys = [];
addEventListener('keydown', ({ timeStamp }) => {
  requestAnimationFrame(() => setTimeout(() => window.keys.push(performance.now() - timeStamp))); }, true);
"""


@dataclass
class Found:
    """What one run at one speed found, in milliseconds."""

    painted: list[float]
    interactive: list[float]
    caret: float
    keys: list[float]
    heap_mb: float


def rows(shapes: Sequence[int] = (large.SECTIONS, 1)) -> Iterator[tuple[str, str, str]]:
    """The same for 30 sections and for one that holds everything; the best of OPENINGS, for the machine is shared."""
    folder = Path(tempfile.mkdtemp(prefix="entente-bench-"))
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS, chromium_sandbox=False)
        for sections in shapes:
            path = folder / f"{sections}.sqlite"
            large.a_large_database(path, sections)
            yield from _rows(chromium, sections, Demo(path))
        chromium.close()


def _rows(chromium: Browser, sections: int, demo: Demo) -> Iterator[tuple[str, str, str]]:
    what = f"the large contract as {sections} section{'s' * (sections > 1)}"
    demo.start()
    try:
        plain, slow = _measure(chromium, demo, 1), _measure(chromium, demo, SLOW)
        yield f"{what}: first paint, 1× / {SLOW}×", _beside(plain.painted, slow.painted), ""
        yield f"{what}: interactive, 1× / {SLOW}×", _beside(plain.interactive, slow.interactive), "aim: ≤ 200 / 800 ms"
        yield f"{what}: click to caret, 1× / {SLOW}×", f"{plain.caret:.0f} / {slow.caret:.0f} ms", "the editor included"
        keys = " / ".join(f"{statistics.median(one):.0f}, {_p95(one):.0f}" for one in (plain.keys, slow.keys))
        yield f"{what}: key to screen, median and p95, 1× / {SLOW}×", f"{keys} ms", "aim: ≤ 16 ms at 1×"
        yield f"{what}: heap of the page being edited", f"{plain.heap_mb:.0f} MB", ""
        pages, seconds = _printed(chromium, demo)
        yield f"{what}: printed to PDF", f"{seconds:.1f} s", f"{pages} pages"
        yield f"{what}: memory of the server", f"{demo.memory_mb():.0f} MB", ""
    finally:
        demo.stop()


def _measure(chromium: Browser, demo: Demo, slower: int) -> Found:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="fr-FR")
    context.set_default_timeout(60_000)
    page = Window(context.new_page(), demo.url).sign_in(ARS, CONTRACT).page
    context.add_init_script(CLOCK)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    painted, interactive = zip(*[_opened(page) for _ in range(OPENINGS)], strict=True)
    caret, keys = _typed(page)
    heap: int = page.evaluate("performance.memory.usedJSHeapSize")
    context.close()
    return Found(list(painted), list(interactive), caret, keys, heap / 1e6)


def _opened(page: Page) -> tuple[float, float]:
    """First paint; and when the page was painted, its first script had run and no task of over 50 ms was left."""
    page.reload()
    line_is(page, "live")
    page.wait_for_timeout(SETTLED_MS)
    painted = _noted(page, "performance.getEntriesByName('first-contentful-paint')[0]?.startTime")
    loaded = _noted(page, "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd || null")
    return painted, max(painted, loaded, *page.evaluate("window.longTasks"))


def _noted(page: Page, name: str) -> float:
    """A time the page notes sooner or later; its policy lets nothing inside it wait for a word of ours."""
    while (found := page.evaluate(name)) is None:
        page.wait_for_timeout(50)
    return float(found)


def _typed(page: Page) -> tuple[float, list[float]]:
    one = article(page, "s-1")
    one.locator("[data-write]").click()
    page.locator('#article-s-1[data-editor="live"]').wait_for()  # `expect` would describe the article meanwhile
    caret = _noted(page, "window.caret") - _noted(page, "window.clicked")
    page.evaluate("window.keys.length = 0")
    page.keyboard.type("écrire à la main et sans hâte "[:KEYS] * 2, delay=PAUSE_MS)
    page.wait_for_timeout(500)
    keys: list[float] = page.evaluate("window.keys")
    return caret, keys


def _printed(chromium: Browser, demo: Demo) -> tuple[int, float]:
    context = chromium.new_context(locale="fr-FR")
    page = Window(context.new_page(), demo.url).sign_in(ARS, CONTRACT).page
    started = time.perf_counter()
    paper = page.pdf(prefer_css_page_size=True)
    seconds = time.perf_counter() - started
    context.close()
    return len(re.findall(rb"/Type\s*/Page\b", paper)), seconds


def _beside(plain: list[float], slow: list[float]) -> str:
    return f"{min(plain):.0f} / {min(slow):.0f} ms"


def _p95(delays: list[float]) -> float:
    return statistics.quantiles(delays, n=20)[18]
