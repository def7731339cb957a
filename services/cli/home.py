"""The home folder: the embedded database, the lock that lets one instance use it, the first keys and the logs."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from services.cli.failure import CommandError

HOME_VARIABLE = "KATSAUS_HOME"
_DEFAULT_NAME = ".katsaus"
_OWNER_ONLY = 0o600
_OWNER_ONLY_FOLDER = 0o700


@dataclass(frozen=True, slots=True)
class HomeKeys:
    """The keys made on the first start: the operator's, and the one the services call each other with."""

    operator: str
    service: str


@dataclass(frozen=True, slots=True)
class Home:
    """Where everything of one installation is kept."""

    folder: Path

    @property
    def postgres(self) -> Path:
        """The embedded server's data folder."""
        return self.folder / "postgres"

    @property
    def attachments(self) -> Path:
        """Files that came with feedback."""
        return self.folder / "attachments"

    @property
    def logs(self) -> Path:
        """One log a service."""
        return self.folder / "logs"

    @property
    def _lock_path(self) -> Path:
        return self.folder / "lock"

    @property
    def _keys_path(self) -> Path:
        return self.folder / "keys.json"

    @property
    def _prepared_path(self) -> Path:
        return self.postgres / "katsaus-prepared"

    @property
    def _database_url_path(self) -> Path:
        return self.folder / "database-url"

    def make(self) -> None:
        """Create the folder; raises :class:`CommandError` where that cannot be done."""
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
            # Pictures that residents sent are nobody else's on this machine.
            self.attachments.mkdir(exist_ok=True)
            self.attachments.chmod(_OWNER_ONLY_FOLDER)
        except OSError as error:
            raise CommandError(
                f"The home folder {self.folder} cannot be made ({error.strerror}); set {HOME_VARIABLE} to another one."
            ) from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the home; raises :class:`HomeInUseError` while another process holds it."""
        self.make()
        with self._lock_path.open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                lock.seek(0)
                raise HomeInUseError(self.folder, lock.read().strip()) from error
            lock.truncate(0)
            lock.write(f"{os.getpid()}\n")
            lock.flush()
            yield

    def read_keys(self) -> HomeKeys | None:
        """The keys of the first start, or None where there are none (or the file is damaged)."""
        try:
            return HomeKeys(**json.loads(self._keys_path.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def write_keys(self, keys: HomeKeys) -> None:
        """Keep the keys where only the owner can read them."""
        _write_private(self._keys_path, json.dumps(asdict(keys), indent=2) + "\n")

    def read_prepared(self) -> str | None:
        """What the embedded database was brought to at the last start; it goes where the data folder goes."""
        with suppress(OSError):
            return self._prepared_path.read_text().strip()
        return None

    def write_prepared(self, prepared: str) -> None:
        """Keep what the embedded database was brought to."""
        self._prepared_path.write_text(f"{prepared}\n")

    @contextmanager
    def database_url_shown(self, database_url: str) -> Iterator[None]:
        """Let other commands on this home find the running server."""
        _write_private(self._database_url_path, database_url)
        try:
            yield
        finally:
            with suppress(FileNotFoundError):
                self._database_url_path.unlink()

    def running_database_url(self) -> str | None:
        """The address of the server that the process holding the lock runs, once it is up."""
        with suppress(FileNotFoundError):
            return self._database_url_path.read_text().strip() or None
        return None


class HomeInUseError(CommandError):
    """Another process uses the home."""

    def __init__(self, folder: Path, pid: str) -> None:
        who = f"process {pid}" if pid else "another process"
        super().__init__(
            f"Katsaus is already running on {folder} ({who}); stop it, or set {HOME_VARIABLE} to another folder."
        )


def find_home() -> Home:
    """The home that ``KATSAUS_HOME`` names; else ``.katsaus`` in the checkout, or in the current folder."""
    named = os.environ.get(HOME_VARIABLE)
    if named:
        return Home(Path(named).expanduser().resolve())
    checkout = Path(__file__).resolve().parents[2]
    beside = checkout if (checkout / "pyproject.toml").exists() else Path.cwd()
    return Home(beside / _DEFAULT_NAME)


def open_private(path: Path) -> IO[bytes]:
    """A new file in the place of what was there, which only its owner can read from the first byte on."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "wb")


def _write_private(path: Path, content: str) -> None:
    # Replaced whole.
    draft = path.with_name(f"{path.name}.new")
    with open_private(draft) as file:
        file.write(content.encode())
    draft.replace(path)
