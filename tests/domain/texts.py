"""Small texts to compare, and any text at random."""

import copy
import random
from typing import Any

Node = dict[str, Any]
WORDS = ("le", "contrat", "de", "l’", "70 000 €", ".", "\u00a0", "é", "e\u0301", "fin.", "\n", "avenant")
LINK = {"type": "link", "attrs": {"href": "https://exemple.fr/"}}
MARKS: tuple[list[Node], ...] = ([], [], [], [{"type": "strong"}], [{"type": "em"}, {"type": "strong"}], [LINK])


def doc(*blocks: Node) -> Node:
    """A text."""
    return {"type": "doc", "content": list(blocks)}


def node(kind: str, *content: Node, **attrs: Any) -> Node:
    """Any block; its id is `id`."""
    return {"type": kind, "attrs": attrs, "content": list(content)}


def run(words: str, *marks: str) -> Node:
    """Words with marks."""
    return {"type": "text", "text": words, "marks": [{"type": mark} for mark in marks]}


def par(words: str, name: str | None = None) -> Node:
    """A paragraph."""
    return node("paragraph", *([run(words)] if words else []), id=name)


def items(*words: str) -> Node:
    """A list."""
    return node("bullet_list", *(node("list_item", par(one)) for one in words))


def table(*rows: tuple[str, ...]) -> Node:
    """A table."""
    return node("table", *(node("table_row", *(node("table_cell", par(one)) for one in row)) for row in rows))


class Writer:
    """Writes texts of any shape, and others made from them."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)

    def text(self) -> Node:
        """Any text."""
        return doc(*(self._block(0) for _ in range(self.draw.randrange(8))))

    def edited(self, text: Node) -> Node:
        """A text made from another: blocks and words taken out, put in, moved."""
        blocks = self._edited(text["content"], 0)
        if len(blocks) > 1 and self.draw.random() < 0.4:
            blocks.insert(self.draw.randrange(len(blocks)), blocks.pop(self.draw.randrange(len(blocks))))
        return doc(*blocks)

    def _edited(self, nodes: list[Node], depth: int) -> list[Node]:
        made: list[Node] = []
        for one in copy.deepcopy(nodes):
            chance = self.draw.random()
            if chance < 0.1:
                continue
            if chance < 0.3:
                self._edit(one, depth)
            made.append(one)
            if chance > 0.9 and depth == 0:
                made.append(self._block(0))
        return made

    def _edit(self, one: Node, depth: int) -> None:
        content = one["content"]
        if one["type"] not in ("paragraph", "heading"):
            one["content"] = self._edited(content, depth + 1) or content
        elif content and self.draw.random() < 0.5:
            content.pop(self.draw.randrange(len(content)))
        else:
            content.insert(self.draw.randrange(len(content) + 1), self._run())

    def _run(self) -> Node:
        words = " ".join(self.draw.choice(WORDS) for _ in range(self.draw.randrange(1, 6)))
        return {"type": "text", "text": words, "marks": self.draw.choice(MARKS)}

    def _id(self) -> str | None:
        return self.draw.choice("abcdefghijklmnop") if self.draw.random() < 0.6 else None  # often a copied one

    def _paragraph(self) -> Node:
        inside = [
            self._run() if self.draw.random() < 0.8 else {"type": "hard_break"} for _ in range(self.draw.randrange(4))
        ]
        if self.draw.random() < 0.3:
            return node("heading", *inside, id=self._id(), level=self.draw.randrange(1, 4))
        return node("paragraph", *inside, id=self._id())

    def _block(self, depth: int) -> Node:
        chance = self.draw.random()
        if depth > 2 or chance < 0.7:
            return self._paragraph()
        if chance < 0.85:
            inside = [self._item(depth) for _ in range(self.draw.randrange(1, 4))]
            return node(self.draw.choice(("bullet_list", "ordered_list")), *inside, id=self._id())
        wide = self.draw.randrange(1, 4)
        rows = [node("table_row", *(self._cell() for _ in range(wide)), id=self._id()) for _ in range(wide)]
        return node("table", *rows, id=self._id())

    def _item(self, depth: int) -> Node:
        more = [self._block(depth + 1)] if self.draw.random() < 0.5 else []
        return node("list_item", self._paragraph(), *more, id=self._id())

    def _cell(self) -> Node:
        return node("table_cell", self._paragraph(), id=self._id(), colspan=self.draw.choice((1, 1, 1, 1, 1, 2)))
