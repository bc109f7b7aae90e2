"""What a document brings into a text: paragraphs, lists and tables of our schema and no other, and their HTML."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from html import escape
from itertools import groupby, pairwise

from server.domain.refusals_of_documents import DocumentTooInvolved
from server.domain.texts.text import is_safe_link

LEVELS = 3  # of headings
LIST_DEPTH = 9  # what a word processor has; the client's cleaning.ts says the same
MOST_COLUMNS = 100
RAISED = {"2": "²", "3": "³"}  # what stays raised: square and cubic metres
MOST_WORDS = 1_000_000  # characters of a table that becomes text
MOST_NUMBER = 1000  # a list begins with
MOST_HTML = 4 * 1024 * 1024  # characters: far more than the text of an article takes


class Loss(StrEnum):
    """What a text cannot hold, or may not; the page has a sentence for each."""

    OBJECTS = "objects"
    COMMENTS = "comments"
    DELETIONS = "deletions"
    HIDDEN = "hidden"
    CONTENTS = "contents"
    NOTES = "notes"
    NUMBERING = "numbering"
    STRUCK = "struck"
    TABLES = "tables"


@dataclass(frozen=True, slots=True)
class Run:
    """Words that look alike; a line feed is a line break."""

    words: str
    strong: bool = False
    em: bool = False
    href: str = ""

    @property
    def look(self) -> tuple[bool, bool, str]:
        """What sets it apart from what stands beside it."""
        return self.strong, self.em, self.href


@dataclass(frozen=True, slots=True)
class Listed:
    """Where a paragraph stands in a list: `depth` from 0; one that goes on belongs to the item before it."""

    name: str
    depth: int
    is_numbered: bool
    number: int = 1
    goes_on: bool = False


@dataclass(slots=True)
class Paragraph:
    """A paragraph, a heading from `level` 1, or an item of a list."""

    runs: list[Run]
    level: int = 0
    listed: Listed | None = None

    @property
    def is_blank(self) -> bool:
        """Whether it holds no word."""
        return not any(run.words.strip() for run in self.runs)


@dataclass(slots=True)
class Cell:
    """A cell of a table."""

    blocks: list[Paragraph] = field(default_factory=list)
    colspan: int = 1
    rowspan: int = 1
    is_header: bool = False


@dataclass(slots=True)
class Table:
    """Rows of cells; a cell that goes on below stands in its first row only."""

    rows: list[list[Cell]]


Block = Paragraph | Table


def html(blocks: Sequence[Block]) -> str:
    """The HTML of some blocks: what the editor's schema knows, and nothing beside it.

    Raises:
        DocumentTooInvolved: it would be longer than any article.
    """
    made, length = [], 0
    for piece in _html(_filled(blocks)):
        made.append(piece)
        length += len(piece)
        if length > MOST_HTML:
            raise DocumentTooInvolved
    return "".join(made)


def flat(blocks: Sequence[Block]) -> list[Paragraph]:
    """What a cell holds: paragraphs, and for a table in it, its lines."""
    return [one for block in blocks for one in (lines(block) if isinstance(block, Table) else [block])]


def lines(table: Table) -> list[Paragraph]:
    """A table as text, a row a line: for one that stands in a cell, or is wider than a page.

    Raises:
        DocumentTooInvolved: it says more than any text, as tables in tables can whose cells count for many.
    """
    made, left = [], MOST_WORDS
    for row in table.rows:
        runs: list[Run] = []
        for run in (run for cell in row for one in cell.blocks for run in [*one.runs, Run(" ")]):
            runs.append(run)
            left -= len(run.words) + 1
            if left < 0:
                raise DocumentTooInvolved
        made.append(Paragraph(_joined(runs)))
    return made


def _filled(blocks: Sequence[Block]) -> list[Block]:
    """Without empty paragraphs, and tables without a cell."""
    return [one for one in blocks if (any(one.rows) if isinstance(one, Table) else not one.is_blank)]


def _html(blocks: Sequence[Block]) -> Iterator[str]:
    for is_list, group in groupby(blocks, lambda one: isinstance(one, Paragraph) and one.listed is not None):
        if is_list:
            yield from _list([one for one in group if isinstance(one, Paragraph)])
            continue
        for one in group:
            yield from _table(one) if isinstance(one, Table) else _paragraph(one)


def _paragraph(one: Paragraph) -> Iterator[str]:
    tag = f"h{min(one.level, LEVELS)}" if one.level else "p"
    runs = [Run(run.words, False, run.em, run.href) for run in one.runs] if one.level else one.runs
    yield f"<{tag}>"
    yield from _inline(runs)
    yield f"</{tag}>"


def _list(items: Sequence[Paragraph]) -> Iterator[str]:
    """Nested lists: each level inside the item above it."""
    open_: list[Listed] = []
    for item in items:
        one = item.listed
        if one is None:
            continue
        depth = min(one.depth, LIST_DEPTH - 1)
        if not (one.goes_on and open_):
            while open_ and (open_[-1].depth > depth or (open_[-1].depth == depth and not _is_same(open_[-1], one))):
                yield _end(open_.pop())
            if open_ and open_[-1].depth == depth:
                yield "</li><li>"
            else:
                open_.append(Listed(one.name, depth, one.is_numbered, one.number))
                yield f"{_start(one)}<li>"
        yield "<p>"
        yield from _inline(item.runs)
        yield "</p>"
    while open_:
        yield _end(open_.pop())


def _is_same(before: Listed, one: Listed) -> bool:
    return before.is_numbered == one.is_numbered and (before.name == one.name or before.depth > 0)


def _start(one: Listed) -> str:
    if not one.is_numbered:
        return "<ul>"
    return f'<ol start="{one.number}">' if 1 < one.number <= MOST_NUMBER else "<ol>"


def _end(one: Listed) -> str:
    return "</li></ol>" if one.is_numbered else "</li></ul>"


def _table(table: Table) -> Iterator[str]:
    yield "<table><tbody>"
    for row in table.rows:
        yield "<tr>"
        for cell in row:
            tag = "th" if cell.is_header else "td"
            spans = [
                f' {name}="{span}"' for name, span in (("colspan", cell.colspan), ("rowspan", cell.rowspan)) if span > 1
            ]
            yield f"<{tag}{''.join(spans)}>"
            yield from _html(_filled(cell.blocks) or [Paragraph([])])
            yield f"</{tag}>"
        yield "</tr>"
    yield "</tbody></table>"


def _inline(runs: Sequence[Run]) -> Iterator[str]:
    return (_marked(run) for run in _joined(runs))


def _joined(runs: Sequence[Run]) -> list[Run]:
    """Runs that look alike become one; what is blank at an end of the paragraph goes, and spaces that follow others."""
    made: list[Run] = []
    for (strong, em, href), group in groupby(runs, lambda run: run.look):
        words = re.sub(r"[ \t]*\n[ \t]*", "\n", re.sub(r"[ \t]+", " ", "".join(run.words for run in group)))
        made.append(Run(words, strong, em, href))
    for before, after in pairwise(range(len(made))):
        if made[before].words[-1:] in (" ", "\n"):
            made[after] = _with(made[after], made[after].words.lstrip(" "))
    if made:
        made[0] = _with(made[0], made[0].words.lstrip(" \n"))
        made[-1] = _with(made[-1], made[-1].words.rstrip(" \n"))
    return [run for run in made if run.words]


def _with(run: Run, words: str) -> Run:
    return Run(words, run.strong, run.em, run.href)


def _marked(run: Run) -> str:
    made = escape(run.words, quote=False).replace("\n", "<br>")
    if run.href and is_safe_link(run.href):
        made = f'<a href="{escape(run.href)}">{made}</a>'
    made = f"<em>{made}</em>" if run.em else made
    return f"<strong>{made}</strong>" if run.strong else made
