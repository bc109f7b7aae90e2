"""How Word says that something is bold, hidden, a title or in a list: styles and numberings (ECMA-376, 17.7, 17.9)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from server.documents.package import Element

OFF = ("0", "false", "off", "none")
LONGEST_CHAIN = 20  # of styles that rest on one another
TITLE = re.compile(r"title|titre", re.IGNORECASE)
HEADING = re.compile(r"(?:heading|titre) ?([1-9])", re.IGNORECASE)
CONTENTS = re.compile(r"toc ?([1-9]|heading)", re.IGNORECASE)
ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
         (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
LEVELS_OF_LISTS = 9
LONGEST_PATTERN = 60  # characters


def is_on(properties: Element, name: str) -> bool | None:
    """What a property that is on or off says; None where it says nothing."""
    found = properties.children(name)
    return found[0].get("w:val") not in OFF if found else None


def whole(said: str, otherwise: int) -> int:
    """A whole number of a document, if it is one."""
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 8 else otherwise


class Styles:
    """The styles of a document; each question is asked of a style once, however many paragraphs have it."""

    def __init__(self, root: Element) -> None:
        self._styles = {one.get("w:styleId"): one for one in root.children("w:style")}
        plain = [key for key, one in self._styles.items() if one.get("w:default") and one.get("w:type") == "paragraph"]
        self._plain = next(iter(plain), "")
        self._defaults = root.child("w:docDefaults").child("w:rPrDefault").child("w:rPr")
        self._looks_of = cache(self._looks)
        self.level_of = cache(self._level)
        self.is_contents = cache(self._is_contents)
        self._numbering_of = cache(self._numbering)

    def style(self, paragraph: Element) -> str:
        """The style of a paragraph."""
        return paragraph.child("w:pStyle").get("w:val") or self._plain

    def is_on(self, name: str, run: Element, style: str) -> bool:
        """Whether a run looks so: by itself, by its style, or by that of its paragraph."""
        said = is_on(run, name)
        for key in (run.child("w:rStyle").get("w:val"), style, None):
            said = self._looks_of(key, name) if said is None else said
        return bool(said)

    def _looks(self, key: str | None, name: str) -> bool | None:
        homes = [self._defaults] if key is None else [one.child("w:rPr") for one in self._chain(key)]
        return next((said for one in homes if (said := is_on(one, name)) is not None), None)

    def level(self, paragraph: Element, style: str) -> int:
        """The level of a title, from 1; 0 for other paragraphs."""
        said = paragraph.child("w:outlineLvl").get("w:val")
        return _level(said) if said else self.level_of(style)

    def _level(self, key: str) -> int:
        for one in self._chain(key):
            said, name = one.child("w:pPr").child("w:outlineLvl").get("w:val"), one.child("w:name").get("w:val")
            heading = HEADING.fullmatch(name)
            if said or heading or TITLE.fullmatch(name):
                return _level(said) if said else int(heading[1]) if heading else 1
        return 0

    def _is_contents(self, key: str) -> bool:
        """Whether it is the style of a line of the table of contents that Word makes."""
        return any(CONTENTS.fullmatch(one.child("w:name").get("w:val")) for one in self._chain(key))

    def numbering(self, paragraph: Element, style: str) -> tuple[str, int]:
        """The numbering of a paragraph, and its level from 0; an empty one for none."""
        found, depth = _numbering(paragraph)
        if not found:
            found, otherwise = self._numbering_of(style)
            depth = depth or otherwise
        return ("" if found == "0" else found), min(whole(depth, 0), LEVELS_OF_LISTS - 1)

    def _numbering(self, key: str) -> tuple[str, str]:
        depth = ""
        for one in self._chain(key):
            found, said = _numbering(one.child("w:pPr"))
            depth = depth or said
            if found:
                return found, depth
        return "", depth

    def _chain(self, key: str) -> Iterator[Element]:
        for _ in range(LONGEST_CHAIN):
            if key not in self._styles:
                return
            yield self._styles[key]
            key = self._styles[key].child("w:basedOn").get("w:val")


def _level(said: str) -> int:
    return whole(said, 9) + 1 if whole(said, 9) < 9 else 0  # 9 is what is no title (ECMA-376, 17.3.1.20)


def _numbering(properties: Element) -> tuple[str, str]:
    said = properties.child("w:numPr")
    return said.child("w:numId").get("w:val"), said.child("w:ilvl").get("w:val")


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands before a paragraph of a numbering; `says` is its number in full where it is more than a number."""

    name: str
    is_numbered: bool
    number: int
    says: str
    is_plain: bool  # 1. 2. 3., as our lists have it


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a numbering counts and what it writes."""

    start: int
    format: str
    pattern: str


class Numberings:
    """The numberings of a document, counting as its paragraphs are read."""

    def __init__(self, root: Element) -> None:
        abstract = {one.get("w:abstractNumId"): _levels(one) for one in root.children("w:abstractNum")}
        self._levels: dict[str, dict[int, Level]] = {}
        self._names: dict[str, str] = {}
        self._counts: dict[str, list[int | None]] = {}
        for one in root.children("w:num"):
            key, kind = one.get("w:numId"), one.child("w:abstractNumId").get("w:val")
            overrides = one.children("w:lvlOverride")
            own = [level for over in overrides for level in _levels(over).items()]
            self._levels[key] = {**abstract.get(kind, {}), **dict(own)}
            self._names[key] = f"own {key}" if overrides else kind  # one that begins again counts by itself

    def next(self, key: str, depth: int) -> Mark | None:
        """The mark of the next paragraph of a numbering; None where there is no such level, or nothing to see."""
        levels = self._levels.get(key, {})
        level = levels.get(depth)
        if level is None:
            return None
        name = self._names[key]
        counts = self._counts.setdefault(name, [None] * LEVELS_OF_LISTS)
        before = counts[depth]
        number = level.start if before is None else before + 1
        counts[depth:] = [number, *[None] * (LEVELS_OF_LISTS - depth - 1)]
        is_bullet = level.format == "bullet"
        if level.format == "none" or not (is_bullet or level.pattern.strip()):
            return None
        is_plain = level.format == "decimal" and re.fullmatch(r"%\d[.)]?", level.pattern) is not None
        return Mark(name, not is_bullet, number, "" if is_bullet else _said(level.pattern, levels, counts), is_plain)


def _levels(parent: Element) -> dict[int, Level]:
    found = {whole(one.get("w:ilvl"), 0): one for one in parent.children("w:lvl")}
    return {depth: _read(one) for depth, one in found.items() if depth < LEVELS_OF_LISTS}


def _read(one: Element) -> Level:
    start, format_, pattern = (one.child(f"w:{name}").get("w:val") for name in ("start", "numFmt", "lvlText"))
    return Level(whole(start, 1), format_, pattern[:LONGEST_PATTERN])


def _said(pattern: str, levels: Mapping[int, Level], counts: list[int | None]) -> str:
    def one(found: re.Match[str]) -> str:
        at = int(found[1]) - 1
        level = levels.get(at, Level(1, "decimal", ""))
        number = counts[at]
        return _written(level.start if number is None else number, level.format)

    return re.sub(r"%([1-9])", one, pattern)


def _written(number: int, format_: str) -> str:
    """A number as a numbering writes it."""
    if format_ in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        made = ""
        for value, letters in ROMAN:
            made += letters * (number // value)
            number %= value
        return made.upper() if format_ == "upperRoman" else made
    if format_ in ("lowerLetter", "upperLetter") and 0 < number <= 26:
        return chr((ord("A") if format_ == "upperLetter" else ord("a")) + number - 1)
    return str(number)
