"""Do the pages reach people as Entente sends them: its headers, its cookies, and nowhere in the clear?"""

import re
from http.cookies import SimpleCookie
from typing import Final

import httpx2

from server.doctor.bench import PATIENCE_S, Bench, Looking
from server.doctor.findings import BAD, WARNING, Check, Finding
from server.settings import LOOPBACK
from server.web import gate

LISTENING: Final = Check(
    "server",
    "the program at ENTENTE_HOST and ENTENTE_PORT, and whether its database answers it",
    {
        "does not answer": (
            BAD,
            "start it (systemctl start entente) and read what it says (journalctl --unit entente)",
        ),
        "is not ready": (BAD, "read what it says; `entente migrate` when the schema is another"),
        "is something else": (BAD, "another program listens there: choose another ENTENTE_PORT, for the proxy too"),
        "is open to others": (
            WARNING,
            "have it reached only through the web server: ENTENTE_HOST=127.0.0.1, or a firewall",
        ),
    },
)
PAGE: Final = Check(
    "public address",
    "the sign-in page at ENTENTE_PUBLIC_URL",
    {
        "not reached": (BAD, "check the name, the web server in front, and the firewall"),
        "another site": (BAD, "have the web server pass this name on to ENTENTE_HOST and ENTENTE_PORT"),
        "another host": (BAD, "have the web server pass the Host header on as the browser wrote it"),
        "no page": (BAD, "read the logs of the web server and of Entente at this moment"),
    },
)
HEADERS: Final = Check(
    "headers",
    "the security headers as they arrive, each once and as Entente says it",
    {
        "missing": (BAD, "the web server must not remove the headers of Entente"),
        "changed": (BAD, "the web server must not set headers that Entente sends itself"),
        "tells its version": (WARNING, "have the web server keep its version to itself (nginx: server_tokens off)"),
    },
)
COOKIES: Final = Check(
    "cookies",
    "a cookie as it arrives: Secure, HttpOnly, SameSite=Lax, Path=/, no Domain",
    {
        "changed": (BAD, "the web server must not rewrite cookies"),
        "not sent": (BAD, "have the web server pass on forms, their Origin header and the cookies of the answers"),
    },
)
REDIRECT: Final = Check(
    "plain http",
    "what the same name answers without TLS",
    {
        "answers in the clear": (BAD, "have the web server answer port 80 with a redirect to https, and nothing else"),
        "sends people elsewhere": (BAD, "have port 80 redirect to the same page under ENTENTE_PUBLIC_URL"),
    },
)


async def _listening(bench: Bench) -> list[Finding]:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bench.settings.host, bench.settings.host)  # noqa: S104 (asked)
    at = f"http://[{host}]:{bench.settings.port}" if ":" in host else f"http://{host}:{bench.settings.port}"
    try:
        async with httpx2.AsyncClient(base_url=at, timeout=PATIENCE_S, trust_env=False) as client:
            alive, ready = await client.get("/healthz"), await client.get("/readyz")
            told, said = alive.json(), ready.json()
    except (httpx2.TransportError, OSError) as failed:
        return [LISTENING.wrong("does not answer", f"{at}, {type(failed).__name__}")]
    except ValueError:
        return [LISTENING.wrong("is something else", at)]
    if not isinstance(told, dict) or told.get("status") != "alive":
        return [LISTENING.wrong("is something else", at)]
    if ready.status_code != 200:
        return [LISTENING.wrong("is not ready", str(said.get("says", "")))]
    if bench.settings.host not in LOOPBACK:
        return [LISTENING.wrong("is open to others", at)]
    return [LISTENING.ok(at)]


