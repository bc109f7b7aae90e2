"""An authority of the tests' own, and the certificates it signs; who has to believe it is given its file."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Authority:
    """Signs certificates for names and addresses; `file` is what one trusts it by."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _called("Tests of Entente")
        self._signed = 0
        made = self._begun(self._name, self._key.public_key(), days=30)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        self.file = folder / "authority.pem"
        self.file.write_bytes(made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def sign(self, host: str, *, days: int = 30) -> tuple[Path, Path]:
        """The files of a certificate for `host` and of its key."""
        self._signed += 1
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([_san(host)])
        made = self._begun(_called(host), key.public_key(), days=days).add_extension(names, critical=False)
        chain, secret = (self._folder / f"{kind}{self._signed}.pem" for kind in ("chain", "key"))
        chain.write_bytes(made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        form, open_ = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, open_))
        return chain, secret

    def served(self, host: str, *, days: int = 30) -> ssl.SSLContext:
        """What a server for `host` speaks TLS with."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*self.sign(host, days=days))
        return context

    def _begun(self, name: x509.Name, key: ec.EllipticCurvePublicKey, *, days: int) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        since = now - timedelta(days=60)
        return x509.CertificateBuilder(self._name, name, key, x509.random_serial_number(), since, now + timedelta(days))


def _called(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _san(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
