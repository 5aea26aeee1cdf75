"""Rosters: who stands on them, and who is called in which order."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from commands import roster
from domain.model import Person
from domain.orders import AddTurn, PlanEvent, RemoveTurn
from domain.roles import PERMISSIONS, Role
from storage.call_tables import TurnRow
from tests.fakes.house import World

SUNDAY = datetime(2026, 11, 22, 14, tzinfo=UTC)
WEEKEND = {"start": "2026-11-21T08:00", "end": "2026-11-23T08:00"}


def turn(person: str = "jef", by: str = "ann", **more: Any) -> AddTurn:
    """On call for moderation in the weekend."""
    return AddTurn(by=by, **{"roster": "wacht_moderatie", "person": person, **WEEKEND, **more})


def command(person: str = "een-commandant", **more: Any) -> AddTurn:
    """On call for command in the weekend."""
    return turn(person, roster="wacht_commando", **more)


def order_of_call(world: World, moment: datetime = SUNDAY) -> roster.Order:
    """Who is called at a moment."""
    with world.database.read() as session:
        return roster.order_of_call_for(session, world.house, moment)


def join(world: World, *people: Person) -> None:
    """More colleagues."""
    object.__setattr__(world.settings, "people", (*world.settings.people, *people))


class TestAdd:
    """Put on call."""

    def test_one_turn(self, world: World) -> None:
        """The answer says from when until when; the register says whose turn it is, by pseudonym."""
        told = world.ask(turn())

        assert (told.ok, told.msgid) == (True, "{who} is on call from {since} until {until}.")
        assert told.params == {
            "who": "jef",
            "since": "2026-11-21 07:00:00+00:00",
            "until": "2026-11-23 07:00:00+00:00",
        }
        line = world.last("instelling")
        assert (line["reden"], line["door"], line["tweede"], line["periode"]) == (
            "wacht_toegevoegd",
            world.pseudonym("ann"),
            world.pseudonym("jef"),
            "2026-11-21..2026-11-23",
        )
        assert world.verdict() == 0

    def test_pressed_twice(self, world: World) -> None:
        """The same form is one turn; another form for the same hours is refused, and says which hours."""
        world.ask(turn(), key="druk")
        world.ask(turn(), key="druk")
        told = world.ask(turn(start="2026-11-22T08:00", end="2026-11-24T08:00"))

        assert (told.ok, told.msgid) == (False, "{who} is on call then already, from {since} until {until}.")
        assert len(world.rows(TurnRow)) == 1

    def test_what_does_not_overlap(self, world: World) -> None:
        """The next hours, a colleague, and the other roster are no overlap."""
        join(world, Person("com", "Com M.", "commandant"))
        world.ask(turn())

        assert world.ask(turn(start="2026-11-23T08:00", end="2026-11-24T08:00")).ok
        assert world.ask(turn("noor", rank=2)).ok
        assert world.ask(command("com")).ok
        assert world.ask(command()).ok

    @pytest.mark.parametrize("role", Role)
    def test_who_may(self, world: World, role: Role) -> None:
        """Who keeps the calendar; others are refused and nothing is stored."""
        told = world.ask(turn(by=f"een-{role.value}"))

        assert told.ok is (role in PERMISSIONS["wacht_toevoegen"])
        assert len(world.rows(TurnRow)) == told.ok

    @pytest.mark.parametrize("role", Role)
    @pytest.mark.parametrize("name", ["wacht_moderatie", "wacht_commando"])
    def test_who_fits(self, world: World, name: str, role: Role) -> None:
        """Moderation is for who may decide on a card, command for commanders."""
        told = world.ask(turn(f"een-{role.value}", roster=name))

        fits = {"wacht_moderatie": ("moderator", "coordinator"), "wacht_commando": ("commandant",)}[name]
        assert told.ok is (role.value in fits)
        if not told.ok:
            assert told.msgid == "{who} has no role that fits this roster."

    @pytest.mark.parametrize(
        ("wrong", "why"),
        [
            ({"roster": "wacht_koffie"}, "Choose a roster from the list."),
            ({"person": "weg"}, "There is no colleague “{key}”."),
            ({"rank": 0}, "The place in the order of call is 1 to {n}."),
            ({"rank": 10}, "The place in the order of call is 1 to {n}."),
            ({"start": "2026-11-23T08:00"}, "The end must come after the start, and at most {n} days later."),
            ({"start": "2026-11-01T08:00", "end": "2026-11-02T08:00"}, "The end lies in the past."),
            ({"start": "<b>"}, "Write start and end as a date and a time, like 2027-07-15 18:00."),
        ],
    )
    def test_what_cannot_be(self, world: World, wrong: dict[str, Any], why: str) -> None:
        """Refused with what is wrong; nothing is stored or registered."""
        told = world.ask(turn(**wrong))

        assert (told.ok, told.msgid) == (False, why)
        assert (world.rows(TurnRow), world.events()) == ([], [])


class TestRemove:
    """Taken off call."""

    def test_before_it_begins(self, world: World) -> None:
        """It is gone, and the register says so."""
        world.ask(turn())
        told = world.ask(RemoveTurn(by="ann", turn_id=1))

        assert (told.ok, told.msgid) == (True, "{who} is off the roster.")
        assert world.rows(TurnRow) == []
        assert world.last("instelling")["reden"] == "wacht_gewist"

    def test_of_a_turn_that_runs_the_past_stays(self, world: World) -> None:
        """Who was on call on Saturday night can still be read."""
        world.ask(turn())
        world.clock.set(SUNDAY)
        told = world.ask(RemoveTurn(by="ann", turn_id=1))

        assert told.msgid == "{who} is not on call any more."
        with world.database.read() as session:
            assert roster.on_call(session, "wacht_moderatie", SUNDAY - timedelta(hours=1)) == ("jef",)
            assert roster.on_call(session, "wacht_moderatie", SUNDAY) == ()

    def test_pressed_twice(self, world: World) -> None:
        """The second finds it gone; a turn that is over cannot be taken off."""
        world.ask(turn())
        world.ask(RemoveTurn(by="ann", turn_id=1))
        again = world.ask(RemoveTurn(by="een-beheerder", turn_id=1))
        assert (again.ok, again.msgid) == (False, "That turn is off the roster already.")

        world.ask(turn())
        world.clock.set(SUNDAY + timedelta(days=1))
        over = world.ask(RemoveTurn(by="ann", turn_id=world.rows(TurnRow)[0].id))
        assert (over.ok, over.msgid) == (False, "That turn is over; it stays as it was.")

    def test_wrong_role(self, world: World) -> None:
        """A moderator does not take anybody off call."""
        world.ask(turn())

        assert not world.ask(RemoveTurn(by="noor", turn_id=1)).ok
        assert len(world.rows(TurnRow)) == 1

    @pytest.mark.parametrize("where", [{"after": 1}, {"inside": 1}])
    def test_killed_in_between(self, world: World, where: dict[str, int]) -> None:
        """Another process goes on: taken off once."""
        world.ask(turn())
        key = world.hand(RemoveTurn(by="ann", turn_id=1))
        world.dies(**where)

        assert world.answer(key).ok
        assert world.events().count("instelling") == 2


class TestOrderOfCall:
    """(moderators on call, commanders, everybody with the safety net last)."""

    def test_nobody_on_any_roster(self, world: World) -> None:
        """All commanders, and the safety net: somebody is always called."""
        assert order_of_call(world) == ((), ("een-commandant",), ("een-commandant", "vangnet"))

    def test_on_the_rosters(self, world: World) -> None:
        """By rank; everybody holds each once, and the other commanders before the safety net."""
        join(world, Person("com", "Com M.", "commandant"))
        world.ask(turn("jef", rank=2))
        world.ask(turn("noor", rank=1))
        world.ask(command("com"))

        assert order_of_call(world) == (
            ("noor", "jef"),
            ("com",),
            ("noor", "jef", "com", "een-commandant", "vangnet"),
        )

    def test_an_event_has_its_own_commanders(self, world: World) -> None:
        """First those of the event in their order, then who is on call; after it only the roster."""
        join(world, Person("com", "Com M.", "commandant"), Person("dir", "Dir L.", "commandant"))
        world.ask(command())
        world.ask(
            PlanEvent(
                by="ann",
                name="Mars",
                kind="betoging",
                start="2026-11-22T12:00",
                end="2026-11-22T18:00",
                commanders=("dir", "com"),
            )
        )

        assert order_of_call(world)[1] == ("dir", "com", "een-commandant")
        assert order_of_call(world, SUNDAY + timedelta(hours=4))[1] == ("een-commandant",)

    def test_who_left_or_changed_role_is_not_called(self, world: World) -> None:
        """The rosters may be older than the settings."""
        join(world, Person("com", "Com M.", "commandant"))
        world.ask(turn())
        world.ask(command("com"))
        kept = [person for person in world.settings.people if person.key not in ("jef", "com")]
        object.__setattr__(world.settings, "people", (*kept, Person("com", "Com M.", "lezer")))

        assert order_of_call(world) == ((), ("een-commandant",), ("een-commandant", "vangnet"))


class TestTurns:
    """What a page reads."""

    def test_of_a_stretch(self, world: World) -> None:
        """Whatever touches it, in order of time."""
        world.ask(turn("noor", start="2026-11-24T08:00", end="2026-11-25T08:00"))
        world.ask(turn("jef"))
        since = datetime(2026, 11, 23, 6, tzinfo=UTC)

        with world.database.read() as session:
            assert [each.person for each in roster.turns(session, since, since + timedelta(days=14))] == ["jef", "noor"]
            assert [
                each.person for each in roster.turns(session, since + timedelta(hours=1), since + timedelta(days=14))
            ] == ["noor"]
            assert roster.turns(session, since + timedelta(days=30), since + timedelta(days=31)) == []
