"""The demonstration: the two sample contracts, kept once, and the people one can sign in as."""

import re
import secrets
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from auth.oidc import Provider
from server.contract_files import contract_file
from server.contract_files.importing import import_contract
from server.demo.people import DemoAffiliation, DemoPerson
from server.demo.provider import PREFIX, DemoProvider
from server.domain.refusals import N_
from server.providers.providing import RESERVED
from server.running.secret_keys import sealer
from server.settings import Settings
from server.store import acts, contracts, people, providers
from server.store.engine import Store
from server.wording import rendering

SAMPLES = ("exemple-cpom-ph.json", "exemple-cpom-ehpad.json")
ISSUER = "https://demonstration.entente.invalid"  # constant: a person stays the same whatever the port
KEY = RESERVED
_SECRET = secrets.token_urlsafe(24)  # both ends are in this process
STRANGER = DemoPerson("alex-martin", "Alex Martin", N_("Ne siège à aucun contrat"), ())


class NotForDemo(Exception):
    """The database belongs to a real deployment: the demonstration must not open it."""


def configuration(settings: Settings) -> Provider:
    """How to sign in with the demonstration's provider, as a row of the provider table."""
    return Provider(
        key=KEY,
        label=N_("le fournisseur de démonstration"),
        issuer=ISSUER,
        discovery_url=f"{settings.public_url}{PREFIX}/.well-known/openid-configuration",
        client_id="entente",
        client_secret=_SECRET,
    )


def provider(settings: Settings) -> DemoProvider:
    """The identity provider inside the app, with the people of the sample contracts."""
    row = configuration(settings)
    return DemoProvider(
        issuer=ISSUER,
        public_url=settings.public_url,
        client_id=row.client_id,
        client_secret=_SECRET,
        redirect_uri=f"{settings.public_url}/sign-in/{KEY}/callback",
        people=[*everybody(), STRANGER],
        logout_uri=f"{settings.public_url}/signed-out",
    )


def everybody() -> list[DemoPerson]:
    """The people of the sample contracts, each once with all their seats, in the order of the files."""
    seats: dict[str, list[tuple[dict[str, Any], DemoAffiliation]]] = {}
    for person, seat in _seats():
        seats.setdefault(subject_of(person["name"]), []).append((person, seat))
    return [
        DemoPerson(subject, theirs[0][0]["name"], theirs[0][0].get("function", ""), tuple(seat for _, seat in theirs))
        for subject, theirs in seats.items()
    ]


def _seats() -> Iterator[tuple[dict[str, Any], DemoAffiliation]]:
    for name in SAMPLES:
        source = contract_file.read_data(name)
        looks = contract_file.looks_of(source)
        parties = {party["id"]: party for party in source["parties"]}
        for person in source["people"]:
            sign, hue = looks[person["party_id"]]
            short_name = parties[person["party_id"]]["short_name"]
            role = rendering.ROLES[person["role"]]
            title = source["contract"]["title"].split(" — ")[-1].removesuffix(" (exemple fictif)")
            yield person, DemoAffiliation(short_name, role, title, hue, sign)


def subject_of(name: str) -> str:
    """The `sub` of a person of the demonstration: their name in plain letters."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


async def fill(store: Store, settings: Settings) -> None:
    """Import the sample contracts that are not there yet, and seat the people of the demonstration.

    Raises:
        NotForDemo: the database knows a real provider, or holds a contract that is neither a sample nor begun in
            the demonstration.
    """
    async with store.reading() as session:
        real = [one.label for one in await providers.known(session) if one.key != KEY]
        kept = await contracts.ids(session)
        begun_here = await acts.contracts_begun_by(session, ISSUER)
    samples = {contract_file.read_data(name)["contract"]["id"] for name in SAMPLES}
    real += [one for one in kept if one not in samples | begun_here]
    if real:
        raise NotForDemo(
            f"this database has more than the demonstration's ({', '.join(real)}): give the demonstration its own"
        )
    for name in SAMPLES:
        source = contract_file.read_data(name)
        if source["contract"]["id"] not in kept:
            await import_contract(source, store)
    async with store.writing() as session:
        await providers.keep(session, configuration(settings), sealer(settings))
        for contract_id in await contracts.ids(session):
            await _seat(session, contract_id)


async def _seat(session: AsyncSession, contract_id: str) -> None:
    """Seat everybody in a contract nobody sits in yet; afterwards that is the business of its leads."""
    now = datetime.now(UTC)
    if any(one.is_held for one in await contracts.members(session, contract_id)):
        return
    known = {person.subject for person in everybody()}
    for member in await contracts.members(session, contract_id):
        subject = subject_of(member.name)
        if subject in known:
            person_id = await people.person(session, ISSUER, subject, member.name, now)
            await people.bind(session, contract_id, member.key, person_id)


async def check_absent(store: Store) -> None:
    """Make sure that nobody can come in as a person of the demonstration.

    Raises:
        NotForDemo: the database has the demonstration's provider; whoever knows no password could sign in.
    """
    await store.check()
    async with store.reading() as session:
        if any(one.key == KEY for one in await providers.known(session)):
            raise NotForDemo("this database was the demonstration's: serve from one of its own, and import into that")
