"""nginx and Caddy in front of a site, configured by what docs/howto/deploy.md says and nothing else."""

import os
import re
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.deploy.manual import block, filled
from tests.waiting import comes

UNCHECKED = ssl.create_default_context()
UNCHECKED.check_hostname, UNCHECKED.verify_mode = False, ssl.CERT_NONE


def is_here(name: str) -> bool:
    """Whether that web server is installed on this machine."""
    return shutil.which(name) is not None


@contextmanager
def in_front(name: str, folder: Path, *, port: int, behind: int, other: "Other | None" = None) -> Iterator[None]:
    """`name` listens with TLS on `port` and passes on to `behind`."""
    command = _nginx(folder, port, behind, other) if name == "nginx" else _caddy(folder, port, behind)
    own = {"HOME": str(folder), "PATH": os.environ["PATH"], "XDG_DATA_HOME": str(folder)}
    log = folder / f"{name}.log"
    with log.open("wb") as told, subprocess.Popen(command, env=own, stdout=told, stderr=told) as process:
        try:
            up_or_ended = comes(lambda: _answers(port) or process.poll() is not None)
            assert up_or_ended, log.read_text(encoding="utf-8")
            assert process.poll() is None, log.read_text(encoding="utf-8")
            yield
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    try:
        with urlopen(f"https://127.0.0.1:{port}/healthz", timeout=1, context=UNCHECKED):
            return True
    except (URLError, OSError):
        return False


@dataclass(frozen=True)
class Other:
    """What is not as the page has it: a certificate that is believed, plain http too, a mistake in the file."""

    certificate: tuple[Path, Path]
    plain_port: int
    mistake: tuple[str, str] = ("", "")


def _nginx(folder: Path, port: int, behind: int, other: Other | None) -> list[str]:
    """The page's site file within the least of a whole configuration; only where it listens is another."""
    _certificate(folder)
    site = re.sub(r"^    listen (?:80|\[::\]:\d+).*\n", "", block("nginx", "nginx.conf"), flags=re.MULTILINE)
    words = {"/etc/entente": folder, "8000": behind, "entente.exemple.fr": "127.0.0.1"}
    site = filled(site, words).replace("listen 443", f"listen 127.0.0.1:{port}")
    plain, _ = re.findall(r"^server \{.*?^\}$", site, re.MULTILINE | re.DOTALL)
    assert "return 301 https://127.0.0.1$request_uri;" in plain
    site = site.replace(plain, "") if other is None else _made_other(site, port, other)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    types = "types { text/css css; text/javascript js; image/svg+xml svg; }\n"
    whole = folder / "nginx.conf"
    inside = temporary + types + "access_log off;\n" + site
    whole.write_text(f"daemon off;\npid {folder}/pid;\nevents {{}}\nhttp {{\n{inside}\n}}\n", encoding="utf-8")
    return ["nginx", "-e", "stderr", "-p", str(folder), "-c", str(whole)]


def _made_other(site: str, port: int, other: Other) -> str:
    chain, key = other.certificate
    site = site.replace("server {", f"server {{\n    listen 127.0.0.1:{other.plain_port};", 1)
    site = site.replace("https://127.0.0.1$request_uri", f"https://127.0.0.1:{port}$request_uri")
    site = re.sub(r"ssl_certificate .*;", f"ssl_certificate {chain};", site)
    site = re.sub(r"ssl_certificate_key .*;", f"ssl_certificate_key {key};", site)
    before, after = other.mistake
    assert before in site
    return site.replace(before, after) if before else site


def _caddy(folder: Path, port: int, behind: int) -> list[str]:
    """The page's file; Caddy makes a certificate of its own for an address of this machine."""
    mine = "{\n skip_install_trust\n admin off\n auto_https disable_redirects\n}\n"
    words = {"entente.exemple.fr": f"https://127.0.0.1:{port}", "8000": behind}
    file = folder / "Caddyfile"
    file.write_text(mine + filled(block("caddy", "Caddyfile"), words), encoding="utf-8")
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(file)]


def _certificate(folder: Path) -> None:
    """`fullchain.pem` and `privkey.pem` of a name nobody has."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "entente.invalid")])
    serial, until = x509.random_serial_number(), now + timedelta(days=1)
    made = x509.CertificateBuilder(name, name, key.public_key(), serial, now, until).sign(key, hashes.SHA256())
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form, open_ = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "privkey.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, open_))
