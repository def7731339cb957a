"""The ``katsaus`` command: runs everything, and talks to the services over HTTP."""

import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from services.cli.bench import bench_app
from services.cli.failure import CommandError
from services.cli.home import find_home

# What a command needs is imported when it runs, so that `katsaus --help` and a start are quick.
# ruff: noqa: PLC0415


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        from importlib.metadata import version

        print(f"katsaus {version('katsaus')}")
        raise typer.Exit


app = typer.Typer(
    name="katsaus",
    help="Takes in what residents say about a city's services and turns it into figures that can be trusted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Every command's own options."""


key_app = typer.Typer(help="API keys of staff, forms, devices and tools.", no_args_is_help=True)
load_app = typer.Typer(help="Load records of other systems through the API.", no_args_is_help=True)
retention_app = typer.Typer(help="Content that has been kept long enough.", no_args_is_help=True)
pull_app = typer.Typer(help="Fetch answers from other systems.", no_args_is_help=True)
misuse_app = typer.Typer(help="Presses that are no honest answers.", no_args_is_help=True)
openapi_app = typer.Typer(help="The committed OpenAPI documents.", no_args_is_help=True)
surveys_app = typer.Typer(help="Surveys as data.", no_args_is_help=True)
app.add_typer(surveys_app, name="surveys")
app.add_typer(key_app, name="key")
app.add_typer(retention_app, name="retention")
app.add_typer(load_app, name="load")
app.add_typer(pull_app, name="pull")
app.add_typer(misuse_app, name="misuse")
app.add_typer(openapi_app, name="openapi")
app.add_typer(bench_app, name="bench")

console = Console()

KeyOption = Annotated[
    str | None,
    typer.Option("--key", envvar="KATSAUS_KEY", help="API key; by default the operator's key of the home."),
]


@app.command()
def up(
    demo: Annotated[bool, typer.Option("--demo", help="Load the demonstration quarters on the first start.")] = False,
) -> None:
    """Start the database and the three services, and run them until Ctrl-C."""
    from services.cli.environment import warnings_about
    from services.cli.up import run_until_stopped
    from services.shared.settings import get_settings

    for warning in warnings_about(os.environ):
        print(f"katsaus: {warning}", file=sys.stderr)
    run_until_stopped(find_home(), get_settings(), console, with_demonstration=demo)


@app.command()
def migrate(
    check: Annotated[
        bool, typer.Option("--check", help="Only try, in a throw-away database, that the migrations make the tables.")
    ] = False,
) -> None:
    """Bring the database's schema to this version's."""
    from services.cli.database import any_database, bring_schema
    from services.shared.settings import get_settings

    if check:
        _check_migrations()
        return
    with any_database(find_home(), get_settings()) as url:
        revision = bring_schema(url)
    console.print(f"The schema is {revision}.")


def _check_migrations() -> None:
    from services.cli.migrations import find_drift

    drift = find_drift()
    if drift is not None:
        raise CommandError(f"The migrations do not make what the tables say: {drift}")
    console.print("The migrations make what the tables say.")


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; - for standard output.")],
) -> None:
    """Write the database and the attachments into one file, also while everything runs."""
    from services.cli.backup.make import back_up
    from services.shared.settings import get_settings

    print(back_up(find_home(), get_settings(), file), file=sys.stderr)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file of `katsaus backup`; - for standard input.")],
) -> None:
    """Bring a backup into an empty home or database. Nothing is written over."""
    from services.cli.backup import restore as restoring
    from services.shared.settings import get_settings

    print(restoring.restore(find_home(), get_settings(), file), file=sys.stderr)


@app.command()
def catalogue() -> None:
    """Load the catalogue files (units, types, topics, channels, themes, policies, holidays)."""
    from services.cli.database import any_database, prepare
    from services.shared.settings import get_settings

    with any_database(find_home(), get_settings()) as url:
        has_changed = prepare(url)
    console.print("The catalogue is loaded." if has_changed else "The catalogue was loaded already.")


