"""`entente provider add | list | test | enable | disable | reseal`: whom people sign in with."""

import dataclasses
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from auth.checkup import Step, examine
from auth.client import new_client_key
from auth.oidc import Discovery, Http, Provider
from auth.provider import KEY_TYPES, TOKEN_METHODS, USERINFO
from server import settings
from server.commands.terminal import plain, says, show, tell, with_store
from server.providers import providing
from server.providers.profiles import PROFILES, Profile
from server.providers.providing import ProviderRefused
from server.running.secret_keys import sealer
from server.store.engine import Store

commands = typer.Typer(no_args_is_help=True, help="The identity providers people sign in with.")
Key = Annotated[str, typer.Argument(metavar="KEY", help="Its name in addresses, such as ars-bretagne.")]


@commands.command()
def add(
    key: Key,
    label: Annotated[str, typer.Option(help="What the sign-in page calls it.")],
    issuer: Annotated[str, typer.Option(help="Its issuer, exactly as its discovery document says it.")],
    client_id: Annotated[str, typer.Option(help="What it calls Entente.")],
    client_secret_file: Annotated[
        Path | None, typer.Option(help="A file with the secret, - for standard input; asked for when left out.")
    ] = None,
    profile: Annotated[str | None, typer.Option(help=f"What to begin with: {', '.join(PROFILES)}.")] = None,
    algorithm: Annotated[str | None, typer.Option(help=f"Of its ID tokens: {', '.join(KEY_TYPES)}.")] = None,
    token_method: Annotated[str | None, typer.Option(help=f"One of {', '.join(TOKEN_METHODS)}.")] = None,
    scopes: Annotated[str | None, typer.Option(help="What to ask for, spaces between.")] = None,
    userinfo: Annotated[str | None, typer.Option(help=f"Its form: {', '.join(USERINFO)}.")] = None,
    discovery_url: Annotated[str | None, typer.Option(help="When it is not where the profile has it.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Change the one of that key.")] = False,
    no_check: Annotated[bool, typer.Option("--no-check", help="Keep it without looking at it.")] = False,
) -> None:
    """Keep a provider, once its discovery document, keys and offers have been looked at. A server sees it at once.

    What is not said is as the profile has it or, with --replace and no profile, as it is kept.
    """
    kept = _kept(key) if replace and profile is None else None
    usual = _profile(kept.profile if kept else profile or "other")
    given = {
        "key": key,
        "label": label,
        "issuer": issuer,
        "discovery_url": discovery_url or _discovery_url(issuer, usual, kept),
        "client_id": client_id,
        "algorithm": algorithm,
        "token_method": token_method,
        "scopes": tuple(scopes.split()) if scopes else None,
        "userinfo": userinfo,
    }
    said: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    said |= _proof(token_method or _method(usual, kept), client_secret_file, kept)
    row: dict[str, Any] = {"profile": usual.key, **usual.row, **said}
    made = dataclasses.replace(kept, **said) if kept else Provider(**row)
    _keep(made, is_to_replace=replace, is_to_check=not no_check)


def _kept(key: str) -> Provider | None:
    async def work(store: Store) -> Provider | None:
        await store.check()
        return {one.key: one for one in await providing.known(store)}.get(key)

    return with_store(work)


def _profile(key: str) -> Profile:
    if key not in PROFILES:
        raise ProviderRefused(f"there is no profile {key!r}; choose one of {', '.join(PROFILES)}")
    return PROFILES[key]


def _discovery_url(issuer: str, usual: Profile, kept: Provider | None) -> str:
    """Where the issuer's discovery document is: as it is kept, or where providers of the profile have theirs."""
    return kept.discovery_url if kept and kept.issuer == issuer else usual.discovery_url(issuer)


def _method(usual: Profile, kept: Provider | None) -> str:
    return kept.token_method if kept else str(usual.row.get("token_method", ""))


