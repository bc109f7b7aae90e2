"""What is compared: blocks in normal form, each with a number that is the same for two that read the same."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from unicodedata import is_normalized, normalize

from server.domain.redline.tokens import words
from server.domain.texts.text import MARKS

Node = dict[str, Any]
PLAIN = frozenset({"paragraph", "heading"})  # blocks of words
KINDS = (  # a block may become another of its family
    PLAIN,
    frozenset({"bullet_list", "ordered_list"}),
    frozenset({"list_item"}),
    frozenset({"table"}),
    frozenset({"table_row"}),
    frozenset({"table_cell", "table_header"}),
)
FAMILY = {kind: number for number, kinds in enumerate(KINDS) for kind in kinds}


@dataclass(slots=True, eq=False)
class Part:
    """A block, its children if it has any, and the number of what it says; its id says nothing."""

    node: Node
    key: int
    children: tuple["Part", ...] = ()
    is_closed: bool = False  # not looked into: neither settled nor its children known
    _words: Counter[str] | None = field(default=None, repr=False)

    @property
    def kind(self) -> str:
        """What kind of block it is."""
        return str(self.node["type"])

    @property
    def family(self) -> int:
        """Which kinds it may become."""
        return FAMILY.get(self.kind, len(KINDS))

    @property
    def id(self) -> str | None:
        """Its id, if it has one."""
        found = self.node.get("attrs", {}).get("id")
        return found if isinstance(found, str) else None

    @property
    def shell(self) -> Node:
        """The block without its content."""
        return {key: value for key, value in self.node.items() if key != "content"}

    @property
    def words(self) -> Counter[str]:
        """How often each word stands in it."""
        if self._words is None:
            self._words = Counter(_words(self.node))
        return self._words


def _words(node: Node) -> Iterator[str]:
    run = ""
    for child in node.get("content", ()):
        if child["type"] == "text":
            run += child["text"]
            continue
        yield from words(run)
        run = ""
        yield from _words(child)
    yield from words(run)


def likeness(one: Part, other: Part) -> float:
    """Which share of their words two blocks have in common, from 0 to 1."""
    total = one.words.total() + other.words.total()
    if total == 0:
        return 1.0
    small, large = sorted((one.words, other.words), key=len)
    return 2 * sum(min(times, large[word]) for word, times in small.items()) / total


class Numbers:
    """The numbers of what blocks say: the same for all blocks that are compared with each other."""

    def __init__(self) -> None:
        self._known: dict[object, int] = {}

    def both(self, base: Sequence[Node], target: Sequence[Node]) -> tuple[list[Part], list[Part]]:
        """The blocks of two texts; one that stands in both to the letter, and once, is not even looked into."""
        mine, theirs = list(map(repr, base)), list(map(repr, target))
        once, there = Counter(mine), Counter(theirs)

        def part(node: Node, letters: str) -> Part:
            if once[letters] == there[letters] == 1:
                return Part(node, self._number(letters), is_closed=True)
            return self.part(settled(node))

        return list(map(part, base, mine)), list(map(part, target, theirs))

    def opened(self, part: Part) -> Part:
        """The same block, looked into."""
        return self.part(settled(part.node)) if part.is_closed else part

    def part(self, node: Node) -> Part:
        """A node in normal form and all that is in it, numbered."""
        kind, attrs, content = node["type"], node.get("attrs"), node.get("content", ())
        seen = tuple((name, repr(value)) for name, value in sorted(attrs.items()) if name != "id") if attrs else ()
        if kind in PLAIN or not content:
            said = tuple(map(_inline, content))
            return Part(node, self._number((kind, seen, said)))
        children = tuple(map(self.part, content))
        return Part(node, self._number((kind, seen, *(child.key for child in children))), children)

    def _number(self, said: object) -> int:
        return self._known.setdefault(said, len(self._known))


def _inline(node: Node) -> object:
    marks = node.get("marks")
    return (node.get("text"), repr(marks)) if marks else node.get("text")


def settled(node: Node) -> Node:
    """A text in normal form: strings in NFC, nothing null or empty, marks in order, runs that look alike in one."""
    kept: Node = {"type": node["type"]}
    attrs = {name: value for name, value in node.get("attrs", {}).items() if value is not None}
    if attrs:
        kept["attrs"] = attrs
    if "text" in node:
        words = node["text"]
        kept["text"] = words if is_normalized("NFC", words) else normalize("NFC", words)
        if node.get("marks"):
            kept["marks"] = sorted(map(_mark, node["marks"]), key=_order)
    elif node.get("content"):
        kept["content"] = joined(map(settled, node["content"]))
    return kept


def _mark(mark: Node) -> Node:
    attrs = {name: value for name, value in (mark.get("attrs") or {}).items() if value is not None}
    return {"type": mark["type"], "attrs": attrs} if attrs else {"type": mark["type"]}


def _order(mark: Node) -> tuple[int, str]:
    kind = mark["type"]
    return (MARKS.index(kind) if kind in MARKS else len(MARKS), repr(mark))


def joined(nodes: Any) -> list[Node]:
    """Nodes in order, neighbouring runs with the same marks as one."""
    found: list[Node] = []
    for node in nodes:
        last = found[-1] if found else None
        if last and "text" in last and "text" in node and last.get("marks") == node.get("marks"):
            found[-1] = {**last, "text": last["text"] + node["text"]}
        else:
            found.append(node)
    return found
