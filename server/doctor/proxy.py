"""Does the program behind the web server know who comes, and is it the program that is installed?"""

from datetime import UTC, datetime
from typing import Any, Final

import httpx2

from server.doctor.bench import Bench, Looking
from server.doctor.findings import BAD, WARNING, Check, Finding
from server.running.secret_keys import sealer
from server.web import witness

ELSEWHERE: Final = "https://elsewhere.invalid"
FORGED: Final = "203.0.113.77"  # nobody's address (RFC 5737)
PROXY: Final = Check(
    "caller",
    "whose request the server takes ours to be, through the web server and ENTENTE_TRUSTED_PROXIES",
    {
        "no answer": (BAD, "have the server run with the settings the doctor is given: the same ENTENTE_SECRET_KEYS"),
        "not said": (WARNING, "have the web server send X-Forwarded-For, or nobody is counted"),
        "believes anybody": (
            BAD,
            "have the web server write X-Forwarded-For itself, and ENTENTE_TRUSTED_PROXIES name it and nobody else",
        ),
        "not believed": (BAD, "name the address of the web server in ENTENTE_TRUSTED_PROXIES: all count as one now"),
    },
)
WORDS: Final = Check(
    "host and origin",
    "whether the server reads the Host and Origin headers as the browser wrote them",
    {
        "Host is changed": (BAD, "have the web server pass the Host header on: any other is answered 421"),
        "Origin is changed": (BAD, "the web server must not touch the Origin header: it tells our pages from others"),
    },
)
VERSION: Final = Check(
    "version",
    "the version that runs and the one that is installed",
    {"another runs": (BAD, "restart the server: it still runs what was installed before")},
)


async def _look(bench: Bench) -> list[Finding]:
    question = witness.question(sealer(bench.settings), datetime.now(UTC))
    asked = {witness.HEADER: question, "X-Forwarded-For": FORGED, "Origin": ELSEWHERE}
    try:
        async with bench.outside() as client:
            told = (await client.get("/healthz", headers=asked)).json()
    except (httpx2.TransportError, OSError, ValueError) as failed:
        return [PROXY.wrong("no answer", type(failed).__name__)]
    if not isinstance(told, dict) or "version" not in told:
        return [PROXY.wrong("no answer", "the server does not know the doctor's keys")]
    return [_proxy(bench, told), _words(bench, told), _version(told)]


def _proxy(bench: Bench, told: dict[str, Any]) -> Finding:
    caller, peer = told["caller"], told["peer"]
    if caller == FORGED:
        return PROXY.wrong("believes anybody", f"{FORGED}, which the doctor made up")
    if not bench.settings.is_https and caller is None:
        return PROXY.ok("this machine, without a web server in front")
    if not told["is_said"]:
        return PROXY.wrong("not said", f"from {peer}")
    if caller == peer:
        return PROXY.wrong("not believed", f"from {peer}")
    return PROXY.ok(str(caller or "this machine"))


def _words(bench: Bench, told: dict[str, Any]) -> Finding:
    if told["host"] != bench.settings.public_host:
        return WORDS.wrong("Host is changed", ascii(told["host"])[:80])
    if told["origin"] != ELSEWHERE:
        return WORDS.wrong("Origin is changed", ascii(told["origin"])[:80])
    return WORDS.ok("as they were written")


def _version(told: dict[str, Any]) -> Finding:
    running, installed = str(told["version"]), witness.installed()
    return VERSION.ok(running) if running == installed else VERSION.wrong("another runs", f"{running}, not {installed}")


LOOKING: Final = Looking((PROXY, WORDS, VERSION), _look)
