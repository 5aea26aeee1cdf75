"""Slots: a name per living process, freed by its death and by nothing else."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.slots import SLOTS, FileLocks, Locks, PostgresLocks, claim
from tests.fakes.loopback import guarded
from tests.fakes.postgres import fresh_url

ROOT = Path(__file__).parents[2]
Make = Callable[[], Locks]


@pytest.fixture(params=["file", pytest.param("postgres", marks=pytest.mark.real)])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    """Makes the locks of one process after the other, on both databases."""
    if request.param == "file":
        yield lambda: FileLocks(tmp_path / "slots")
        return
    engine = sa.create_engine(fresh_url(), pool_size=20)
    made: list[PostgresLocks] = []

    def lock() -> PostgresLocks:
        made.append(PostgresLocks(engine))
        return made[-1]

    yield lock
    for each in made:
        each._connection.close()
    engine.dispose()


class TestSlots:
    """Who holds what."""

    def test_each_process_has_its_own(self, make: Make) -> None:
        """The first free one, in order."""
        processes = [make() for _ in range(3)]

        assert [claim(each) for each in processes] == ["w0", "w1", "w2"]

    def test_a_slot_has_one_holder(self, make: Make) -> None:
        """Not the other, and not the holder itself once more: its own work is not that of a dead process."""
        one, two = make(), make()
        assert one.take("w3")

        assert not two.take("w3")
        assert not one.take("w3")

    def test_given_back_is_free(self, make: Make) -> None:
        """The reaper holds the slot of a dead process only while it hands its work on."""
        one, two = make(), make()
        one.take("w3")
        one.give_back("w3")

        assert two.take("w3")

    def test_sixteen_live_at_most(self, make: Make) -> None:
        """The seventeenth is told what to do."""
        locks = make()
        for _ in SLOTS:
            claim(locks)

        with pytest.raises(RuntimeError, match="16 process slots"):
            claim(make())

    def test_they_live_while_the_process_does(self, make: Make) -> None:
        """Nothing was lost."""
        assert make().alive()


@pytest.mark.slow
class TestDeath:
    """The lock dies with its holder."""

    def test_a_killed_holder_frees_its_slot(self, tmp_path: Path) -> None:
        """While it lives the slot is taken; killed, it is free at once."""
        code = (
            "import sys,time;from pathlib import Path;from storage.slots import FileLocks,claim;"
            "print(claim(FileLocks(Path(sys.argv[1]))),flush=True);time.sleep(60)"
        )
        command = [sys.executable, "-c", code, str(tmp_path)]
        with subprocess.Popen(command, cwd=ROOT, env=guarded(os.environ), stdout=subprocess.PIPE, text=True) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline().strip() == "w0"
            locks = FileLocks(tmp_path)
            assert not locks.take("w0")
            holder.kill()
            holder.wait()
        assert locks.take("w0")

    @pytest.mark.real
    def test_a_lost_connection_is_a_lost_slot(self) -> None:
        """PostgreSQL ends the connection: the slot is free for others, and this process must end."""
        engine = sa.create_engine(fresh_url())
        locks = PostgresLocks(engine)
        claim(locks)
        with engine.connect() as other:
            mine = locks._connection.execute(sa.text("SELECT pg_backend_pid()")).scalar()
            other.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})

        assert not locks.alive()
        heir = PostgresLocks(engine)
        assert claim(heir) == "w0"
        for each in (locks, heir):
            each._connection.close()
        engine.dispose()
