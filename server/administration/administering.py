"""What a platform administrator does to providers: add one, change it, open and close it, choose one for a party."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from auth.oidc import Discovery, Provider
from auth.sealing import Sealer
from server.domain.identifiers import Doubt
from server.domain.people.security import SecurityKind
from server.domain.refusals import N_, NotFound, SheetRefused
from server.domain.sheets import Sheet, changes
from server.editing import choosing
from server.live.floor import Floor
from server.providers.profiles import Profile, profile_of
from server.providers.providing import KEY, RESERVED, switched
from server.providers.sheets import read_provider, values_of
from server.sessions import ending
from server.store import administrators, providers, security, sitting
from server.store.engine import Store

SECRETS = ("client_secret", "client_key", "certificate_key")
_KEY_WRONG = N_("Écrivez un mot en minuscules, avec des chiffres et des tirets si besoin, par exemple : ars-bretagne.")
_KEY_TAKEN = N_("Un autre fournisseur porte déjà ce nom court.")


@dataclass(frozen=True)
class Desk:
    """Where an administrator works: the database, the seal, what is remembered of providers; who, and when."""

    store: Store
    sealer: Sealer
    discovery: Discovery
    floor: Floor
    person_id: int
    at: datetime

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """One transaction, for somebody who still administers the platform.

        Raises:
            NotFound: this person does not, or not any more.
        """
        async with self.store.writing() as session:
            if not await administrators.is_administrator(session, self.person_id):
                raise NotFound
            yield session

    async def note(self, session: AsyncSession, key: str, did: str, fields: Collection[str] = ()) -> None:
        """Tell the security journal which provider was changed, in which fields, without a value."""
        kind = SecurityKind.PROVIDER_CHANGED
        told: dict[str, Any] = {"did": did, **dict.fromkeys(fields, True)}
        await security.note(session, kind, at=self.at, person_id=self.person_id, provider=key, **told)


async def add_provider(desk: Desk, profile: Profile, sheet: Sheet, *, loopback_http: bool) -> str:
    """Keep a new provider, disabled until it has been tried; its key.

    Raises:
        NotFound: this person does not administer the platform.
        SheetRefused: what was typed is not a provider.
    """
    key = sheet.values.get("key", "").strip()
    async with desk.writing() as session:
        known = {one.key for one in await providers.known(session)}
        problems = {"key": Doubt(_KEY_TAKEN)} if key in known else {}
        if not KEY.fullmatch(key) or key == RESERVED:
            problems = {"key": Doubt(_KEY_WRONG)}
        try:
            made = read_provider(sheet, key or "new", profile, None, loopback_http=loopback_http)
        except SheetRefused as refused:
            raise SheetRefused({**problems, **refused.problems}) from None
        if problems:
            raise SheetRefused(problems)
        await providers.keep(session, replace(made, is_enabled=False), desk.sealer)
        await desk.note(session, key, "added")
    return key


async def change_provider(desk: Desk, key: str, sheet: Sheet, *, loopback_http: bool) -> bool:
    """Keep a provider as a form gives it; whether anything changed. It counts from the next sign-in on.

    Raises:
        NotFound: no such provider, or this person does not administer the platform.
        ChangedMeanwhile, SheetRefused.
    """
    async with desk.writing() as session:
        kept = await _kept(session, key)
        before = values_of(kept)
        sheet.check_unchanged(before)
        made = read_provider(sheet, key, profile_of(kept.profile), kept, loopback_http=loopback_http)
        changed = changes(before, values_of(made)).get("after", {})
        secrets = [name for name in SECRETS if getattr(made, name) != getattr(kept, name)]
        if changed or secrets:
            await providers.keep(session, made, desk.sealer)
            await desk.note(session, key, "changed", [*changed, *secrets])
    desk.discovery.forget()
    return bool(changed or secrets)


async def switch_provider(desk: Desk, key: str, *, is_enabled: bool) -> int:
    """Open a provider to people or close it, which ends its sessions at once; how many there were.

    Raises:
        NotFound: no such provider, or this person does not administer the platform.
    """
    async with desk.writing() as session:
        kept = await _kept(session, key)
        gone = await switched(session, kept, desk.at, is_enabled=is_enabled, by=desk.person_id)
    ending.close(desk.floor, gone)
    return len(gone)


async def _kept(session: AsyncSession, key: str) -> Provider:
    """A provider to be changed.

    Raises:
        NotFound: there is none of that key.
    """
    found = await providers.held(session, key)
    if found is None:
        raise NotFound
    return found


async def choose_for_party(desk: Desk, contract_id: str, key: str, sheet: Sheet) -> bool:
    """Choose whom the people of a party sign in with; whether anything changed. Nothing of the contract is read.

    Raises:
        NotFound: no such party, or this person does not administer the platform.
        ChangedMeanwhile, SheetRefused.
    """
    async with desk.writing() as session:
        party = await sitting.party_row(session, contract_id, key, is_to_change=True)
        if party is None:
            raise NotFound
        changed = await choosing.choose(session, party, sheet)
        if changed:
            kind, chosen = SecurityKind.RIGHTS_CHANGED, party.provider or ""
            await security.note(
                session, kind, at=desk.at, person_id=desk.person_id, provider=chosen, contract_id=contract_id, party=key
            )
    return changed