@app.command()
def demo(
    check: Annotated[
        bool, typer.Option("--check", help="Only compare the published figures with what the services say.")
    ] = False,
    key: KeyOption = None,
) -> None:
    """Load the demonstration quarters into the running services, and compare with what was published."""
    from services.cli.demo.check import show_check
    from services.cli.demo.load import load_demonstration
    from services.cli.service_http import Services
    from services.shared.settings import get_settings

    with Services.of(get_settings(), _key_or_operators(key)) as services:
        if not check:
            load_demonstration(services, console)
        if not show_check(services, console):
            raise CommandError("Some published values do not agree; are there other records of the quarter here?")


@app.command()
def publish(
    quarter: Annotated[str, typer.Argument(help="The quarter, such as 2021-Q2.")],
    signer_key: Annotated[
        str, typer.Option("--signer-key", envvar="KATSAUS_SIGNER_KEY", help="Another person's key, which signs it off.")
    ],
    reason: Annotated[
        str | None, typer.Option(help="Why a published review is corrected, for the public log, in Finnish.")
    ] = None,
    reason_sv: Annotated[str | None, typer.Option(help="The same in Swedish.")] = None,
    reason_en: Annotated[str | None, typer.Option(help="The same in English.")] = None,
    accept: Annotated[list[str] | None, typer.Option(help="A warning to accept; repeat for several.")] = None,
    key: KeyOption = None,
) -> None:
    """Publish a quarter's review: draft, check, sign off, freeze. Says what blocks it."""
    from services.cli.publish import publish_quarter, show_addresses
    from services.cli.service_http import Services
    from services.shared.settings import get_settings

    settings = get_settings()
    with Services.of(settings, _key_or_operators(key)) as officer, Services.of(settings, signer_key) as signer:
        publish_quarter(
            officer.reporting,
            signer.reporting,
            quarter,
            console,
            reasons={"fi": reason, "sv": reason_sv, "en": reason_en},
            accepted=tuple(accept or ()),
        )
    show_addresses(settings.public_reporting_base_url, quarter, console)


@load_app.command("open311")
def load_open311(
    file: Annotated[Path, typer.Argument(help="Open311 records with their tasks, one JSON object a line; may be .gz.")],
    source: Annotated[
        str, typer.Option(help="The name under which the records are known; with their id it is unique.")
    ] = ("open311"),
    key: KeyOption = None,
) -> None:
    """Load Open311 records with their tasks as feedback and events. Safe to repeat and to interrupt."""
    from services.cli.open311.load import load_file
    from services.cli.service_http import Services
    from services.shared.settings import get_settings

    with Services.of(get_settings(), _key_or_operators(key)) as services:
        load_file(services, file, source, console)


@load_app.command("smileys")
def load_smileys(
    file: Annotated[Path, typer.Argument(help="CSV: a row a press, or a row an hour of a point.")],
    mapping: Annotated[Path, typer.Option(help="The mapping file (YAML); docs/devices.md tells its fields.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen; nothing is written.")] = False,
    hold_unmapped: Annotated[
        bool, typer.Option("--hold-unmapped", help="Let rows of points that are not mapped wait at the service.")
    ] = False,
    key: KeyOption = None,
) -> None:
    """Load presses or hourly counts of smileys from a CSV file. Safe to repeat and to interrupt."""
    from services.cli.service_http import Services
    from services.cli.smileys.load import load_file
    from services.shared.settings import get_settings

    with Services.of(get_settings(), _key_or_operators(key)) as services:
        load_file(services, file, mapping, console, dry_run=dry_run, hold_unmapped=hold_unmapped)


@misuse_app.command("recompute")
def misuse_recompute(
    first_day: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first local day.")],
    last_day: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last local day.")],
    key: KeyOption = None,
) -> None:
    """Judge presses anew after the rule on repeated presses has changed. Safe to repeat and to interrupt."""
    from services.cli.misuse import recompute
    from services.cli.service_http import Services
    from services.shared.settings import get_settings

    with Services.of(get_settings(), _key_or_operators(key)) as services:
        recompute(services, console, first_day=first_day.date(), last_day=last_day.date())


