"""Certificates for one test: an authority, a server's, a client's; all in a folder."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

Pair = tuple[str, str]  # the certificate and its key, PEM


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    kind = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption()).decode()


class Authority:
    """Whoever trusts `file` trusts what this signs."""

    def __init__(self, folder: Path) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tests")])
        certificate = self._signed(self._name, self._key, x509.BasicConstraints(ca=True, path_length=0))
        self.file = folder / "authority.pem"
        self.file.write_text(certificate)

    def _signed(self, name: x509.Name, key: ec.EllipticCurvePrivateKey, *extensions: x509.ExtensionType) -> str:
        now = datetime.now(UTC)
        making = x509.CertificateBuilder(self._name, name, key.public_key(), x509.random_serial_number())
        making = making.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        for one in extensions:
            making = making.add_extension(one, critical=isinstance(one, x509.BasicConstraints))
        return making.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()

    def pair(self, host: str) -> Pair:
        """A certificate in the name of `host`, and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
        return self._signed(name, key, x509.SubjectAlternativeName([x509.DNSName(host)])), _pem(key)
