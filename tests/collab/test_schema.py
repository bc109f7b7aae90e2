"""The grammar is said twice, in Python and in TypeScript: here the two are compared, and read each other."""

import json
import re
import subprocess
from functools import cache
from typing import Any

import pytest
from pycrdt import Doc

from build_client import CLIENT, find_node
from collab import document
from server.domain.texts import text
from server.wording import rendering

TELL = """
import { schema } from "./src/schema.ts";
const nodes = Object.fromEntries(
  Object.values(schema.nodes).map((one) => [one.name, Object.keys(one.spec.attrs ?? {})]),
);
console.log(JSON.stringify({ nodes, marks: Object.keys(schema.marks) }));
"""
# ProseMirror JSON on standard input → its HTML as the editor shows it.
SHOW = """
import { JSDOM } from "jsdom";
import { DOMSerializer, Node } from "prosemirror-model";
import { schema } from "./src/schema.ts";
import { readFileSync } from "node:fs";
const { document } = new JSDOM("").window;
const node = Node.fromJSON(schema, JSON.parse(readFileSync(0, "utf8")));
node.check();
const box = document.createElement("div");
box.append(DOMSerializer.fromSchema(schema).serializeFragment(node.content, { document }));
console.log(box.innerHTML);
"""
EVERYTHING: text.Node = {
    "type": "doc",
    "content": [
        {
            "type": "heading",
            "attrs": {"id": "a", "level": 2},
            "content": [{"type": "text", "text": "Portée & « suite »"}],
        },
        {
            "type": "paragraph",
            "attrs": {"id": "b"},
            "content": [
                {"type": "text", "text": "É 😀 <b> "},
                {"type": "text", "text": "gras", "marks": [{"type": "strong"}, {"type": "em"}]},
                {"type": "hard_break"},
                {"type": "text", "text": "lien", "marks": [{"type": "link", "attrs": {"href": "https://a.fr/?x=1&y"}}]},
            ],
        },
        {
            "type": "ordered_list",
            "attrs": {"id": "c", "order": 3},
            "content": [
                {
                    "type": "list_item",
                    "attrs": {"id": "d"},
                    "content": [
                        {"type": "paragraph", "attrs": {"id": "e"}, "content": [{"type": "text", "text": "un"}]},
                        {
                            "type": "bullet_list",
                            "attrs": {"id": "f"},
                            "content": [
                                {"type": "list_item", "attrs": {"id": "g"}, "content": [{"type": "paragraph"}]}
                            ],
                        },
                    ],
                }
            ],
        },
        {
            "type": "table",
            "attrs": {"id": "h"},
            "content": [
                {
                    "type": "table_row",
                    "attrs": {"id": "i"},
                    "content": [
                        {
                            "type": "table_header",
                            "attrs": {"id": "j", "colspan": 2, "rowspan": 1},
                            "content": [{"type": "paragraph", "attrs": {"id": "k"}}],
                        },
                        {
                            "type": "table_cell",
                            "attrs": {"id": "l", "colspan": 1, "rowspan": 2},
                            "content": [{"type": "paragraph", "attrs": {"id": "m"}}],
                        },
                    ],
                }
            ],
        },
    ],
}


def node(script: str, given: str = "") -> str:
    """What a TypeScript module of the client says."""
    found = find_node()
    ran = subprocess.run(
        [found.node, "--no-warnings", "--input-type=module-typescript", "-e", script],
        cwd=CLIENT,
        env={**found.env},
        input=given,
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.strip()


@cache
def told() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(node(TELL))
    return found


def test_nodes_and_their_attributes_are_the_same() -> None:
    nodes = {name: frozenset(attrs) for name, attrs in told()["nodes"].items()}
    assert nodes == {**text.ELEMENTS, "doc": frozenset(), "text": frozenset()}


def test_marks_are_the_same_in_the_same_order() -> None:
    assert tuple(told()["marks"]) == text.MARKS


def test_the_server_shows_a_text_as_the_editor_does() -> None:
    shown = str(rendering.html(EVERYTHING))
    assert list(text.problems(EVERYTHING, "content")) == []
    assert _plain(shown) == _plain(node(SHOW, json.dumps(EVERYTHING)))


def _plain(html: str) -> str:
    """The same HTML whatever the order of attributes and the spelling of quotes; only links say more in the editor."""

    def ordered(tag: re.Match[str]) -> str:
        kept = sorted(one for one in tag[2].split(" ") if not one.startswith(("target=", "rel=", "noreferrer")))
        return f"<{tag[1]}{' '.join(kept)}>"

    return re.sub(r"<(\w+)([^>]*)>", ordered, html).replace("&#34;", '"').replace("&#39;", "'")


@pytest.mark.parametrize("start", [EVERYTHING, text.from_body(""), text.from_body("a\n\nb\nc")])
def test_a_text_goes_into_a_live_document_and_comes_back(start: text.Node) -> None:
    doc: Doc[Any] = Doc()
    doc.apply_update(document.first_state(start, text.ROOT, client_id=1))
    assert text.without_ids(document.read(doc, text.ROOT)) == text.without_ids(start)


def test_every_block_of_a_new_document_has_an_id_of_its_own() -> None:
    doc: Doc[Any] = Doc()
    doc.apply_update(document.first_state(text.without_ids(EVERYTHING), text.ROOT, client_id=1))
    blocks = [one for one in text.walk(document.read(doc, text.ROOT)) if one["type"] in text.ELEMENTS]
    ids = [one["attrs"]["id"] for one in blocks if one["type"] != "hard_break"]
    assert len(ids) == len(set(ids)) == 14
