"""Which languages are spoken here, which one does a person read, and what are its words?

The sentences of the sources are French; `locale/CODE.po` has them in each other language (docs/howto/translate.md).
"""

from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from starlette.requests import HTTPConnection

MINUS = "\u2212"  # the sign of a negative number; a hyphen is not one
COOKIE = "entente-language"  # what a person chose; without it their browser's Accept-Language decides


class Written(NullTranslations):
    """French, in which the sentences are written: nothing to look up; nought and one are singular."""

    def ngettext(self, one: str, many: str, count: int) -> str:
        """`one` for less than two, else `many`."""
        return many if count > 1 else one


@dataclass(frozen=True)
class Language:
    """A language: its tag on the page (BCP 47), its name in itself, its Babel locale for dates and numbers."""

    code: str
    name: str
    locale: str
    words: NullTranslations

    def say(self, sentence: str, /, **fields: Any) -> str:
        """A sentence of the sources in this language, its {fields} filled in."""
        said = self.words.gettext(sentence) if sentence else ""  # gettext answers "" with the catalogue's header
        return said.format(**fields) if fields else said

    def count(self, one: str, many: str, count: int) -> str:
        """The sentence for `count` of something; where it writes the number, thousands are set apart."""
        return self.words.ngettext(one, many, count).replace("%(num)d", self.number(count))

    def number(self, value: int) -> str:
        """A number as it is written: 12\u202f345 in French, 12,345 in English."""
        return format_decimal(value, locale=self.locale).replace("-", MINUS)


@cache
def languages() -> dict[str, Language]:
    """The languages by tag, the first being for whoever asked for none of them."""
    return {
        "fr": Language("fr", "Français", "fr_FR", Written()),
        "en": Language("en", "English", "en_GB", _catalogue("en")),
    }


def _catalogue(code: str) -> GNUTranslations:
    """A catalogue, compiled as it is read: there is no built file to forget."""
    compiled = BytesIO()
    with (files("server") / "locale" / f"{code}.po").open("rb") as written:
        write_mo(compiled, read_po(written, locale=code))
    compiled.seek(0)
    return GNUTranslations(compiled)


def language_of(connection: HTTPConnection) -> Language:
    """The language of whoever asks: the one they chose, else the first they accept, else French."""
    known = languages()
    asked = [connection.cookies.get(COOKIE, ""), *accepted(connection.headers.get("accept-language", ""))]
    return next((known[code] for code in asked if code in known), known["fr"])


def accepted(header: str) -> list[str]:
    """The languages of an Accept-Language header without their regions, most wanted first (RFC 9110 12.5.4)."""
    weighed = [_weighed(one) for one in header.split(",")]
    return [tag for weight, tag in sorted(weighed, key=lambda one: -one[0]) if weight > 0]


def _weighed(asked: str) -> tuple[float, str]:
    tag, _, weight = asked.replace(" ", "").lower().partition(";q=")
    number = weight.replace(".", "", 1)
    known = float(weight) if number.isascii() and number.isdecimal() else 0.0
    return (known if weight else 1.0), tag.split("-")[0]
