"""A live document made to say something else, as an editor would: what stays the same is not touched.

Carets, anchors and block ids live in what is not touched; what somebody else writes there meanwhile is kept.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from collab import document
from collab.document import Node

Letter = tuple[str, Any]  # a character, and its marks
Stretch = tuple[bool, int, int, int, int]  # whether it is the same; from, to of what is there, and of what is wanted
MOST_PAIRS = 200_000  # equal parts of two sides that are looked at: some tenth of a second


def rewritten(state: bytes, content: Node, root: str, *, ids: Callable[[], str] = document.new_id) -> bytes:
    """The update that makes a document of this state say `content`; blocks without an id get one."""
    doc: Doc[Any] = Doc()
    doc.apply_update(state)
    before = doc.get_state()
    with doc.transaction():
        _rewrite(document.fragment(doc, root), content.get("content", []), ids)
    return doc.get_update(before)


def _rewrite(parent: XmlFragment | XmlElement, nodes: Sequence[Node], ids: Callable[[], str]) -> None:
    """Make a part of the document hold `nodes`."""
    there, wanted = list(parent.children), document.parts(nodes)
    found = _stretches(list(map(_key, there)), list(map(_key_of, wanted)))
    for is_same, start, end, first, last in reversed(found):  # what is behind does not move
        if is_same:
            for old, new in zip(there[start:end], wanted[first:last], strict=True):
                _change(old, new, ids)
            continue
        for place in range(end - 1, start - 1, -1):
            del parent.children[place]
        for part in reversed(wanted[first:last]):
            document.put(parent, start, part, ids)


def _stretches(there: Sequence[Hashable], wanted: Sequence[Hashable]) -> list[Stretch]:
    """Both sides cut in order into what is the same part and what is not.

    Parts without a name of their own may be paired in many ways. Where there are too many, each is taken for the one
    at its place: the document says the same in the end, only more of it is typed anew.
    """
    times = Counter(wanted)
    if sum(times[one] for one in there) <= MOST_PAIRS:
        matcher = SequenceMatcher(None, there, wanted, autojunk=False)
        return [(kind == "equal", start, end, first, last) for kind, start, end, first, last in matcher.get_opcodes()]
    both = min(len(there), len(wanted))
    runs = [(is_same, list(run)) for is_same, run in groupby(range(both), lambda at: there[at] == wanted[at])]
    found = [(is_same, run[0], run[-1] + 1, run[0], run[-1] + 1) for is_same, run in runs]
    return [*found, (False, both, len(there), both, len(wanted))]


def _key(part: XmlElement | XmlText | XmlFragment) -> Hashable:
    """What makes a part the one it is, whatever it says."""
    return (part.tag, part.attributes.get("id")) if isinstance(part, XmlElement) else None


def _key_of(part: Sequence[Node]) -> Hashable:
    first = part[0]
    return None if first["type"] == "text" else (first["type"], first.get("attrs", {}).get("id"))


def _change(old: XmlElement | XmlText | XmlFragment, new: Sequence[Node], ids: Callable[[], str]) -> None:
    if isinstance(old, XmlText):
        _retype(old, new)
    elif isinstance(old, XmlElement):
        _redress(old, new[0].get("attrs", {}))
        _rewrite(old, new[0].get("content", []), ids)


def _redress(element: XmlElement, wanted: dict[str, Any]) -> None:
    attributes: Any = element.attributes  # iterates over pairs, whatever its annotation says
    there = {name: value for name, value in attributes if value is not None}
    for name in there.keys() - wanted.keys():
        del attributes[name]
    for name, value in wanted.items():
        if value is not None and there.get(name) != value:
            attributes[name] = value


def _retype(words: XmlText, wanted: Sequence[Node]) -> None:
    """Make a text say `wanted`, the letters it begins and ends with left alone."""
    old, new = _letters(document.runs(words)), _letters(wanted)
    start = _shared(old, new)
    end = _shared(old[start:][::-1], new[start:][::-1])
    at, until = _bytes(old[:start]), _bytes(old[: len(old) - end])
    if at < until:
        del words[at:until]
    for marks, run in groupby(new[start : len(new) - end], lambda one: one[1]):
        typed = "".join(letter for letter, _ in run)
        words.insert(at, typed, marks)
        at += len(typed.encode())


def _letters(nodes: Iterable[Node]) -> list[Letter]:
    """Each character with its marks."""
    marked = ((node["text"], {one["type"]: one.get("attrs", {}) for one in node.get("marks", ())}) for node in nodes)
    return [(letter, marks) for said, marks in marked for letter in said]


def _shared(one: Sequence[Letter], other: Sequence[Letter]) -> int:
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return count


def _bytes(letters: Sequence[Letter]) -> int:
    return sum(len(letter.encode()) for letter, _ in letters)
