"""A whole house of real processes on this machine: a practice Facebook, web processes and clocks over one SQLite.

    with House(tmp_path, webs=2, clocks=1, numbers={"delete_grace_s": 2}) as house:
        house.practice.comment("…")
        noor = house.seat("noor", web=0)

Every process is started as a person would start it, from a folder with a generated `nabij.toml` and `.env`, and can be
stopped (`SIGTERM`) or killed (`SIGKILL`) and started again. Nothing is reached but loopback.
"""

import os
import random
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, TypeVar

import httpx

from tests.e2e.seat import Seat
from tests.fakes.loopback import guarded

ROOT = Path(__file__).parents[2]
PAGE = "1001"
PEOPLE = {
    "noor": ("Noor V.", "moderator"),
    "jef": ("Jef T.", "moderator"),
    "ann": ("Ann C.", "coordinator"),
    "els": ("Els D.", "commandant"),
    "joris": ("Joris B.", "jurist"),
    "mo": ("Mo H.", "melder"),
}
PATIENCE_S = 60.0
_LOOK_S = 0.05
T = TypeVar("T")


def until(found: Callable[[], T], what: str, *, within: float = PATIENCE_S) -> T:
    """What `found` gives, once it gives something true; TimeoutError that says what was waited for."""
    end = time.monotonic() + within
    while not (result := found()):
        if time.monotonic() > end:
            message = f"{what}: not within {within:g} s"
            raise TimeoutError(message)
        time.sleep(_LOOK_S)
    return result


def free_port() -> int:
    """A port on which nothing listens now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


class Program:
    """One program of the house: started, watched, stopped, killed, started again. Its output goes to `<name>.log`."""

    def __init__(self, name: str, module: Sequence[str], folder: Path, **environment: str) -> None:
        self.name, self.log = name, folder / f"{name}.log"
        self._command = [sys.executable, "-m", *module]
        self._folder = folder
        inherited = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        self._environment = guarded({**inherited, "PYTHONPATH": str(ROOT), **environment})
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; whether it is ready, who waits for it must see."""
        with self.log.open("ab") as log:
            self._process = _spawn(self._command, self._folder, self._environment, log)

    @property
    def running(self) -> bool:
        """True while the process lives."""
        return self._process is not None and self._process.poll() is None

    def said(self) -> str:
        """Everything it printed so far, all its lives together."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def kill(self) -> None:
        """SIGKILL: it gets no chance to finish anything."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM; its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        with suppress(ProcessLookupError):
            self._process.send_signal(how)
        return self._process.wait(PATIENCE_S)


def _spawn(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], log: IO[bytes]
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command, cwd=folder, env=dict(environment), stdout=log, stderr=subprocess.STDOUT)


