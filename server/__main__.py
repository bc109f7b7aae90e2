"""`entente …`: every word of the command line, here or in `server.commands`."""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn
from rich.progress import track
from rich.table import Table

from auth.provider import ConfigError
from auth.sealing import new_key
from server import app as application
from server import settings
from server.commands import admin, doctor, mail, member, new, people, provider, security
from server.commands.terminal import plain, says, show, with_store
from server.contract_files import contract_file
from server.contract_files.exporting import export_contract
from server.contract_files.importing import Imported, import_contract
from server.demo import demonstration
from server.domain.people.security import SecurityKind
from server.domain.refusals import FileRefused, Refusal
from server.people.forgetting import ForgetRefused
from server.people.seating import SeatRefused
from server.providers.providing import ProviderRefused
from server.running import logs, serving
from server.running.smtp import MailFailed
from server.settings import Settings, SettingsRefused
from server.store import contracts
from server.store import security as events
from server.store.engine import AlreadyOwned, NotMigrated, Store, Unreachable
from server.wording.languages import languages

SHOWN = 50  # problems and remarks of a file that are printed, the rest counted
cli = typer.Typer(no_args_is_help=True, add_completion=False, help="Entente: a CPOM negotiated live.")
SAID = (
    NotMigrated,
    AlreadyOwned,
    Unreachable,
    demonstration.NotForDemo,
    ConfigError,
    ProviderRefused,
    SeatRefused,
    MailFailed,
    ForgetRefused,
)
cli.command()(new.new)
cli.command()(doctor.doctor)
cli.add_typer(provider.commands, name="provider")
cli.add_typer(member.commands, name="member")
cli.add_typer(people.commands, name="people")
cli.add_typer(admin.commands, name="admin")
cli.add_typer(mail.commands, name="mail")
cli.add_typer(security.commands, name="security")


def main() -> None:
    """The `entente` command; a refusal ends it with status 1 and a sentence that names the remedy."""
    try:
        cli()
    except SettingsRefused as wrong:
        _stop(*wrong.problems)
    except FileRefused as wrong:
        more = len(wrong.problems) - SHOWN
        lines = [f"  {path}: {what}" for path, what in wrong.problems[:SHOWN]]
        _stop(str(wrong), *lines, *([f"  … and {more} more"] if more > 0 else []), wrong.remedy)
    except Refusal as wrong:
        _stop(str(wrong), wrong.remedy.format(**wrong.fields))
    except SAID as wrong:
        _stop(str(wrong))


def _stop(*lines: str) -> None:
    for line in lines:
        says.print(plain(line), style="red", markup=False, soft_wrap=True)
    sys.exit(1)


@cli.command()
def serve() -> None:
    """Serve Entente with the settings of the environment (docs/reference/settings.md)."""
    chosen = settings.read(os.environ)
    _alone(chosen, demonstration.check_absent)
    _serve(chosen, is_demo=False)


@cli.command(name="demo")
def demo_command(port: Annotated[int, typer.Option(help="The port to listen on.")] = 8000) -> None:
    """Serve the sample contracts on this machine, with people to sign in as. What is written is kept."""
    chosen = settings.read(
        os.environ, public_url=f"http://127.0.0.1:{port}", host="127.0.0.1", port=port, development=True
    )

    async def prepare(store: Store) -> None:
        await store.migrate()
        await demonstration.fill(store, chosen)

    _alone(chosen, prepare)
    _invite(chosen)
    _serve(chosen, is_demo=True)


def _alone(chosen: Settings, work: Callable[[Store], Coroutine[Any, Any, None]]) -> None:
    """Do `work` as the only process of the database, before anything is served."""

    async def run() -> None:
        store = Store(chosen)
        try:
            await store.own()
            await work(store)
        finally:
            await store.close()

    asyncio.run(run())


def _invite(chosen: Settings) -> None:
    """Say where the demonstration is, and who can sign in as what."""
    people = Table("Sign in as", "for", "as", box=None, pad_edge=False, title_justify="left", header_style="dim")
    english = languages()["en"]
    for person in demonstration.everybody():
        for seat in person.affiliations:
            people.add_row(
                person.name,
                seat.party,
                f"{english.say(seat.role)}, {seat.contract}",
            )
    people.add_row(demonstration.STRANGER.name, "nobody", "sits in no contract, and sees none")
    says.print(people)
    says.print(f"\n  Entente is at [bold]{chosen.public_url}[/bold]   (Ctrl+C stops it; what is written stays)\n")


def _serve(chosen: Settings, *, is_demo: bool) -> None:
    logs.begin(chosen.log_format)
    app = application.build(chosen, is_demo=is_demo)
    serving.serve(uvicorn.Config(app, host=chosen.host, port=chosen.port, **application.serving(chosen)))


@cli.command(name="secret-key")
def secret_key() -> None:
    """Make a key for ENTENTE_SECRET_KEYS and write it to standard output."""
    sys.stdout.write(new_key() + "\n")


@cli.command()
def migrate() -> None:
    """Bring the database to this program's schema."""
    with_store(lambda store: store.migrate())
    says.print("The database is up to date.")


@cli.command(name="import")
def import_command(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, metavar="FILE...")],
) -> None:
    """Import contract files. A file that is not sound is refused whole, every problem named."""
    for path in track(files, description="Importing", console=says, disable=len(files) < 2):
        if len(files) > 1:
            says.print(plain(str(path)), markup=False)
        source = contract_file.read(path)

        async def work(store: Store, source: dict[str, Any] = source) -> Imported:
            await store.check()
            return await import_contract(source, store)

        _tell(with_store(work))


def _tell(done: Imported) -> None:
    lines = [f"{done.contract_id}: {done.title}, {done.sections} sections"]
    lines += [f"  {field}: not a field of the format; kept, and exported as it is" for field in done.unknown]
    english = languages()["en"]
    lines += [f"  {field}: {english.say(doubt.says, **doubt.fields)}" for field, doubt in done.doubts]
    for line in lines[:SHOWN]:
        says.print(plain(line), markup=False, soft_wrap=True)
    if len(lines) > SHOWN:
        says.print(f"  … and {len(lines) - SHOWN} more remarks")


@cli.command()
def export(contract_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Write a contract to standard output as a contract file, internal notes of every party included."""

    async def work(store: Store) -> dict[str, Any]:
        found = await export_contract(contract_id, store)
        async with store.writing() as session:
            await events.note(session, SecurityKind.EXPORTED, at=datetime.now(UTC), contract_id=contract_id)
        return found

    found = with_store(work)
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")


@cli.command(name="list")
def list_command() -> None:
    """The contracts kept, by id."""

    async def work(store: Store) -> list[tuple[str, str]]:
        async with store.reading() as session:
            found = [await contracts.contract(session, one) for one in await contracts.ids(session)]
        return [(one.id, one.title) for one in found if one]

    show(("ID", "Title"), with_store(work))


if __name__ == "__main__":
    main()
