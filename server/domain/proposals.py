"""What a proposal is, and what of a text differs from another, block by block."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from server.domain.text import without_ids

Node = dict[str, Any]


class ProposalStatus(StrEnum):
    """How far a proposal has come; a withdrawn one stays readable for its party."""

    DRAFT = "draft"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change to one section, prepared by one person in the name of a party; private to that party.

    `base_hash` is the digest of the text it was made from, `base_line` the last line of that text's log.
    """

    id: str
    contract_id: str
    section_id: str
    party_id: int
    person_id: int
    status: ProposalStatus
    base_hash: str
    base_line: int
    created_at: datetime
    withdrawn_at: datetime | None = None

    @property
    def document(self) -> str:
        """The name of its live document."""
        return f"proposal:{self.id}"


class Change(StrEnum):
    """What became of a block."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


def compare(base: Node, drafted: Node) -> Iterator[tuple[Change, list[Node]]]:
    """The blocks of both texts in order, in runs: kept, removed, added; a block that changed is both."""
    before, after = base.get("content", []), drafted.get("content", [])
    for kind, i, j, k, n in SequenceMatcher(None, _seen(before), _seen(after), autojunk=False).get_opcodes():
        if kind == "equal":
            yield Change.SAME, after[k:n]
            continue
        if i < j:
            yield Change.REMOVED, before[i:j]
        if k < n:
            yield Change.ADDED, after[k:n]


def _seen(blocks: Sequence[Node]) -> list[str]:
    """Each block by what one sees of it: two that read the same are the same."""
    return [repr(without_ids(one)) for one in blocks]
