"""A document given back is a file to keep: its name is safe, and no browser shows it as a page."""

import re
from email.message import Message
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.web.downloads import SANDBOX, disposition, download, safe_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Délégation de signature 2027.pdf", "Délégation de signature 2027.pdf"),
        ("Délégation.pdf", "Délégation.pdf"),  # accents written apart
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\arrêté.PDF", "arrêté.PDF"),
        ('a"; filename="x.exe', "a_ filename_x.exe"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie_ x_1.pdf"),
        ("acte\u202egpj.exe", "actegpj.exe"),  # a sign that would show it as « acteexe.jpg »
        (".htaccess", "htaccess"),
        ("nul.pdf", "_nul.pdf"),
        ("", "document"),
        ("...", "document"),
        ("x" * 400 + ".pdf", "x" * 100 + ".pdf"),
    ],
)
def test_a_file_name_is_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text(max_size=300))
def test_whatever_the_name_the_header_names_one_plain_file(name: str) -> None:
    said = disposition(name)
    assert said.isascii()
    assert said.isprintable()
    found = re.fullmatch(r"attachment; filename=\"([^\"\\]+)\"; filename\*=UTF-8''([\w.%~-]+)", said)
    assert found is not None
    assert unquote(found[2]) == safe_name(name) == safe_name(safe_name(name))
    assert "/" not in unquote(found[2])
    message = Message()
    message["Content-Disposition"] = said
    assert message.get_filename() is not None
    assert message.get_content_disposition() == "attachment"


def test_an_answer_is_an_attachment_in_a_sandbox() -> None:
    answer = download(b"<script>alert(1)</script>", "a.html", "application/pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith('attachment; filename="a.html"')
    assert answer.headers["content-security-policy"] == SANDBOX
