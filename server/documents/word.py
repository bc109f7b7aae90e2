"""A Word document (ECMA-376) as blocks: only what is known to be seen by its reader comes in.

Words come from `w:t` inside what is named here and from nowhere else: what is deleted, hidden, commented, or of a kind
that this file does not know stays in the document.
"""

import re
from collections.abc import Iterator

from server.documents.blocks import MOST_COLUMNS, RAISED, Block, Cell, Listed, Loss, Paragraph, Run, Table, flat, lines
from server.documents.package import Element, Package
from server.documents.word_styles import Numberings, Styles, is_on, whole

MAIN = "word/document.xml"
OPEN = (
    "w:ins",
    "w:moveTo",
    "w:smartTag",
    "w:customXml",
    "w:fldSimple",
    "w:bdo",
    "w:dir",
    "w:sdtContent",
    "w:hyperlink",
)
GONE = ("w:del", "w:moveFrom", "w:cellDel")
COMMENTS = ("w:commentRangeStart", "w:commentReference")
OBJECTS = (
    "w:drawing",
    "w:pict",
    "w:object",
    "mc:AlternateContent",
    "w:sym",
    "w:ruby",
    "w:altChunk",
    "m:oMath",
    "m:oMathPara",
)
NOTES = {"w:footnoteReference": "footnotes", "w:endnoteReference": "endnotes"}


def is_word(package: Package) -> bool:
    """Whether it says that it is a Word document."""
    return bool(_main(package))


def _main(package: Package) -> str:
    """The name of the part that holds the text."""
    for one in package.beside("").values():
        if one.get("Type").endswith("/officeDocument") and package.has(one.get("Target")):
            return one.get("Target")
    return MAIN if package.has(MAIN) else ""


def blocks(package: Package) -> tuple[list[Block], frozenset[Loss]]:
    """What a Word document holds, and what of it could not come."""
    reading = _Reading(package)
    return reading.all(), frozenset(reading.lost)


