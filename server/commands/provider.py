"""`entente provider add | list | test | reseal`: whom people sign in with."""

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from auth.checkup import Step, examine
from auth.oidc import Discovery, Http, Provider
from auth.provider import KEY_TYPES, TOKEN_METHODS
from server import providing, settings
from server.commands.terminal import plain, says, show, tell, with_store
from server.providing import ProviderRefused
from server.secret_keys import sealer
from server.store.engine import Store

commands = typer.Typer(no_args_is_help=True, help="The identity providers people sign in with.")
WELL_KNOWN = "/.well-known/openid-configuration"
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
    algorithm: Annotated[str, typer.Option(help=f"Of its ID tokens: {', '.join(KEY_TYPES)}.")] = "ES256",
    token_method: Annotated[str, typer.Option(help=f"One of {', '.join(TOKEN_METHODS)}.")] = TOKEN_METHODS[0],
    scopes: Annotated[str, typer.Option(help="What to ask for, spaces between.")] = "openid profile email",
    discovery_url: Annotated[str | None, typer.Option(help=f"When it is not the issuer's {WELL_KNOWN}.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Change the one of that key.")] = False,
    no_check: Annotated[bool, typer.Option("--no-check", help="Keep it without looking at it.")] = False,
) -> None:
    """Keep a provider, once its discovery document, keys and offers have been looked at. A server sees it at once."""
    chosen = settings.read(os.environ)
    seal = sealer(chosen)
    provider = Provider(
        key=key,
        label=label,
        issuer=issuer,
        discovery_url=discovery_url or issuer.rstrip("/") + WELL_KNOWN,
        client_id=client_id,
        client_secret=_secret(client_secret_file),
        algorithm=algorithm,
        token_method=token_method,
        scopes=tuple(scopes.split()),
    )
    discovery = None if no_check else Discovery(Http(loopback_http=chosen.development))

    async def work(store: Store) -> int:
        await store.check()
        return await providing.keep(store, provider, seal, discovery, datetime.now(UTC), is_to_replace=replace)

    try:
        orphans = with_store(work)
    except ProviderRefused as refused:
        _report(refused.steps)
        raise
    tell(f"Kept. Have this address registered at {label}, letter for letter:")
    sys.stdout.write(providing.callback_url(chosen.public_url, key) + "\n")
    if orphans:
        tell(f"{orphans} seats are held by people of its former issuer: bind them again (entente member bind).")


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

    columns = ("Key", "Label", "Issuer", "Client", "Algorithm", "Token method", "Scopes")
    show(
        columns,
        (
            (one.key, one.label, one.issuer, one.client_id, one.algorithm, one.token_method, " ".join(one.scopes))
            for one in with_store(work)
        ),
    )


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
