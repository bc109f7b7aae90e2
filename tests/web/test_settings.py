"""Settings: read once, refused when they make no sense, each refusal with its remedy."""

import pytest

from server import settings
from server.settings import SettingsRefused

SAFE = {"ENTENTE_PUBLIC_URL": "https://entente.exemple.fr"}


def test_the_environment_is_read() -> None:
    read = settings.read({**SAFE, "ENTENTE_PORT": "8123", "ENTENTE_DATABASE_URL": "postgresql://u:p@h/n"})
    assert (read.port, read.database_url, read.is_https) == (8123, "postgresql://u:p@h/n", True)
    assert read.sqlite_path is None


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({}, "ENTENTE_PUBLIC_URL is http"),
        ({"ENTENTE_PUBLIC_URL": "http://entente.exemple.fr"}, "ENTENTE_PUBLIC_URL is http"),
        (
            {"ENTENTE_PUBLIC_URL": "http://entente.exemple.fr", "ENTENTE_DEVELOPMENT": "yes"},
            "http on another machine",
        ),
        ({**SAFE, "ENTENTE_PORT": "vingt"}, "ENTENTE_PORT='vingt' cannot be read"),
        ({**SAFE, "ENTENTE_PORT": "70000"}, "outside 1 to 65535"),
        ({**SAFE, "ENTENTE_DEVELOPMENT": "peut-être"}, "cannot be read"),
        ({**SAFE, "ENTENTE_DATABASE_URL": "mysql://x"}, "is not an address of a database"),
        ({**SAFE, "ENTENTE_COLOUR": "blue"}, "ENTENTE_COLOUR is not a setting"),
        ({"ENTENTE_DEVELOPMENT": "yes", "ENTENTE_HOST": "0.0.0.0"}, "open to others"),
        ({"ENTENTE_PUBLIC_URL": "https://e.fr/chemin"}, "not an address of a site"),
        ({**SAFE, "ENTENTE_TIME_ZONE": "Europe/Angers"}, "a zone this machine does not know"),
        ({**SAFE, "ENTENTE_TIME_ZONE": "Europe"}, "a zone this machine does not know"),
        ({**SAFE, "ENTENTE_TIME_ZONE": "../etc/passwd"}, "a zone this machine does not know"),
    ],
)
def test_nonsense_is_refused_with_its_remedy(environment: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        settings.read(environment)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    "address",
    ["https://e.fr/", "https://E.fr", "https://e.fr:443", " https://e.fr "],
)
def test_an_address_is_kept_as_browsers_write_an_origin(address: str) -> None:
    assert settings.read({"ENTENTE_PUBLIC_URL": address}).public_url == "https://e.fr"


@pytest.mark.parametrize(
    "address",
    [
        "https://e.fr/?a",
        "https://e.fr#a",
        "https://u:p@e.fr",
        "https://e.fr:port",
        "https://",
        "ftp://e.fr",
        "e.fr",
        "",
    ],
)
def test_what_is_not_the_address_of_a_site_is_refused(address: str) -> None:
    with pytest.raises(SettingsRefused, match="ENTENTE_PUBLIC_URL"):
        settings.read({"ENTENTE_PUBLIC_URL": address})


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(SettingsRefused) as refused:
        settings.read({"ENTENTE_PORT": "0", "ENTENTE_QUEUE_KIB": "1", "ENTENTE_PUBLIC_URL": "rien"})
    assert len(refused.value.problems) == 3
