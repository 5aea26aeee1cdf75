"""The house as people run it, in processes of its own: practice Facebook, `python -m bot serve`, the clock; and the
yardstick beside it.
"""

import contextlib
import http.client
import json
import os
import secrets
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

from bot.browser.guard import COOKIE, csrf_of
from tests.bench import _load
from tests.bench._mix import Written, request, requests
from tests.fakes.loopback import guarded

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60.0
_AT_WORK = "SELECT count(*) FROM workflow_status WHERE status IN ('ENQUEUED', 'PENDING')"
CONNECTIONS = 32
_POLICY = """
[browser]
port = {port}
[getallen]
poll_s = 3600
[[account]]
platform = "facebook"
id = "1001"
naam = "Gentse Flikken"
[[persoon]]
sleutel = "noor"
naam = "Noor V."
rol = "moderator"
"""


def free_port() -> int:
    """A port on which nothing listens now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(module: str, *arguments: str, folder: Path, **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A program in this folder, killed at the end; what it says goes to `<module>.log`."""
    inherited = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    env = guarded({**inherited, "PYTHONPATH": str(ROOT), **environment})
    with (folder / f"{module}.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments], cwd=folder, env=env, stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def listening(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Until somebody answers on the port; RuntimeError when the process died instead."""
    end = time.monotonic() + PATIENCE_S
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"nothing listens on port {port}; exit code {process.returncode}")
        time.sleep(0.05)


def load(port: int, sent: Sequence[bytes], folder: Path, *, rate: float = 0) -> Mapping[str, Any]:
    """What the load process told; RuntimeError unless every request was answered 200."""
    with loading(port, sent, folder, rate=rate) as process:
        out, _ = process.communicate()
    told: dict[str, Any] = json.loads(out)
    if told["statuses"] != {"200": len(sent)}:
        raise RuntimeError(f"the load was answered {told['statuses']}")
    return told


@contextlib.contextmanager
def loading(port: int, sent: Sequence[bytes], folder: Path, *, rate: float = 0) -> Iterator["subprocess.Popen[bytes]"]:
    """The load process, killed at the end."""
    path = folder / f"load-{secrets.token_hex(4)}"
    _load.pack(list(sent), path)
    at_once = min(CONNECTIONS, len(sent), max(1, int(rate)) if rate else CONNECTIONS)  # idle ones are hung up on
    arguments = (str(port), str(path), str(at_once), str(rate))
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench._load", *arguments],
        cwd=ROOT,
        env=guarded(os.environ),
        stdout=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


