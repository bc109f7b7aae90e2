"""The days of a proposal: the meeting it is meant for, the answers hoped for, the reservations to be lifted."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.web.forms import fields, send
from tests.web.proposals import ARS, DEPARTMENT, MARKER, begun, document, write
from tests.web.site import Site

pytestmark = pytest.mark.anyio
SOON = (datetime.now(UTC) + timedelta(days=10)).date().isoformat()


async def test_answers_are_hoped_for_before_the_meeting_or_another_day_to_come(site: Site) -> None:
    ars, department = await site.signed_in(ARS), await site.signed_in(DEPARTMENT)
    at = await begun(ars, target="Comité de mars", on=SOON)
    await write(ars, document(at), f"{MARKER} ")
    form = fields((await ars.get(f"{at}/table")).text, f"{at}/table")
    assert form["answer_by"] == [SOON]
    for wrong, says in (("01/01/2020", "Ce jour est passé"), ("31/02/2099", "Écrivez une date du calendrier")):
        refused = await send(ars, f"{at}/table", {"answer_by": wrong})
        assert (refused.status_code, says in refused.text) == (422, True)
    assert (await send(ars, f"{at}/table")).status_code == 303
    assert "Réponse attendue avant le" in (await department.get(at)).text