@pull_app.command("happy-or-not")
def pull_happy_or_not(
    mapping: Annotated[
        Path | None,
        typer.Option(help="Store this mapping file (YAML) in the place of the one before; no pull."),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Only say what the mapping file would do.")] = False,
    from_day: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day; by default what is due.")
    ] = None,
    to_day: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day; by default today.")
    ] = None,
    key: KeyOption = None,
) -> None:
    """Fetch smiley answers from HappyOrNot, or say what its points are with us. Safe to repeat and to interrupt."""
    from services.cli.happy_or_not.pull import pull, put_mapping
    from services.cli.service_http import Services
    from services.shared.settings import get_settings

    if check and mapping is None:
        raise CommandError("--check is about a mapping file: give it with --mapping.")
    with Services.of(get_settings(), _key_or_operators(key)) as services:
        if mapping is not None:
            put_mapping(services, console, mapping, is_check=check)
            return
        days = {"from_day": from_day, "to_day": to_day}
        pull(services, console, **{name: day.date() if day else None for name, day in days.items()})


@surveys_app.command("load")
def surveys_load(
    file: Annotated[Path, typer.Argument(help="A pack of questions, YAML; services/cli/packs has an example.")],
    check: Annotated[bool, typer.Option("--check", help="Only say what would be done.")] = False,
    key: KeyOption = None,
) -> None:
    """Load a pack of questions as surveys. Safe to repeat: what is the same is left as it is."""
    from services.cli.packs.load import load_pack
    from services.cli.service_http import Services
    from services.shared.settings import get_settings

    with Services.of(get_settings(), _key_or_operators(key)) as services:
        load_pack(services.survey, file, console, checks_only=check)


@retention_app.command("run")
def retention_run(
    erase: Annotated[bool, typer.Option("--erase", help="Erase what is due; without it, only count.")] = False,
    key: KeyOption = None,
) -> None:
    """Count the content that has been kept long enough, and with --erase erase it. No figure changes."""
    from services.cli.retention import run_retention
    from services.cli.service_http import Services
    from services.shared.settings import get_settings

    with Services.of(get_settings(), _key_or_operators(key)) as services:
        run_retention(services, console, erases=erase)


@key_app.command("create")
def key_create(
    name: Annotated[str, typer.Argument(help="Who will use the key.")],
    scope: Annotated[list[str], typer.Option("--scope", help="What the key may do; repeat for several.")],
    expires_days: Annotated[int | None, typer.Option(min=1, help="The key ends after so many days.")] = None,
) -> None:
    """Make a key and show it, this once."""
    from services.cli.database import any_database, check_has_schema
    from services.cli.keys import create_key
    from services.shared.clock import now
    from services.shared.settings import get_settings

    expires_at = None if expires_days is None else now() + timedelta(days=expires_days)
    with any_database(find_home(), get_settings()) as url:
        check_has_schema(url)
        key = create_key(url, name, scope, expires_at=expires_at)
    console.print(key, soft_wrap=True, highlight=False)
    print("Keep it now: only its hash is stored, so it cannot be shown again.", file=sys.stderr)


@key_app.command("register")
def key_register() -> None:
    """Let the services call each other with the key in KATSAUS_SERVICE_KEY. Safe to repeat."""
    from services.cli.database import any_database, check_has_schema
    from services.cli.keys import register_service_key
    from services.shared.settings import get_settings

    settings = get_settings()
    if settings.service_key is None:
        raise CommandError("KATSAUS_SERVICE_KEY is not set; docs/deploy.md says how to make one.")
    with any_database(find_home(), settings) as url:
        check_has_schema(url)
        is_new = register_service_key(url, settings.service_key.get_secret_value())
    console.print("The services' key is registered." if is_new else "The services' key was registered already.")


