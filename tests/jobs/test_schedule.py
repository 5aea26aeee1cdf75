"""The jobs: what each does, that its heart beats, and that silence, failure and waiting are heard."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog
from structlog.testing import capture_logs

from commands.poll import POLL
from domain.clock import BRUSSELS
from domain.errors import StorageUnavailable
from domain.orders import Claim
from domain.states import State
from jobs import schedule
from jobs.schedule import BEAT_EVERY, KEEP_WORK, QUEUE_PATIENCE, Job, Keeper, ask_poll, jobs
from storage import people, watch
from storage.call_tables import IncidentRow
from storage.durable import Stuck
from storage.paper_tables import DigestRow
from storage.tables import HeartbeatRow
from storage.watch import Alarm
from tests.fakes.house import down
from tests.fakes.parts import Site

MINUTE = timedelta(minutes=1)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A house of one page."""
    made = Site(tmp_path)
    yield made
    made.close()


@pytest.fixture
def keeper(site: Site) -> Keeper:
    """What jobs work with."""
    return Keeper(site.parts.house, site.parts.durable)


def job(keeper: Keeper, name: str) -> Job:
    """A job by its name."""
    return next(each for each in jobs(keeper.house) if each.name == name)


def do(keeper: Keeper, name: str) -> None:
    """Fire it once."""
    keeper.run(job(keeper, name))


def alarms(site: Site) -> list[str]:
    """Names of the alarms that sound."""
    return sorted(row.name for row in site.world.alarms())


