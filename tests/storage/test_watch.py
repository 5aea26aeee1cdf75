"""Heartbeats and alarms: silence is noticed, an alarm begins once and ends."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from storage import watch
from storage.database import Database
from storage.watch import Alarm
from tests.fakes.clock import TUESDAY_TEN, FakeClock

MINUTE = timedelta(minutes=1)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session in one transaction."""
    with database.write() as session:
        yield session


def silent(session: Session, clock: FakeClock) -> list[str]:
    """Names of the checks that are silent now."""
    session.flush()
    return [row.name for row in watch.silent(session, clock.now())]


class TestHeartbeats:
    """Every check says when it last succeeded."""

    def test_two_intervals_of_silence(self, session: Session, clock: FakeClock) -> None:
        """Up to twice its interval a check is not silent, after it it is."""
        watch.beat(session, "peiling", clock.now(), 60)
        clock.advance(2 * MINUTE)
        assert silent(session, clock) == []
        clock.advance(timedelta(seconds=1))
        assert silent(session, clock) == ["peiling"]

    def test_a_beat_ends_it(self, session: Session, clock: FakeClock) -> None:
        """And forgets why it failed."""
        watch.stumble(session, "peiling", clock.now(), 60, "Transient")
        clock.advance(5 * MINUTE)
        watch.beat(session, "peiling", clock.now(), 60)

        assert silent(session, clock) == []
        assert watch.heartbeats(session)[0].last_error == ""

    def test_failing_is_not_beating(self, session: Session, clock: FakeClock) -> None:
        """A check that fails keeps its last success, so that it falls silent."""
        watch.beat(session, "peiling", clock.now(), 60)
        for _ in range(3):
            clock.advance(MINUTE)
            watch.stumble(session, "peiling", clock.now(), 60, "Transient")

        (row,) = watch.heartbeats(session)
        assert row.last_ok == TUESDAY_TEN
        assert row.last_error == "Transient"
        assert silent(session, clock) == ["peiling"]

    def test_what_never_succeeded_falls_silent_too(self, session: Session, clock: FakeClock) -> None:
        """It counts from its first failure."""
        watch.stumble(session, "peiling", clock.now(), 60, "Transient")
        clock.advance(3 * MINUTE)

        assert silent(session, clock) == ["peiling"]

    def test_by_name(self, session: Session, clock: FakeClock) -> None:
        """As the page Beheer shows them."""
        for name in ("wacht", "peiling", "termijnen"):
            watch.beat(session, name, clock.now(), 60)
        session.flush()

        assert [row.name for row in watch.heartbeats(session)] == ["peiling", "termijnen", "wacht"]


class TestAlarms:
    """What people read until it ends."""

    def test_it_begins_once(self, session: Session, clock: FakeClock) -> None:
        """Who sounds it again hears that it sounds already; its beginning stays."""
        alarm = Alarm("{n} pieces of work ended in an error; see the runbook.", n=2)
        assert watch.sound(session, "opgegeven", alarm, clock.now())
        clock.advance(MINUTE)
        assert not watch.sound(session, "opgegeven", alarm, clock.now())

        (row,) = watch.alarms(session)
        assert (row.msgid, row.params, row.since) == (alarm.msgid, {"n": 2}, TUESDAY_TEN)

    def test_it_ends_once(self, session: Session, clock: FakeClock) -> None:
        """Then nobody reads it any more, and it may begin anew."""
        watch.sound(session, "opgegeven", Alarm("x"), clock.now())
        assert watch.end(session, "opgegeven", clock.now())
        assert not watch.end(session, "opgegeven", clock.now())
        assert watch.alarms(session) == []

        assert watch.sound(session, "opgegeven", Alarm("x"), clock.now())

    def test_a_moment_in_it_is_kept_as_text(self, session: Session, clock: FakeClock) -> None:
        """What is stored is plain data."""
        watch.sound(
            session, "stil", Alarm("{check} has been silent since {since}.", check="x", since=clock.now()), clock.now()
        )
        session.flush()
        session.expire_all()

        assert watch.alarms(session)[0].params == {"check": "x", "since": "2026-11-17 09:00:00+00:00"}

    def test_in_a_job_of_the_writer(self, database: Database, clock: FakeClock) -> None:
        """The same over a bare connection."""
        with database.writing.begin() as connection:
            assert watch.sound_in(connection, "te-groot:facebook", Alarm("x"), clock.now())
            assert not watch.sound_in(connection, "te-groot:facebook", Alarm("x"), clock.now())
        with database.read() as session:
            assert [row.name for row in watch.alarms(session)] == ["te-groot:facebook"]
