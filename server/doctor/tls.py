"""Does the certificate satisfy the browsers of the people who come, and for how long?"""

import socket
import ssl
from datetime import UTC, datetime
from typing import Final

from server.doctor.bench import PATIENCE_S, Bench, Looking, in_a_thread
from server.doctor.findings import BAD, WARNING, Check, Finding

SOON_DAYS: Final = 15  # an automatic renewal has failed by then
TLS: Final = Check(
    "tls",
    "the certificate at the public address: whose, from whom, until when; the version of TLS",
    {
        "not reached": (BAD, "check that the name leads to this machine, and that the web server listens there"),
        "another name": (BAD, "get a certificate for the name of ENTENTE_PUBLIC_URL"),
        "has expired": (BAD, "renew the certificate and have the web server read it again"),
        "unknown authority": (
            BAD,
            "use a certificate of an authority that browsers know, and serve it with its whole chain (fullchain.pem)",
        ),
        "not accepted": (BAD, "look at the certificate and the TLS settings of the web server"),
        "expires soon": (WARNING, "renew the certificate; see why that is not done by itself"),
        "plain http": (WARNING, "ENTENTE_DEVELOPMENT is on: give it an https address before anybody else comes"),
    },
)
_OPENSSL: Final = {  # X509_V_ERR_…, openssl-verification-options(1)
    10: "has expired",
    62: "another name",
    64: "another name",
    2: "unknown authority",
    7: "unknown authority",
    18: "unknown authority",
    19: "unknown authority",
    20: "unknown authority",
    21: "unknown authority",
}


def _look(bench: Bench) -> list[Finding]:
    return [_shake_hands(bench) if bench.settings.is_https else TLS.wrong("plain http", bench.settings.public_url)]


def _shake_hands(bench: Bench) -> Finding:
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((bench.host, bench.port), timeout=PATIENCE_S) as wire,
            context.wrap_socket(wire, server_hostname=bench.host) as tls,
        ):
            certificate, version = tls.getpeercert() or {}, tls.version()
    except ssl.SSLCertVerificationError as failed:
        return TLS.wrong(_OPENSSL.get(failed.verify_code, "not accepted"), failed.verify_message)
    except ssl.SSLError as failed:
        return TLS.wrong("not accepted", failed.reason or type(failed).__name__)
    except OSError as failed:
        return TLS.wrong("not reached", f"{bench.host}:{bench.port}, {failed.strerror or type(failed).__name__}")
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    days = (until - datetime.now(UTC)).days
    found = f"{bench.host}, {version}, {days} days left"
    return TLS.ok(found) if days >= SOON_DAYS else TLS.wrong("expires soon", found)


LOOKING: Final = Looking((TLS,), in_a_thread(_look))
