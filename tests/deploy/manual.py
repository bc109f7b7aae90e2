"""A page of the documentation as what can be done with it: its fenced blocks, and the words one replaces."""

import re
from collections.abc import Mapping
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "deploy.md"
FENCE = re.compile(r"^```(\S+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str, name: str = "") -> list[str]:
    """What the blocks of a language say, in order; `name` is the second word of the fence."""
    return [
        said
        for kind, called, said in FENCE.findall(PAGE.read_text(encoding="utf-8"))
        if (kind, called) == (language, name)
    ]


def block(language: str, name: str) -> str:
    """What the only block of that name says."""
    (said,) = blocks(language, name)
    return said


def placeholders() -> set[str]:
    """The words that the page's table says to replace."""
    table = [line.split("|")[1] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    return {word for cell in table for word in re.findall(r"`([^`]+)`", cell)}


def filled(said: str, words: Mapping[str, object]) -> str:
    """`said` with words replaced.

    Raises:
        KeyError: the page does not say that one of them may be.
    """
    unknown = set(words) - placeholders()
    if unknown:
        raise KeyError(f"docs/howto/deploy.md does not say to replace {sorted(unknown)}")
    for word, instead in words.items():
        said = said.replace(word, str(instead))
    return said
