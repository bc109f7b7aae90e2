"""A document is a zip of XML: opened within strict bounds, or refused. Nothing of it ever names a file of ours."""

import posixpath
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from types import TracebackType
from xml.parsers import expat

from server.domain.refusals_of_documents import DocumentLocked, DocumentOld, DocumentTooInvolved, DocumentUnreadable

MOST_ENTRIES = 4_000
MOST_BYTES = 32 * 1024 * 1024  # unpacked, of all the parts that are read; a hundred pages are about 3 MiB
MOST_ELEMENTS = 120_000  # of a document, in all its parts: some 10,000 paragraphs, two seconds
MOST_DEPTH = 160
OLE = b"\xd0\xcf\x11\xe0"  # the container of Word 97, and of what Word encrypts (MS-CFB 2.2)
OLE_LOCKED = "EncryptedPackage".encode("utf-16-le")  # MS-OFFCRYPTO 2.3
IS_ENCRYPTED = 0x1  # a flag of a zip's entry (APPNOTE 4.4.4)

NAMES: Mapping[str, str] = {  # the names of a document's vocabularies, as this package writes them
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "r",
    "http://purl.oclc.org/ooxml/officeDocument/relationships": "r",
    "http://schemas.openxmlformats.org/package/2006/relationships": "rel",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "urn:oasis:names:tc:opendocument:xmlns:office:1.0": "office",
    "urn:oasis:names:tc:opendocument:xmlns:text:1.0": "text",
    "urn:oasis:names:tc:opendocument:xmlns:table:1.0": "table",
    "urn:oasis:names:tc:opendocument:xmlns:style:1.0": "style",
    "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0": "draw",
    "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0": "fo",
    "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0": "manifest",
    "http://www.w3.org/1999/xlink": "xlink",
}


@dataclass(slots=True)
class Element:
    """An element with its attributes; `inner` holds elements and words, in order."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    inner: list["Element | str"] = field(default_factory=list)

    def children(self, *names: str) -> list["Element"]:
        """The elements right inside: all, or those of some names."""
        return [one for one in self.inner if isinstance(one, Element) and (not names or one.name in names)]

    def child(self, name: str) -> "Element":
        """The first element of a name right inside; an empty one where there is none."""
        return next(iter(self.children(name)), Element(""))

    def get(self, name: str) -> str:
        """What an attribute says, nothing where there is none."""
        return self.attributes.get(name, "")


class Package:
    """The parts of a document; every one that is read counts."""

    def __init__(self, content: bytes) -> None:
        """Open a document.

        Raises:
            DocumentOld, DocumentLocked, DocumentUnreadable, DocumentTooInvolved: it is none that can be read.
        """
        if content.startswith(OLE):
            raise DocumentLocked if OLE_LOCKED in content else DocumentOld
        if content.count(b"PK\x01\x02") > MOST_ENTRIES:  # asked before the directory is read
            raise DocumentTooInvolved
        try:
            self._zip = zipfile.ZipFile(BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError):
            raise DocumentUnreadable from None
        self._elements_left, self._bytes_left = MOST_ELEMENTS, MOST_BYTES

    def __enter__(self) -> "Package":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, at: TracebackType | None
    ) -> None:
        self._zip.close()

    def has(self, name: str) -> bool:
        """Whether there is such a part."""
        return name in self._zip.NameToInfo

    def part(self, name: str) -> Element:
        """The root of a part; an empty element where there is no such part.

        Raises:
            DocumentLocked, DocumentUnreadable, DocumentTooInvolved.
        """
        return self._parsed(self._unpacked(name)) if self.has(name) else Element("")

    def beside(self, name: str) -> dict[str, Element]:
        """What a part refers to, by id (OPC, part 2, 9.3); `Target` of those inside is the name of a part."""
        folder, own = posixpath.split(name)
        found = {}
        for one in self.part(posixpath.join(folder, "_rels", f"{own}.rels")).children("rel:Relationship"):
            target = one.get("Target")
            if one.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[one.get("Id")] = Element(one.name, {**one.attributes, "Target": target})
        return found

    def _unpacked(self, name: str) -> bytes:
        entry = self._zip.getinfo(name)
        if entry.flag_bits & IS_ENCRYPTED:
            raise DocumentLocked
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others take memory as they say
            raise DocumentUnreadable
        try:
            with self._zip.open(entry) as packed:
                content = packed.read(self._bytes_left + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
            raise DocumentUnreadable from None
        self._bytes_left -= len(content)
        if self._bytes_left < 0:
            raise DocumentTooInvolved
        return content

    def _parsed(self, content: bytes) -> Element:
        building = _Building(self._elements_left)
        try:
            building.parser.Parse(content, True)
        except (expat.ExpatError, LookupError, ValueError):
            raise DocumentUnreadable from None
        self._elements_left = building.left
        return building.root.children()[0]


class _Building:
    """Elements as the parser meets them; a document type, which is what declares entities, ends it at once."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.root = Element("")
        self._open = [self.root]
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._words

    def _refuse(self, *_: object) -> None:
        raise DocumentUnreadable

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.left -= 1
        if self.left < 0 or len(self._open) > MOST_DEPTH:
            raise DocumentTooInvolved
        element = Element(_short(name), {_short(key): value for key, value in attributes.items()})
        self._open[-1].inner.append(element)
        self._open.append(element)

    def _end(self, _: str) -> None:
        self._open.pop()

    def _words(self, words: str) -> None:
        self._open[-1].inner.append(words)


def _short(name: str) -> str:
    space, _, local = name.rpartition(" ")
    return f"{NAMES.get(space, '?')}:{local}" if space else local