class _Reading:
    def __init__(self, package: Package) -> None:
        main = _main(package)
        around = package.beside(main)
        named = {one.get("Type").rsplit("/", 1)[-1]: one.get("Target") for one in around.values()}
        parts = {name: package.part(named.get(name, "")) for name in ("styles", "numbering", *NOTES.values())}
        self._links = {key: one.get("Target") for key, one in around.items() if one.get("TargetMode") == "External"}
        self._body = package.part(main).child("w:body")
        self._styles = Styles(parts["styles"])
        self._numberings = Numberings(parts["numbering"])
        self._notes = {(kind, one.get("w:id")): one for kind in NOTES.values() for one in parts[kind].children()}
        self._called: dict[tuple[str, str], int] = {}
        self._fields: list[bool] = []  # of each field one is in: whether its result is reached
        self._before: list[Run] = []  # of paragraphs whose end was deleted: they go on in the next one
        self.lost: set[Loss] = set()

    def all(self) -> list[Block]:
        """The text, then its notes."""
        made = list(self._blocks(self._body))
        for key, number in self._called.items():  # a note that calls another is not followed
            self._fields = []
            note = [one for one in self._blocks(self._notes[key]) if isinstance(one, Table) or not one.is_blank]
            if note and isinstance(note[0], Paragraph):
                note[0].runs.insert(0, Run(f"[{number}] "))
            made += note
        return made

    def _blocks(self, parent: Element) -> Iterator[Block]:
        yield from self._inside(parent)
        yield from self._flush()

    def _flush(self) -> Iterator[Paragraph]:
        if self._before:
            yield Paragraph(self._before)
            self._before = []

    def _inside(self, parent: Element) -> Iterator[Block]:
        for one in parent.children():
            if one.name == "w:p":
                yield from self._paragraph(one)
            elif one.name == "w:tbl":
                yield from self._flush()
                yield from self._table(one)
            elif one.name in OPEN or one.name == "w:sdt":
                yield from self._inside(one)
            else:
                self._note_loss(one)

    def _note_loss(self, one: Element) -> None:
        if one.name in GONE:
            self.lost.add(Loss.DELETIONS)
        elif one.name in COMMENTS:
            self.lost.add(Loss.COMMENTS)
        elif one.name in OBJECTS:
            self.lost.add(Loss.OBJECTS)

    def _paragraph(self, one: Element) -> Iterator[Paragraph]:
        about = one.child("w:pPr")
        style = self._styles.style(about)
        if self._styles.is_contents(style):
            self.lost.add(Loss.CONTENTS)
            self._pass(one)
            return
        runs = list(self._runs(one, style, ""))
        mark = about.child("w:rPr")
        if mark.children("w:del", "w:moveFrom"):
            self.lost.add(Loss.DELETIONS)
            self._before += runs
            return
        made = Paragraph([*self._before, *runs], self._styles.level(about, style))
        self._before = []
        yield self._numbered(made, *self._styles.numbering(about, style))

    def _numbered(self, made: Paragraph, key: str, depth: int) -> Paragraph:
        """A paragraph as an item of its list; the number of a title, or one with words, becomes text."""
        mark = None if made.is_blank else self._numberings.next(key, depth)
        if mark is None:
            return made
        if mark.says and (made.level or re.search(r"[^\W\d]{2}", re.sub(r"[ivxlcdm]+", "", mark.says, flags=re.I))):
            made.runs.insert(0, Run(f"{mark.says} "))
            return made
        if made.level:
            return made
        if mark.is_numbered and not mark.is_plain:
            self.lost.add(Loss.NUMBERING)
        made.listed = Listed(mark.name, depth, mark.is_numbered, mark.number)
        return made

    def _runs(self, parent: Element, style: str, href: str) -> Iterator[Run]:
        for one in parent.children():
            if one.name == "w:r":
                yield from self._run(one, style, href)
            elif one.name == "w:hyperlink":
                yield from self._runs(one, style, self._links.get(one.get("r:id"), "").strip())
            elif one.name in OPEN or one.name == "w:sdt":
                yield from self._runs(one, style, href)
            else:
                self._note_loss(one)

    def _run(self, one: Element, style: str, href: str) -> Iterator[Run]:
        looks = one.child("w:rPr")
        if self._styles.is_on("w:vanish", looks, style):
            if one.children("w:t", *NOTES):
                self.lost.add(Loss.HIDDEN)
            return self._pass(one)
        words = "".join(self._words(one))
        if not words:
            return
        if words.strip() and (is_on(looks, "w:strike") or is_on(looks, "w:dstrike")):
            self.lost.add(Loss.STRUCK)
        if looks.child("w:vertAlign").get("w:val") == "superscript":
            words = RAISED.get(words, words)
        yield Run(words, self._styles.is_on("w:b", looks, style), self._styles.is_on("w:i", looks, style), href)

    def _words(self, run: Element) -> Iterator[str]:
        """The words of a run that its reader sees: of a field its result, never its code."""
        for one in run.children():
            if one.name == "w:fldChar":
                self._field(one.get("w:fldCharType"))
            elif all(self._fields):
                yield self._word(one)

    def _pass(self, unseen: Element) -> None:
        """Leave something out, but for where its fields begin and end: others may go on behind it."""
        for one in unseen.children():
            if one.name == "w:fldChar":
                self._field(one.get("w:fldCharType"))
            self._pass(one)

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append(False)
        elif self._fields and kind == "separate":
            self._fields[-1] = True
        elif self._fields and kind == "end":
            self._fields.pop()

    def _word(self, one: Element) -> str:
        if one.name == "w:t":
            return re.sub(r"[\n\r\t]", " ", "".join(words for words in one.inner if isinstance(words, str)))
        if one.name in NOTES:
            return self._call(NOTES[one.name], one.get("w:id"))
        if one.name == "w:br":
            return "" if one.get("w:type") in ("page", "column") else "\n"
        self._note_loss(one)
        return {"w:tab": " ", "w:cr": "\n", "w:noBreakHyphen": "\u2011"}.get(one.name, "")

    def _call(self, kind: str, key: str) -> str:
        if (kind, key) not in self._notes:
            return ""
        self.lost.add(Loss.NOTES)
        return f"[{self._called.setdefault((kind, key), len(self._called) + 1)}]"

    def _table(self, table: Element) -> Iterator[Block]:
        rows = [cells for row in _all(table, "w:tr") if (cells := self._row(row))]
        if not rows:
            return
        width = max(sum(cell.colspan for cell, _ in row) for row in rows)
        made = Table(_spread(rows, width))
        if width > MOST_COLUMNS:
            self.lost.add(Loss.TABLES)
            yield from lines(made)
        elif made.rows:
            yield made

    def _row(self, row: Element) -> list[tuple[Cell, bool]]:
        """The cells of a row; beside each, whether it only goes on with the one above."""
        about = row.child("w:trPr")
        if about.children("w:del") or is_on(about, "w:hidden"):
            self.lost.add(Loss.DELETIONS if about.children("w:del") else Loss.HIDDEN)
            return []
        before = whole(about.child("w:gridBefore").get("w:val"), 0)
        cells = [(Cell(colspan=min(before, MOST_COLUMNS)), False)] if before else []
        return cells + [self._cell(one, is_header=bool(is_on(about, "w:tblHeader"))) for one in _all(row, "w:tc")]

    def _cell(self, one: Element, *, is_header: bool) -> tuple[Cell, bool]:
        about = one.child("w:tcPr")
        span = min(max(whole(about.child("w:gridSpan").get("w:val"), 1), 1), MOST_COLUMNS)
        merged = about.children("w:vMerge")
        goes_on = bool(merged) and merged[0].get("w:val") != "restart"
        is_gone = bool(about.children("w:cellDel"))
        if is_gone:
            self.lost.add(Loss.DELETIONS)
        inside = [] if is_gone or goes_on else list(self._blocks(one))  # what a merged cell covers is not seen
        if any(isinstance(each, Table) for each in inside):
            self.lost.add(Loss.TABLES)
        return Cell(flat(inside), span, is_header=is_header), goes_on


def _all(parent: Element, name: str) -> Iterator[Element]:
    """Rows of a table or cells of a row: some stand in a content control."""
    for one in parent.children():
        if one.name == name:
            yield one
        elif one.name in OPEN or one.name == "w:sdt":
            yield from _all(one, name)


def _spread(rows: list[list[tuple[Cell, bool]]], width: int) -> list[list[Cell]]:
    """Rows of one width; a cell that goes on below spans its rows, and a row of nothing else is none."""
    made: list[list[Cell]] = []
    above: dict[int, Cell] = {}  # by column, those that may go on
    for row in rows:
        here: dict[int, Cell] = {}
        new: list[Cell] = []
        column = 0
        for cell, goes_on in row:
            origin = above.get(column) if goes_on else None
            if origin is None or origin.colspan != cell.colspan:
                origin = cell
                new.append(cell)
            here[column] = origin
            column += cell.colspan
        if not new:
            continue
        begun = {id(cell) for cell in new}
        for cell in here.values():
            cell.rowspan += id(cell) not in begun
        if column < width:
            new.append(Cell(colspan=width - column))
        made.append(new)
        above = here
    return made
