"""Who is signed in: links that open once, sessions that end, and nothing in the database that opens a door."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from storage import people
from storage.database import Database
from tests.fakes.clock import FakeClock

SECOND = timedelta(seconds=1)


@pytest.fixture
def connection(database: Database) -> Iterator[sa.Connection]:
    """A connection in one transaction."""
    with database.writing.begin() as connection:
        yield connection


def signed_in(connection: sa.Connection, clock: FakeClock) -> str:
    """A cookie of Noor."""
    cookie = people.open_link(connection, people.make_link(connection, "noor", clock.now()), clock.now())
    assert cookie is not None
    return cookie


class TestLinks:
    """A way in, once."""

    def test_it_opens_once(self, connection: sa.Connection, clock: FakeClock) -> None:
        """The second use is refused."""
        token = people.make_link(connection, "noor", clock.now())
        cookie = people.open_link(connection, token, clock.now())

        assert cookie is not None
        assert people.whose(connection, cookie, clock.now()) == ("noor", False)
        assert people.open_link(connection, token, clock.now()) is None

    def test_it_lives_half_an_hour(self, connection: sa.Connection, clock: FakeClock) -> None:
        """A link that was left in a terminal opens nothing."""
        early, late = (people.make_link(connection, "noor", clock.now()) for _ in range(2))
        clock.advance(people.LINK_LIVES - SECOND)
        assert people.open_link(connection, early, clock.now())
        clock.advance(SECOND)
        assert people.open_link(connection, late, clock.now()) is None

    @pytest.mark.parametrize("token", ["", "verzonnen", "\ud800", "é" * 100, "' OR 1=1 --"])
    def test_a_made_up_one_opens_nothing(self, connection: sa.Connection, clock: FakeClock, token: str) -> None:
        """Whatever it holds."""
        people.make_link(connection, "noor", clock.now())
        assert people.open_link(connection, token, clock.now()) is None
        assert people.whose(connection, token, clock.now()) is None

    def test_the_database_holds_no_key(self, connection: sa.Connection, clock: FakeClock) -> None:
        """Neither link nor cookie stands in it: a stolen database opens no door."""
        token = people.make_link(connection, "noor", clock.now())
        cookie = people.open_link(connection, token, clock.now())
        stored = [
            str(value)
            for table in ("start_link", "session")
            for row in connection.execute(sa.text(f"SELECT * FROM {table}"))
            for value in row
        ]

        assert len(stored) == 8
        assert token not in stored
        assert cookie not in stored


class TestSessions:
    """In for a while."""

    def test_idle_for_two_hours_is_out(self, connection: sa.Connection, clock: FakeClock) -> None:
        """A screen that was left open closes by itself; one that is used stays."""
        cookie = signed_in(connection, clock)
        clock.advance(people.IDLE)
        assert people.whose(connection, cookie, clock.now()) == ("noor", True)
        people.seen(connection, cookie, clock.now())
        clock.advance(people.IDLE)
        assert people.whose(connection, cookie, clock.now()) is not None
        clock.advance(SECOND)
        assert people.whose(connection, cookie, clock.now()) is None

    def test_twelve_hours_is_the_longest(self, connection: sa.Connection, clock: FakeClock) -> None:
        """Also for who never stops."""
        cookie = signed_in(connection, clock)
        for _ in range(12):
            clock.advance(timedelta(hours=1))
            assert people.whose(connection, cookie, clock.now()) is not None
            people.seen(connection, cookie, clock.now())
        clock.advance(SECOND)

        assert people.whose(connection, cookie, clock.now()) is None

    def test_not_every_look_is_written_down(self, connection: sa.Connection, clock: FakeClock) -> None:
        """Only after five minutes: reading a page does not write each time."""
        cookie = signed_in(connection, clock)
        clock.advance(timedelta(minutes=5))
        assert people.whose(connection, cookie, clock.now()) == ("noor", False)
        clock.advance(SECOND)
        assert people.whose(connection, cookie, clock.now()) == ("noor", True)

    def test_what_ended_is_forgotten(self, connection: sa.Connection, clock: FakeClock) -> None:
        """Sessions and links that open nothing any more; those that do, stay."""
        signed_in(connection, clock)
        clock.advance(people.LONGEST)
        cookie = signed_in(connection, clock)
        clock.advance(timedelta(hours=1))

        assert people.forget(connection, clock.now()) == 2
        assert people.whose(connection, cookie, clock.now()) is not None
        assert people.forget(connection, clock.now()) == 0
