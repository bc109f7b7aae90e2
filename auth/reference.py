"""The reference a newcomer reads to somebody of their party: nobody guesses it, and anybody can read it out."""

import secrets

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's 32: without I, L, O and U, which are misread
LENGTH = 12  # 60 random bits
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_reference() -> str:
    """A fresh reference, as it is kept."""
    return "".join(secrets.choice(SIGNS) for _ in range(LENGTH))


def shown(reference: str) -> str:
    """A reference as a page shows it: in fours.

    >>> shown("K7P2M9QX4DAB")
    'K7P2-M9QX-4DAB'
    """
    return "-".join(reference[at : at + 4] for at in range(0, len(reference), 4))


def read(typed: str) -> str | None:
    """The reference that somebody typed, None when it cannot be one.

    >>> read(" k7p2 m9qx-4dab ")
    'K7P2M9QX4DAB'
    """
    kept = "".join(one for one in typed.upper() if one.isalnum()).translate(_READ_AS)
    return kept if len(kept) == LENGTH and set(kept) <= set(SIGNS) else None
