"""Documents of word processors brought into a text: what comes of them, and what never does."""

from pathlib import Path

import pytest

from server.documents.blocks import Loss
from server.documents.reading import Brought, read
from tests.documents import LIST_STYLE, NUMBERING, STYLES, cell, docx, item, odt, p, r, row

OF_STYLE = '<w:pStyle w:val="{}"/>'
SECRET = "SECRET"


def test_a_word_document_comes_with_its_titles_lists_tables_marks_and_links() -> None:
    body = (
        p("Objet", OF_STYLE.format("Titre1"))
        + p("Durée", OF_STYLE.format("Titre1"))
        + p("Suivi", OF_STYLE.format("Sous"))
        + item("un") + item("puce", 1) + item("lettre", 2) + item("deux") + p("entre") + item("trois")
        + f"<w:p>{r('Le ')}{r('taux', '<w:b/>')}{r(' ')}{r('annuel', '<w:i/>')}{r(', en m')}"
        + f"{r('2', '<w:vertAlign w:val=%ssuperscript%s/>'.replace('%s', chr(34)))}<w:r><w:br/></w:r>"
        + f'<w:hyperlink r:id="site">{r("site &amp; plan")}</w:hyperlink></w:p>'
        + "<w:tbl>" + row(cell(p("Montants"), '<w:gridSpan w:val="2"/>'), about="<w:tblHeader/>")
        + row(cell(p("2027"), '<w:vMerge w:val="restart"/>'), cell(p("10")))
        + row(cell(p("vieux"), "<w:vMerge/>"), cell(item("a"))) + "</w:tbl>"
    )  # fmt: skip
    brought = read(docx(body, {"site": "https://exemple.fr/?a=1&amp;b=2"}, styles=STYLES, numbering=NUMBERING))
    assert brought.html == (
        "<h1>Titre I – Objet</h1><h1>Titre II – Durée</h1><h3>Suivi</h3>"
        "<ol><li><p>un</p><ul><li><p>puce</p><ol><li><p>lettre</p></li></ol></li></ul></li><li><p>deux</p></li></ol>"
        '<p>entre</p><ol start="3"><li><p>trois</p></li></ol>'
        "<p>Le <strong>taux</strong> <em>annuel</em>, en m²<br>"
        '<a href="https://exemple.fr/?a=1&amp;b=2">site &amp; plan</a></p>'
        '<table><tbody><tr><th colspan="2"><p>Montants</p></th></tr><tr><td rowspan="2"><p>2027</p></td>'
        '<td><p>10</p></td></tr><tr><td><ol start="4"><li><p>a</p></li></ol></td></tr></tbody></table>'
    )
    assert brought.lost == {Loss.NUMBERING}


def test_a_libreoffice_document_comes_the_same() -> None:
    body = (
        '<text:h text:outline-level="1">Objet</text:h><text:p>Le <text:span text:style-name="T1">taux</text:span>'
        '<text:s text:c="2"/>annuel, m<text:span text:style-name="T4">2</text:span><text:line-break/><text:a xlink:href="https://exemple.fr/">site</text:a></text:p>'
        '<text:list text:style-name="L1"><text:list-item><text:p>un</text:p><text:p>suite</text:p><text:list>'
        "<text:list-item><text:p>puce</text:p></text:list-item></text:list></text:list-item></text:list><text:p>–</text:p>"
        '<text:list text:style-name="L1" text:continue-numbering="true"><text:list-item><text:p>deux</text:p>'
        "</text:list-item></text:list><table:table><table:table-header-rows><table:table-row>"
        '<table:table-cell table:number-columns-spanned="2"><text:p>Montants</text:p></table:table-cell>'
        "<table:covered-table-cell/></table:table-row></table:table-header-rows><table:table-row>"
        "<table:table-cell><text:p>2027</text:p></table:table-cell><table:table-cell/></table:table-row></table:table>"
        "<text:p>Fin<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>Au sens du code.</text:p>"
        "</text:note-body></text:note></text:p>"
    )
    brought = read(odt(body, LIST_STYLE))
    assert brought.html == (
        "<h1>Objet</h1><p>Le <strong>taux</strong> annuel, m²<br>"
        '<a href="https://exemple.fr/">site</a></p><ol><li><p>un</p><p>suite</p><ul><li><p>puce</p></li></ul></li></ol>'
        '<p>–</p><ol start="2"><li><p>deux</p></li></ol><table><tbody><tr><th colspan="2"><p>Montants</p></th></tr>'
        "<tr><td><p>2027</p></td><td><p></p></td></tr></tbody></table><p>Fin[1]</p><p>[1] Au sens du code.</p>"
    )
    assert brought.lost == {Loss.NOTES}


