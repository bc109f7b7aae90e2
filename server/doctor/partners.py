"""Do the others that Entente needs do their part: the mail server, the identity providers, the administrators?"""

from datetime import UTC, datetime
from typing import Final

from auth.checkup import examine
from auth.oidc import Provider
from auth.provider import SignInRefused, opened
from auth.sealing import Sealer
from server.doctor.bench import Bench, Looking, in_a_thread
from server.doctor.findings import BAD, WARNING, Check, Finding
from server.providers import providing
from server.running import smtp
from server.running.secret_keys import sealer
from server.settings import LOOPBACK, Settings
from server.store import administrators

MAIL: Final = Check(
    "mail",
    "the mail server: greeting, TLS, signing in; no message is sent",
    {
        "none": (WARNING, "invitations are handed over by hand; to send them, set ENTENTE_MAIL_HOST"),
        "does not take us": (BAD, "check ENTENTE_MAIL_… with the administrator of the mail server"),
        "in the clear": (WARNING, "invitations travel in the clear: ask for TLS and take ENTENTE_MAIL_TLS=none out"),
    },
)
PROVIDER: Final = Check(
    "provider",
    "each identity provider: every step of `entente provider test`, its secret, the address registered there",
    {
        "none": (BAD, "nobody can sign in: add one (entente provider add)"),
        "would not work": (BAD, "look at it again with `entente provider test`; docs/howto/providers.md"),
        "its secret cannot be opened": (
            BAD,
            "put the key that sealed it back into ENTENTE_SECRET_KEYS, or key the secret in again",
        ),
        "is switched off": (WARNING, "nobody signs in with it; switch it on when that is over"),
    },
)

ADMINISTRATORS: Final = Check(
    "administrators",
    "whether somebody administers the platform",
    {"none": (WARNING, "invite one (entente admin invite): else providers and access are changed by command only")},
)


def _mail(bench: Bench) -> list[Finding]:
    return [_speak(bench.settings) if bench.settings.mail_host else MAIL.wrong("none", "")]


def _speak(settings: Settings) -> Finding:
    try:
        with smtp.opened(settings):
            pass
    except smtp.MailFailed as failed:
        return MAIL.wrong("does not take us", f"{failed.step}, {failed.met}", failed.remedy)
    found = f"{settings.mail_host}:{settings.mail_port}, {settings.mail_tls}"
    if settings.mail_tls == "none" and settings.mail_host not in LOOPBACK:
        return MAIL.wrong("in the clear", found)
    return MAIL.ok(found)


async def _providers(bench: Bench) -> list[Finding]:
    known = await providing.known(bench.store)
    if not known:
        return [PROVIDER.wrong("none", "")]
    seal = sealer(bench.settings)
    return [finding for one in known for finding in await _provider(bench, one, seal)]


async def _provider(bench: Bench, provider: Provider, seal: Sealer) -> list[Finding]:
    if not provider.is_enabled:
        return [PROVIDER.wrong("is switched off", provider.key)]
    found = []
    try:
        opened(provider, seal)
    except SignInRefused:
        found.append(PROVIDER.wrong("its secret cannot be opened", provider.key))
    steps = await examine(provider, bench.discovery, datetime.now(UTC))
    found += [
        PROVIDER.wrong("would not work", f"{provider.key}, {step.name}: {step.found}", step.remedy)
        for step in steps
        if not step.is_ok
    ]
    callback = providing.callback_url(bench.settings.public_url, provider.key)
    proof = next((step.found for step in steps if step.name == "visa"), "")
    return found or [
        PROVIDER.ok(f"{provider.key}; registered there must be {callback}; a visa is confirmed by: {proof}")
    ]


async def _administrators(bench: Bench) -> list[Finding]:
    async with bench.store.reading() as session:
        count = len(await administrators.everyone(session))
    return [ADMINISTRATORS.ok(str(count)) if count else ADMINISTRATORS.wrong("none", "")]


LOOKINGS: Final = (
    Looking((MAIL,), in_a_thread(_mail)),
    Looking((PROVIDER,), _providers, reads_database=True),
    Looking((ADMINISTRATORS,), _administrators, reads_database=True),
)
