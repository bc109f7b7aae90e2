"""Documents that are none, or weapons: refused with a remedy; and who may have one read."""

import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.documents import package
from server.documents.blocks import Loss
from server.documents.reading import Brought, read
from server.domain.refusals import Refusal
from server.domain.refusals_of_documents import (
    DocumentEmpty,
    DocumentLocked,
    DocumentOld,
    DocumentTooInvolved,
    DocumentUnreadable,
)
from server.domain.texts import text
from tests.documents import LIST_STYLE, NUMBERING, STYLES, as_text, cell, docx, item, links, odt, p, r, row, zipped
from tests.factories import PH, dump
from tests.web.drafts import CLOSED, FREE, address, offline, section
from tests.web.site import running


def nested(depth: int) -> str:
    return "<w:tbl><w:tr><w:tc>" * depth + p("a") + "</w:tc></w:tr></w:tbl>" * depth


def bomb() -> bytes:
    return docx("<w:p>" + " " * 40_000_000 + "</w:p>")


def with_entities(declared: str, used: str) -> bytes:
    document = f'<!DOCTYPE d [{declared}]><w:document xmlns:w="http://x"><w:body>{used}</w:body></w:document>'
    return zipped({"_rels/.rels": links(officeDocument="word/document.xml"), "word/document.xml": document})


def encrypted() -> bytes:
    """The zip's own way, as few programs write it: the flag of each entry says so."""
    made = bytearray(docx(p("a")))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        where = -1
        while (where := made.find(mark, where + 1)) >= 0:
            struct.pack_into("<H", made, where + at, 1)
    return bytes(made)