class PracticeControl:
    """What citizens do, and what the page knows: the control endpoints of a practice Facebook."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.Client(base_url=url, timeout=30, trust_env=False)

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def ask(self, what: str) -> Any:
        """One look: `state`, `requests`, `sender`."""
        return self._http.get(f"/_practice/{what}").raise_for_status().json()

    def order(self, what: str, **data: Any) -> Any:
        """One order: `post`, `comment`, `faults`, `manner` …."""
        return self._http.post(f"/_practice/{what}", json=data).raise_for_status().json()

    def up(self) -> bool:
        """True once it answers."""
        try:
            return self._http.get("/_practice/sender").is_success
        except httpx.TransportError:
            return False

    def post(self, text: str = "Bericht van de politie") -> str:
        """A new post; its id."""
        return str(self.order("post", text=text)["id"])

    def comments(self, post: str, texts: Sequence[str]) -> list[str]:
        """Citizens write; the ids."""
        rows = [{"post": post, "name": f"Burger {place % 40}", "text": text} for place, text in enumerate(texts)]
        return [str(each) for each in self.order("comments", comments=rows)["ids"]]

    def spoil(self, *faults: Mapping[str, Any]) -> None:
        """Answers go wrong like this from now on; with none, all is well again."""
        self.order("faults", faults=list(faults))

    def citizen(self, name: str) -> list[dict[str, Any]]:
        """What a citizen got and noticed, in order."""
        found = self._http.get("/_practice/citizen", params={"name": name}).raise_for_status().json()
        return list(found["noticed"])

    def letters(self, who: str) -> list[str]:
        """Letters to a colleague, oldest first: title and text."""
        return [f"{each['title']}\n{each['text']}" for each in self.ask("letters") if each["who"] == who]

    def requests(self, method: str = "") -> list[dict[str, Any]]:
        """Graph calls so far, in order."""
        return [row for row in self.ask("requests") if method in ("", row["method"])]

    def written(self) -> dict[str, dict[str, Any]]:
        """Every comment that ever stood there, by id."""
        found = self.ask("state")["comments"]
        rows = found.values() if isinstance(found, dict) else found
        return {row["id"]: row for row in rows}


class House:
    """Practice, web processes and clocks over one folder. A context manager: all are killed at its end."""

    def __init__(
        self,
        folder: Path,
        *,
        webs: int = 1,
        clocks: int = 1,
        numbers: Mapping[str, int] | None = None,
        database_url: str = "",
        addresses: Mapping[str, str] | None = None,
    ) -> None:
        """folder: an empty one · numbers: `[getallen]` that differ · database_url: not SQLite · addresses: person
        key (or `vangnet`, `overzicht`) → where letters to them go.
        """
        self.folder = folder
        self.data = folder / "data"
        self.ports = [free_port() for _ in range(webs)]
        self.practice = PracticeControl(f"http://127.0.0.1:{free_port()}")
        self._secrets = {name: secrets.token_hex(32) for name in ("token", "app", "verify", "key")}
        self._write_settings(numbers or {}, database_url, addresses or {})
        self._platform = Program("practice", self._practice_command(), folder)
        self.webs = [self._program(f"web-{place}", ("bot", "serve"), place) for place in range(webs)]
        self.clocks = [self._program(f"clock-{place}", ("jobs",), 0) for place in range(clocks)]
        self._seats: list[Seat] = []

    # ---------------------------------------------------------------- settings

    def _write_settings(self, numbers: Mapping[str, int], database_url: str, addresses: Mapping[str, str]) -> None:
        secret = self._secrets
        lines = {
            "NABIJ_DATA": self.data,
            "NABIJ_PSEUDONYM_KEY": secret["key"],
            "FACEBOOK_APP_SECRET": secret["app"],
            "FACEBOOK_VERIFY_TOKEN": secret["verify"],
            f"FACEBOOK_TOKEN_{PAGE}": secret["token"],
            "FACEBOOK_API": self.practice.url,
            **({"NABIJ_DATABASE_URL": database_url} if database_url else {}),
            **{f"NABIJ_ADDRESS_{who.upper()}": address for who, address in addresses.items()},
        }
        (self.folder / ".env").write_text("".join(f"{key}={value}\n" for key, value in lines.items()))
        for place, port in enumerate(self.ports):
            (self.folder / f"nabij-{place}.toml").write_text(_policy(port, numbers), encoding="utf-8")

    def _practice_command(self) -> list[str]:
        port = self.practice.url.rpartition(":")[2]
        options = {
            "--port": port,
            "--webhook": f"{self.address(0)}/webhooks/facebook",
            "--secret": self._secrets["app"],
            "--verify-token": self._secrets["verify"],
            "--token": self._secrets["token"],
            "--page": PAGE,
        }
        return ["platforms.practice", *(part for pair in options.items() for part in pair)]

    def _program(self, name: str, module: Sequence[str], place: int) -> Program:
        return Program(name, module, self.folder, NABIJ_CONFIG=f"nabij-{place}.toml")

    # ---------------------------------------------------------------- life

    def __enter__(self) -> Self:
        self._platform.start()
        until(self.practice.up, "the practice platform answers")
        for place, web in enumerate(self.webs):
            web.start()
            self.await_web(place)  # one after the other: the first one makes the tables
        for clock in self.clocks:
            clock.start()
            self.await_clock(clock)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for seat in self._seats:
            seat.close()
        self.practice.close()
        for program in (*self.webs, *self.clocks, self._platform):
            program.kill()

    def address(self, web: int) -> str:
        """Where a web process listens."""
        return f"http://127.0.0.1:{self.ports[web]}"

    def await_web(self, place: int) -> None:
        """Until `/healthz` says that this one is up; TimeoutError when it died instead."""
        web = self.webs[place]
        until(lambda: self._up(place) or not web.running, f"{web.name} is up")
        if not web.running:
            raise TimeoutError(f"{web.name} died: {web.said()[-2000:]}")

    def _up(self, place: int) -> bool:
        try:
            return httpx.get(f"{self.address(place)}/healthz", trust_env=False, timeout=10).text == "up"
        except httpx.TransportError:
            return False

    def await_clock(self, clock: Program, lives: int = 1) -> None:
        """Until this clock said for the so-manieth time that it runs."""
        until(lambda: clock.said().count("clock started") >= lives or not clock.running, f"{clock.name} is up")
        if not clock.running:
            raise TimeoutError(f"{clock.name} died: {clock.said()[-2000:]}")

    def healthy(self) -> bool:
        """True while every process lives."""
        return all(program.running for program in (*self.webs, *self.clocks))

    # ---------------------------------------------------------------- people and rows

    def bot(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run `python -m bot …` as a person would, to its end."""
        program = self._program("cli", ("bot", *arguments), 0)
        return subprocess.run(
            program._command,
            cwd=self.folder,
            env=program._environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    def start_link(self, person: str, web: int = 0) -> str:
        """A single-use start link on a web process."""
        link = self.bot("link", person).stdout.strip()
        return link.replace(f":{self.ports[0]}/", f":{self.ports[web]}/")

    def seat(self, person: str, web: int = 0) -> Seat:
        """Somebody signed in at a web process, without a browser."""
        seat = Seat(self.address(web), self.start_link(person, web))
        self._seats.append(seat)
        return seat

    @contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        """The rows, read beside the processes."""
        with closing(sqlite3.connect(self.data / "nabij.sqlite", timeout=30)) as connection:
            connection.row_factory = sqlite3.Row
            yield connection

    def rows(self, statement: str, *values: object) -> list[sqlite3.Row]:
        """What a SELECT finds now."""
        with self.database() as connection:
            return connection.execute(statement, values).fetchall()

    def value(self, statement: str, *values: object) -> Any:
        """The first value that a SELECT finds."""
        return self.rows(statement, *values)[0][0]

    def time_passes(self, kind: str) -> None:
        """Everything of this kind that is planned is due now: the wait is over without anybody having waited."""
        with self.database() as connection:
            connection.execute(
                "UPDATE deadline SET due_at = strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'"
                " WHERE kind = ? AND closed_at IS NULL",
                (kind,),
            )
            connection.commit()

    def anybody(self, chance: random.Random) -> Program:
        """A web process or a clock, by chance."""
        return chance.choice([*self.webs, *self.clocks])


def _policy(port: int, numbers: Mapping[str, int]) -> str:
    people = "".join(
        f'[[persoon]]\nsleutel = "{key}"\nnaam = "{name}"\nrol = "{role}"\n' for key, (name, role) in PEOPLE.items()
    )
    return (
        '[zone]\nhuisregels = "https://huisregels.example/"\nhuisregels_versie = "v3"\n'
        f'[browser]\nhost = "127.0.0.1"\nport = {port}\n'
        "[getallen]\n" + "".join(f"{key} = {value}\n" for key, value in numbers.items()) + "\n"
        f'[[account]]\nplatform = "facebook"\nid = "{PAGE}"\nnaam = "Gentse Flikken"\n' + people
    )