@key_app.command("list")
def key_list() -> None:
    """List the keys, without their secrets."""
    from services.cli.database import any_database, check_has_schema
    from services.cli.keys import list_keys
    from services.shared.settings import get_settings

    with any_database(find_home(), get_settings()) as url:
        check_has_schema(url)
        keys = list_keys(url)
    table = Table("name", "begins", "scopes", "made", "ends", "revoked", show_edge=False)
    for row in keys:
        days = [f"{day:%Y-%m-%d}" if day else "" for day in (row.created_at, row.expires_at, row.revoked_at)]
        table.add_row(row.name, f"katsaus_{row.prefix}_…", " ".join(row.scopes), *days)
    console.print(table)


@key_app.command("grant")
def key_grant(
    name: Annotated[str, typer.Argument(help="The key's name, as the list shows it.")],
    scope: Annotated[list[str], typer.Option("--scope", help="What it may do besides; repeat for several.")],
) -> None:
    """Let a key do more. It stays the same key."""
    from services.cli.keys import grant_scopes

    _show_scopes(name, scope, grant_scopes)


@key_app.command("revoke-scope")
def key_revoke_scope(
    name: Annotated[str, typer.Argument(help="The key's name, as the list shows it.")],
    scope: Annotated[list[str], typer.Option("--scope", help="What it may no longer do; repeat for several.")],
) -> None:
    """Let a key do less, at once. It stays the same key."""
    from services.cli.keys import withdraw_scopes

    _show_scopes(name, scope, withdraw_scopes)


def _show_scopes(name: str, scopes: list[str], change: Callable[[str, str, list[str]], list[str]]) -> None:
    from services.cli.database import any_database, check_has_schema
    from services.shared.settings import get_settings

    with any_database(find_home(), get_settings()) as url:
        check_has_schema(url)
        left = change(url, name, scopes)
    console.print(f"The key {name!r} may do: {' '.join(left)}", soft_wrap=True)


@key_app.command("revoke")
def key_revoke(name: Annotated[str, typer.Argument(help="The key's name, as the list shows it.")]) -> None:
    """End a key at once."""
    from services.cli.database import any_database, check_has_schema
    from services.cli.keys import revoke_key
    from services.shared.settings import get_settings

    with any_database(find_home(), get_settings()) as url:
        check_has_schema(url)
        revoke_key(url, name)
    console.print(f"The key {name!r} is revoked.")


@openapi_app.command("write")
def openapi_write() -> None:
    """Write the OpenAPI document of each service into openapi/."""
    from services.cli.openapi import write_documents

    for path in write_documents():
        console.print(f"Wrote {path}", soft_wrap=True)


@openapi_app.command("check")
def openapi_check() -> None:
    """Fail where a committed OpenAPI document differs from what its service generates."""
    from services.cli.openapi import differing_documents

    differing = differing_documents()
    if differing:
        raise CommandError(f"{', '.join(differing)} differ from the services; run `katsaus openapi write`.")
    console.print("The OpenAPI documents are what the services generate.")


def _key_or_operators(key: str | None) -> str:
    if key:
        return key
    keys = find_home().read_keys()
    if keys is None:
        raise CommandError("There is no operator's key in the home yet: run `katsaus up` once, or give --key.")
    return keys.operator


def run() -> None:
    """Run the command; a failure is one sentence on standard error and exit code 1."""
    try:
        app()
    except CommandError as error:
        _fail(str(error))
    except Exception as error:
        if _is_of_settings(error):
            _fail(f"The settings cannot be used: {error} (docs/settings.md)")
        if not _is_of_database(error):
            raise
        _fail(f"The database refused or was lost: {str(error).splitlines()[0]}")


def _is_of_settings(error: Exception) -> bool:
    from services.shared.settings import SettingsError

    return isinstance(error, SettingsError)


def _is_of_database(error: Exception) -> bool:
    # Told by name, so that commands without a database do not wait for the driver to be imported.
    return any(kind.__module__.startswith("psycopg") for kind in type(error).__mro__) and bool(str(error))


def _fail(sentence: str) -> NoReturn:
    print(f"katsaus: {sentence}", file=sys.stderr)
    sys.exit(1)