def field(code: str, result: str) -> str:
    marks = {kind: f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")}
    return f"{marks['begin']}{code}{marks['separate']}{result}{marks['end']}"


NOTE = '<w:footnote w:id="2"><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:footnote>'
CALL = '<w:footnoteReference w:id="2"/>'
CODE = f"<w:r><w:instrText>{SECRET}</w:instrText></w:r>"
GONE = f"<w:del><w:r><w:t>{SECRET}</w:t><w:delText>{SECRET}</w:delText></w:r></w:del>"
NEVER = {  # what a body of Word holds → what comes of it, and what is told
    "deleted words": (f"<w:p>{r('a')}{GONE}<w:ins>{r('b')}</w:ins></w:p>", "<p>ab</p>", {Loss.DELETIONS}),
    "words put in, then deleted": (f"<w:p>{r('a')}<w:ins>{GONE}</w:ins></w:p>", "<p>a</p>", {Loss.DELETIONS}),
    "words moved away": (
        f"<w:p>{r('a')}<w:moveFrom>{r(SECRET)}</w:moveFrom><w:moveTo>{r('b')}</w:moveTo></w:p>",
        "<p>ab</p>",
        {Loss.DELETIONS},
    ),
    "a paragraph whose end was deleted": (
        f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{r('a')}</w:p>{p('b')}",
        "<p>ab</p>",
        {Loss.DELETIONS},
    ),
    "a deleted row": (
        "<w:tbl>" + row(cell(p(SECRET)), about="<w:del/>") + row(cell(p("a"))) + "</w:tbl>",
        "<table><tbody><tr><td><p>a</p></td></tr></tbody></table>",
        {Loss.DELETIONS},
    ),
    "a deleted cell, and the note it calls": (
        "<w:tbl>" + row(cell(f"<w:p><w:r>{CALL}</w:r></w:p>", "<w:cellDel/>"), cell(p("a"))) + "</w:tbl>",
        "<table><tbody><tr><td><p></p></td><td><p>a</p></td></tr></tbody></table>",
        {Loss.DELETIONS},
    ),
    "a hidden row": (
        "<w:tbl>" + row(cell(p(SECRET)), about="<w:hidden/>") + row(cell(p("a"))) + "</w:tbl>",
        "<table><tbody><tr><td><p>a</p></td></tr></tbody></table>",
        {Loss.HIDDEN},
    ),
    "what a merged cell covers": (
        "<w:tbl>" + row(cell(p("a"), '<w:vMerge w:val="restart"/>')) + row(cell(p(SECRET), "<w:vMerge/>")) + "</w:tbl>",
        "<table><tbody><tr><td><p>a</p></td></tr></tbody></table>",
        set(),
    ),
    "hidden words": (f"<w:p>{r('a')}{r(SECRET, '<w:vanish/>')}</w:p>", "<p>a</p>", {Loss.HIDDEN}),
    "words hidden by a style that rests on another": (
        f"<w:p>{r('a')}{r(SECRET, '<w:rStyle w:val=-Renvoi-/>'.replace('-', chr(34)))}</w:p>",
        "<p>a</p>",
        {Loss.HIDDEN},
    ),
    "a note called from hidden words": (
        f"<w:p>{r('a')}<w:r><w:rPr><w:vanish/></w:rPr>{CALL}</w:r></w:p>",
        "<p>a</p>",
        {Loss.HIDDEN},
    ),
    "a comment": (
        f'<w:p><w:commentRangeStart w:id="1"/>{r("a")}<w:commentRangeEnd w:id="1"/>'
        '<w:r><w:commentReference w:id="1"/></w:r></w:p>',
        "<p>a</p>",
        {Loss.COMMENTS},
    ),
    "the code of a field, and the fields in it": (
        f"<w:p>{r('a')}{field(CODE + field('', r(SECRET)), r('b'))}</w:p>",
        "<p>ab</p>",
        set(),
    ),
    "a table of contents": (p(SECRET, OF_STYLE.format("TM1")) + p("a"), "<p>a</p>", {Loss.CONTENTS}),
    "a text box, a drawing, a formula": (
        f"<w:p>{r('a')}<w:r><w:pict><w:txbxContent>{p(SECRET)}</w:txbxContent></w:pict></w:r><m:oMath>"
        f"<m:r><m:t>{SECRET}</m:t></m:r></m:oMath><mc:AlternateContent>{p(SECRET)}</mc:AlternateContent></w:p>",
        "<p>a</p>",
        {Loss.OBJECTS},
    ),
    "what nobody here knows": (
        f'<w:p>{r("a")}<w:x>{r(SECRET)}</w:x><y xmlns="urn:y">{r(SECRET)}</y>'
        f"<w:r><w:altText>{SECRET}</w:altText></w:r></w:p>",
        "<p>a</p>",
        set(),
    ),
    "a link that runs, or to a file": (
        "".join(f'<w:p><w:hyperlink r:id="{key}">{r("a")}</w:hyperlink></w:p>' for key in ("js", "file", "data")),
        "<p>a</p><p>a</p><p>a</p>",
        set(),
    ),
    "markup in words": (
        p("&lt;img src=x onerror=alert(1)&gt;&lt;/p&gt;&lt;svg/onload=alert(1)&gt;"),
        "<p>&lt;img src=x onerror=alert(1)&gt;&lt;/p&gt;&lt;svg/onload=alert(1)&gt;</p>",
        set(),
    ),
}
ADDRESSES = {"js": "javascript:alert(1)", "file": "file:///etc/passwd", "data": "data:text/html,x"}
INTERNAL: dict[str, str | bytes] = {
    "word/comments.xml": f"<x>{SECRET}</x>",
    "docProps/core.xml": f"<x>{SECRET}</x>",
    "word/header1.xml": f"<x>{SECRET}</x>",
    "word/vbaProject.bin": SECRET.encode(),
    "word/media/image1.svg": f"<svg onload='{SECRET}'/>",
    "../../etc/passwd": SECRET,
}


@pytest.mark.parametrize("name", NEVER)
def test_what_a_reader_of_word_does_not_see_never_comes(name: str) -> None:
    body, html, lost = NEVER[name]
    parts = {"styles": STYLES, "footnotes": NOTE.format(SECRET)}
    assert read(docx(body, ADDRESSES, INTERNAL, **parts)) == Brought(html, frozenset(lost))


def test_a_note_comes_once_at_the_end_and_nothing_calls_it_forever() -> None:
    call = f"<w:p>{r('a')}<w:r>{CALL}</w:r></w:p>"
    note = NOTE.replace("<w:p>", f"<w:p><w:r>{CALL}</w:r>").format("note")
    assert read(docx(call * 2, footnotes=note)).html == "<p>a[1]</p><p>a[1]</p><p>[1] [1]note</p>"


UNSEEN = {
    "deleted words": (
        f"<text:tracked-changes><text:changed-region><text:deletion><text:p>{SECRET}</text:p></text:deletion>"
        '</text:changed-region></text:tracked-changes><text:p>a<text:change text:change-id="1"/></text:p>',
        {Loss.DELETIONS},
    ),
    "a comment": (
        f"<text:p>a<office:annotation><dc:creator>{SECRET}</dc:creator><text:p>{SECRET}</text:p></office:annotation></text:p>",
        {Loss.COMMENTS},
    ),
    "hidden words": (
        f'<text:p>a<text:span text:style-name="T3">{SECRET}<text:span text:style-name="T1">{SECRET}</text:span>'
        "</text:span>"
        "</text:p>",
        {Loss.HIDDEN},
    ),
    "a hidden section": (
        f'<text:p>a</text:p><text:section text:display="none"><text:p>{SECRET}</text:p></text:section>',
        {Loss.HIDDEN},
    ),
    "a hidden paragraph": (
        f"<text:p>a</text:p><text:p>{SECRET}<text:hidden-paragraph/></text:p>",
        {Loss.HIDDEN},
    ),
    "a text box": (
        f"<text:p>a<draw:frame><draw:text-box><text:p>{SECRET}</text:p></draw:text-box></draw:frame></text:p>",
        {Loss.OBJECTS},
    ),
    "a script, and what nobody here knows": (
        f'<text:p>a<text:script xlink:href="{SECRET}">{SECRET}</text:script><x>{SECRET}</x></text:p>',
        set(),
    ),
    "a link that runs": ('<text:p><text:a xlink:href="javascript:alert(1)">a</text:a></text:p>', set()),
}


@pytest.mark.parametrize("name", UNSEEN)
def test_what_a_reader_of_libreoffice_does_not_see_never_comes(name: str) -> None:
    body, lost = UNSEEN[name]
    assert read(odt(body, LIST_STYLE)) == Brought("<p>a</p>", frozenset(lost))


def test_the_page_has_a_sentence_for_all_that_cannot_come() -> None:
    page = (Path(__file__).parents[2] / "client" / "src" / "document.ts").read_text(encoding="utf-8")
    assert [one for one in Loss if f"{one}: laterWords.lost{one.capitalize()}," not in page] == []
