"""The hash of a document as a whole, made beside everything else."""

import asyncio
from collections import OrderedDict
from hashlib import sha256
from typing import Any, Final

from pycrdt import Doc

from collab import document
from collab.canonical import digest

KEPT: Final = 256  # hashes remembered: one state of a text is hashed once


class Proof:
    """The hashes of texts, made beside everything else: one at a time, in a thread, each once."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._one = asyncio.Semaphore(1)
        self._known: OrderedDict[bytes, str] = OrderedDict()

    async def hash(self, *updates: bytes) -> str:
        """The canonical hash of the document that `updates` make."""
        key = sha256(b"".join(sha256(update).digest() for update in updates)).digest()
        async with self._one:
            if key not in self._known:
                self._known[key] = await asyncio.to_thread(_hash, updates, self._root)
                if len(self._known) > KEPT:
                    self._known.popitem(last=False)
            return self._known[key]


def _hash(updates: tuple[bytes, ...], root: str) -> str:
    doc: Doc[Any] = Doc()
    for update in updates:
        doc.apply_update(update)
    return digest(document.read(doc, root))
