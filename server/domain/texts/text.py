"""The text of a section as values: its grammar, its plain form, its checked form.

A text is a ProseMirror document in JSON: `{"type": "doc", "content": [block, …]}`. The editor's
`client/src/schema.ts` says the same grammar; `tests/collab/test_schema.py` compares the two.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

Node = dict[str, Any]

ROOT = "prosemirror"  # the name y-prosemirror gives the shared fragment
_CELL = frozenset({"id", "colspan", "rowspan", "colwidth"})
ELEMENTS: dict[str, frozenset[str]] = {
    "paragraph": frozenset({"id"}),
    "heading": frozenset({"id", "level"}),
    "bullet_list": frozenset({"id"}),
    "ordered_list": frozenset({"id", "order"}),
    "list_item": frozenset({"id"}),
    "table": frozenset({"id"}),
    "table_row": frozenset({"id"}),
    "table_cell": _CELL,
    "table_header": _CELL,
    "hard_break": frozenset(),
}
MARKS = ("strong", "em", "link")  # in the order the editor keeps them
BLOCKS = frozenset({"paragraph", "heading", "bullet_list", "ordered_list", "table"})
CHILDREN: dict[str, frozenset[str]] = {
    "doc": BLOCKS,
    "paragraph": frozenset({"text", "hard_break"}),
    "heading": frozenset({"text", "hard_break"}),
    "bullet_list": frozenset({"list_item"}),
    "ordered_list": frozenset({"list_item"}),
    "list_item": BLOCKS,
    "table": frozenset({"table_row"}),
    "table_row": frozenset({"table_cell", "table_header"}),
    "table_cell": BLOCKS,
    "table_header": BLOCKS,
}
SAFE_LINK = re.compile(r"(https?://|mailto:)[^\s\x00-\x1f]+", re.IGNORECASE)
KEYS_OF_TEXT, KEYS_OF_NODE = {"type", "text", "marks"}, {"type", "attrs", "content"}
FILLED = CHILDREN.keys() - {"paragraph", "heading"}  # what the editor never leaves empty
DEPTH = 32  # nested lists and cells a text may hold


def from_body(body: str) -> Node:
    """Plain text as a text: an empty line ends a paragraph, a single line feed is a line break.

    `to_body(from_body(body)) == body` for every string.
    """
    return {"type": "doc", "content": [_paragraph(part) for part in body.split("\n\n")]}


def _paragraph(part: str) -> Node:
    content: list[Node] = []
    for number, line in enumerate(part.split("\n")):
        if number:
            content.append({"type": "hard_break"})
        if line:
            content.append({"type": "text", "text": line})
    return {"type": "paragraph", "content": content} if content else {"type": "paragraph"}


def to_body(text: Node) -> str:
    """The words of a text: paragraphs set apart by an empty line, cells of a row by a tab."""
    return "\n\n".join(_words(block) for block in text.get("content", []))


def _words(node: Node) -> str:
    kind, children = node["type"], node.get("content", [])
    if kind == "text":
        return str(node["text"])
    if kind == "hard_break":
        return "\n"
    joint = {"table_row": "\t", "paragraph": "", "heading": ""}.get(kind, "\n")
    return joint.join(_words(child) for child in children)


def without_ids(node: Node) -> Node:
    """The same text without block ids, which are ours and not words; runs that look alike are one run."""
    kept = {key: value for key, value in node.items() if key not in ("attrs", "content")}
    attrs = {key: value for key, value in node.get("attrs", {}).items() if key != "id" and value is not None}
    if attrs:
        kept["attrs"] = attrs
    if node.get("marks"):
        kept["marks"] = sorted(node["marks"], key=lambda mark: MARKS.index(mark["type"]))
    elif "marks" in kept:
        del kept["marks"]
    if node.get("content"):
        kept["content"] = _joined([without_ids(child) for child in node["content"]])
    return kept


def _joined(nodes: list[Node]) -> list[Node]:
    joined: list[Node] = []
    for node in nodes:
        before = joined[-1] if joined else None
        if before and before["type"] == node["type"] == "text" and before.get("marks") == node.get("marks"):
            joined[-1] = {**before, "text": before["text"] + node["text"]}
        else:
            joined.append(node)
    return joined


def walk(node: Node) -> Iterator[Node]:
    """The node and everything in it, in reading order."""
    yield node
    for child in node.get("content", []):
        yield from walk(child)


def problems(text: object, path: str) -> Iterator[tuple[str, str]]:
    """What is wrong with a text that comes from outside: (path, sentence) each, none when it is sound."""
    if not isinstance(text, dict) or text.get("type") != "doc":
        yield path, 'must be a ProseMirror document: {"type": "doc", "content": […]}'
        return
    yield from _problems(text, path, 0)


def _problems(node: Node, path: str, depth: int) -> Iterator[tuple[str, str]]:
    children = node.get("content", [])
    if depth > DEPTH or not isinstance(children, list):
        yield f"{path}.content", f"must be a list, nested at most {DEPTH} deep"
        return
    if not children and node["type"] in FILLED:
        yield f"{path}.content", "must hold at least one node"
    if node["type"] == "list_item" and children and _kind(children[0]) != "paragraph":
        yield f"{path}.content[0].type", "must be paragraph: an item begins with one"
    for number, child in enumerate(children):
        yield from _child_problems(child, CHILDREN[node["type"]], f"{path}.content[{number}]", depth)


def _kind(node: object) -> str | None:
    kind = node.get("type") if isinstance(node, dict) else None
    return kind if isinstance(kind, str) else None


def _child_problems(child: Any, allowed: frozenset[str], path: str, depth: int) -> Iterator[tuple[str, str]]:
    kind = _kind(child)
    if kind not in allowed:
        yield f"{path}.type", f"must be one of {', '.join(sorted(allowed))}"
    elif child.keys() - (KEYS_OF_TEXT if kind == "text" else KEYS_OF_NODE):
        yield path, "has a field that no node of a text has; remove it"
    elif kind == "text":
        yield from _text_problems(child, path)
    else:
        yield from _attribute_problems(child, path)
        if kind in CHILDREN:
            yield from _problems(child, path, depth + 1)
        elif child.get("content"):
            yield f"{path}.content", "holds nothing; remove it"


_SOUND: dict[str, Callable[[Any], bool]] = {
    "id": lambda value: isinstance(value, str) and len(value) <= 64,
    "level": lambda value: value in (1, 2, 3) and type(value) is int,
    "order": lambda value: type(value) is int and 0 <= value <= 1000,
    "colspan": lambda value: type(value) is int and 1 <= value <= 100,
    "rowspan": lambda value: type(value) is int and 1 <= value <= 100,
    "colwidth": lambda value: isinstance(value, list) and all(type(one) is int and 0 <= one <= 1000 for one in value),
}


def _attribute_problems(node: Node, path: str) -> Iterator[tuple[str, str]]:
    attrs = node.get("attrs", {})
    if not isinstance(attrs, dict):
        yield f"{path}.attrs", "must be an object"
        return
    if node["type"] == "heading" and "level" not in attrs:
        yield f"{path}.attrs.level", "is missing; add 1, 2 or 3"
    for name, value in attrs.items():
        if name not in ELEMENTS[node["type"]]:
            yield f"{path}.attrs.{name}", "is not an attribute of this node; remove it"
        elif value is not None and not _SOUND[name](value):
            yield f"{path}.attrs.{name}", f"cannot be {str(value)[:40]!r}"


def _text_problems(node: Node, path: str) -> Iterator[tuple[str, str]]:
    if not isinstance(node.get("text"), str) or not node["text"]:
        yield f"{path}.text", "must be a text that is not empty"
    marks = node.get("marks", [])
    if not isinstance(marks, list):
        yield f"{path}.marks", "must be a list"
        return
    for number, mark in enumerate(marks):
        kind = _kind(mark)
        href = mark["attrs"].get("href") if kind == "link" and isinstance(mark.get("attrs"), dict) else None
        if kind not in MARKS:
            yield f"{path}.marks[{number}].type", f"must be one of {', '.join(MARKS)}"
        elif kind == "link" and (not is_safe_link(href) or len(mark["attrs"]) > 1):
            yield f"{path}.marks[{number}].attrs.href", "must begin with http:, https: or mailto:, and stand alone"
        elif kind != "link" and mark.get("attrs"):
            yield f"{path}.marks[{number}].attrs", "this mark has none; remove them"


def is_safe_link(href: object) -> bool:
    """Whether a link may be followed: http, https or mailto, nothing that runs."""
    return isinstance(href, str) and len(href) <= 2000 and SAFE_LINK.fullmatch(href) is not None
