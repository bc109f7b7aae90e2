"""Has the operator said what only they can: personal data, accessibility, whom to tell of a fault?"""

from pathlib import Path
from typing import Final

from server.doctor.bench import Bench, Looking, in_a_thread
from server.doctor.findings import BAD, WARNING, Check, Finding

UNFILLED: Final = "[À compléter"  # as the notices that come with the program say it
NOTICES: Final = Check(
    "notices",
    "the privacy notice, the accessibility statement and security.txt, as the operator has filled them in",
    {
        "not filled in": (WARNING, "fill them in before anybody else comes: docs/howto/notices.md"),
        "cannot be read": (BAD, "check the path, and let the account of the program read the file"),
    },
)


def _look(bench: Bench) -> list[Finding]:
    settings = bench.settings
    said = {
        "ENTENTE_PRIVACY_FILE": _text(settings.privacy_file),
        "ENTENTE_ACCESSIBILITY_FILE": _text(settings.accessibility_file),
        "ENTENTE_SECURITY_CONTACT": settings.security_contact,
    }
    lost = [name for name, text in said.items() if text is None]
    found = [NOTICES.wrong("cannot be read", ", ".join(lost))] if lost else []
    open_ = [name for name, text in said.items() if text is not None and (not text.strip() or UNFILLED in text)]
    found += [NOTICES.wrong("not filled in", ", ".join(open_))] if open_ else []
    return found or [NOTICES.ok("all three are filled in")]


def _text(file: str) -> str | None:
    """What a file says, "" where none is named, None where it cannot be read."""
    try:
        return Path(file).read_text(encoding="utf-8", errors="replace") if file else ""
    except OSError:
        return None


LOOKING: Final = Looking((NOTICES,), in_a_thread(_look))
