"""The command line: `python -m bot …` (Typer), with one line and exit code 2 for whatever is called wrongly.

Nothing is put together here: the doors handed in by `bot.__main__` do that.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.dossier_check import check as check_dossier
from bot.letters import digest_file
from bot.texts import N_, catalogue
from commands.dossiers import registered_digest
from domain.clock import BRUSSELS, SystemClock
from domain.digests import Digest
from domain.errors import Misconfigured, NabijError
from domain.settings import Settings
from rules.check import check as check_rules
from rules.flagline import flag_lines
from storage.configuration import load
from storage.database import Database, is_sqlite
from storage.register import Register
from storage.register_export import export, write_csv, write_json_lines
from storage.register_verify import checkpoint, verify

SCENARIOS = ("feesten",)
WRONG = 2
CANNOT = 3
INTERRUPTED = 130
DataFolder = Annotated[Path | None, typer.Option("--data", help="Folder for everything Nabij keeps.")]


@dataclass(frozen=True, slots=True)
class Doors:
    """What only `bot.__main__` can do."""

    serve: Callable[[Settings], None]
    demo: Callable[[int, Path, bool, float, str], None]
    flagger: Callable[[Settings], Any]
    backfill: Callable[[Settings, datetime, Callable[[int], None]], int]
    link: Callable[[Settings, str], str]
    doctor: Callable[[Settings], list[tuple[str, bool, str]]]
    digest: Callable[[Settings, str, str], Digest]


def settings_of(data: Path | None = None) -> Settings:
    """The settings of the house in this folder."""
    own = {**os.environ, "NABIJ_DATA": str(data.absolute())} if data else None
    return load(Path.cwd(), environment=own)


def commandline(doors: Doors, arguments: list[str] | None = None) -> int:
    """Run one command; its exit code. What is wrong is one line on stderr."""
    given = sys.argv[1:] if arguments is None else arguments
    wrong = CANNOT if given[:2] in (["register", "verify"], ["dossier", "verify"]) else WRONG
    try:
        result = program(doors)(args=given, standalone_mode=False)
    except typer.Exit as done:
        return int(done.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except typer.TyperException as error:
        return _say(error.format_message(), wrong)
    except NabijError as error:
        return _say(str(error), wrong)
    except SQLAlchemyError as error:
        return _say(f"The database cannot be used ({type(error).__name__}); run doctor.", wrong)
    return int(result or 0)


def _say(line: str, code: int) -> int:
    sys.stderr.write(f"{line}\n" if line else "")  # empty: the help was shown in its place
    return code


def program(doors: Doors) -> typer.Typer:
    """All commands."""
    app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
    app.add_typer(_register(), name="register")
    app.add_typer(_rules(), name="rules")
    app.add_typer(_dossier(), name="dossier")

    @app.command()
    def serve(data: DataFolder = None) -> None:
        """The web process: inbound deliveries, browser channel, health."""
        doors.serve(settings_of(data))

    @app.command()
    def demo(
        port: Annotated[int, typer.Option(help="Port of the browser channel; 0 = a free one.")] = 8780,
        data: Annotated[Path, typer.Option(help="Folder of the demo; emptied at start.")] = Path("data/demo"),
        no_open: Annotated[bool, typer.Option("--no-open", help="Do not open a browser.")] = False,  # noqa: FBT002 - Typer
        speed: Annotated[float, typer.Option(min=0.0, help="How fast comments come; 0 = none.")] = 1.0,
        scenario: Annotated[str, typer.Option(help="Plays itself: feesten, a Saturday night.")] = "",
    ) -> None:
        """Everything at once on this machine, with a practice Facebook."""
        if scenario not in ("", *SCENARIOS):
            raise Misconfigured(
                "--scenario “{name}” is unknown; known are {known}.", name=scenario[:40], known=", ".join(SCENARIOS)
            )
        doors.demo(port, data, not no_open, speed, scenario)

    @app.command()
    def flag() -> None:
        """Flag JSON Lines on stdin: {"id", "text"} in, {"id", "flags", "categories", "urgency"} out."""
        raise typer.Exit(_flag(doors))

    @app.command()
    def link(person: Annotated[str, typer.Argument(help="Key of a [[persoon]].")], data: DataFolder = None) -> None:
        """A single-use start link for a colleague, good for half an hour."""
        typer.echo(doors.link(settings_of(data), person))

    @app.command()
    def backfill(
        since: Annotated[str, typer.Option(help="Date like 2026-11-01: older comments from that day on.")],
        data: DataFolder = None,
    ) -> None:
        """Read older comments, without cards."""
        start = _day(since)
        _ = catalogue()
        with _progress(_("reading comments")) as told:
            stored = doors.backfill(settings_of(data), start, told)
        typer.echo(_("{n} comments kept, without cards.", n=stored))

    @app.command()
    def digest(
        to: Annotated[Path, typer.Option("--to", help="File to write: .html, .md or .csv.")],
        week: Annotated[str, typer.Option("--week", help="Week like 2026-W47.")] = "",
        day: Annotated[str, typer.Option("--day", help="Instead, the start of a day like 2026-11-23.")] = "",
        data: DataFolder = None,
    ) -> None:
        """A report as a file for people."""
        _digest(doors, settings_of(data), week, day, to)

    @app.command()
    def doctor(data: DataFolder = None) -> None:
        """Health and configuration, part by part. Exit code 1 when something needs attention."""
        raise typer.Exit(_doctor(doors.doctor(settings_of(data))))

    return app


def _day(text: str) -> datetime:
    try:
        return datetime.combine(datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date(), time.min, BRUSSELS)
    except ValueError:
        raise Misconfigured("--since must be a date like 2026-11-01.") from None


def _flag(doors: Doors) -> int:
    bad = False
    for line, wrong in flag_lines(sys.stdin.buffer, doors.flagger(settings_of())):
        bad = bad or wrong
        sys.stdout.write(line + "\n")
    return int(bad)


def _doctor(findings: list[tuple[str, bool, str]]) -> int:
    _ = catalogue()
    table = Table(_("Part"), "", _("What"), box=None, header_style="bold")
    for part, good, what in findings:
        table.add_row(part, "✓" if good else "✗", what)
    Console().print(table)
    return 0 if all(good for _, good, _ in findings) else 1


# ---------------------------------------------------------------- register


def _register() -> typer.Typer:
    app = typer.Typer(no_args_is_help=True, help="The register: verify it, take it along.")

    @app.command("verify")
    def verify_(
        kept: Annotated[Path | None, typer.Option("--checkpoint", help="A checkpoint that was kept.")] = None,
        data: DataFolder = None,
    ) -> None:
        """Exit code 0 good, 1 tampered, 2 incomplete but consistent, 3 cannot verify."""
        raise typer.Exit(_verify(kept, data))

    @app.command("checkpoint")
    def checkpoint_(data: DataFolder = None) -> None:
        """Name, size and root of the register as it is now: three lines to keep elsewhere."""
        settings = settings_of(data)
        with _reading(settings) as database, database.reading.connect() as connection:
            typer.echo(checkpoint(connection, origin(settings)), nl=False)

    @app.command("export")
    def export_(
        to: Annotated[Path, typer.Option("--to", help="File to write: .csv or .jsonl.")],
        names: Annotated[bool, typer.Option("--names", help="Colleagues by name instead of M1, M2 …")] = False,  # noqa: FBT002 - Typer
        data: DataFolder = None,
    ) -> None:
        """The register as a file for people."""
        rows = _export(settings_of(data), to, names=names)
        typer.echo(catalogue()("{n} lines in {path}.", n=rows, path=str(to)))

    return app


def origin(settings: Settings) -> str:
    """Name of the register in checkpoints."""
    return "nabij/" + settings.zone.naam.casefold().replace(" ", "-").replace("+", "")


def _verify(kept: Path | None, data: Path | None) -> int:
    text = _kept(kept) if kept else None
    with (
        _reading(settings_of(data)) as database,
        database.reading.connect() as connection,
        _progress(catalogue()("verifying")) as told,
    ):
        verdict = verify(connection, text, progress=lambda done, _all: told(done))
    words = catalogue()
    for fault in verdict.faults:
        typer.echo(words(fault.msgid, **{"seq": fault.seq, **fault.params}))
    typer.echo(words(_VERDICTS[verdict.exit_code], size=verdict.size, root=verdict.root))
    return verdict.exit_code


def _kept(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = type(error).__name__
        raise Misconfigured("{path} cannot be read ({why}); name a checkpoint file.", path=str(path), why=why) from None


_VERDICTS = {
    0: N_("In order: {size} lines; chain and root are right ({root})."),
    1: N_("Not in order: the register was changed or damaged ({size} lines read)."),
    2: N_("Right, but incomplete: {size} lines; there are intents without outcome."),
    3: N_("Cannot be verified."),
}


def _export(settings: Settings, to: Path, *, names: bool) -> int:
    if to.suffix not in (".csv", ".jsonl"):
        raise Misconfigured("--to must end in .csv or .jsonl.")
    people = {person.key: person.name for person in settings.people}
    register = Register(settings.secrets.pseudonym_key, SystemClock())
    unfinished = to.with_name(to.name + ".deel")
    try:
        with (
            _reading(settings) as database,
            database.read() as session,
            unfinished.open("w", encoding="utf-8-sig" if to.suffix == ".csv" else "utf-8", newline="") as stream,
            _progress(catalogue()("writing")) as told,
        ):
            known = register.people(session, people)
            rows = export(session.connection(), people=known, names=people if names else None, progress=told)
            written = (write_csv if to.suffix == ".csv" else write_json_lines)(rows, stream)
        unfinished.replace(to)
    except OSError as error:
        raise Misconfigured("{path} cannot be written ({why}).", path=str(to), why=error.strerror or "?") from None
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return written


@contextmanager
def _reading(settings: Settings) -> Iterator[Database]:
    """The database, only when it is there already: reading makes nothing."""
    if is_sqlite(settings.database_url) and not Path(make_url(settings.database_url).database or "").is_file():
        raise Misconfigured(
            "There is no database in {path}; name the right folder with --data.", path=str(settings.data)
        )
    database = Database(settings.database_url)
    try:
        yield database
    finally:
        database.close()


# ---------------------------------------------------------------- reports


def _digest(doors: Doors, settings: Settings, week: str, day: str, to: Path) -> None:
    if bool(week) == bool(day):
        raise Misconfigured("Say which report: --week 2026-W47 or --day 2026-11-23, one of the two.")
    digest_file.check(to)
    with _reading(settings):
        report = doors.digest(settings, week, day)
    words = catalogue()
    digest_file.write(report, to, words, house=settings.zone.naam)
    typer.echo(words("The report is in {path}.", path=str(to)))


# ---------------------------------------------------------------- dossiers


def _dossier() -> typer.Typer:
    app = typer.Typer(no_args_is_help=True, help="Sealed PV dossiers.")

    @app.callback()
    def group() -> None:
        """Sealed PV dossiers."""

    @app.command("verify")
    def verify_(
        file: Annotated[Path, typer.Argument(help="The ZIP of a dossier.")],
        digest: Annotated[str, typer.Option(help="Fingerprint that was read out: 64 hex characters.")] = "",
        data: DataFolder = None,
    ) -> None:
        """Exit code 0 good, 1 tampered, 2 incomplete but consistent, 3 cannot verify. Needs no database."""
        raise typer.Exit(check_dossier(file, digest, lambda number: _registered(number, data), catalogue()))

    return app


def _registered(number: str, data: Path | None) -> str:
    """The digest in the register of this house, when there is one; a folder that was named must have it."""
    try:
        with _reading(settings_of(data)) as database, database.read() as session:
            return registered_digest(session, number)
    except ValueError:
        return "onleesbaar"  # a register that cannot be read proves nothing
    except (NabijError, SQLAlchemyError):
        if data is not None:
            raise
        return ""


# ---------------------------------------------------------------- rules


def _rules() -> typer.Typer:
    app = typer.Typer(no_args_is_help=True, help="The house rules as data.")

    @app.command("check")
    def check_() -> None:
        """Every rule with its own examples and the lints. Exit code 1 when one is refused."""
        zone = settings_of().zone
        problems = check_rules(zone.profiel, Path(zone.huis) if zone.huis else None)
        for problem in problems:
            typer.echo(problem)
        raise typer.Exit(1 if problems else 0)

    return app


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int], None]]:
    """A line that shows that something is being done, and how much of it; on stderr."""
    columns = (SpinnerColumn(), TextColumn("{task.description} {task.completed:.0f}"), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=None)

        def told(done: int) -> None:
            progress.update(task, completed=done)

        yield told
