"""The page of metrics: who may read it, that it counts what happens, and that it says nothing of anybody."""

import re

import httpx2
import pytest

from collab import wire
from collab.counting import SECONDS, Counting, Histogram
from collab.peer import HangUp
from server.web import metrics
from tests.factories import EHPAD, PH, a_file
from tests.test_docs import rows
from tests.waiting import PATIENCE_S
from tests.web.site import Site, running
from tests.web.test_live import FREE, Tab, section

TOKEN = "a-token-that-nobody-guesses"


async def read(site: Site, authorization: str = f"Bearer {TOKEN}") -> httpx2.Response:
    async with httpx2.AsyncClient(trust_env=False, timeout=PATIENCE_S) as client:
        return await client.get(
            f"{site.url}/metrics", headers={b"authorization": authorization.encode(), b"host": b"127.0.0.1"}
        )


def number(answer: httpx2.Response, metric: str) -> float:
    """The number of one line."""
    return float(next(line for line in answer.text.splitlines() if line.startswith(f"{metric} ")).split()[-1])


def test_a_duration_is_counted_under_its_bound_and_the_sum_is_kept() -> None:
    histogram = Histogram()
    for seconds in (0.0, 0.001, 0.0011, 5.0, 60.0):
        histogram.observe(seconds)
    assert histogram.counts == [2, 1, *[0] * (len(SECONDS) - 3), 1, 1]
    assert histogram.total == pytest.approx(65.0021)


def test_every_metric_is_documented_with_its_kind() -> None:
    counting = Counting()
    counting.gauges |= {"rooms": lambda: 0, "line_edits": lambda: 0}
    made = re.findall(r"^# TYPE (\S+) (\S+)$", "\n".join(metrics.lines(counting)), re.MULTILINE)
    assert sorted(made) == sorted((row[0], row[1]) for row in rows("metrics.md")[1:])


@pytest.mark.anyio
async def test_without_a_token_in_the_settings_there_is_no_such_page(site: Site) -> None:
    assert (await read(site)).status_code == 404
    assert (await read(site, "Bearer")).status_code == 404


@pytest.mark.anyio
async def test_the_page_counts_what_happens_and_names_nobody(filled: str) -> None:
    async with running(filled, metrics_token=TOKEN) as site:
        for wrong in ("", "Bearer", f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer é"):
            assert (await read(site, wrong)).status_code == 401
        name = await section(site, FREE)
        browser = await site.signed_in("camille-authier")
        async with browser.socket(PH) as a, browser.socket(PH) as b:
            writer, other = Tab(a), Tab(b)
            await writer.open(name)
            await other.open(name)
            await a.send(wire.update(name, writer.edit("Compter. ")))
            await other.hear_of("Compter. ")
            answer = await read(site)
            assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
            assert number(answer, 'entente_connections{via="websocket"}') == 2
            assert number(answer, "entente_rooms") == 1
            assert number(answer, "entente_updates_total") == 1
            assert number(answer, "entente_commit_seconds_count") == 1
            assert number(answer, 'entente_relay_seconds_bucket{le="+Inf"}') >= 1
            assert number(answer, "process_resident_memory_bytes") > 1 << 20
            assert number(answer, "process_cpu_seconds_total") > 0
            await a.send(wire.update(name, b"\xff\xff"))
            await writer.until(lambda: not all(writer.saved))
            await b.send(b"\xff\xff")
            await other.until(lambda: b.close_code is not None)
            assert b.close_code == HangUp.NOT_OUR_PROTOCOL
        answer = await read(site)
        assert number(answer, 'entente_refused_total{reason="unreadable"}') == 1
        assert sum(map(float, re.findall(r"entente_refused_total\{.*\} (\d+)", answer.text))) == 2
        assert number(answer, f'entente_hung_up_total{{code="{HangUp.NOT_OUR_PROTOCOL:d}"}}') == 1
        words = [PH, EHPAD, name, name.removeprefix("section:"), "Compter", "Camille", *_names()]
        assert [word for word in words if word in answer.text] == []


def _names() -> list[str]:
    return [one["short_name"] for one in a_file()["parties"]] + [one["name"] for one in a_file()["parties"]]
