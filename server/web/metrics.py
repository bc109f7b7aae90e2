"""How is this process doing? Its numbers in the text format of Prometheus, for whoever holds the token.

Format: https://prometheus.io/docs/instrumenting/exposition_formats/ (text, version 0.0.4).
"""

import hmac
import os
import resource
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from collab.counting import SECONDS, Counting, Histogram
from collab.guard import Reason
from collab.peer import HangUp
from server.domain.refusals import NotFound
from server.web.parts import parts

CARRIERS: Final = ("websocket", "http")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_LABELS = Mapping[tuple[str, str], float]  # (name, value) of its one label → number


async def metrics(request: Request) -> Response:
    """The numbers; without a token in the settings there is no such page.

    Raises:
        NotFound: nobody asked for metrics on this server.
    """
    token = parts(request).settings.metrics_token
    if not token:
        raise NotFound
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
        return PlainTextResponse("wrong token", 401, {"WWW-Authenticate": "Bearer"})
    said = "".join(f"{line}\n" for line in lines(parts(request).rooms.counting))
    return PlainTextResponse(said, media_type="text/plain; version=0.0.4")


def lines(counting: Counting) -> Iterator[str]:
    """Every metric as lines of text; `docs/reference/metrics.md` is the same list, and a test compares them."""
    refused = {("reason", reason.value): 0.0 for reason in Reason}
    refused |= {("reason", reason): float(count) for reason, count in counting.refused.items()}
    hung_up = {("code", str(code.value)): float(counting.hung_up[code]) for code in HangUp}
    open_now = [one.via for one in counting.connections]
    waiting = [one.waiting for one in counting.connections]
    yield from _metric("connections", "gauge", {("via", one): float(open_now.count(one)) for one in CARRIERS})
    yield from _metric("queue_bytes", "gauge", float(sum(waiting)))
    yield from _metric("queue_largest_bytes", "gauge", float(max(waiting, default=0)))
    for name, ask in counting.gauges.items():
        yield from _metric(name, "gauge", float(ask()))
    yield from _metric("updates_total", "counter", float(counting.updates))
    yield from _metric("refused_total", "counter", refused)
    yield from _metric("hung_up_total", "counter", hung_up)
    yield from _metric("resyncs_total", "counter", float(counting.resyncs))
    yield from _metric("divergences_total", "counter", float(counting.divergences))
    yield from _histogram("commit_seconds", counting.commit)
    yield from _histogram("relay_seconds", counting.relay)
    used = resource.getrusage(resource.RUSAGE_SELF)
    yield from _metric("cpu_seconds_total", "counter", used.ru_utime + used.ru_stime, family="process")
    yield from _metric("resident_memory_bytes", "gauge", _resident_bytes(), family="process")


def _metric(name: str, kind: str, value: float | _LABELS, *, family: str = "entente") -> Iterable[str]:
    full = f"{family}_{name}"
    if isinstance(value, float):
        return (f"# TYPE {full} {kind}", f"{full} {value:.17g}")
    told = (f'{full}{{{label}="{of}"}} {number:.17g}' for (label, of), number in value.items())
    return (f"# TYPE {full} {kind}", *told)


def _histogram(name: str, histogram: Histogram) -> Iterable[str]:
    full = f"entente_{name}"
    so_far = list(accumulate(histogram.counts))
    bounds = [*(f"{one:g}" for one in SECONDS), "+Inf"]
    return (
        f"# TYPE {full} histogram",
        *(f'{full}_bucket{{le="{bound}"}} {count}' for bound, count in zip(bounds, so_far, strict=True)),
        f"{full}_sum {histogram.total:.17g}",
        f"{full}_count {so_far[-1]}",
    )


def _resident_bytes() -> float:
    """Memory in RAM now (proc(5), statm); where there is no /proc, the most there ever was."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
    return float(int(pages) * _PAGE)