async def _page(bench: Bench) -> list[Finding]:
    try:
        async with bench.outside() as client:
            answer = await client.get("/sign-in", headers={"accept": "text/html"})
            told = await client.get("/healthz")
    except (httpx2.TransportError, OSError) as failed:
        return [PAGE.wrong("not reached", f"{bench.settings.public_url}, {type(failed).__name__}")]
    if answer.status_code == 421:
        return [PAGE.wrong("another host", "status 421")]
    if '"alive"' not in told.text:
        return [PAGE.wrong("another site", f"/healthz answers status {told.status_code}")]
    if answer.status_code != 200:
        return [PAGE.wrong("no page", f"/sign-in answers status {answer.status_code}")]
    return [PAGE.ok(f"{bench.settings.public_url}/sign-in"), *_headers(bench, answer), await _cookies(bench)]


def _headers(bench: Bench, answer: httpx2.Response) -> list[Finding]:
    policy = gate.policy(bench.settings)
    wanted = {**gate.HEADERS, "Content-Security-Policy": policy, "Cache-Control": "no-store"}
    missing = [name for name in wanted if name not in answer.headers]
    changed = [name for name, value in wanted.items() if name not in missing and not _is_as_said(answer, name, value)]
    found = [HEADERS.wrong("missing", ", ".join(missing))] if missing else []
    found += [HEADERS.wrong("changed", ", ".join(changed))] if changed else []
    if re.search(r"\d", answer.headers.get("server", "")):
        found.append(HEADERS.wrong("tells its version", ascii(answer.headers["server"])[:80]))
    return found or [HEADERS.ok(f"{len(wanted)} as Entente sends them")]


def _is_as_said(answer: httpx2.Response, name: str, value: str) -> bool:
    """Once, and as it was sent; a page adds to the content policy where its forms lead."""
    said = answer.headers.get_list(name)
    return len(said) == 1 and (said[0].startswith(f"{value};") or said[0] == value)


async def _cookies(bench: Bench) -> Finding:
    """The cookie of the page's language: any form that sets one will do, and this one changes nothing."""
    async with bench.outside() as client:
        form = {"language": "fr", "next": "/"}
        answer = await client.post("/language", data=form, headers={"Origin": bench.settings.public_url})
    lines = answer.headers.get_list("set-cookie")
    if len(lines) != 1:
        return COOKIES.wrong("not sent", f"status {answer.status_code}, {len(lines)} cookies")
    cookie: SimpleCookie = SimpleCookie(lines[0])
    (one,) = cookie.values()
    found = {name: one[name] for name in ("secure", "httponly", "samesite", "path", "domain")}
    wanted = {"secure": True, "httponly": True, "samesite": "lax", "path": "/", "domain": ""}
    wrong = [name for name in wanted if str(found[name]).lower() != str(wanted[name]).lower()]
    return COOKIES.wrong("changed", ", ".join(wrong)) if wrong else COOKIES.ok("Secure, HttpOnly, SameSite=Lax, Path=/")


async def _redirect(bench: Bench) -> list[Finding]:
    if not bench.settings.is_https:
        return [REDIRECT.ok("not looked at: the public address is plain http")]
    host = f"[{bench.host}]" if ":" in bench.host else bench.host
    try:
        async with httpx2.AsyncClient(timeout=PATIENCE_S, trust_env=False) as client:
            answer = await client.get(f"http://{host}:{bench.plain_port}/sign-in")
    except (httpx2.TransportError, OSError):
        return [REDIRECT.ok(f"nobody answers at port {bench.plain_port}")]
    if not answer.is_redirect:
        return [REDIRECT.wrong("answers in the clear", f"status {answer.status_code}")]
    there = answer.headers["location"]
    if not there.startswith(f"{bench.settings.public_url}/"):
        return [REDIRECT.wrong("sends people elsewhere", ascii(there)[:120])]
    return [REDIRECT.ok(f"sends people to {bench.settings.public_url}")]


LOOKINGS: Final = (
    Looking((LISTENING,), _listening),
    Looking((PAGE, HEADERS, COOKIES), _page),
    Looking((REDIRECT,), _redirect),
)
