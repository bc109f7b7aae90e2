"""The keys that seal secrets: asked for in production, replaced without losing anything."""

from pathlib import Path

import pytest
from sqlalchemy import text

from auth.sealing import DEMO_KEY, Sealed, Sealer, new_key
from server.demo import demonstration
from server.providers import providing
from server.running import secret_keys
from server.settings import Settings, SettingsRefused
from server.store import providers
from server.store.engine import Store
from tests.factories import some_settings
from tests.web.site import Site, running
from tests.web.test_provider_commands import entente

pytestmark = pytest.mark.anyio
REAL = {"development": False, "public_url": "https://entente.exemple.fr"}


@pytest.mark.parametrize("keys", ["", "password", DEMO_KEY, f"{new_key()},{'A' * 43}="], ids=range(4))
def test_production_refuses_no_key_and_one_that_can_be_guessed(keys: str) -> None:
    with pytest.raises(SettingsRefused, match=r"SECRET_KEYS.*entente secret-key"):
        secret_keys.sealer(Settings(**{**REAL, "secret_keys": keys}))  # type: ignore[arg-type]


def test_keys_come_from_the_environment_or_a_file(tmp_path: Path) -> None:
    first, second = new_key(), new_key()
    file = tmp_path / "keys"
    file.write_text(f"{second}\n", encoding="utf-8")
    both = Settings(**{**REAL, "secret_keys": first, "secret_keys_file": str(file)})  # type: ignore[arg-type]
    assert secret_keys.sealer(both).open(Sealer([second]).seal("s")) == "s"
    assert Sealer([first]).open(secret_keys.sealer(both).seal("s")) == "s"
    assert first not in repr(both)
    with pytest.raises(SettingsRefused, match="cannot be read"):
        secret_keys.sealer(Settings(**{**REAL, "secret_keys_file": "/nowhere/keys"}))  # type: ignore[arg-type]


def test_the_command_makes_a_key_that_production_takes() -> None:
    made = entente(Path("unused"), "secret-key").stdout.strip()
    assert secret_keys.sealer(Settings(**{**REAL, "secret_keys": made}))  # type: ignore[arg-type]


@pytest.mark.both_databases
async def test_the_database_holds_no_secret_in_the_clear(site: Site) -> None:
    async with site.parts.store.reading() as session:
        row = (await session.execute(text("SELECT * FROM provider"))).mappings().one()
        kept = (await providers.known(session))[0]
    clear = demonstration.configuration(site.settings).client_secret
    assert [name for name, value in row.items() if value == clear] == []
    assert isinstance(kept.client_secret, Sealed)
    assert site.parts.sealer.open(kept.client_secret.text) == clear


@pytest.mark.both_databases
async def test_a_secret_of_an_earlier_version_is_sealed_at_the_next_start_and_still_works(filled: str) -> None:
    store = Store(some_settings(filled))
    async with store.writing() as session:
        await session.execute(text("UPDATE provider SET client_secret = 'clear', sealed_secret = ''"))
    async with store.reading() as session:
        assert [one.client_secret for one in await providers.known(session)] == ["clear"]
    await providing.seal_clear(store, Sealer([DEMO_KEY]))
    async with store.reading() as session:
        row = (await session.execute(text("SELECT client_secret, sealed_secret FROM provider"))).one()
    await store.close()
    assert (row[0], Sealer([DEMO_KEY]).open(row[1])) == ("", "clear")


async def test_people_sign_in_while_keys_change_and_after(filled: str) -> None:
    old, new = new_key(), new_key()
    async with running(filled, secret_keys=old) as site:
        await site.signed_in("camille-authier")
    store = Store(some_settings(filled))
    with pytest.raises(providing.ProviderRefused, match="no longer names"):
        await providing.reseal(store, Sealer([new]))
    assert await providing.reseal(store, Sealer([new, old])) == 1
    async with store.reading() as session:
        kept = (await providers.known(session))[0].client_secret
    await store.close()
    assert isinstance(kept, Sealed)
    assert Sealer([new]).open(kept.text)


async def test_a_secret_that_no_key_opens_refuses_the_sign_in_and_says_why_in_the_log(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    async with site.parts.store.writing() as session:
        await session.execute(text("UPDATE provider SET sealed_secret = 'broken'"))
    browser = site.browser()
    callback = await browser.choose(await browser.reach_provider(), "camille-authier")
    assert (await browser.ask("GET", callback.headers["location"])).status_code == 403
    assert "no key of ENTENTE_SECRET_KEYS opens its secret" in caplog.text