class House:
    """One house that runs. `with House(folder) as house:`."""

    def __init__(self, folder: Path, *, clock: bool = False) -> None:
        """folder: an empty one · clock: with the clock process beside the web process."""
        self.folder = folder
        self.port, self._practice_port = free_port(), free_port()
        self.secret = secrets.token_hex(16)
        self._clock = clock
        self._stack = contextlib.ExitStack()
        self.post = ""

    def __enter__(self) -> Self:
        token, verify = secrets.token_hex(16), secrets.token_hex(16)
        (self.folder / "nabij.toml").write_text(_POLICY.format(port=self.port))
        (self.folder / ".env").write_text(
            f"NABIJ_PSEUDONYM_KEY={secrets.token_hex(32)}\nFACEBOOK_APP_SECRET={self.secret}\n"
            f"FACEBOOK_VERIFY_TOKEN={verify}\nFACEBOOK_TOKEN_1001={token}\n"
            f"FACEBOOK_API=http://127.0.0.1:{self._practice_port}\n"
        )
        asked = ("--port", str(self._practice_port), "--secret", self.secret, "--token", token)
        practice = self._stack.enter_context(running("platforms.practice", *asked, folder=self.folder))
        listening(self._practice_port, practice)
        self.post = self._order("post", text="Snelheidscontroles deze week")["id"]
        web = self._stack.enter_context(running("bot", "serve", folder=self.folder))
        listening(self.port, web)
        if self._clock:
            self._stack.enter_context(running("jobs", folder=self.folder))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _order(self, what: str, **data: Any) -> Any:
        line = http.client.HTTPConnection("127.0.0.1", self._practice_port, timeout=PATIENCE_S)
        line.request("POST", f"/_practice/{what}", json.dumps(data), {"Content-Type": "application/json"})
        told = json.loads(line.getresponse().read())
        line.close()
        return told

    def requests(self, comments: Sequence[Written], *, each: int) -> list[bytes]:
        """Signed deliveries of comments; the flagged ones stand on the practice page too, so that they can be read."""
        flagged = [one for one in comments if one.flagged]
        rows = [{"post": self.post, "name": "Test Persoon", "text": one.text} for one in flagged]
        ids = dict(zip((one.id for one in flagged), self._order("comments", comments=rows)["ids"], strict=True))
        known = [Written(ids.get(one.id, one.id), one.text, one.flagged) for one in comments]
        return list(requests(known, each=each, port=self.port, secret=self.secret, post=self.post))

    def load(self, comments: Sequence[Written], *, each: int) -> Mapping[str, Any]:
        """All of them, as fast as they are answered."""
        return load(self.port, self.requests(comments, each=each), self.folder)

    @contextlib.contextmanager
    def rows(self) -> Iterator[sqlite3.Connection]:
        """The rows, read beside the processes."""
        with contextlib.closing(sqlite3.connect(self.folder / "data" / "nabij.sqlite", timeout=30)) as connection:
            yield connection

    def count(self, table: str) -> int:
        """How many rows a table holds now."""
        with self.rows() as connection:
            return int(connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])

    def wait(self, table: str, wanted: int) -> float:
        """Seconds until a table holds so many rows."""
        start = time.perf_counter()
        with self.rows() as connection:
            while connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] < wanted:
                if time.perf_counter() - start > PATIENCE_S:
                    raise RuntimeError(f"{table} does not reach {wanted} rows")
                time.sleep(0.001)
        return time.perf_counter() - start

    def settle(self) -> None:
        """Until everything that was set off is done."""
        with self.rows() as rows:
            while rows.execute(_AT_WORK).fetchone()[0]:
                time.sleep(0.2)

    def presser(self) -> "Presser":
        """Somebody who is signed in."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", "link", "noor"],
            cwd=self.folder,
            env=guarded({"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}),
            capture_output=True,
            text=True,
            check=True,
        )
        return Presser(self.port, urlsplit(done.stdout.strip()).query)


class Presser:
    """A colleague with one open connection."""

    def __init__(self, port: int, query: str) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        self._line.request("GET", f"/?{query}")
        answer = self._line.getresponse()
        answer.read()
        self._cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0].partition("=")[2]

    def press(self, case_id: int, act: str) -> float:
        """Press a button; seconds until it was stored. RuntimeError when it was not."""
        form = {"csrf": csrf_of(self._cookie), "key": secrets.token_urlsafe(16), "seen": "1", "act": act}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"{COOKIE}={self._cookie}",
            "Accept": "application/json",
        }
        start = time.perf_counter()
        self._line.request("POST", f"/kaart/{case_id}", urlencode(form), headers)
        answer = self._line.getresponse()
        body = answer.read()
        took = time.perf_counter() - start
        if answer.status != http.client.ACCEPTED:
            raise RuntimeError(f"the press was answered {answer.status}: {body[:200]!r}")
        return took


@contextlib.contextmanager
def yardstick(folder: Path, secret: str) -> Iterator[int]:
    """The yardstick of ingest, listening; its port."""
    port = free_port()
    with running(
        "tests.bench._yardstick", str(port), str(folder / "yardstick.sqlite"), secret, folder=folder
    ) as process:
        listening(port, process)
        yield port


def again(sent: Sequence[bytes], port: int, secret: str) -> list[bytes]:
    """The same bodies, addressed to somebody else."""
    return [request(each.partition(b"\r\n\r\n")[2], port=port, secret=secret) for each in sent]
