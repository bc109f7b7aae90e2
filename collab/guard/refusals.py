"""In how many ways can an update be refused, and what is a document of ours made of?"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final


class Reason(StrEnum):
    """Why an update is refused; values are stable, they appear in the journal."""

    TOO_LARGE = "too-large"
    CUT_SHORT = "cut-short"
    BAD_VARINT = "bad-varint"
    NOT_UTF8 = "not-utf8"
    TRAILING_BYTES = "trailing-bytes"
    BAD_COUNT = "bad-count"
    REPEATED_CLIENT = "repeated-client"
    BAD_RANGE = "bad-range"
    UNKNOWN_STRUCT = "unknown-struct"
    UNKNOWN_TYPE = "unknown-type"
    UNKNOWN_ELEMENT = "unknown-element"
    UNKNOWN_ATTRIBUTE = "unknown-attribute"
    UNKNOWN_MARK = "unknown-mark"
    BAD_VALUE = "bad-value"
    GAP = "gap"
    FOREIGN_CLIENT = "foreign-client"
    UNJUDGED = "unjudged"
    FULL = "full"
    UNKNOWN_ORIGIN = "unknown-origin"
    UNKNOWN_PARENT = "unknown-parent"
    UNKNOWN_ROOT = "unknown-root"
    NOT_A_PARENT = "not-a-parent"
    ORIGINS_APART = "origins-apart"
    ORIGINS_REVERSED = "origins-reversed"
    MISPLACED = "misplaced"
    TOO_DEEP = "too-deep"
    TOO_MANY = "too-many"
    TOO_CROWDED = "too-crowded"
    SPLIT_PAIR = "split-pair"
    UNKNOWN_DELETION = "unknown-deletion"


_SAYS: Final[dict[Reason, str]] = {
    Reason.TOO_LARGE: "it is larger than allowed",
    Reason.CUT_SHORT: "it ends too early",
    Reason.BAD_VARINT: "a number in it is out of range",
    Reason.NOT_UTF8: "a text in it is not UTF-8",
    Reason.TRAILING_BYTES: "bytes are left over at its end",
    Reason.BAD_COUNT: "it claims more items than its bytes can hold, or an empty one",
    Reason.REPEATED_CLIENT: "it lists the same client twice",
    Reason.BAD_RANGE: "a range of clocks in it is empty, too far or out of order",
    Reason.UNKNOWN_STRUCT: "it holds a kind of item our documents never have",
    Reason.UNKNOWN_TYPE: "it holds a shared type our documents never have",
    Reason.UNKNOWN_ELEMENT: "it holds an element our documents never have",
    Reason.UNKNOWN_ATTRIBUTE: "it sets an attribute that element never has",
    Reason.UNKNOWN_MARK: "it holds a mark our documents never have",
    Reason.BAD_VALUE: "the value of an attribute or mark is not a plain one",
    Reason.GAP: "what came before it is missing",
    Reason.FOREIGN_CLIENT: "it writes with a client id that belongs to somebody else",
    Reason.FULL: "the text of this section has reached its largest size",
    Reason.UNJUDGED: "what the document holds cannot be judged any more, so it is open to reading only",
    Reason.UNKNOWN_ORIGIN: "it is placed next to an item nobody knows",
    Reason.UNKNOWN_PARENT: "it is placed inside an item nobody knows",
    Reason.UNKNOWN_ROOT: "it writes outside the text of the section",
    Reason.NOT_A_PARENT: "it is placed inside an item that cannot hold any",
    Reason.ORIGINS_APART: "it is placed between two items that are not in one list",
    Reason.ORIGINS_REVERSED: "it is placed between two items that stand the other way round",
    Reason.MISPLACED: "an item in it may not stand where it is placed",
    Reason.TOO_DEEP: "its elements are nested too deep",
    Reason.TOO_MANY: "it changes too much at once",
    Reason.TOO_CROWDED: "too many of its items compete for one place",
    Reason.SPLIT_PAIR: "it cuts a character in two",
    Reason.UNKNOWN_DELETION: "it deletes what nobody has written",
}


class Refused(Exception):
    """The bytes must not reach the engine; says why, without a word of the document."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"The update is refused: {_SAYS[reason]}.")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is too much. Above all of them honest editing has room to spare."""

    update_bytes: int = 1 << 20
    structs: int = 1 << 14
    """In one update; yrs merges neighbours in quadratic time, 32 000 of them in four seconds."""
    deletions: int = 1 << 12
    """Ranges newly deleted by one update; yrs copies the rest of the text for each cut, 60 µs in 1 MB."""
    steps: int = 1 << 20
    """Items the engine may have to walk past to place those of one update, 0.14 µs each; see `crowds`."""
    clients: int = 64
    """New client ids in one update; an honest one brings one, each costs every later joiner ten bytes."""
    number: int = 1000
    """Of an attribute: a table cell as wide as a million columns stops every browser."""
    state_vector_bytes: int = 1 << 20
    value_bytes: int = 8192
    """Of one attribute's text, or one mark's JSON: an address in a link is the longest."""
    list_items: int = 256
    """In an attribute that is a list: column widths are the only one."""
    xml_depth: int = 64
    """Levels of elements and texts; yrs recurses on the stack to print them."""


@dataclass(frozen=True)
class Grammar:
    """What a document of ours is made of.

    `root` names the one XmlFragment; `elements` maps each element's name to the names of its attributes;
    `marks` names the formatting a text may carry.
    """

    root: str
    elements: Mapping[str, frozenset[str]]
    marks: frozenset[str]

    @cached_property
    def attributes(self) -> Mapping[str, int]:
        """The attributes of all elements, numbered from 1 on."""
        return {name: number for number, name in enumerate(sorted(set().union(*self.elements.values())), 1)}