class TestEach:
    """What a fire comes to."""

    def test_what_is_due_becomes_work(self, site: Site, keeper: Keeper) -> None:
        """A claim that ran out is given back."""
        site.world.press(Claim, site.world.arrives())
        do(keeper, "termijnen")
        assert not site.engine.waiting
        site.world.clock.advance(11 * MINUTE)
        do(keeper, "termijnen")
        site.engine.work()

        case = site.world.case()
        assert case is not None
        assert (case.state, case.claimed_by) == (State.NIEUW, None)

    def test_a_blind_account_calls(self, site: Site, keeper: Keeper) -> None:
        """Not before a house that just began could read; then whoever is to be called is."""
        do(keeper, "zicht")
        site.world.clock.advance(timedelta(hours=2))
        fresh = Keeper(site.parts.house, site.parts.durable)
        do(fresh, "zicht")
        assert site.world.rows(IncidentRow) == []
        do(keeper, "zicht")
        do(keeper, "zicht")
        assert [row.kind for row in site.world.rows(IncidentRow)] == ["blind"]

    def test_a_refused_letter_is_handed_over_again(self, site: Site, keeper: Keeper) -> None:
        """Fifteen seconds later."""
        site.world.herald.refuses = {"fake://een-commandant"}
        site.world.arrives("bedreiging van iemand")
        site.world.herald.refuses = set()
        do(keeper, "berichten")
        assert not site.engine.waiting
        site.world.clock.advance(timedelta(seconds=15))
        do(keeper, "berichten")
        site.engine.work()
        assert len(site.world.herald.to("fake://een-commandant")) == 1

    def test_a_poll_is_asked_once_per_interval(self, site: Site, keeper: Keeper) -> None:
        """However many clocks there are, and however often they fire; the next interval is another poll."""
        other = Keeper(site.parts.house, site.parts.durable)
        for each in (keeper, other, keeper):
            do(each, "peilingen")
        assert [work for work, _, _ in site.engine.waiting] == [POLL]

        site.world.clock.advance(timedelta(seconds=site.parts.house.settings.numbers.poll_s))
        for each in (keeper, other):
            do(each, "peilingen")
        assert len(site.engine.waiting) == 2

    def test_intents_that_stayed_open_are_asked_about(
        self, site: Site, keeper: Keeper, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Handed to the sweep, inside one commit."""
        asked = []
        monkeypatch.setattr(schedule.reconcile, "sweep", lambda house, run, connection: asked.append(connection.closed))
        do(keeper, "verzoening")
        assert asked == [False]

    def test_reports_that_are_due_are_made(self, site: Site, keeper: Keeper) -> None:
        """Once, however often and in however many processes the job fires."""
        site.world.clock.set(datetime(2026, 11, 23, 9, 15, tzinfo=BRUSSELS))
        for each in (keeper, Keeper(site.parts.house, site.parts.durable), keeper):
            do(each, "overzichten")
        site.engine.work()
        do(keeper, "overzichten")
        assert not site.engine.waiting

        names = ["dagstart:2026-11-23", "weekoverzicht:2026-W47"]
        assert sorted(row.name for row in site.world.rows(DigestRow)) == names
        assert len(site.world.herald.sent) == len(names)

    def test_tidying(self, site: Site, keeper: Keeper) -> None:
        """What ended long ago is forgotten: sessions, finished work older than two weeks, a clock that went back."""
        now = site.world.clock.now()
        went_back = Alarm("The clock of this machine went back (line {seq} of the register): mend its time.", seq=2)
        keeper.store(lambda connection: watch.sound_in(connection, watch.CLOCK_BACK, went_back, now))
        keeper.store(lambda connection: people.make_link(connection, "noor", now))
        site.world.clock.advance(timedelta(days=15))
        do(keeper, "opruimen")

        with site.world.database.read() as session:
            assert session.execute(sa.text("SELECT count(*) FROM start_link")).scalar() == 0
        assert alarms(site) == []
        assert site.engine.pruned == [KEEP_WORK]


class TestHearts:
    """Every job is watched."""

    def test_every_job_beats(self, site: Site, keeper: Keeper) -> None:
        """Under its own name, with its own interval."""
        for each in jobs(keeper.house):
            keeper.run(each)

        beats = {row.name: row.interval_s for row in site.world.rows(HeartbeatRow)}
        assert beats == {
            "termijnen": 10,
            "peilingen": 120,
            "verzoening": 60,
            "overzichten": 30,
            "berichten": 10,
            "zicht": 10,
            "voorstellen": 3600,
            "wacht": 10,
            "opruimen": 86_400,
        }

    def test_a_hair_early(self, site: Site, keeper: Keeper) -> None:
        """A job of every ten seconds that fires a millisecond early beats all the same: else it would look silent."""
        for _ in range(4):
            do(keeper, "wacht")
            site.world.clock.advance(timedelta(seconds=9, milliseconds=999))

        do(keeper, "wacht")
        assert alarms(site) == []
        beaten = {row.name: row.last_ok for row in site.world.rows(HeartbeatRow)}
        assert beaten["wacht"] == site.world.clock.now()

    def test_a_busy_job_does_not_write_each_time(self, site: Site, keeper: Keeper) -> None:
        """The job of every second beats every ten."""
        started = site.world.clock.now()
        for _ in range(10):
            do(keeper, "termijnen")
            site.world.clock.advance(timedelta(seconds=1))
        assert site.world.row(HeartbeatRow, "termijnen").last_ok == started
        do(keeper, "termijnen")
        assert site.world.row(HeartbeatRow, "termijnen").last_ok == started + BEAT_EVERY

    @pytest.mark.parametrize("error", [down(), sa.exc.OperationalError("SELECT tekst", {}, Exception("weg"))])
    def test_a_job_that_fails_is_heard(self, site: Site, keeper: Keeper, error: Exception) -> None:
        """In the log by its kind, at once; and by its silence, also when it never succeeded."""

        def fail(_keeper: Keeper) -> None:
            raise error

        structlog.reset_defaults()
        with capture_logs() as said:
            keeper.run(Job("proef", fail, every_s=60))
        assert said[0] == {"job": "proef", "kind": type(error).__name__, "event": "job failed", "log_level": "warning"}
        assert site.world.row(HeartbeatRow, "proef").last_error == type(error).__name__

        site.world.clock.advance(2 * MINUTE + timedelta(seconds=1))
        do(keeper, "wacht")
        assert "stil:proef" in alarms(site)

    def test_a_database_that_takes_nothing_stops_no_clock(self, site: Site, keeper: Keeper) -> None:
        """The job is tried again at its next fire."""
        site.writer.close()
        with capture_logs() as said:
            do(keeper, "termijnen")
        assert [line["kind"] for line in said] == [StorageUnavailable.__name__]


class TestWatch:
    """Silence becomes an alarm, and an alarm ends."""

    def test_a_silent_check(self, site: Site, keeper: Keeper) -> None:
        """It sounds once, says since when, and ends when the check beats again."""
        site.world.poll()
        since = site.world.clock.now()
        site.world.clock.advance(5 * MINUTE)
        do(keeper, "wacht")
        do(keeper, "wacht")
        (alarm,) = site.world.alarms()
        assert alarm.name == "stil:peiling:facebook:1001"
        assert alarm.params == {"check": "peiling:facebook:1001", "since": str(since)}

        site.world.poll()
        do(keeper, "wacht")
        assert alarms(site) == []

    def test_polls_that_stand_still(self, site: Site, keeper: Keeper) -> None:
        """Polling stopped: within two intervals it sounds."""
        poll_s = site.parts.house.settings.numbers.poll_s
        do(keeper, "peilingen")
        site.engine.work()
        site.world.clock.advance(timedelta(seconds=2 * poll_s))
        do(keeper, "wacht")
        assert alarms(site) == []
        site.world.clock.advance(timedelta(seconds=10))
        do(keeper, "wacht")
        assert "stil:peiling:facebook:1001" in alarms(site)

    def test_a_queue_that_stands_still(self, site: Site, keeper: Keeper) -> None:
        """Work that waits longer than a minute by the engine's own clock, whatever the house's says; over when it does
        not.
        """
        site.engine.waits_s = QUEUE_PATIENCE.total_seconds()
        site.world.clock.advance(timedelta(days=200))
        do(keeper, "wacht")
        assert alarms(site) == []
        site.engine.waits_s += 1
        do(keeper, "wacht")
        assert alarms(site) == ["wachtrij"]
        site.engine.waits_s = None
        do(keeper, "wacht")
        assert alarms(site) == []

    def test_work_that_gave_up(self, site: Site, keeper: Keeper) -> None:
        """Told with how many, until a person looked."""
        site.engine.gave_up = (Stuck("opdracht:x", "nabij", "ERROR"), Stuck("opdracht:y", "nabij", "ERROR"))
        do(keeper, "wacht")
        (alarm,) = site.world.alarms()
        assert (alarm.name, alarm.params) == ("opgegeven", {"n": 2})
        site.engine.gave_up = ()
        do(keeper, "wacht")
        assert alarms(site) == []

    def test_a_delivery_that_was_too_large(self, site: Site, keeper: Keeper) -> None:
        """Over once the page was polled after it, because then nothing of it is missing."""
        site.world.poll()
        site.world.clock.advance(MINUTE)
        with site.world.database.write() as session:
            watch.sound(session, "te-groot:facebook", Alarm("x"), site.world.clock.now())
        do(keeper, "wacht")
        assert alarms(site) == ["te-groot:facebook"]

        site.world.clock.advance(timedelta(seconds=1))
        ask_poll(site.parts.house, site.parts.durable, "facebook", "1001", "te-groot")
        site.engine.work()
        do(keeper, "wacht")
        assert alarms(site) == []

    def test_alarms_of_others_are_left_alone(self, site: Site, keeper: Keeper) -> None:
        """The watch ends only what it knows to be over."""
        with site.world.database.write() as session:
            watch.sound(session, "token:facebook:1001", Alarm("x"), site.world.clock.now())
        do(keeper, "wacht")
        assert alarms(site) == ["token:facebook:1001"]
