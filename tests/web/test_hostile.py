"""What no page of ours sends: whatever a client makes up is answered with a refusal, never with a failure."""

from urllib.parse import quote

import pytest

from tests.factories import PH
from tests.web.site import Site

pytestmark = pytest.mark.anyio
ARS = "camille-authier"
MOVE = {"move": "suspend", "to": "suspended", "seen": "negotiation"}


@pytest.mark.both_databases
async def test_an_address_that_nobody_was_given_is_not_found(site: Site) -> None:
    ars = await site.signed_in(ARS)
    for path in (
        f"/contracts/{PH}/sections/s-4-3/history/{'9' * 5000}",
        f"/contracts/{PH}/sections/s-4-3/history/{'9' * 30}",
        f"/contracts/{PH}/sections/s-4-3/history?page={'9' * 5000}",
        f"/contracts/{PH}/sections/s-4-3/history?page={quote('٣')}",
        f"/contracts/{PH}/sections/{quote('s-4-3')}%00/history",
        f"/contracts/{PH}%00",
        f"/contracts/{PH}%ff%ed%a0%80/settings",
        f"/contracts/{PH}/settings/parties/%00",
        "/contracts/new/%00",
    ):
        assert (await ars.ask("GET", path)).status_code == 404, path


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "undefined", "idna", "utf-16", "rot13"])
async def test_a_form_in_letters_of_another_encoding_is_none_of_ours(site: Site, charset: str) -> None:
    ars = await site.signed_in(ARS)
    for path, fields in (
        (f"/contracts/{PH}/life", MOVE | {"reason": "+2AA- \\ud800 \\x00"}),
        (f"/contracts/{PH}/settings/facts", {"title": "+2AA- \\ud800"}),
        (f"/contracts/{PH}/plan", {"act": "retitle", "article": "+2AA- \\ud800", "title": "+2AA- \\ud800"}),
        ("/language", {"language": "+2AA- \\ud800", "next": "/\\ud800"}),
    ):
        body = "".join(f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items())
        kind = {"content-type": f"multipart/form-data; boundary=b; charset={charset}"}
        answer = await ars.ask("POST", path, content=f"{body}--b--\r\n".encode(), headers=kind)
        assert answer.status_code == 403, path
