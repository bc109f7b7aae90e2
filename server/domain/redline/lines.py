"""A paragraph laid out to be compared: its tokens, and any stretch of it as nodes again."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from server.domain.redline.tokens import tokens

Node = dict[str, Any]
BREAK, SEAM = "\n", "\n\n"  # no token is only space
SEAM_NODE = "seam"  # stands between the words of two paragraphs; `shell` is the second's


class Line:
    """The words of a paragraph; a break or a seam is one sign of its text."""

    def __init__(self, content: Sequence[Node]) -> None:
        self.nodes = content
        self.firsts: list[int] = []  # where each node begins
        self.keys: list[str] = []  # each token without the spaces after it
        self.starts: list[int] = []
        shown = [node.get("text", "\n") for node in content]
        self.text = "".join(shown)
        length = begun = 0  # a run of text nodes began at `begun`
        for node, text in zip(content, shown, strict=True):
            self.firsts.append(length)
            if "text" not in node:
                self._lay(begun, length)
                self.keys.append(SEAM if node["type"] == SEAM_NODE else BREAK)
                self.starts.append(length)
                begun = length + 1
            length += len(text)
        self._lay(begun, length)
        self.starts.append(length)

    def _lay(self, start: int, end: int) -> None:
        """Tell the tokens of a run of text nodes."""
        for word, first in tokens(self.text[start:end]):
            self.keys.append(word)
            self.starts.append(start + first)

    def end_of_word(self, number: int) -> int:
        """Where a token ends, its spaces left out."""
        key = self.keys[number]
        return self.starts[number] + (1 if key in (BREAK, SEAM) else len(key))

    def node_at(self, place: int) -> int:
        """The number of the node that a place is in."""
        return bisect_right(self.firsts, place) - 1

    def end_of_node(self, number: int) -> int:
        """Where a node ends."""
        return self.firsts[number + 1] if number + 1 < len(self.firsts) else len(self.text)

    def cut(self, start: int, end: int) -> tuple[Node, ...]:
        """What stands from one place to another, as nodes."""
        found: list[Node] = []
        number = self.node_at(start)
        while start < end:
            node, stop = self.nodes[number], min(end, self.end_of_node(number))
            if "text" in node:
                node = {**node, "text": self.text[start:stop]}
            found.append(node)
            start, number = stop, number + 1
        return tuple(found)
