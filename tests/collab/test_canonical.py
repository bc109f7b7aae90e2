"""The same hash on both sides: a text written down by Python and by the client's own module over real Yjs."""

import json
from base64 import b64encode
from random import Random
from typing import Any

import pytest
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from collab import document
from collab.canonical import canonical, digest
from server.domain.texts import text
from tests.collab.test_schema import EVERYTHING, node

# A list of Yjs updates in base64 on standard input → the hash of each document.
HASH = """
import { readFileSync } from "node:fs";
import * as Y from "yjs";
import { digest } from "./src/canonical.ts";
for (const update of JSON.parse(readFileSync(0, "utf8"))) {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Buffer.from(update, "base64"));
  console.log(await digest(doc.getXmlFragment("prosemirror")));
}
"""
# A list of JSON values on standard input → each as the client writes it.
WRITE = """
import { readFileSync } from "node:fs";
import { canonical } from "./src/canonical.ts";
console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(canonical)));
"""
WORDS = (
    "Le gestionnaire ",
    "44,5 ETP",
    "é",
    "e\u0301",
    "ﬁ",
    "😀",
    "👩‍⚕️",
    "\u1e9b\u0323",
    "Å",
    "\u212b",
    '"\\\n\u2028',
    "한",
)
MARKS: tuple[dict[str, Any], ...] = (
    {"strong": {}},
    {"em": {}},
    {"strong": {}, "em": {}},
    {"link": {"href": "https://exemple.fr/?a=é"}},
    {"link--Ab3+/=xY": {"href": "b", "rang": 0.1}, "em": True},
)
ATTRIBUTES: dict[str, tuple[Any, ...]] = {
    "paragraph": ("a1", "é", None),
    "heading": (1.0, 2, 3),
    "table_cell": (1, 120.5, 1e-7, -0.0, [120, None, 33.25], True),
}


def grow(random: Random, doc: Doc[Any]) -> None:
    """One gesture somewhere in a document."""
    places: list[Any] = [doc.get(text.ROOT, type=XmlFragment)]
    for place in places:
        if not isinstance(place, XmlText):
            places += list(place.children)
    place = random.choice(places)
    if isinstance(place, XmlText):
        words = str(place)
        if not words or random.random() < 0.6:
            place.insert(len(place) * random.randrange(2), random.choice(WORDS), random.choice((None, *MARKS)))
        elif random.random() < 0.5:
            place.format(0, len(place), {random.choice(("strong", "em")): random.choice((None, {}))})
        else:
            del place[0 : len(place)]
    elif len(place.children) and random.random() < 0.15:
        del place.children[random.randrange(len(place.children))]
    elif random.random() < 0.5 or isinstance(place, XmlFragment):
        kind = random.choice(tuple(ATTRIBUTES))
        value = random.choice(ATTRIBUTES[kind])
        place.children.append(XmlElement(kind, {} if value is None else {random.choice(("id", "level")): value}))
    else:
        place.children.append(XmlText(random.choice(WORDS)))


def history(seed: int) -> Doc[Any]:
    """What three people made of a document who now and then hear of each other."""
    random = Random(seed)
    docs: list[Doc[Any]] = [Doc(client_id=seed * 10 + number) for number in (1, 2, 3)]
    for _ in range(random.randrange(4, 60)):
        one, other = random.sample(docs, 2)
        grow(random, one)
        if random.random() < 0.3:
            other.apply_update(one.get_update(other.get_state()))
    for other in docs[1:]:
        docs[0].apply_update(other.get_update(docs[0].get_state()))
    return docs[0]


def test_the_server_and_a_browser_find_the_same_hash_of_any_text() -> None:
    docs = [history(seed) for seed in range(1, 121)]
    whole: Doc[Any] = Doc()
    whole.apply_update(document.first_state(EVERYTHING, text.ROOT, client_id=1))
    given = [b64encode(doc.get_update()).decode() for doc in (*docs, whole)]
    found = [digest(document.read(doc, text.ROOT)) for doc in (*docs, whole)]
    assert node(HASH, json.dumps(given)).split() == found
    assert len(set(found)) > 100


def test_json_is_written_as_the_client_writes_it() -> None:
    random = Random(4)
    numbers = [random.uniform(-1, 1) * 10 ** random.randrange(-320, 300) for _ in range(2000)]
    awkward = [0.0, -0.0, 1e21, 1e-6, 1e-7, 123456789012345680000.0, 5e-324, 0.1, 100, -120.5, 2**53]
    names = {"é": 1, "z": [True, None], "\U0001f600": 2, "\ufb33": 3, "a": {"b": "e\u0301"}}
    values = [*numbers, *awkward, names, *WORDS]
    assert [canonical(one) for one in values] == json.loads(node(WRITE, json.dumps(values)))


@pytest.mark.parametrize(
    "other",
    [
        {"type": "text", "text": "é", "marks": [{"type": "strong"}, {"type": "em"}]},
        {"type": "text", "text": "e\u0301", "marks": [{"type": "em", "attrs": {"x": None}}, {"type": "strong"}]},
    ],
)
def test_texts_that_look_alike_have_one_hash(other: text.Node) -> None:
    one = {"type": "text", "text": "é", "marks": [{"type": "em"}, {"type": "strong"}]}
    assert digest({"type": "doc", "content": [one]}) == digest({"type": "doc", "content": [other]})


@pytest.mark.parametrize(
    "content",
    [
        [{"type": "text", "text": "e", "marks": [{"type": "em"}]}],
        [{"type": "text", "text": "é"}],
        [{"type": "paragraph"}],
        [{"type": "paragraph", "attrs": {"id": "a"}}],
    ],
)
def test_texts_that_differ_have_another(content: list[text.Node]) -> None:
    base = {"type": "text", "text": "é", "marks": [{"type": "em"}]}
    assert digest({"type": "doc", "content": [base]}) != digest({"type": "doc", "content": content})


def test_what_is_no_json_is_not_written() -> None:
    with pytest.raises(TypeError, match="bytes is no JSON value"):
        canonical([b""])
