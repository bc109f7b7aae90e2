"""What the server sees of a request is told to whoever holds its secret keys, for a moment, and to nobody else."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from auth.sealing import Sealer, new_key
from server.web.witness import HEADER, question
from tests.web.site import Site

pytestmark = pytest.mark.anyio


async def asked(site: Site, said: str) -> dict[str, object]:
    answer = await site.browser().ask("GET", "/healthz", headers={HEADER: said, "X-Forwarded-For": "198.51.100.7"})
    assert answer.status_code == 200
    found: dict[str, object] = answer.json()
    return found


async def test_the_doctor_is_told_whose_its_request_is_and_others_that_the_server_lives(site: Site) -> None:
    seal, now = site.parts.sealer, datetime.now(UTC)
    told = await asked(site, question(seal, now))
    assert {name: told[name] for name in ("caller", "peer", "is_said")} == {
        "caller": "198.51.100.7",
        "peer": "127.0.0.1",
        "is_said": True,
    }
    others = [
        "",
        "rubbish",
        question(Sealer([new_key()]), now),
        question(seal, now - timedelta(minutes=3)),
        question(seal, now + timedelta(minutes=3)),
        *(
            seal.seal(said)
            for said in ("", "[]", "{}", "1", '"at"', '{"at": 1e999}', '{"at": "x"}', '{"at": [1]}', "[" * 5000)
        ),
        seal.seal(json.dumps({"asks": "else", "at": now.timestamp()})),
        seal.seal(json.dumps({"asks": "witness", "at": 1e300})),
    ]
    assert [await asked(site, said) for said in others] == [{"status": "alive"}] * len(others)
