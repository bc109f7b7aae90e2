"""What the operator tells everybody: at the foot of every page, without signing in, and nothing in it runs."""

from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest

from server.running.notices import Block, blocks, notice, security_txt
from server.settings import Settings, SettingsRefused, read
from tests.factories import PH
from tests.web.site import running

pytestmark = pytest.mark.anyio


def test_a_notice_is_headings_paragraphs_and_lists() -> None:
    said = "# Qui\nNous,\nvous.\n\n- un\n- deux\n\n# Quand\r\n\r\nDemain"
    assert blocks(said) == [
        Block("h2", ["Qui"]),
        Block("p", ["Nous, vous."]),
        Block("ul", ["un", "deux"]),
        Block("h2", ["Quand"]),
        Block("p", ["Demain"]),
    ]


@pytest.mark.parametrize("name", ["privacy", "accessibility"])
def test_the_notice_that_comes_with_the_program_says_what_is_to_be_filled_in(name: str) -> None:
    said = " ".join(line for one in notice(name, "") for line in one.lines)
    assert "à compléter par l’exploitant" in said.lower()
    assert "'" not in said
    assert " :" not in said


async def test_notices_are_at_the_foot_of_every_page_and_are_the_operators(filled: str, tmp_path: Path) -> None:
    file = tmp_path / "privacy.txt"
    file.write_text("# Chez nous\n\n<script>alert(1)</script> & le reste", encoding="utf-8")
    changes = {"privacy_file": str(file), "accessibility": "partial", "accessibility_file": "/nowhere/at-all"}
    async with running(filled, security_contact="mailto:securite@exemple.fr", **changes) as site:
        ars, nobody = await site.signed_in("camille-authier"), site.browser()
        for who, path in ((ars, "/"), (ars, f"/contracts/{PH}"), (nobody, "/sign-in"), (nobody, "/nowhere")):
            page = unescape((await who.get(path)).text)
            assert '<a href="/privacy">' in page, path
            assert '<a href="/accessibility">Accessibilité\u00a0: partiellement conforme</a>' in page, path
        privacy = (await nobody.get("/privacy")).text
        assert "<h2>Chez nous</h2>" in privacy
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; le reste" in privacy
        statement = unescape((await nobody.get("/accessibility")).text)
        assert "Défenseur des droits" in statement  # the file cannot be read: the one to be filled in
        told = await nobody.get("/.well-known/security.txt")
        assert (told.status_code, "Contact: mailto:securite@exemple.fr\n" in told.text) == (200, True)
    async with running(filled) as site:
        assert (await site.browser().ask("GET", "/.well-known/security.txt")).status_code == 404


def test_a_contact_has_an_end_and_is_an_address() -> None:
    told = security_txt(Settings(security_contact="https://exemple.fr/faille"), datetime(2027, 1, 1, tzinfo=UTC))
    assert told is not None
    assert "Expires: 2027-06-30T00:00:00Z\n" in told
    with pytest.raises(SettingsRefused, match="ENTENTE_SECURITY_CONTACT is no such address"):
        read({"ENTENTE_DEVELOPMENT": "yes", "ENTENTE_SECURITY_CONTACT": "javascript:alert(1)"})
