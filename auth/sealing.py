"""How are secrets kept at rest? Sealed by the first key, opened by any of them (Fernet: AES-128 and HMAC-SHA-256)."""

from base64 import urlsafe_b64decode
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

# The key of the demonstration and of development: everybody can read it here, so it seals nothing in earnest.
DEMO_KEY = "ZW50ZW50ZSwgZGVtb25zdHJhdGlvbiBrZXksIHVuc2E="
KEY_BYTES = 32
FEWEST_BYTES = 16  # different ones in a key: 32 random bytes have fewer once in 10^20


class SealBroken(Exception):
    """A sealed text that none of the keys opens: its key is gone, or it was changed."""


@dataclass(frozen=True)
class Sealed:
    """A secret as it is kept: nobody reads it without a key."""

    text: str = field(repr=False)


class Sealer:
    """Seals with the first of its keys and opens with all of them, so that a key can be replaced without a pause."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take keys that `why_unfit` finds nothing against.

        Raises:
            ValueError: none is given, or one is no key.
        """
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def seal(self, text: str) -> str:
        """`text`, to be kept."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """What was sealed.

        Raises:
            SealBroken: none of the keys opens it.
        """
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except (InvalidToken, UnicodeError):
            raise SealBroken from None

    def reseal(self, sealed: str) -> str:
        """The same, sealed by the first key.

        Raises:
            SealBroken: none of the keys opens it.
        """
        return self.seal(self.open(sealed))


def new_key() -> str:
    """A fresh key."""
    return Fernet.generate_key().decode()


def why_unfit(key: str) -> str:
    """What is wrong with a key, nothing when it is fit."""
    try:
        read = urlsafe_b64decode(key)
    except ValueError:
        return "is not a key"
    if len(read) != KEY_BYTES:
        return "is not a key"
    return "can be guessed" if len(set(read)) < FEWEST_BYTES or key == DEMO_KEY else ""