def packed_as(method: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as into:
        into.writestr("word/document.xml", "<x/>")
    return made.getvalue()


REPEATED = '<table:table><table:table-row><table:table-cell table:number-columns-repeated="90"><text:p>a</text:p>'
REPEATED_END = "</table:table-cell></table:table-row></table:table>"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
FILE_ENTITY = '<!ENTITY x SYSTEM "file:///etc/passwd">'
HOSTILE = {
    "nothing": (b"", DocumentUnreadable),
    "words": (b"Un texte", DocumentUnreadable),
    "a zip of something else": (zipped({"a.txt": "a"}), DocumentUnreadable),
    "half a document": (docx(p("a"))[:400], DocumentUnreadable),
    "XML that does not end": (zipped({"word/document.xml": "<w:document"}), DocumentUnreadable),
    "an old document": (package.OLE + bytes(600), DocumentOld),
    "a document behind a password": (package.OLE + bytes(600) + package.OLE_LOCKED, DocumentLocked),
    "a zip behind a password": (encrypted(), DocumentLocked),
    "a LibreOffice document behind a password": (
        odt("<text:p>a</text:p>", about="<manifest:encryption-data/>"),
        DocumentLocked,
    ),
    "no words": (docx("<w:p/>"), DocumentEmpty),
    "hidden words only": (docx(p("a", looks="<w:vanish/>")), DocumentEmpty),
    "a zip bomb": (bomb(), DocumentTooInvolved),
    "ten thousand nested tables": (docx(nested(10_000)), DocumentTooInvolved),
    "tables in tables whose cells count for many": (odt(REPEATED * 30 + REPEATED_END * 30), DocumentTooInvolved),
    "three hundred thousand elements": (docx("<w:p/>" * 300_000), DocumentTooInvolved),
    "many entries": (zipped({f"a{n}": b"" for n in range(package.MOST_ENTRIES + 1)}), DocumentTooInvolved),
    "a link of two thousand letters on every word": (
        docx(f'<w:p><w:hyperlink r:id="l">{r("a")}</w:hyperlink></w:p>' * 10_000, {"l": "https://a.fr/" + "a" * 1900}),
        DocumentTooInvolved,
    ),
    "a cell that counts for many": (
        odt(
            "<table:table>"
            + '<table:table-row table:number-rows-repeated="9999999">'
            + '<table:table-cell table:number-columns-repeated="9999999"><text:p>a</text:p></table:table-cell>' * 900
            + "</table:table-row></table:table>"
        ),
        DocumentTooInvolved,
    ),
    "a billion laughs": (with_entities(f'<!ENTITY l0 "ha">{LAUGHS}', "&l9;"), DocumentUnreadable),
    "a file of the server": (with_entities(FILE_ENTITY, "&x;"), DocumentUnreadable),
    "a document type alone": (with_entities("", ""), DocumentUnreadable),
    "packed to cost memory": (packed_as(zipfile.ZIP_LZMA), DocumentUnreadable),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_document_or_a_weapon_is_refused_with_a_remedy(name: str) -> None:
    content, refusal = HOSTILE[name]
    with pytest.raises(refusal) as refused:
        read(content)
    assert refused.value.remedy


def test_a_row_of_tens_of_thousands_of_cells_becomes_lines() -> None:
    brought = read(docx("<w:tbl>" + row(*["<w:tc/>"] * 60_000) + row(cell(p("a"))) + "</w:tbl>"))
    assert brought == Brought("<p>a</p>", frozenset({Loss.TABLES}))


def test_tables_in_tables_as_deep_as_may_be_become_text() -> None:
    brought = read(docx(nested(50)))
    assert brought == Brought("<table><tbody><tr><td><p>a</p></td></tr></tbody></table>", frozenset({Loss.TABLES}))


TAGS = ["w:p", "w:r", "w:t", "w:tbl", "w:tr", "w:tc", "w:sdt", "w:sdtContent", "w:ins", "w:del", "w:hyperlink", "w:pPr",
        "w:numPr", "w:rPr", "w:b", "w:vMerge", "w:gridSpan", "w:tcPr", "w:trPr", "w:gridBefore", "w:br"]  # fmt: skip
OPEN_TAGS = ["text:p", "text:h", "text:span", "text:a", "text:list", "text:list-item", "table:table", "table:table-row",
             "table:table-cell", "text:note", "text:note-body", "text:s", "text:section"]  # fmt: skip
SAID = ["", ' w:val="1"', ' w:val="2"', ' w:val="99999"', ' r:id="l"', ' text:style-name="L1"',
        ' text:outline-level="9"', ' table:number-columns-spanned="70"', ' xlink:href="https://a.fr/"',
        ' table:number-rows-spanned="3"']  # fmt: skip


def trees(tags: list[str]) -> st.SearchStrategy[str]:
    words = st.sampled_from(["a", " ", "é&lt;b&gt;", "\u00a0", "&#10;"])

    def around(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        made = st.tuples(st.sampled_from(tags), st.sampled_from(SAID), st.lists(inner, max_size=4))
        return made.map(lambda one: f"<{one[0]}{one[1]}>{''.join(one[2])}</{one[0]}>")

    return st.lists(st.recursive(words, around, max_leaves=30), max_size=6).map("".join)


NAMESPACES = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("text", "table")
) + ' xmlns:xlink="http://www.w3.org/1999/xlink"'  # fmt: skip


def is_of_our_schema(content: bytes) -> None:
    try:
        brought = read(content)
    except Refusal:
        return
    made = as_text(brought.html)
    assert list(text.problems(made, "content")) == []


@given(st.booleans(), st.data())
def test_whatever_a_document_holds_what_comes_is_of_our_schema(is_word: bool, data: st.DataObject) -> None:
    if is_word:
        body = f"<w:sdt{NAMESPACES}>{data.draw(trees(TAGS))}</w:sdt>"
        is_of_our_schema(docx(body, {"l": "https://a.fr/"}, styles=STYLES, numbering=NUMBERING))
    else:
        spaces = ' xmlns:w="urn:w" xmlns:r="urn:r"'
        is_of_our_schema(odt(f"<text:section{spaces}>{data.draw(trees(OPEN_TAGS))}</text:section>", LIST_STYLE))


SOUND = docx("<w:tbl>" + row(cell(p("a")), cell(item("b"))) + "</w:tbl>", styles=STYLES, numbering=NUMBERING)


@given(st.lists(st.tuples(st.integers(0, len(SOUND) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_any_bytes_are_read_or_refused(changes: list[tuple[int, int]]) -> None:
    made = bytearray(SOUND)
    for at, value in changes:
        made[at] = value
    is_of_our_schema(bytes(made))


WATCHED: dict[str, list[tuple[object, ...]]] = {"security_event": []}  # who was turned away is noted


def reading(document: str) -> str:
    return f"/contracts/{PH}/reading/{document}"


@pytest.mark.anyio
async def test_a_document_is_read_for_who_may_write_there_and_kept_nowhere(tmp_path: Path) -> None:
    async with running(tmp_path / "site.sqlite", document_mib=1) as site:
        ars, operator = await site.signed_in("camille-authier"), await site.signed_in("nadege-fournier")
        partner, stranger = await site.signed_in("elodie-maugin"), await site.signed_in("alex-martin")
        made = await ars.ask("POST", address(), content=await offline(site, "Un brouillon."))
        draft = "proposal:" + made.json()["at"].rsplit("/", 1)[1]
        free, closed = (await section(site, FREE)).document, (await section(site, CLOSED)).document
        before = await dump(site.parts.store) | WATCHED
        sent = {
            "content": docx(p("Article premier") + f"<w:p><w:del>{r('secret')}</w:del></w:p>"),
            "headers": {"accept": "application/json"},
        }
        for document in (free, draft):
            answer = await ars.ask("POST", reading(document), **sent)
            assert (answer.status_code, answer.json()) == (
                200,
                {"html": "<p>Article premier</p>", "lost": ["deletions"]},
            )
            assert answer.headers["cache-control"] == "no-store"
        told = [await one.ask("POST", reading(to), **sent) for one, to in (
            (operator, free), (operator, draft), (partner, free), (partner, draft), (stranger, free), (ars, closed),
            (ars, "section:none"), (site.browser(), free))]  # fmt: skip
        assert [one.status_code for one in told] == [200, 404, 404, 404, 404, 409, 404, 401]
        assert told[5].json()["error"] == "DocumentUnwanted"
        large = await ars.ask("POST", reading(free), content=bytes(1024 * 1024 + 1), headers=sent["headers"])
        assert (large.status_code, large.json()["error"]) == (413, "DocumentTooLarge")
        broken = await ars.ask("POST", reading(free), content=b"PK", headers=sent["headers"])
        assert (broken.status_code, broken.json()["error"]) == (422, "DocumentUnreadable")
        assert await dump(site.parts.store) | WATCHED == before
