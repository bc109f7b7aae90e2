"""A live document as a tree of values, and back: pycrdt XML ↔ ProseMirror JSON as y-prosemirror stores it.

y-prosemirror (sync-plugin.js) keeps a node as an XML element named after its type, its attributes that are
not null as attributes, and a run of text nodes as one XML text whose formatting keys are mark names.
"""

import secrets
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

Node = dict[str, Any]
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def new_id() -> str:
    """A fresh block id: 10 letters out of 32, 50 bits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(10))


def fragment(doc: Doc[Any], root: str) -> XmlFragment:
    """The shared fragment of `doc`."""
    shared: XmlFragment = doc.get(root, type=XmlFragment)
    return shared


def read(doc: Doc[Any], root: str) -> Node:
    """The whole text of a live document as ProseMirror JSON."""
    return {"type": "doc", "content": _children(fragment(doc, root))}


def read_state(state: bytes, root: str) -> Node:
    """The text that an empty document shows after one update."""
    return read_states((state,), root)


def read_states(states: Iterable[bytes], root: str) -> Node:
    """The text that an empty document shows after updates: what the engine makes of several states."""
    doc: Doc[Any] = Doc()
    for state in states:
        doc.apply_update(state)
    return read(doc, root)


def _children(parent: XmlFragment | XmlElement) -> list[Node]:
    nodes: list[Node] = []
    for child in parent.children:
        if isinstance(child, XmlText):
            for run in runs(child):
                _join(nodes, run)
        elif isinstance(child, XmlElement):
            nodes.append(_element(child))
    return nodes


def _join(nodes: list[Node], run: Node) -> None:
    """Add a run of text, as part of the one before it if that has the same marks: an editor knows no seam there."""
    last = nodes[-1] if nodes else {}
    if last.get("type") == "text" and last.get("marks") == run.get("marks"):
        last["text"] += run["text"]
    else:
        nodes.append(run)


def _element(element: XmlElement) -> Node:
    node: Node = {"type": element.tag}
    attributes: Any = element.attributes  # iterates over pairs, whatever its annotation says
    attrs = {name: _whole(value) for name, value in sorted(attributes) if value is not None}
    if attrs:
        node["attrs"] = attrs
    content = _children(element)
    if content:
        node["content"] = content
    return node


def runs(text: XmlText) -> Iterable[Node]:
    """What a text says: a text node for each run of letters with the same marks."""
    for run, formats in text.diff():
        if isinstance(run, str):
            node: Node = {"type": "text", "text": run}
            if formats:
                node["marks"] = [_mark(name, formats[name]) for name in sorted(formats)]
            yield node


def _mark(name: str, attrs: object) -> Node:
    kept = {key: _whole(value) for key, value in attrs.items()} if isinstance(attrs, dict) else {}
    return {"type": name.split("--")[0], **({"attrs": kept} if kept else {})}


def _whole(value: Any) -> Any:
    """Numbers come back as floats: a whole one is an integer in ProseMirror."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return value


def first_state(content: Node, root: str, *, client_id: int, ids: Callable[[], str] = new_id) -> bytes:
    """The Yjs update that makes an empty document hold `content`, every block with an id of its own."""
    doc: Doc[Any] = Doc(client_id=client_id)
    shared = fragment(doc, root)
    with doc.transaction():
        _write(shared, content.get("content", []), ids)
    return doc.get_update()


def _write(parent: XmlFragment | XmlElement, nodes: Sequence[Node], ids: Callable[[], str]) -> None:
    """Put nodes into an empty parent, the last first: inserting in front does not walk over what is there."""
    for part in reversed(parts(nodes)):
        put(parent, 0, part, ids)


def parts(nodes: Sequence[Node]) -> list[list[Node]]:
    """Nodes as a document holds them: a run of text is one part, and so is every other node."""
    found: list[list[Node]] = []
    for is_text, some in groupby(nodes, lambda one: one["type"] == "text"):
        run = list(some)
        found += [run] if is_text else [[one] for one in run]
    return found


def put(parent: XmlFragment | XmlElement, at: int, part: Sequence[Node], ids: Callable[[], str]) -> None:
    """Put a part in front of the child at a place."""
    if part[0]["type"] == "text":
        _write_text(parent.children.insert(at, XmlText()), part)
    else:
        _write(parent.children.insert(at, _bare(part[0], ids)), part[0].get("content", []), ids)


def _write_text(text: XmlText, nodes: Sequence[Node]) -> None:
    for node in nodes:
        marks = {mark["type"]: mark.get("attrs") or {} for mark in node.get("marks", [])}
        text.insert(len(text), node["text"], marks or None)


def _bare(node: Node, ids: Callable[[], str]) -> XmlElement:
    attrs = {name: value for name, value in node.get("attrs", {}).items() if value is not None}
    if node["type"] != "hard_break":
        attrs.setdefault("id", ids())
    return XmlElement(node["type"], attrs)
