"""What the operator tells the people who come: personal data, accessibility, whom to tell of a fault.

A notice is plain text: `# ` begins a heading, `- ` an item of a list, an empty line ends a paragraph. Without a file of
the operator's own it is the one that comes with the program, which says what is left to fill in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

from server.settings import Settings

LONGEST_BYTES = 1 << 18
GOOD_FOR = timedelta(days=180)
UNFILLED = {"privacy": "privacy.fr.txt", "accessibility": "accessibility.fr.txt"}


@dataclass(frozen=True)
class Block:
    """A piece of a notice: a heading (`h2`), a paragraph (`p`), or the items of a list (`ul`)."""

    kind: str
    lines: Sequence[str]


def notice(name: str, path: str) -> list[Block]:
    """The notice in the operator's file, or the one to be filled in.

    Raises:
        OSError: the operator's file cannot be read.
    """
    if path:
        with Path(path).open("rb") as kept:
            said = kept.read(LONGEST_BYTES).decode("utf-8", "replace")
    else:
        said = (files("server") / "data" / UNFILLED[name]).read_text(encoding="utf-8")
    return blocks(said)


def blocks(said: str) -> list[Block]:
    """A plain text as headings, paragraphs and lists."""
    found: list[Block] = []
    for paragraph in said.replace("\r\n", "\n").split("\n\n"):
        lines = [one.strip() for one in paragraph.splitlines() if one.strip()]
        if lines and lines[0].startswith("# "):
            found.append(Block("h2", [lines.pop(0)[2:]]))
        if lines and all(one.startswith("- ") for one in lines):
            found.append(Block("ul", [one[2:] for one in lines]))
        elif lines:
            found.append(Block("p", [" ".join(lines)]))
    return found


def security_txt(settings: Settings, now: datetime) -> str | None:
    """Whom to tell of a fault (RFC 9116 2.5), good for half a year from now; None when the operator has not said."""
    if not settings.security_contact:
        return None
    lines = [
        f"Contact: {settings.security_contact}",
        f"Expires: {(now + GOOD_FOR).strftime('%Y-%m-%dT00:00:00Z')}",
        "Preferred-Languages: fr, en",
        f"Canonical: {settings.public_url}/.well-known/security.txt",
    ]
    return "".join(f"{line}\n" for line in lines)
