"""Polling: the safety net under the pushes."""

from datetime import timedelta

from commands import poll
from domain.model import Change, ChangeKind
from storage.tables import AccountRow, AlarmRow, CaseRow, CommentRow, HeartbeatRow
from tests.fakes.house import INSULT, World, down, stopped


class TestPoll:
    """What a push missed comes in here."""

    def test_brings_what_was_missed(self, world: World) -> None:
        """Every page is stored; the cursor moves and the heart beats."""
        for number in range(5):
            world.comment(INSULT, str(number))
        world.poll()

        assert len(world.rows(CaseRow)) == 5
        row = world.row(AccountRow, ("facebook", "1001"))
        assert row.polled_until == world.clock.now()
        assert world.row(HeartbeatRow, "peiling:facebook:1001").last_ok == world.clock.now()

    def test_poll_then_push(self, world: World) -> None:
        """The push finds it known."""
        comment = world.comment(INSULT)
        world.poll()
        world.push(Change(ChangeKind.NIEUW, comment))
        world.run.work()

        assert len(world.rows(CaseRow)) == 1

    def test_push_then_poll(self, world: World) -> None:
        """And the reverse."""
        world.arrives()
        world.poll()

        assert world.told_of().version == 1
        assert len(world.rows(CaseRow)) == 1

    def test_an_edit_that_nobody_pushed(self, world: World) -> None:
        """The poll sees the new text."""
        world.arrives()
        world.comment("bedreiging nu")
        world.poll()

        assert world.case().category == "bedreiging"

    def test_older_than_the_account(self, world: World) -> None:
        """A new account is read from now on; what has no time is taken."""
        world.comment(INSULT, "oud", created_at=world.clock.now() - timedelta(minutes=1))
        world.comment(INSULT, "zonder", created_at=None)
        world.poll()

        assert world.case("oud") is None
        assert world.case("zonder") is not None

    def test_a_page_of_old_comments(self, world: World) -> None:
        """Nothing of it is taken."""
        for number in range(2):
            world.comment(INSULT, str(number), created_at=world.clock.now() - timedelta(days=1))
        world.poll()

        assert world.rows(CommentRow) == []

    def test_overlaps_a_little(self, world: World) -> None:
        """Pages shift while they are read: five minutes are read twice."""
        world.clock.advance(timedelta(hours=1))
        world.poll()
        world.comment(INSULT, "net", created_at=world.clock.now() - timedelta(minutes=4))
        world.poll()

        assert world.case("net") is not None

    def test_down(self, world: World) -> None:
        """The cursor stays, the failure is noted, the last success stands."""
        world.poll()
        done = world.row(AccountRow, ("facebook", "1001")).polled_until
        world.clock.advance(timedelta(minutes=2))
        world.platform.faults["recent"] = [down()]
        world.poll()

        beat = world.row(HeartbeatRow, "peiling:facebook:1001")
        assert (beat.last_ok, beat.last_error) == (done, "Transient")
        assert world.row(AccountRow, ("facebook", "1001")).polled_until == done

    def test_stopped_until_a_person_looked(self, world: World) -> None:
        """The alarm sounds, nothing is called; a restart tries again, and a success ends the alarm."""
        world.platform.faults["recent"] = [stopped()]
        world.poll()
        assert len(world.alarms()) == 1
        world.poll()
        assert world.platform.made("recent") == [""]

        world.store(lambda connection: poll.meet(connection, world.house))
        world.poll()

        assert world.alarms() == []
        assert len(world.rows(AlarmRow)) == 1
        assert len(world.platform.made("recent")) == 2

    def test_an_account_that_left(self, world: World) -> None:
        """Taken out of the settings while its poll waited: noted, nothing called."""
        object.__setattr__(world.house, "platforms", {})
        world.poll()

        assert world.row(HeartbeatRow, "peiling:facebook:1001").last_error == "Denied"

    def test_a_backfill_tells_how_far_it_is(self, world: World) -> None:
        """Older comments come in quietly, page by page."""
        for number in range(3):
            world.comment(INSULT, str(number), created_at=world.clock.now() - timedelta(days=30))
        read: list[int] = []
        since = world.clock.now() - timedelta(days=31)

        new = poll.read_since(world.house, world.run, world.platform, since, quiet=True, told=read.append)

        assert (new, read) == (3, [2, 1])
        assert world.run.work() == 0
        assert world.rows(CaseRow) == []

    def test_an_account_taken_out_of_the_settings(self, world: World) -> None:
        """Is not missed: after the next start its silence alarms nobody, while the others stay watched."""
        world.poll()
        gone = HeartbeatRow(name="peiling:facebook:9999", last_ok=world.clock.now(), interval_s=120)
        with world.database.write() as session:
            session.add(gone)
        world.store(lambda connection: poll.meet(connection, world.house))

        assert [row.name for row in world.rows(HeartbeatRow)] == ["peiling:facebook:1001"]
