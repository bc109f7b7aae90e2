"""A Dockerfile as its instructions, stage by stage."""

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Stage:
    """One stage: what it starts from, and its instructions in order."""

    base: str
    instructions: tuple[tuple[str, str], ...]

    def all(self, word: str) -> list[str]:
        """What each `word` instruction says."""
        return [said for one, said in self.instructions if one == word]

    def one(self, word: str) -> str:
        """What the only `word` instruction says."""
        (said,) = self.all(word)
        return said

    @property
    def environment(self) -> dict[str, str]:
        """What ENV sets."""
        pairs = (pair.partition("=") for said in self.all("ENV") for pair in shlex.split(said))
        return {name: value for name, _, value in pairs}


def stages(path: Path) -> list[Stage]:
    """The stages of a Dockerfile; continued lines are joined, comments dropped."""
    text = re.sub(r"^\s*#.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE).replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    starts = [number for number, line in enumerate(lines) if line[0] == "FROM"]
    return [
        Stage(lines[start][1], tuple((word, " ".join(said.split())) for word, said in lines[start + 1 : end]))
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)
    ]


def words(said: str) -> list[str]:
    """The words of an instruction in exec form."""
    found: list[str] = json.loads(said)
    return found
