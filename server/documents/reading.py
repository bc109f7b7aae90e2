"""What a document brings into a text: which kind it is, read by whom, one at a time."""

import asyncio
from dataclasses import dataclass

from server.documents import open_document, word
from server.documents.blocks import Loss, html
from server.documents.package import Package
from server.domain.refusals_of_documents import DocumentEmpty, DocumentUnreadable


@dataclass(frozen=True, slots=True)
class Brought:
    """The HTML of a document, of our schema only, and what of the document could not come."""

    html: str
    lost: frozenset[Loss]


class Desk:
    """Where documents are read: in their own thread, and one after the other, so that they cost the others little."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def read(self, content: bytes) -> Brought:
        """What a document holds.

        Raises:
            DocumentUnreadable, DocumentOld, DocumentLocked, DocumentTooInvolved, DocumentEmpty.
        """
        async with self._turn:
            return await asyncio.to_thread(read, content)


def read(content: bytes) -> Brought:
    """What a document holds.

    Raises:
        DocumentUnreadable, DocumentOld, DocumentLocked, DocumentTooInvolved, DocumentEmpty.
    """
    with Package(content) as package:
        if word.is_word(package):
            found, lost = word.blocks(package)
        elif open_document.is_open_document(package):
            found, lost = open_document.blocks(package)
        else:
            raise DocumentUnreadable
    made = html(found)
    if not made:
        raise DocumentEmpty
    return Brought(made, lost)
