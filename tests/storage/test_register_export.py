"""The register as a file for people: Dutch headings, colleagues by number, nothing a spreadsheet would carry out."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from storage.database import Database
from storage.register import Register
from storage.register_entry import Entry, Event
from storage.register_export import HEADERS, export, write_csv, write_json_lines
from tests.fakes.clock import FakeClock
from tests.fakes.registers import KEY_BYTES, empty, fill, told

PEOPLE = ("noor", "jef", "ann", "lia")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty register."""
    made = empty(f"sqlite:///{tmp_path / 'nabij.sqlite'}")
    yield made
    made.close()


@pytest.fixture
def register(clock: FakeClock) -> Register:
    """A register on the clock of the test."""
    return Register(KEY_BYTES, clock)


def exported(
    database: Database, register: Register, people: tuple[str, ...] = PEOPLE, **more: Any
) -> list[dict[str, str]]:
    """The rows of an export."""
    with database.reading.connect() as connection:
        return list(export(connection, people=register.people(connection, people), **more))


class TestRows:
    """One line of the register is one row."""

    def test_a_row_says_all(self, database: Database, register: Register) -> None:
        """Number, both times, and every word of the line; what does not apply is empty."""
        told(database, register, 1)

        row = exported(database, register)[2]
        assert tuple(row) == HEADERS
        assert (row["Nr."], row["Gebeurtenis"], row["Geval"]) == ("3", "voornemen", "NB-2026-000001")
        assert (row["Tijd (UTC)"], row["Tijd (Brussel)"]) == ("2026-11-17T09:00:00.000000Z", "17/11/2026 10:00:00")
        assert (row["Automatisch"], row["Klokafwijking"], row["Reden"]) == ("nee", "", "")
        assert row["Vingerafdrukken"] == f"bewijs={1:064x}"

    def test_colleagues_are_numbered_by_first_appearance(self, database: Database, register: Register) -> None:
        """The first who acted is M1; readers of the register are L1; the clock is Nabij."""
        told(database, register, 3)
        with database.write() as session:
            register.append(session, Entry(event=Event.VERLOPEN, actor="nabij"))

        rows = exported(database, register)
        assert [row["Door"] for row in rows if row["Gebeurtenis"] == "voornemen"] == ["M1", "M2", "M3"]
        assert {row["Door"] for row in rows if row["Gebeurtenis"] == "ingezien"} == {"L1"}
        assert rows[-1]["Door"] == "Nabij"

    def test_numbers_stay_the_same_in_a_later_export(
        self, database: Database, register: Register, clock: FakeClock
    ) -> None:
        """Also when only the last days are exported, and for somebody who first appears as the other one."""
        with database.write() as session:
            register.append(session, Entry(event=Event.GECLAIMD, actor="noor"))
            register.append(session, Entry(event=Event.OVERGENOMEN, actor="jef", second="ann"))
            clock.advance(timedelta(days=3))
            register.append(session, Entry(event=Event.GECLAIMD, actor="ann"))
            register.append(session, Entry(event=Event.INGEZIEN, actor="jef", reason="nazicht"))

        rows = exported(database, register, between=(clock.now(), clock.now() + timedelta(days=1)))
        assert [row["Door"] for row in rows] == ["M3", "M2"]

    def test_names_only_when_handed_in(self, database: Database, register: Register) -> None:
        """Who has a name gets it; the others keep their number."""
        told(database, register, 2)

        rows = exported(database, register, names={"noor": "Noor V.", "jef": "Jef T."})
        assert [row["Door"] for row in rows if row["Gebeurtenis"] == "voornemen"] == ["Jef T.", "M2"]

    def test_somebody_who_left_keeps_a_number(self, database: Database, register: Register) -> None:
        """A colleague who is not in the settings any more is still told apart."""
        told(database, register, 2)

        rows = exported(database, register, people=("ann",))
        assert [row["Door"] for row in rows if row["Gebeurtenis"] == "voornemen"] == ["M1", "M2"]

    def test_a_destroyed_key_says_so(self, database: Database, register: Register, clock: FakeClock) -> None:
        """Nobody can tell any more who looked."""
        told(database, register, 1)
        with database.write() as session:
            register.destroy_view_keys(session, clock.now() + timedelta(days=1))

        assert exported(database, register)[4]["Door"] == "gewist"

    def test_a_period_has_a_beginning_and_an_end(self, database: Database, register: Register) -> None:
        """From the first moment on, up to the last and not with it."""
        fill(database, 20)
        first = datetime(2026, 7, 18, 21, 0, 14, tzinfo=UTC)

        rows = exported(database, register, between=(first, first + timedelta(seconds=14)))
        assert [row["Nr."] for row in rows] == ["2", "3"]

    def test_progress_is_told(self, database: Database, register: Register) -> None:
        """Every two thousand rows, and at the end."""
        fill(database, 4_500)
        seen: list[int] = []

        exported(database, register, progress=seen.append)
        assert seen == [2_000, 4_000, 4_500]


class TestFiles:
    """What is written is what was meant."""

    def test_csv_comes_back(self, database: Database, register: Register) -> None:
        """Semicolons, Dutch headings, one row a line."""
        told(database, register, 2)
        rows, stream = exported(database, register), io.StringIO(newline="")

        assert write_csv(iter(rows), stream) == 10
        stream.seek(0)
        assert list(csv.DictReader(stream, delimiter=";")) == rows

    @pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+32", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1"])
    def test_a_cell_is_never_a_formula(self, database: Database, register: Register, name: str) -> None:
        """A colleague's name is typed by hand: a spreadsheet shows it as text."""
        told(database, register, 3)
        stream = io.StringIO(newline="")
        write_csv(iter(exported(database, register, names={"jef": name})), stream)

        stream.seek(0)
        cells = [row["Door"] for row in csv.DictReader(stream, delimiter=";")]
        assert "'" + name in cells
        assert name not in cells

    def test_json_lines_leave_out_what_is_empty(self, database: Database, register: Register) -> None:
        """One object a line with the same headings."""
        told(database, register, 1)
        stream = io.StringIO()

        assert write_json_lines(iter(exported(database, register)), stream) == 5
        first = json.loads(stream.getvalue().splitlines()[0])
        assert first["Detectieregels"] == "dreig.direct"
        assert "" not in first.values()
