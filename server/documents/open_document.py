"""A LibreOffice document (OpenDocument 1.3) as blocks: only what is known to be seen by its reader comes in.

What was deleted stands in `text:tracked-changes`, comments in `office:annotation`: nothing is read but what is named.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from server.documents.blocks import MOST_COLUMNS, RAISED, Block, Cell, Listed, Loss, Paragraph, Run, Table, flat, lines
from server.documents.package import Element, Package
from server.documents.word_styles import LONGEST_CHAIN, whole
from server.domain.refusals_of_documents import DocumentLocked, DocumentTooInvolved

CONTENT, STYLES, MANIFEST = "content.xml", "styles.xml", "META-INF/manifest.xml"
OPEN = ("text:section", "text:numbered-paragraph", "office:text")
OBJECTS = ("draw:frame", "draw:custom-shape", "draw:g", "draw:object", "draw:rect", "draw:line", "text:ruby")
FIELDS = (  # whose words are what their reader sees
    "text:span", "text:a", "text:meta", "text:meta-field", "text:sequence", "text:sequence-ref", "text:bookmark-ref",
    "text:reference-ref", "text:reference-mark", "text:note-ref", "text:date", "text:title", "text:subject",
    "text:variable-get", "text:user-field-get", "text:expression", "text:page-number", "text:page-count",
    "text:placeholder", "text:drop-down", "text:text-input",
)  # fmt: skip
CONTENTS = ("text:table-of-content", "text:alphabetical-index", "text:illustration-index", "text:table-index")
MOST_SPACES = 100
MOST_CELLS = 100_000  # of a document
MOST_REPEATED = 100  # cells and rows that stand once and count for many
UNSEEN = ("none", "condition")  # nobody here knows how a condition ends
LOOKS = ("fo:font-weight", "fo:font-style", "text:display", "style:text-line-through-style", "style:text-position")


def is_open_document(package: Package) -> bool:
    """Whether it is a text of LibreOffice.

    Raises:
        DocumentLocked: it is, behind a password.
    """
    if not package.has(MANIFEST):
        return False
    entries = package.part(MANIFEST).children("manifest:file-entry")
    if any(one.children("manifest:encryption-data") for one in entries):
        raise DocumentLocked
    return package.has(CONTENT)


def blocks(package: Package) -> tuple[list[Block], frozenset[Loss]]:
    """What a LibreOffice document holds, and what of it could not come."""
    reading = _Reading(package)
    return reading.all(), frozenset(reading.lost)


class _Reading:
    def __init__(self, package: Package) -> None:
        content, kept = package.part(CONTENT), package.part(STYLES)
        homes = [
            kept.child("office:styles"),
            kept.child("office:automatic-styles"),
            content.child("office:automatic-styles"),
        ]
        styles = [one for home in homes for one in home.children("style:style", "style:default-style")]
        self._styles = {(one.get("style:family"), one.get("style:name")): one for one in styles}
        lists = [one for home in homes for one in home.children("text:list-style")]
        self._lists = {
            one.get("style:name"): {level.get("text:level"): level for level in one.children()} for one in lists
        }
        self._text = content.child("office:body").child("office:text")
        self._notes: list[Element] = []
        self._counts: dict[str, int] = {}  # of lists that go on, by style
        self._cells = 0
        self._of_style = cache(self._looks_of)
        self._is_title = cache(self._is_named_title)
        self.lost: set[Loss] = set()

    def all(self) -> list[Block]:
        """The text, then its notes."""
        made = list(self._blocks(self._text))
        for number, body in enumerate(self._notes[:], 1):  # a note that calls another is not followed
            note = [one for one in self._blocks(body) if isinstance(one, Table) or not one.is_blank]
            if note and isinstance(note[0], Paragraph):
                note[0].runs.insert(0, Run(f"[{number}] "))
            made += note
        return made

    def _blocks(self, parent: Element) -> Iterator[Block]:
        for one in parent.children():
            if one.name in ("text:p", "text:h"):
                yield self._paragraph(one)
            elif one.name == "text:list":
                yield from self._list(one, 0, one.get("text:style-name"))
            elif one.name == "table:table":
                yield from self._table(one)
            elif one.name in OPEN and not self._is_hidden_section(one):
                yield from self._blocks(one)
            else:
                self._note_loss(one)

    def _is_hidden_section(self, one: Element) -> bool:
        is_hidden = one.get("text:display") in UNSEEN
        if is_hidden:
            self.lost.add(Loss.HIDDEN)
        return is_hidden

    def _note_loss(self, one: Element) -> None:
        if one.name == "text:tracked-changes":
            if any(region.children("text:deletion") for region in one.children()):
                self.lost.add(Loss.DELETIONS)
        elif one.name in ("office:annotation", "office:annotation-end"):
            self.lost.add(Loss.COMMENTS)
        elif one.name in CONTENTS:
            self.lost.add(Loss.CONTENTS)
        elif one.name in OBJECTS:
            self.lost.add(Loss.OBJECTS)
        elif one.name in ("text:hidden-text", "text:hidden-paragraph"):
            self.lost.add(Loss.HIDDEN)

    def _paragraph(self, one: Element) -> Paragraph:
        style = one.get("text:style-name")
        fields = one.children("text:hidden-paragraph")
        if any(each.get("text:is-hidden") != "false" for each in fields):
            self.lost.add(Loss.HIDDEN)
            return Paragraph([])
        runs = list(self._runs(one, self._of_style("paragraph", style), ""))
        if one.name == "text:p":
            return Paragraph(runs, int(self._is_title(style)))
        number = "".join(each for each in one.child("text:number").inner if isinstance(each, str))
        before = [Run(f"{number} ")] if number.strip() else []
        return Paragraph(before + runs, whole(one.get("text:outline-level"), 1) or 1)

    def _is_named_title(self, style: str) -> bool:
        return any(each.get("style:name") == "Title" for each in self._chain("paragraph", style))

    def _runs(self, parent: Element, looks: Mapping[str, str], href: str) -> Iterator[Run]:
        for one in parent.inner:
            if isinstance(one, str):
                yield from self._said(re.sub(r"[ \t\r\n]+", " ", one), looks, href)
            elif one.name in FIELDS:
                own = self._of_style("text", one.get("text:style-name")) if one.name == "text:span" else {}
                to = one.get("xlink:href").strip() if one.name == "text:a" else href
                yield from self._runs(one, {**looks, **own}, to)
            elif one.name == "text:note":
                yield from self._called(one, looks)
            else:
                self._note_loss(one)
                yield from self._said(_space(one), looks, href)

    def _said(self, words: str, looks: Mapping[str, str], href: str) -> Iterator[Run]:
        if not words:
            return
        if looks.get("text:display") in UNSEEN:
            self.lost.update({Loss.HIDDEN} if words.strip() else ())
            return
        if words.strip() and looks.get("style:text-line-through-style", "none") != "none":
            self.lost.add(Loss.STRUCK)
        if looks.get("style:text-position", "").startswith("super"):
            words = RAISED.get(words, words)
        is_bold = looks.get("fo:font-weight", "normal") in ("bold", "600", "700", "800", "900")
        yield Run(words, is_bold, looks.get("fo:font-style") in ("italic", "oblique"), href)

    def _called(self, note: Element, looks: Mapping[str, str]) -> Iterator[Run]:
        if looks.get("text:display") in UNSEEN:
            self.lost.add(Loss.HIDDEN)
            return
        self.lost.add(Loss.NOTES)
        self._notes.append(note.child("text:note-body"))
        yield Run(f"[{len(self._notes)}]")

    def _looks_of(self, family: str, name: str) -> Mapping[str, str]:
        """What a style says of how words look; the styles it rests on where it says nothing."""
        made: dict[str, str] = {}
        for one in self._chain(family, name):
            said = one.child("style:text-properties")
            made = {**{look: said.get(look) for look in LOOKS if said.get(look)}, **made}
        return made

    def _chain(self, family: str, name: str) -> Iterator[Element]:
        for _ in range(LONGEST_CHAIN):
            found = self._styles.get((family, name))
            if found is None:
                return
            yield found
            name = found.get("style:parent-style-name")

    def _list(self, one: Element, depth: int, style: str) -> Iterator[Block]:
        style = one.get("text:style-name") or style
        level = self._lists.get(style, {}).get(str(depth + 1), Element(""))
        is_numbered = level.name == "text:list-level-style-number" and bool(level.get("style:num-format"))
        if is_numbered and (level.get("style:num-format") != "1" or whole(level.get("text:display-levels"), 1) > 1):
            self.lost.add(Loss.NUMBERING)
        goes_on = one.get("text:continue-numbering") == "true" or one.get("text:continue-list") != ""
        number = self._counts.get(f"{style} {depth}", 0) if goes_on else whole(level.get("text:start-value"), 1) - 1
        for item in one.children("text:list-item", "text:list-header"):
            number = whole(item.get("text:start-value"), number + 1)
            yield from self._item(item, Listed(style, depth, is_numbered, number), style)
        self._counts[f"{style} {depth}"] = number

    def _item(self, item: Element, place: Listed, style: str) -> Iterator[Block]:
        is_first = True
        for one in item.children():
            if one.name == "text:list":
                yield from self._list(one, place.depth + 1, style)
                continue
            for block in self._blocks(Element("", {}, [one])):
                if isinstance(block, Paragraph) and not block.level and not block.is_blank:
                    block.listed = Listed(place.name, place.depth, place.is_numbered, place.number, not is_first)
                    is_first = False
                yield block

    def _table(self, table: Element) -> Iterator[Block]:
        rows = [
            cells for row, is_header in _rows(table, is_header=False) for cells in self._row(row, is_header=is_header)
        ]
        width = max((sum(cell.colspan for cell in row) for row in rows), default=0)
        if width > MOST_COLUMNS:
            self.lost.add(Loss.TABLES)
            yield from lines(Table(rows))
        elif rows:
            yield Table(rows)

    def _row(self, row: Element, *, is_header: bool) -> list[list[Cell]]:
        """The cells of a row, as often as it stands there; no row where nothing begins."""
        if row.get("table:visibility") in ("collapse", "filter"):
            self.lost.add(Loss.HIDDEN)
            return []
        made = []
        for one in row.children("table:table-cell"):
            cell = self._cell(one, is_header=is_header)
            made += [cell] * _times(one, "columns")
            if len(made) > MOST_CELLS:
                raise DocumentTooInvolved
        again = _times(row, "rows") if made else 0
        self._cells += len(made) * again
        if self._cells > MOST_CELLS:
            raise DocumentTooInvolved
        return [made] * again

    def _cell(self, one: Element, *, is_header: bool) -> Cell:
        columns, rows = (whole(one.get(f"table:number-{name}-spanned"), 1) for name in ("columns", "rows"))
        inside = list(self._blocks(one))
        if any(isinstance(each, Table) for each in inside):
            self.lost.add(Loss.TABLES)
        return Cell(flat(inside), _span(columns), _span(rows), is_header)


def _span(said: int) -> int:
    return min(max(said, 1), MOST_COLUMNS)


def _times(one: Element, name: str) -> int:
    return min(max(whole(one.get(f"table:number-{name}-repeated"), 1), 1), MOST_REPEATED)


def _rows(parent: Element, *, is_header: bool) -> Iterator[tuple[Element, bool]]:
    for one in parent.children():
        if one.name == "table:table-row":
            yield one, is_header
        elif one.name in ("table:table-header-rows", "table:table-rows", "table:table-row-group"):
            yield from _rows(one, is_header=is_header or one.name == "table:table-header-rows")


def _space(one: Element) -> str:
    if one.name == "text:s":
        return " " * min(whole(one.get("text:c"), 1), MOST_SPACES)
    return {"text:tab": " ", "text:line-break": "\n"}.get(one.name, "")
