"""Which key does something new take? The same when one form is sent twice, so that it is added once."""

import json
from hashlib import sha256
from secrets import token_hex

from server.domain.sheets import Sheet


def fingerprint(sheet: Sheet) -> bytes:
    """What tells one sending of an empty form from any other: what it carries, and what was typed.

    A form sent again from a page one went back to, with other words in it, is about something else.
    """
    carried = sheet.version or token_hex(16)
    return sha256(json.dumps([carried, sorted(sheet.values.items())]).encode()).digest()


def new_key(kind: str, sheet: Sheet) -> str:
    """The key of what a form adds."""
    return f"{kind}-{fingerprint(sheet).hex()[:8]}"
