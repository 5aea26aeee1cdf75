"""A private PostgreSQL: an own folder, a Unix socket, nobody else's data; started once for a test run.

    database = Database(fresh_url())        # inside a test marked `real`

PostgreSQL refuses to run as root, so there it runs as `postgres` or `nobody`.
"""

import atexit
import functools
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import psycopg
from sqlalchemy import URL

from tests.real import missing, need

_NUMBERS = itertools.count(1)
_ACCOUNTS = ("postgres", "nobody")


class PrivatePostgres:
    """One server. durable: with fsync, for measurements; without it tests are faster, and only a fall of the machine
    could harm it.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._bin = Path(need("postgres")).parent
        self._account = _account()
        self._folder = Path(tempfile.mkdtemp(prefix="nabij-pg-"))
        if self._account:
            shutil.chown(self._folder, self._account)
        self._run("initdb", "-D", "data", "-U", "nabij", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = (
            f"-k {self._folder} -c listen_addresses='' -c fsync={'on' if durable else 'off'} -c max_connections=60"
        )
        self._run("pg_ctl", "-D", "data", "-l", "log", "-w", "-t", "30", "-o", options, "start")

    def fresh(self) -> str:
        """The SQLAlchemy address of a new, empty database."""
        name = f"nabij_{next(_NUMBERS)}"
        with psycopg.connect(host=str(self._folder), user="nabij", dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        url = URL.create("postgresql+psycopg", "nabij", database=name, query={"host": str(self._folder)})
        return url.render_as_string(hide_password=False)

    def stop(self) -> None:
        """End it and remove everything."""
        self._run("pg_ctl", "-D", "data", "-m", "immediate", "stop", check=False)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        before: Sequence[str] = ("runuser", "-u", self._account, "--") if self._account else ()
        done = subprocess.run(
            [*before, str(self._bin / program), *arguments],
            cwd=self._folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if check and done.returncode:
            shutil.rmtree(self._folder, ignore_errors=True)
            missing(f"PostgreSQL does not start ({program}): {done.stderr.strip()[-200:]}")


@functools.cache
def server() -> PrivatePostgres:
    """The one server of this test run; skips the test visibly, or fails it where real clients are required."""
    started = PrivatePostgres()
    atexit.register(started.stop)
    return started


def fresh_url() -> str:
    """The address of a new, empty database on the server of this test run."""
    return server().fresh()


def _account() -> str:
    """Who runs the server: empty for ourselves, an unprivileged account when we are root."""
    if os.geteuid() != 0:
        return ""
    known = {each.pw_name for each in pwd.getpwall()}
    return next((name for name in _ACCOUNTS if name in known), "") or missing("no unprivileged account for PostgreSQL")
