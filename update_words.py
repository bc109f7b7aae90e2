"""Brings every catalogue of server/locale in step with the sentences of the sources: `make words`.

A sentence is what stands in `_("…")` or `ngettext("…", "…")` in a template, in `N_("…")` in Python, and the name of a
family of contracts in server/data/plans.json. Catalogues are sorted and hold neither line numbers nor dates, so that
two people's changes merge quietly.
"""

import json
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from server.domain.plan.plans import short_label

ROOT = Path(__file__).resolve().parent
LOCALE = ROOT / "server" / "locale"
CALLS: dict[str, tuple[int, ...] | None] = {"_": None, "N_": None, "ngettext": (1, 2)}
METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
OPTIONS = {"**/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
HEADER = """\
# The sentences of Entente in another language: see docs/howto/translate.md; `make words` keeps it in step.
msgid ""
msgstr ""
"Language: {code}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals};\\n"

"""


def sentences() -> Iterator[str | tuple[str, ...]]:
    """Every sentence of the sources; a pair is one for one thing and one for many."""
    for folder in ("server", "auth", "collab"):
        found = extract_from_dir(ROOT / folder, METHODS, OPTIONS, CALLS)
        yield from (message for _, _, message, _, _ in found)
    plans = json.loads((ROOT / "server" / "data" / "plans.json").read_text(encoding="utf-8"))
    yield from (short_label(one["label"]) for one in plans["templates"])


def read(path: Path) -> Catalog:
    """A catalogue as it is kept."""
    with path.open("rb") as kept:
        return read_po(kept, locale=path.stem)


def updated(kept: Catalog) -> bytes:
    """The catalogue with exactly the sentences of the sources, its translations kept, new ones empty."""
    wanted = Catalog()
    for sentence in sentences():
        wanted.add(sentence)
    kept.update(wanted, no_fuzzy_matching=True)
    written = BytesIO()
    write_po(written, kept, width=0, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    header = HEADER.format(code=kept.locale_identifier, plurals=kept.plural_forms.rstrip(";"))
    return header.encode() + written.getvalue().strip() + b"\n"


def main() -> None:
    """Write every catalogue again; ends with status 1 when a sentence waits for its translation."""
    waiting = 0
    for path in sorted(LOCALE.glob("*.po")):
        path.write_bytes(updated(read(path)))
        untold = [one.id for one in read(path) if one.id and not all(_forms(one.string))]
        waiting += len(untold)
        for sentence in untold:
            print(f"{path.name}: to translate: {sentence}")
    sys.exit(1 if waiting else 0)


def _forms(said: object) -> tuple[object, ...]:
    return tuple(said) if isinstance(said, list | tuple) else (said,)


if __name__ == "__main__":
    main()
