"""Whatever is accepted equals, hash for hash, what was shown: random texts, proposals and moves of the head."""

import random
import re
from collections import Counter
from typing import Any

from pycrdt import Doc, XmlFragment

from collab import document
from server.domain.texts import text
from server.store.proposals import Tabled
from server.taking_over import fitting
from server.taking_over.fitting import FitKind
from server.taking_over.judging import looks
from tests.collab.test_judging import fork, insert, line, remove, split
from tests.domain.texts import doc, par
from tests.factories import IS_LONG

STORIES = 10_000 if IS_LONG else 400


def a_text(rng: random.Random) -> text.Node:
    return doc(*(par(f"L’alinéa {n} prévoit {rng.randrange(10, 99)} places. Fin {n}.", f"p{n}") for n in range(5)))


def change(rng: random.Random, shared: XmlFragment) -> None:
    """A figure in place of another, a paragraph put in, taken out or cut in two."""
    place, figure = rng.randrange(len(shared.children)), str(rng.randrange(100, 999))
    words = line(shared, place)
    found = re.search(r"\d+(?= places)", str(words))
    match rng.choice(["figure", "figure", "figure", "insert", "remove", "split"]):
        case "insert":
            insert(place, f"Un alinéa de plus prévoit {figure} places.")(shared)
        case "remove" if len(shared.children) > 1:
            remove(place)(shared)
        case "split" if "Fin" in str(words):
            split(place, "Fin")(shared)
        case _ if found:
            at = len(str(words)[: found.start()].encode())
            del words[at : at + len(found[0].encode())]
            words.insert(at, figure)


def changed(state: bytes, rng: random.Random, times: int, client: int) -> bytes:
    for _ in range(times):
        state = fork(state, lambda shared: change(rng, shared), client)
        client += 1  # a fork goes on under a client of its own
    return state


def figures(*texts: text.Node) -> set[str]:
    return set(re.findall(r"\d+", " ".join(text.to_body(one) for one in texts)))


def test_what_is_accepted_is_what_was_shown_and_no_figure_is_made_of_two() -> None:
    kinds: Counter[FitKind] = Counter()
    for seed in range(STORIES):
        rng = random.Random(seed)
        base = document.first_state(a_text(rng), text.ROOT, client_id=7)
        proposed, head = changed(base, rng, rng.randrange(1, 4), 100), changed(base, rng, rng.randrange(4), 200)
        fit = fitting._fit(Tabled(base, proposed, {}), head)
        kinds[fit.kind] += 1
        if not fit.is_possible:
            continue
        live: Doc[Any] = Doc()
        live.apply_update(head)
        live.apply_update(fit.delta or b"")
        after = document.read(live, text.ROOT)
        shown = [document.read_state(one, text.ROOT) for one in (head, proposed)]
        assert looks(after) == fit.hash == looks(document.read_state(fit.state, text.ROOT)), f"seed {seed}"
        assert figures(after) <= figures(*shown), f"seed {seed}: a figure nobody wrote"
        assert fit.kind is not FitKind.AS_TABLED or looks(after) == looks(shown[1]), f"seed {seed}"
    assert all(kinds[kind] > STORIES / 20 for kind in (FitKind.AS_TABLED, FitKind.MERGED, FitKind.STALE)), kinds
