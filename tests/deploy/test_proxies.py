"""Behind a web server: the address is the one of the settings, whatever a caller or a proxy says of it."""

from pathlib import Path

import httpx2
import pytest

from server import app as application
from tests.factories import some_settings

pytestmark = pytest.mark.anyio
LIES = {"x-forwarded-proto": "http", "x-forwarded-host": "mal.exemple", "forwarded": "proto=http;host=mal.exemple"}


@pytest.mark.parametrize("said", [{}, LIES])
@pytest.mark.parametrize("public_url", ["https://entente.exemple.fr", "http://127.0.0.1:8000"])
async def test_we_send_people_to_the_address_of_the_settings(
    tmp_path: Path, public_url: str, said: dict[str, str]
) -> None:
    app = application.build(some_settings(tmp_path / "entente.sqlite", public_url=public_url))
    host = public_url.partition("://")[2]
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=f"http://{host}") as proxy:
        answer = await proxy.get("/sign-in/", headers=said)
        assert (answer.status_code, answer.headers["location"]) == (307, f"{public_url}/sign-in")
        refused = await proxy.get("/sign-in", headers={**said, "host": "mal.exemple", "x-forwarded-host": host})
        assert refused.status_code == 421
