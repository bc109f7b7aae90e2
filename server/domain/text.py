"""The text of a section as values: its grammar, its plain form, its checked form.

A text is a ProseMirror document in JSON: `{"type": "doc", "content": [block, …]}`. The editor's
`client/src/schema.ts` says the same grammar; `tests/collab/test_schema.py` compares the two.
"""

import re
from collections.abc import Iterator
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


def is_plain(text: Node) -> bool:
    """Whether plain text says it all: paragraphs and line breaks, no heading, list, table or mark."""
    return all(
        node["type"] in ("doc", "paragraph", "hard_break", "text") and not node.get("marks") for node in walk(text)
    )


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
    """The same text without block ids, which are ours and not words; marks in the editor's order."""
    kept = {key: value for key, value in node.items() if key not in ("attrs", "content")}
    attrs = {key: value for key, value in node.get("attrs", {}).items() if key != "id" and value is not None}
    if attrs:
        kept["attrs"] = attrs
    if node.get("marks"):
        kept["marks"] = sorted(node["marks"], key=lambda mark: MARKS.index(mark["type"]))
    if node.get("content"):
        kept["content"] = [without_ids(child) for child in node["content"]]
    return kept


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
    if not text.get("content"):
        yield f"{path}.content", "must hold at least one block"
    yield from _problems(text, path, 0)


def _problems(node: Node, path: str, depth: int) -> Iterator[tuple[str, str]]:
    children = node.get("content", [])
    if depth > DEPTH or not isinstance(children, list):
        yield f"{path}.content", f"must be a list, nested at most {DEPTH} deep"
        return
    allowed = CHILDREN[node["type"]]
    for number, child in enumerate(children):
        where = f"{path}.content[{number}]"
        kind = child.get("type") if isinstance(child, dict) else None
        if kind not in allowed:
            yield f"{where}.type", f"must be one of {', '.join(sorted(allowed))}"
        elif kind == "text":
            yield from _text_problems(child, where)
        else:
            yield from _attribute_problems(child, where)
            if kind in CHILDREN:
                yield from _problems(child, where, depth + 1)


def _attribute_problems(node: Node, path: str) -> Iterator[tuple[str, str]]:
    attrs = node.get("attrs", {})
    if not isinstance(attrs, dict):
        yield f"{path}.attrs", "must be an object"
        return
    for name in attrs.keys() - ELEMENTS[node["type"]]:
        yield f"{path}.attrs.{name}", "is not an attribute of this node; remove it"
    if node["type"] == "heading" and attrs.get("level") not in (1, 2, 3):
        yield f"{path}.attrs.level", "must be 1, 2 or 3"


def _text_problems(node: Node, path: str) -> Iterator[tuple[str, str]]:
    if not isinstance(node.get("text"), str) or not node["text"]:
        yield f"{path}.text", "must be a text that is not empty"
    marks = node.get("marks", [])
    for number, mark in enumerate(marks if isinstance(marks, list) else [marks]):
        kind = mark.get("type") if isinstance(mark, dict) else None
        if kind not in MARKS:
            yield f"{path}.marks[{number}].type", f"must be one of {', '.join(MARKS)}"
        elif kind == "link" and not is_safe_link((mark.get("attrs") or {}).get("href")):
            yield f"{path}.marks[{number}].attrs.href", "must begin with http:, https: or mailto:"


def is_safe_link(href: object) -> bool:
    """Whether a link may be followed: http, https or mailto, nothing that runs."""
    return isinstance(href, str) and SAFE_LINK.fullmatch(href) is not None
