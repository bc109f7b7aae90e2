"""Which words may stand in the head of a message: an address of one person, a subject of one line?"""

import re
import unicodedata

LONGEST = 254  # RFC 5321 4.5.3.1.3, without its angle brackets
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"  # RFC 5322 3.2.3; quoted names, which nobody has, are left out
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?=.{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}")
_BREAKING = frozenset({"Cc", "Cs", "Zl", "Zp"})  # what ends a line somewhere, or is no letter at all


def is_address(text: str) -> bool:
    """Whether it is one address a message can go to, and nothing more."""
    return len(text) <= LONGEST and _ADDRESS.fullmatch(text) is not None


def is_one_line(text: str) -> bool:
    """Whether nothing in it could begin another line."""
    return not any(unicodedata.category(sign) in _BREAKING for sign in text)
