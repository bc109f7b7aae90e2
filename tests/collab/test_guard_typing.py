"""A key that is foretold is judged as in full: same verdict, same memory of the document."""

import random
from typing import Any

import pytest
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from collab.guard import Guard, Passed, Refused
from collab.guard.typing import Typed
from tests.collab.guarded import Guarded
from tests.collab.test_guard import edits, mutated
from tests.collab.updates import GRAMMAR, PARAGRAPH, ROOT, block, update, words


class Unhurried(Guard):
    """A guard that judges every key in full."""

    def check(self, update: bytes, writer: str) -> Passed:
        self._typing._next.clear()
        return super().check(update, writer)


def known(guard: Guard) -> list[Any]:
    """All that a guard remembers."""
    index = guard._index
    return [
        {
            client: (one.end, one.starts, one.places, one.insides, one.chains)
            for client, one in index.spans._clients.items()
        },
        index.holders,
        index.pairs._halves,
        index.deletions._starts,
        index.deletions._ends,
        index._crowds,
        index.runs,
        guard._owners,
    ]


class Twice:
    """One document behind two guards, one that foretells keys and one that never does."""

    def __init__(self) -> None:
        self.quick, self.slow = Guarded(), Guarded()
        self.slow.guard = Unhurried(GRAMMAR)
        self.foretold = 0

    def take(self, edit: bytes, writer: str) -> None:
        """Both must say the same, and remember the same."""
        verdicts: list[object] = []
        for room in (self.quick, self.slow):
            try:
                passed = room.take(edit, writer)
            except Refused as refused:
                verdicts.append((refused.reason, None))
            else:
                verdicts.append((passed.is_new, passed.adds))
                self.foretold += isinstance(passed.draft, Typed)
        assert verdicts[0] == verdicts[1]
        assert known(self.quick.guard) == known(self.slow.guard)


class Typist:
    """A client that types, moves its caret, deletes, and pastes emoji; keeps what it would send."""

    def __init__(self, client: int, chance: random.Random) -> None:
        self.doc: Doc[Any] = Doc(client_id=client)
        self.chance = chance
        self.sent: list[bytes] = []
        self.at = 0
        self._watch = self.doc.observe(lambda event: self.sent.append(event.update))

    def text(self) -> XmlText:
        """The first text there is, made if there is none: a mutated edit may have been taken in place of ours."""
        fragment = self.doc.get(ROOT, type=XmlFragment)
        elements = fragment.children
        paragraph: Any = elements[0] if len(elements) else elements.append(XmlElement("paragraph"))
        texts = paragraph.children
        found: XmlText = texts[0] if len(texts) else texts.append(XmlText("début"))
        return found

    def act(self) -> None:
        text = self.text()
        letters = str(text)
        self.at = min(self.at if self.chance.random() < 0.9 else self.chance.randrange(len(letters) + 1), len(letters))
        if self.chance.random() < 0.08 and len(letters) > 6:
            del text[bytes_before(letters, 1) : bytes_before(letters, 3)]
        else:
            typed = self.chance.choice("abcdé’ 😀") if self.chance.random() < 0.95 else "mot entier"
            text.insert(bytes_before(letters, self.at), typed)
            self.at += len(typed)


def bytes_before(letters: str, at: int) -> int:
    """Where a letter stands as pycrdt counts: in bytes of UTF-8."""
    return len(letters[:at].encode())


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 60))])
def test_two_who_type_are_judged_as_in_full(seed: int) -> None:
    chance = random.Random(seed)
    both = Twice()
    typists = [Typist(4_000_000_000 + number, chance) for number in range(2)]
    for step in range(400):
        typist = chance.choice(typists)
        typist.act()
        sent, typist.sent = typist.sent, []
        for edit in sent:
            if chance.random() < 0.2:
                both.take(mutated(edit, chance), f"person {typists.index(typist)}")
            both.take(edit, f"person {typists.index(typist)}")
        if step % 20 == 19:
            for one in typists:
                one.doc.apply_update(both.quick.doc.get_update())
                one.sent.clear()
    assert both.foretold > 100


def test_a_real_session_is_judged_as_in_full() -> None:
    """It is made of gestures rather than of keys: next to nothing in it is foretold."""
    both = Twice()
    for writer, edit in edits():
        both.take(edit, writer)


def test_a_foretold_key_of_somebody_else_is_still_refused() -> None:
    room = Guarded()
    room.take(PARAGRAPH, "anne")
    room.take(update(block(2, 0, words("a", left=(1, 7)))), "bruno")
    next_key = update(block(2, 1, words("b", left=(2, 0))))
    with pytest.raises(Refused, match="somebody else"):
        room.guard.check(next_key, "mallory")
    assert isinstance(room.guard.check(next_key, "bruno").draft, Typed)


def test_letters_beyond_ascii_are_foretold_too() -> None:
    both = Twice()
    both.take(PARAGRAPH, "anne")
    both.take(update(block(2, 0, words("a", left=(1, 7)))), "bruno")
    for clock, letter in enumerate("é’\u202fœ", 1):
        both.take(update(block(2, clock, words(letter, left=(2, clock - 1)))), "bruno")
    assert both.foretold == 4


def test_a_foretold_key_is_taken_once() -> None:
    room = Guarded()
    room.take(PARAGRAPH, "anne")
    room.take(update(block(2, 0, words("a", left=(1, 7)))), "bruno")
    key = update(block(2, 1, words("b", left=(2, 0))))
    assert room.take(key, "bruno").is_new
    assert not room.guard.check(key, "bruno").is_new


def test_what_the_log_adds_to_a_client_is_not_foretold_from_before() -> None:
    """A line of the log may carry more of a client than its person has sent here."""
    room = Guarded()
    room.take(PARAGRAPH, "anne")
    room.take(update(block(2, 0, words("a", left=(1, 7)))), "bruno")
    more = update(block(2, 1, words("bc", left=(2, 0))))
    room.guard.replay(more, "clara")
    room.doc.apply_update(more)
    assert not room.guard.check(update(block(2, 1, words("b", left=(2, 0)))), "bruno").is_new


@pytest.mark.parametrize(
    "tail",
    [
        b"\x02ab",
        b"\x01\xc3\x00",
        b"\x02\xc3\xa9\x01",
        b"\x03\xed\xa0\x80\x00",
        "\x04😀\x00".encode(),
        b"\x00\x00",
        b"\x01a\x01",
        b"\x01a\x00\x00",
        b"",
    ],
)
def test_a_foretold_beginning_with_another_end_is_judged_in_full(tail: bytes) -> None:
    both = Twice()
    both.take(PARAGRAPH, "anne")
    both.take(update(block(2, 0, words("a", left=(1, 7)))), "bruno")
    key = update(block(2, 1, words("b", left=(2, 0))))
    both.take(key[:-3] + tail, "bruno")
    assert both.foretold == 0
