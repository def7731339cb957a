"""``katsaus up``: the database, the three services and, if asked for, the demonstration quarters, run as one."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType

from rich.console import Console
from rich.table import Table

from services.cli.database import CommandDatabase, own_database, prepare, what_is_prepared
from services.cli.failure import CommandError
from services.cli.home import Home, HomeKeys
from services.cli.keys import ensure_home_keys
from services.cli.supervisor import ServiceAddress, Supervisor, check_ports_free, service_addresses
from services.shared.settings import Settings

WATCH_SECONDS = 0.1
"""How soon a death is noticed."""


STOPPING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequestedError(BaseException):
    """Ctrl-C or SIGTERM: everything is to be stopped. Not an error of the program."""


def run_until_stopped(home: Home, settings: Settings, console: Console, *, with_demonstration: bool) -> None:
    """Run everything until Ctrl-C, SIGTERM, or until a part dies, which raises a :class:`CommandError`."""
    try:
        with _stopping_on_signals(), home.locked():
            _run(home, settings, console, with_demonstration=with_demonstration)
    except StopRequestedError:
        console.print("Stopped.")


def _run(home: Home, settings: Settings, console: Console, *, with_demonstration: bool) -> None:
    addresses = service_addresses(settings)
    check_ports_free(settings.host, addresses)
    supervisor = Supervisor(settings.host, addresses, home.logs, workers=settings.workers)
    prepared = what_is_prepared()

    def start(database_url: str, keys: HomeKeys) -> None:
        supervisor.start(_environment(home, settings, database_url, keys))

    def start_early(database_url: str) -> None:
        # They load while the database starts, where nothing is to be changed in it before they ask it.
        keys = home.read_keys()
        if keys is not None and home.read_prepared() == prepared:
            start(database_url, keys)

    console.print("Starting the database and the services …")
    with ExitStack() as stack:
        stack.callback(supervisor.stop)  # where the database does not come up
        database = stack.enter_context(own_database(home, settings, start_early))
        stack.callback(_stop, supervisor, console)
        prepare(database.url)
        if database.server is not None:
            home.write_prepared(prepared)
        keys = ensure_home_keys(home, database.url)
        start(database.url, keys)

        def watch() -> None:
            _check_database(database, home)
            supervisor.check_alive()

        supervisor.wait_until_ready(watch)
        if with_demonstration:
            _load_demonstration(database, settings, keys, console, watch)
        _show(home, addresses, keys, console, with_demonstration=with_demonstration)
        while True:
            watch()
            time.sleep(WATCH_SECONDS)


def _stop(supervisor: Supervisor, console: Console) -> None:
    console.print("Stopping …")
    supervisor.stop()


def _environment(home: Home, settings: Settings, database_url: str, keys: HomeKeys) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "KATSAUS_SERVICE_KEY": keys.service,
        "KATSAUS_ATTACHMENTS_URL": settings.attachments_url or f"file://{home.attachments}",
    }


def _check_database(database: CommandDatabase, home: Home) -> None:
    if database.is_lost:
        raise CommandError(
            f"The database has died, so everything is stopped; its log is {home.folder / 'postgres.log'}."
        )


def _load_demonstration(
    database: CommandDatabase, settings: Settings, keys: HomeKeys, console: Console, watch: Callable[[], None]
) -> None:
    from services.cli.demo.presence import has_edition, is_loaded  # noqa: PLC0415 (slow)

    loaded, published = is_loaded(database.url), has_edition(database.url)
    if loaded and published:
        return
    from services.cli.demo.check import show_check  # noqa: PLC0415 (slow)
    from services.cli.demo.load import load_demonstration  # noqa: PLC0415 (slow)
    from services.cli.service_http import Services  # noqa: PLC0415 (slow)

    with Services.of(settings, keys.operator) as services:
        try:
            if not loaded:
                load_demonstration(services, console, watch)
                show_check(services, console)
            if not published:
                _publish_demonstration(settings, database.url, console, watch)
        except CommandError:
            # What looks like a failed request may be a dead service: say that instead.
            time.sleep(WATCH_SECONDS)
            watch()
            raise


def _publish_demonstration(settings: Settings, database_url: str, console: Console, watch: Callable[[], None]) -> None:
    from services.cli.demo.review import publish_demonstration  # noqa: PLC0415 (slow)

    try:
        publish_demonstration(settings, database_url, console)
    except CommandError as error:
        time.sleep(WATCH_SECONDS)
        watch()
        # The records are there and the services run: whoever changed them since can publish by hand.
        console.print(f"The demonstration's review was not published: {error}", highlight=False)


def _show(
    home: Home, addresses: list[ServiceAddress], keys: HomeKeys, console: Console, *, with_demonstration: bool
) -> None:
    table = Table(title="Katsaus is ready", title_justify="left", show_edge=False, pad_edge=False)
    table.add_column("service")
    table.add_column("address", no_wrap=True)
    table.add_column("documentation", no_wrap=True)
    for address in addresses:
        table.add_row(address.name, address.base_url, f"{address.base_url}/docs")
    console.print()
    console.print(table)
    console.print()
    if with_demonstration:
        from services.cli.demo.counts import PUBLISHED_QUARTER  # noqa: PLC0415 (slow)

        figures = f"{addresses[-1].base_url}/v1/quarters/{PUBLISHED_QUARTER}"
        console.print(f"Demonstration figures  {figures}", soft_wrap=True, highlight=False)
        console.print(f"Reviews                {addresses[-1].base_url}/reviews/", soft_wrap=True, highlight=False)
    # Never wrapped: it is there to be copied.
    console.print(f"Operator's key         {keys.operator}", soft_wrap=True, highlight=False)
    console.print(f"Home and logs          {home.folder}, {home.logs}", soft_wrap=True, highlight=False)
    console.print("Stop with Ctrl-C.")
    console.file.flush()


@contextmanager
def _stopping_on_signals() -> Iterator[None]:
    """Turn the first signal into :class:`StopRequestedError`; later ones must not cut the stopping short."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in STOPPING_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        raise StopRequestedError

    before = {number: signal.signal(number, stop) for number in STOPPING_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
