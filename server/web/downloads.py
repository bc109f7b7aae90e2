"""A document that somebody brought, given back as a file to keep: no browser ever shows it as a page of ours."""

import re
import unicodedata
from typing import Final
from urllib.parse import quote

from starlette.responses import Response

SANDBOX: Final = "sandbox; default-src 'none'; frame-ancestors 'none'"
LONGEST_STEM, LONGEST_ENDING = 100, 12  # characters
_UNSAFE = re.compile(r'[<>:"|?*%;\'`$&!~^{}=#]+')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)  # of Windows
UNNAMED: Final = "document"


def download(content: bytes, name: str, media_type: str = "application/octet-stream") -> Response:
    """The answer that gives `content` as a file called `name`, as near as is safe (RFC 6266).

    Whoever calls has read the type from the content itself; even so it opens nothing: an attachment, in a sandbox.
    """
    headers = {"Content-Disposition": disposition(name), "Content-Security-Policy": SANDBOX}
    return Response(content, headers=headers, media_type=media_type)


def disposition(name: str) -> str:
    """The header that names a file: in plain letters for old programs, then as it is (RFC 6266 4.3, RFC 8187)."""
    safe = safe_name(name)
    letters = unicodedata.normalize("NFKD", safe).encode("ascii", "ignore").decode()
    plain = letters if letters.partition(".")[0].strip() else UNNAMED + letters.lstrip()
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}"


def safe_name(name: str) -> str:
    """A file name that says no folder, hides no ending, and means nothing to a shell or a header."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(sign for sign in last if unicodedata.category(sign)[0] not in "CZ" or sign == " ")
    clean = " ".join(_UNSAFE.sub("_", seen).split()).strip(" .-")
    stem, dot, ending = clean.rpartition(".")
    if not dot or len(ending) > LONGEST_ENDING:
        stem, dot, ending = clean, "", ""
    stem = stem[:LONGEST_STEM].strip(" .") or UNNAMED
    return f"_{stem}{dot}{ending}" if _RESERVED.fullmatch(stem) else f"{stem}{dot}{ending}"
