"""What somebody who changes a plan has to have seen of it: a fingerprint that their form carries."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

from server.domain.contract.sections import Section


def order_seen(plan: Sequence[Section]) -> str:
    """A fingerprint of which section stands where: what a person who moves something has to have seen."""
    return _fingerprint(f"{one.id} {one.parent_id}" for one in plan)


def section_seen(section: Section) -> str:
    """A fingerprint of a section's name and status: what a person who changes them has to have seen."""
    return _fingerprint((section.id, section.number, section.title, section.status))


def _fingerprint(words: Iterator[str] | Sequence[str]) -> str:
    return sha256("\n".join(words).encode()).hexdigest()[:16]


def ending_seen(proposals: Iterable[str]) -> str:
    """What whoever ends proposals with an article was told of: their ids, and nothing where there are none."""
    ids = " ".join(sorted(proposals))
    return sha256(ids.encode()).hexdigest()[:16] if ids else ""
