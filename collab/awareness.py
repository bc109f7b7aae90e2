"""Who is where in the text? Awareness updates read with bounds, and the one thing of them that is used.

An awareness update is a varUint count, then for each client its id (varUint), its clock (varUint) and its
state as JSON (varString), "null" when it is gone. Source: y-protocols, awareness.js. Nothing a client says
of itself is believed except where its cursor is: the server stamps the name and the colour.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NoReturn

from collab.lib0 import LARGEST, Reader, Unreadable, write_text, write_uint
from collab.wire import NotOurProtocol

_MOST_BRACKETS: Final = 64
"""Opening brackets in a state, and so its levels; a cursor needs nine."""

_LONGEST_ROOT: Final = 64
"""Characters in the name of a root type."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One client's presence; `state` is JSON text, None when the client is gone."""

    client: int
    clock: int
    state: str | None


def decode_presence(payload: bytes, *, most: int = 1, state_limit: int = 4096) -> tuple[Entry, ...]:
    """The entries of an awareness update: at most `most`, each state at most `state_limit` bytes.

    Raises:
        NotOurProtocol: cut short, bytes to spare, too many, too long, or a state that is neither a JSON
            object nor null.
    """
    reader = Reader(payload)
    try:
        count = reader.uint()
        if count > most:
            raise NotOurProtocol("presence of too many clients at once")
        entries = tuple(_entry(reader, state_limit) for _ in range(count))
        reader.end()
    except Unreadable as flaw:
        raise NotOurProtocol(f"unreadable presence: {flaw}") from None
    return entries


def encode_presence(entries: Iterable[Entry]) -> bytes:
    """The awareness update that says `entries`."""
    written = [
        write_uint(entry.client) + write_uint(entry.clock) + write_text(entry.state or "null") for entry in entries
    ]
    return write_uint(len(written)) + b"".join(written)


def cursor_of(state: str) -> dict[str, object] | None:
    """The cursor in a state, `{"anchor": …, "head": …}`, rebuilt from checked parts; None if there is none.

    Source of the shape: y-prosemirror, plugins/cursor-plugin.js; yjs, RelativePosition.js.
    """
    try:
        parsed = json.loads(state)
    except (ValueError, RecursionError):
        return None
    cursor = parsed.get("cursor") if isinstance(parsed, dict) else None
    if not isinstance(cursor, dict):
        return None
    anchor, head = _position(cursor.get("anchor")), _position(cursor.get("head"))
    return None if anchor is None or head is None else {"anchor": anchor, "head": head}


def _entry(reader: Reader, state_limit: int) -> Entry:
    client, clock, state = reader.uint(), reader.uint(), reader.block()
    if len(state) > state_limit:
        raise NotOurProtocol("a presence too long to be a cursor")
    return Entry(client, clock, _checked(state))


def _checked(state: bytes) -> str | None:
    """The JSON text of a state that is an object, None for null."""
    try:
        text = state.decode()
        if text.count("{") + text.count("[") > _MOST_BRACKETS:
            raise ValueError(text)
        value = json.loads(text, parse_constant=_not_json)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()  # an escaped lone surrogate has no UTF-8
    except (ValueError, RecursionError):
        raise NotOurProtocol("a presence that is not plain JSON") from None
    if value is None:
        return None
    if not isinstance(value, dict):
        raise NotOurProtocol("a presence that is not a plain object")
    return text


def _not_json(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and Infinity, which Python would take


def _position(value: object) -> dict[str, object] | None:
    """A relative position, or None; Yjs leaves out what is null and throws when nothing names a place."""
    if not isinstance(value, dict):
        return None
    tname, assoc = value.get("tname"), value.get("assoc")
    item, kind = _id(value.get("item")), _id(value.get("type"))
    is_well_formed = (
        (item is not None or value.get("item") is None)
        and (kind is not None or value.get("type") is None)
        and (tname is None or (isinstance(tname, str) and len(tname) <= _LONGEST_ROOT))
        and (assoc is None or (type(assoc) is int and assoc in (-1, 0)))
    )
    parts = {"type": kind, "tname": tname, "item": item}
    if not is_well_formed or all(part is None for part in parts.values()):
        return None
    return {name: part for name, part in (parts | {"assoc": assoc}).items() if part is not None}


def _id(value: object) -> dict[str, object] | None:
    if not isinstance(value, dict):
        return None
    client, clock = value.get("client"), value.get("clock")
    return {"client": client, "clock": clock} if _is_natural(client) and _is_natural(clock) else None


def _is_natural(value: object) -> bool:
    return type(value) is int and 0 <= value <= LARGEST
