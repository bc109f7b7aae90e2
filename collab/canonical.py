"""One way of writing a text down, the same in every program: JSON as RFC 8785 has it, strings in Unicode NFC."""

from hashlib import sha256
from json import dumps
from typing import Any
from unicodedata import normalize

Node = dict[str, Any]


def digest(content: Node) -> str:
    """The SHA-256 of a text as `collab.document.read` gives it, in hexadecimal.

    It covers kinds, attributes, marks, words and order. Texts that look alike are alike: what is null is left out,
    the order of marks says nothing, and runs with the same marks are one.
    """
    return sha256(canonical(_node(content)).encode()).hexdigest()


def canonical(value: Any) -> str:
    """A JSON value as RFC 8785 writes it, its strings in NFC; sizes up to 2^53.

    Raises:
        TypeError: it is no JSON value.
    """
    if isinstance(value, str):
        return dumps(normalize("NFC", value), ensure_ascii=False)
    if value is None or isinstance(value, bool):
        return dumps(value)
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, dict):
        named = sorted(value.items(), key=lambda one: one[0].encode("utf-16-be"))  # RFC 8785, 3.2.3
        return "{" + ",".join(f"{canonical(key)}:{canonical(one)}" for key, one in named) + "}"
    raise TypeError(f"{type(value).__name__} is no JSON value")


def _number(value: float) -> str:
    """A number as ECMAScript writes it (ECMA-262, Number::toString); Python finds the same shortest digits."""
    if abs(value) <= 2**53 and value == int(value):
        return str(int(value))
    mantissa, _, exponent = repr(float(value)).partition("e")
    sign, mantissa = ("-", mantissa[1:]) if mantissa.startswith("-") else ("", mantissa)
    whole, _, fraction = mantissa.partition(".")
    point = len(whole) + int(exponent or 0)
    digits = (whole + fraction).lstrip("0")
    point -= len(whole + fraction) - len(digits)
    digits = digits.rstrip("0")
    if 0 < point <= 21:
        return f"{sign}{digits[:point]:0<{point}}{'.' if len(digits) > point else ''}{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    rest = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{rest}e{'+' if point > 0 else '-'}{abs(point - 1)}"


def _node(node: Node) -> Node:
    kept: Node = {"type": node["type"]}
    attrs = _filled(node.get("attrs"))
    if attrs:
        kept["attrs"] = attrs
    if node["type"] == "text":
        return {**kept, "text": node["text"], "marks": sorted(map(_mark, node.get("marks", [])), key=_order)}
    return {**kept, "content": _joined(list(map(_node, node.get("content", []))))}


def _mark(mark: Node) -> Node:
    return {"type": mark["type"], "attrs": _filled(mark.get("attrs"))}


def _order(mark: Node) -> bytes:
    return canonical(mark).encode("utf-16-be")  # as ECMAScript compares strings


def _filled(attrs: Any) -> Node:
    return {name: value for name, value in attrs.items() if value is not None} if isinstance(attrs, dict) else {}


def _joined(nodes: list[Node]) -> list[Node]:
    joined: list[Node] = []
    for node in nodes:
        before = joined[-1] if joined else None
        if before and before["type"] == node["type"] == "text" and before["marks"] == node["marks"]:
            before["text"] += node["text"]
        else:
            joined.append(node)
    return joined
