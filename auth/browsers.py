"""Which browser is it, in a word or two, for the list of one's sessions; nothing is decided by it."""

import re
from dataclasses import dataclass

READ = 512  # characters of what a browser says of itself
# The first that fits: nearly every browser also claims to be one of those below it.
_BROWSERS = (
    ("Edge", r"\bEdg(?:e|A|iOS)?/"),
    ("Opera", r"\bOPR/"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Firefox", r"\b(?:Firefox|FxiOS)/"),
    ("Chrome", r"\b(?:Chrome|Chromium|HeadlessChrome|CriOS)/"),
    ("Safari", r"\bSafari/"),
)
_SYSTEMS = (
    ("Windows", r"\bWindows\b"),
    ("iPhone", r"\biPhone\b"),
    ("iPad", r"\biPad\b"),
    ("Android", r"\bAndroid\b"),
    ("ChromeOS", r"\bCrOS\b"),
    ("macOS", r"\bMac OS X\b"),
    ("Linux", r"\bLinux\b"),
)


@dataclass(frozen=True)
class Device:
    """A browser's family and the system it runs on, each empty when it does not say."""

    browser: str = ""
    system: str = ""


def device(said: str) -> Device:
    """What a User-Agent header says, as far as people would call it."""
    return Device(_first(_BROWSERS, said[:READ]), _first(_SYSTEMS, said[:READ]))


def _first(families: tuple[tuple[str, str], ...], said: str) -> str:
    return next((name for name, sign in families if re.search(sign, said)), "")
