"""The text of a section: plain form and back, what is sound, what is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.texts import text
from server.wording import rendering

HOSTILE = "<script>alert(1)</script>\"'&"


@given(st.text())
def test_plain_text_comes_back_letter_for_letter(body: str) -> None:
    assert text.to_body(text.from_body(body)) == body


@given(st.text())
def test_plain_text_is_sound(body: str) -> None:
    assert list(text.problems(text.from_body(body), "content")) == []


@pytest.mark.parametrize(
    ("block", "path"),
    [
        ({"type": "script"}, "content.content[0].type"),
        ({"type": "heading", "attrs": {"level": 9}}, "content.content[0].attrs.level"),
        ({"type": "heading", "attrs": {"level": "2"}}, "content.content[0].attrs.level"),
        ({"type": "heading"}, "content.content[0].attrs.level"),
        ({"type": "paragraph", "attrs": {"id": {"a": 1}}}, "content.content[0].attrs.id"),
        ({"type": "paragraph", "attrs": {"id": "x" * 9000}}, "content.content[0].attrs.id"),
        ({"type": "ordered_list", "attrs": {"order": [1]}, "content": []}, "content.content[0].attrs.order"),
        ({"type": "bullet_list"}, "content.content[0].content"),
        ({"type": "table", "content": []}, "content.content[0].content"),
        (
            {"type": "bullet_list", "content": [{"type": "list_item", "content": [{"type": "bullet_list"}]}]},
            "content.content[0].content[0].content[0].type",
        ),
        (
            {"type": "paragraph", "content": [{"type": "text", "text": "a", "marks": 3}]},
            "content.content[0].content[0].marks",
        ),
        (
            {
                "type": "paragraph",
                "content": [{"type": "text", "text": "a", "marks": [{"type": "link", "attrs": "x"}]}],
            },
            "content.content[0].content[0].marks[0].attrs.href",
        ),
        (
            {
                "type": "paragraph",
                "content": [{"type": "text", "text": "a", "marks": [{"type": "em", "attrs": {"a": {"b": 1}}}]}],
            },
            "content.content[0].content[0].marks[0].attrs",
        ),
        ({"type": "paragraph", "attrs": {"onclick": "x"}}, "content.content[0].attrs.onclick"),
        (
            {"type": "paragraph", "content": [{"type": "text", "text": ""}]},
            "content.content[0].content[0].text",
        ),
        (
            {"type": "paragraph", "content": [{"type": "text", "text": "a", "marks": [{"type": "blink"}]}]},
            "content.content[0].content[0].marks[0].type",
        ),
        (
            {
                "type": "paragraph",
                "content": [
                    {
                        "type": "text",
                        "text": "a",
                        "marks": [{"type": "link", "attrs": {"href": "javascript:alert(1)"}}],
                    }
                ],
            },
            "content.content[0].content[0].marks[0].attrs.href",
        ),
    ],
)
def test_what_is_wrong_is_named_by_its_path(block: text.Node, path: str) -> None:
    assert path in [where for where, _ in text.problems({"type": "doc", "content": [block]}, "content")]


def test_a_text_nested_without_end_is_refused() -> None:
    deep: text.Node = {"type": "paragraph"}
    for _ in range(100):
        deep = {"type": "bullet_list", "content": [{"type": "list_item", "content": [deep]}]}
    assert list(text.problems({"type": "doc", "content": [deep]}, "content"))


def test_every_word_is_escaped_and_unsafe_links_lose_their_address() -> None:
    link = {"type": "link", "attrs": {"href": "javascript:alert(1)"}}
    shown = rendering.html(
        {
            "type": "doc",
            "content": [
                {"type": "paragraph", "content": [{"type": "text", "text": HOSTILE, "marks": [link]}]},
                {"type": "iframe", "content": [{"type": "text", "text": "caché"}]},
            ],
        }
    )
    assert shown == "<p>&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;&amp;</p>"


def test_what_would_turn_words_round_or_hide_some_is_shown_by_its_number() -> None:
    turned = {"type": "text", "text": "Soit \u202e021\u202c places\U000e0041, 12\u202f000 œufs – « là »."}
    shown = rendering.html({"type": "doc", "content": [{"type": "paragraph", "content": [turned]}]})
    assert shown == "<p>Soit [U+202E]021[U+202C] places[U+E0041], 12\u202f000 œufs – « là ».</p>"


def test_headings_come_under_that_of_their_section() -> None:
    blocks = [
        {"type": "heading", "attrs": {"level": level}, "content": [{"type": "text", "text": "<h3>"}]}
        for level in (1, 3)
    ]
    html = rendering.html({"type": "doc", "content": blocks})
    assert rendering.at_depth(html, 0) == html
    assert rendering.at_depth(html, 2) == ('<h3 aria-level="5">&lt;h3&gt;</h3><h5 aria-level="7">&lt;h3&gt;</h5>')
    assert rendering.at_depth(html, 11).count('aria-level="9"') == 2


def test_a_table_shows_its_cells_and_a_heading_its_level() -> None:
    shown = rendering.html(
        {
            "type": "doc",
            "content": [
                {
                    "type": "heading",
                    "attrs": {"level": 2, "id": "h"},
                    "content": [{"type": "text", "text": "Tît"}],
                },
                {
                    "type": "table",
                    "content": [
                        {
                            "type": "table_row",
                            "content": [{"type": "table_cell", "attrs": {"colspan": 2}, "content": []}],
                        }
                    ],
                },
            ],
        }
    )
    assert shown == ('<h4 data-block="h">Tît</h4><table><tbody><tr><td colspan="2"></td></tr></tbody></table>')
