"""Documents of word processors written by hand, part by part, as the programs write them."""

import zipfile
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
SPACES = (
    f'xmlns:w="{WORD}" xmlns:r="{OFFICE}" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """The parts of a document in one file."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as into:
        for name, content in parts.items():
            into.writestr(name, content)
    return made.getvalue()


def links(**targets: str) -> str:
    """What a part refers to: other parts by kind, and addresses of elsewhere by id."""
    outside = ' TargetMode="External"'
    each = "".join(
        f'<Relationship Id="{key}" Type="{OFFICE}/{key}" Target="{to}"{outside if ":" in to else ""}/>'
        for key, to in targets.items()
    )
    return f'<?xml version="1.0"?><Relationships xmlns="{RELS}">{each}</Relationships>'


def docx(
    body: str, addresses: dict[str, str] | None = None, more: dict[str, str | bytes] | None = None, **parts: str
) -> bytes:
    """A Word document: its body, and its `styles`, `numbering`, `footnotes` … by name."""
    wrapped = {
        f"word/{name}.xml": f'<?xml version="1.0" encoding="UTF-8"?><w:{name} {SPACES}>{inner}</w:{name}>'
        for name, inner in {"document": f"<w:body>{body}</w:body>", **parts}.items()
    }
    around = links(**{name: f"{name}.xml" for name in parts}, **(addresses or {}))
    package = {"_rels/.rels": links(officeDocument="word/document.xml"), "word/_rels/document.xml.rels": around}
    return zipped({**package, **wrapped, **(more or {})})


def p(words: str, about: str = "", looks: str = "") -> str:
    """A paragraph of Word of one run; `about` are its properties, `looks` those of its run."""
    return f"<w:p><w:pPr>{about}</w:pPr>{r(words, looks)}</w:p>"


def r(words: str, looks: str = "") -> str:
    """A run of Word."""
    return f'<w:r><w:rPr>{looks}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


OPEN_DOCUMENT = "urn:oasis:names:tc:opendocument:xmlns:"
OPEN_SPACES = " ".join(
    f'xmlns:{name}="{OPEN_DOCUMENT}{name if name != "draw" else "drawing"}:1.0"'
    for name in ("office", "text", "table", "style", "draw", "manifest")
) + (
    f' xmlns:fo="{OPEN_DOCUMENT}xsl-fo-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
)  # fmt: skip


def odt(body: str, styles: str = "", about: str = "") -> bytes:
    """A LibreOffice document; `styles` are those of its own, `about` what its manifest says of its text."""
    entry = f'<manifest:file-entry manifest:full-path="content.xml">{about}</manifest:file-entry>'
    manifest = f"<manifest:manifest {OPEN_SPACES}>{entry}</manifest:manifest>"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {OPEN_SPACES}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.text"
    return zipped({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content})


STYLES = (
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Titre1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="2"/>'
    '</w:numPr><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Sous"><w:name w:val="Sous-article"/><w:basedOn w:val="Titre1"/><w:pPr>'
    '<w:numPr><w:numId w:val="0"/></w:numPr><w:outlineLvl w:val="3"/></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="TM1"><w:name w:val="toc 1"/></w:style>'
    '<w:style w:type="character" w:styleId="Interne"><w:name w:val="Interne"/><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Renvoi"><w:name w:val="Renvoi"/><w:basedOn w:val="Interne"/></w:style>'
)
NUMBERING = (
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
    '<w:lvlText w:val="%1."/></w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl>'
    '<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%3)"/></w:lvl>'
    "</w:abstractNum>"
    '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="upperRoman"/><w:lvlText w:val="Titre %1 –"/>'
    '</w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
)


def item(words: str, level: int = 0) -> str:
    """An item of the first numbering."""
    return p(words, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>')


def cell(inner: str, about: str = "") -> str:
    """A cell of a table."""
    return f"<w:tc><w:tcPr>{about}</w:tcPr>{inner}</w:tc>"


def row(*cells: str, about: str = "") -> str:
    """A row of a table."""
    return f"<w:tr><w:trPr>{about}</w:trPr>{''.join(cells)}</w:tr>"


LIST_STYLE = (
    '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1"/>'
    '<text:list-level-style-bullet text:level="2" text:bullet-char="•"/></text:list-style>'
    '<style:style style:name="T1" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="T2" style:family="text"><style:text-properties text:display="none"/></style:style>'
    '<style:style style:name="T3" style:family="text" style:parent-style-name="T2"/>'
    '<style:style style:name="T4" style:family="text"><style:text-properties style:text-position="super 58%"/>'
    "</style:style>"
)


KINDS = {"p": "paragraph", "ul": "bullet_list", "ol": "ordered_list", "li": "list_item", "table": "table",
         "tr": "table_row", "td": "table_cell", "th": "table_header", "br": "hard_break"}  # fmt: skip
MARKED = {"strong": "strong", "em": "em", "a": "link"}
SPANS = {"colspan": "colspan", "rowspan": "rowspan", "start": "order"}


class Schema(HTMLParser):
    """HTML as a text of ours, read strictly: a tag or an attribute that the schema does not know fails."""

    def __init__(self) -> None:
        super().__init__()
        self.text: dict[str, Any] = {"type": "doc", "content": []}
        self._open: list[tuple[str, dict[str, Any]]] = [("", self.text)]
        self._marks: list[dict[str, Any]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in MARKED:
            assert set(given) == ({"href"} if tag == "a" else set())
            self._marks.append({"type": MARKED[tag], **({"attrs": given} if given else {})})
        elif tag != "tbody":
            self._add(tag, {SPANS[name]: int(value or "") for name, value in given.items()})

    def _add(self, tag: str, attrs: dict[str, Any]) -> None:
        if tag in ("h1", "h2", "h3"):
            attrs["level"] = int(tag[1])
        node = {"type": KINDS.get(tag, "heading" if tag[0] == "h" else tag), **({"attrs": attrs} if attrs else {})}
        self._open[-1][1].setdefault("content", []).append(node)
        if tag != "br":
            self._open.append((tag, node))

    def handle_endtag(self, tag: str) -> None:
        if tag in MARKED:
            assert self._marks.pop()["type"] == MARKED[tag]
        elif tag != "tbody":
            assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        node = {"type": "text", "text": data, **({"marks": list(self._marks)} if self._marks else {})}
        self._open[-1][1].setdefault("content", []).append(node)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def as_text(html: str) -> dict[str, Any]:
    """The text of ours that HTML is."""
    reading = Schema()
    reading.feed(html)
    reading.close()
    assert reading._open == [("", reading.text)]
    return reading.text