def _keep(provider: Provider, *, is_to_replace: bool, is_to_check: bool) -> None:
    chosen = settings.read(os.environ)
    seal = sealer(chosen)
    discovery = Discovery(Http(loopback_http=chosen.development)) if is_to_check else None

    async def work(store: Store) -> int:
        await store.check()
        return await providing.keep(store, provider, seal, discovery, datetime.now(UTC), is_to_replace=is_to_replace)

    try:
        orphans = with_store(work)
    except ProviderRefused as refused:
        _report(refused.steps)
        raise
    tell(f"Kept. Have this address registered at {provider.label}, letter for letter:")
    sys.stdout.write(providing.callback_url(chosen.public_url, provider.key) + "\n")
    if orphans:
        tell(f"{orphans} seats are held by people of its former issuer: bind them again (entente member bind).")


def _proof(method: str, file: Path | None, kept: Provider | None) -> dict[str, str]:
    """How Entente proves itself: by the secret, or by a key made here once, whose public part its page shows."""
    if method != "private_key_jwt":
        return {"client_secret": _secret(file)}
    return {} if kept and kept.client_key else {"client_key": new_client_key()}


def _secret(file: Path | None) -> str:
    """The client secret, from anywhere but the command line, which every user of the machine can read."""
    if file is not None and str(file) != "-":
        try:
            return file.read_text(encoding="utf-8").strip()
        except OSError as failed:
            raise ProviderRefused(f"the secret cannot be read from {file}: {failed.strerror}") from failed
    if file is None and sys.stdin.isatty():
        return str(typer.prompt("Client secret", hide_input=True)).strip()
    return sys.stdin.readline().strip()


@commands.command(name="list")
def list_command() -> None:
    """The providers kept, without their secrets."""

    async def work(store: Store) -> list[Provider]:
        await store.check()
        return await providing.known(store)

    columns = ("Key", "Label", "Issuer", "Client", "Algorithm", "Token method", "Scopes", "Open")
    show(
        columns,
        (
            (
                one.key,
                one.label,
                one.issuer,
                one.client_id,
                one.algorithm,
                one.token_method,
                " ".join(one.scopes),
                _yes(one),
            )
            for one in with_store(work)
        ),
    )


def _yes(provider: Provider) -> str:
    return "yes" if provider.is_enabled else "no"


@commands.command()
def test(key: Key) -> None:
    """Look at everything a sign-in needs of a provider; status 1 when something is not right."""
    chosen = settings.read(os.environ)

    async def work(store: Store) -> list[Step]:
        await store.check()
        provider = await providing.find(store, key)
        return await examine(provider, Discovery(Http(loopback_http=chosen.development)), datetime.now(UTC))

    steps = with_store(work)
    _report(steps)
    tell("The secret is only tried by the first sign-in. Registered at the provider must be:")
    sys.stdout.write(providing.callback_url(chosen.public_url, key) + "\n")
    if not all(step.is_ok for step in steps):
        raise typer.Exit(1)


@commands.command()
def enable(key: Key) -> None:
    """Let people sign in with a provider."""
    _switch(key, is_enabled=True)


@commands.command()
def disable(key: Key) -> None:
    """Let nobody sign in with a provider any more; its sessions end."""
    _switch(key, is_enabled=False)


def _switch(key: str, *, is_enabled: bool) -> None:
    async def work(store: Store) -> int:
        await store.check()
        return await providing.switch(store, key, datetime.now(UTC), is_enabled=is_enabled)

    ended = with_store(work)
    tell(f"{key} is {'enabled' if is_enabled else 'disabled'}; {ended} sessions ended.")


@commands.command()
def reseal() -> None:
    """Seal every secret by the first of ENTENTE_SECRET_KEYS; the others may then go (docs/howto/secrets.md)."""
    seal = sealer(settings.read(os.environ))

    async def work(store: Store) -> int:
        await store.check()
        return await providing.reseal(store, seal)

    tell(f"{with_store(work)} providers have their secrets sealed by the first key.")


def _report(steps: Sequence[Step]) -> None:
    for step in steps:
        style = "green" if step.is_ok else "red"
        mark = "ok    " if step.is_ok else "not ok"
        says.print(f"{mark} {step.name}: {plain(step.found)}", style=style, markup=False, soft_wrap=True)
        if step.remedy:
            says.print(f"       {step.remedy}", style=style, markup=False, soft_wrap=True)
