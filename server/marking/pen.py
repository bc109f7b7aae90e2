"""What a redline is drawn with: the language, which side is shown, and the numbers of its changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from markupsafe import escape

from server.domain.refusals import N_
from server.wording.languages import Language


class Shown(StrEnum):
    """Which text one sees: both in one, or one of them with what became of it."""

    BOTH = "both"
    BEFORE = "before"
    AFTER = "after"


@dataclass(eq=False)
class Pen:
    """Draws the signs of one redline. Changes have the numbers 1, 2, 3 … whichever side is shown."""

    language: Language
    shown: Shown = Shown.BOTH
    number: int = 0  # of the last change
    placed: set[int] = field(default_factory=set)  # changes that can be gone to already
    has_places: bool = True  # False where a page has another redline that one goes through
    _is_silent: bool = False

    def stop(self) -> str:
        """The attributes of the place of one more change; a change has one place, even if it is shown twice."""
        self.number += 1
        if self._is_silent or not self.has_places or self.number in self.placed:
            return ""
        self.placed.add(self.number)
        return f' id="m{self.number}" data-modif tabindex="-1"'

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Changes are counted and not drawn."""
        before, self._is_silent = self._is_silent, True
        yield
        self._is_silent = before

    @contextmanager
    def showing(self, shown: Shown) -> Iterator[None]:
        """For a while, show another side."""
        before, self.shown = self.shown, shown
        yield
        self.shown = before

    def say(self, sentence: str, **fields: object) -> str:
        """A sentence, safe in HTML."""
        return str(escape(self.language.say(sentence, **fields)))

    def unseen(self, sentence: str) -> str:
        """A sentence for who listens."""
        return f'<span class="hors-ecran"{self._tongue}> {self.say(sentence)} </span>'

    @property
    def _tongue(self) -> str:
        """The language of what is said among words that are French."""
        return "" if self.language.code == "fr" else f' lang="{self.language.code}"'

    def sign(self, icon: str, sentence: str, **fields: object) -> str:
        """A label that is seen and heard, with its sign."""
        return self.label(icon, self.say(sentence, **fields))

    def label(self, icon: str, inside: str) -> str:
        """A label of HTML made here."""
        return (
            f'<span class="etiq etiq--serre etiq--neutre redline__signe"{self._tongue}>'
            f'<svg class="ico" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><use href="#{icon}"/></svg>'
            f"{inside}</span>"
        )

    def inserted(self, inside: str) -> str:
        """Words that came."""
        return f"<ins>{self.unseen(INSERTED)}{inside}{self.unseen(END_OF_INSERTION)}</ins>"

    def removed(self, inside: str) -> str:
        """Words that went."""
        return f"<del>{self.unseen(REMOVED)}{inside}{self.unseen(END_OF_REMOVAL)}</del>"


INSERTED, END_OF_INSERTION = N_("inséré\u00a0:"), N_("fin d’insertion")
REMOVED, END_OF_REMOVAL = N_("supprimé\u00a0:"), N_("fin de suppression")
