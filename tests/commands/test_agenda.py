"""Events: planned, confirmed, called off, and the Gentse Feesten that the rule proposes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from commands import agenda
from commands.views import cover_of
from domain.calendar import due
from domain.categories import Urgency
from domain.events import EventState, EventView
from domain.orders import CancelEvent, ConfirmEvent, PlanEvent
from domain.roles import PERMISSIONS, Role
from storage.call_tables import EventRow
from tests.fakes.house import World

SATURDAY = datetime(2026, 11, 21, 10, tzinfo=UTC)
"""11:00 in Brussels."""


def march(by: str = "ann", **more: Any) -> PlanEvent:
    """A demonstration on Saturday, from 10:00 to 18:00."""
    about = {
        "name": "Mars voor het klimaat",
        "kind": "betoging",
        "start": "2026-11-21T10:00",
        "end": "2026-11-21T18:00",
        "commanders": ("een-commandant",),
        **more,
    }
    return PlanEvent(by=by, **about)


def events(world: World) -> list[EventView]:
    """As stored now."""
    with world.database.read() as session:
        return agenda.events(session)


def propose(world: World) -> bool:
    """The clock looks whether the next edition was proposed."""
    with world.database.write() as session:
        return agenda.propose(session, world.house)


class TestPlan:
    """Who may confirm plans; who may not, proposes."""

    @pytest.mark.parametrize(
        ("by", "state", "said"),
        [
            ("ann", EventState.BEVESTIGD, "Event planned: {name}."),
            ("een-beheerder", EventState.BEVESTIGD, "Event planned: {name}."),
            ("noor", EventState.VOORGESTELD, "Event proposed: {name}. A coordinator confirms it."),
        ],
    )
    def test_by_whom(self, world: World, by: str, state: EventState, said: str) -> None:
        """A moderator's event waits for a coordinator; theirs is on at once."""
        told = world.ask(march(by, owner="Dienst Openbare Orde"))

        assert (told.ok, told.msgid, told.params) == (True, said, {"name": "Mars voor het klimaat"})
        (event,) = events(world)
        assert (event.state, event.by, event.owner) == (state, by, "Dienst Openbare Orde")
        assert (event.start, event.end) == (
            datetime(2026, 11, 21, 9, tzinfo=UTC),
            datetime(2026, 11, 21, 17, tzinfo=UTC),
        )
        assert event.commanders == ("een-commandant",)

    def test_the_register_tells_which_days_and_never_a_name(self, world: World) -> None:
        """Who, what, which days; the name of an event is what somebody typed."""
        world.ask(march())

        line = world.last("instelling")
        assert (line["reden"], line["handeling"], line["periode"]) == (
            "event_bevestigd",
            "event_plannen",
            "2026-11-21..2026-11-21",
        )
        assert (line["door"], line["naar"]) == (world.pseudonym("ann"), "bevestigd")
        assert "klimaat" not in str(line)
        assert world.verdict() == 0

    def test_the_same_press_twice_is_one_event(self, world: World) -> None:
        """However often a form is sent."""
        world.ask(march(), key="druk")
        world.ask(march(), key="druk")

        assert len(events(world)) == 1

    @pytest.mark.parametrize("role", Role)
    def test_every_role(self, world: World, role: Role) -> None:
        """Others are refused, and nothing is stored."""
        told = world.ask(march(f"een-{role.value}"))

        assert told.ok is (role in PERMISSIONS["event_plannen"])
        assert len(events(world)) == told.ok

    def test_each_commander_once_and_in_order(self, world: World) -> None:
        """The order on the form is the order of call."""
        world.ask(march(commanders=("een-commandant", "een-commandant")))

        assert events(world)[0].commanders == ("een-commandant",)

    @pytest.mark.parametrize(
        ("wrong", "why"),
        [
            ({"name": "  "}, "Give the event a name of at most {n} characters, on one line."),
            ({"name": "x" * 81}, "Give the event a name of at most {n} characters, on one line."),
            ({"name": "mars\u202e"}, "Give the event a name of at most {n} characters, on one line."),
            ({"owner": "a\nb"}, "Write the owner in at most {n} characters, on one line."),
            ({"kind": "feestje"}, "Choose a kind of event from the list."),
            ({"commanders": ("weg",)}, "There is no colleague “{key}”."),
            ({"commanders": ("noor",)}, "{who} is not a commander, so cannot be called as one."),
            ({"start": "morgen"}, "Write start and end as a date and a time, like 2027-07-15 18:00."),
            ({"end": "2026-11-20T10:00"}, "The end must come after the start, and at most {n} days later."),
            ({"start": "2026-11-01T10:00", "end": "2026-11-17T10:00"}, "The end lies in the past."),
            ({"event_id": 7}, "There is no such event."),
        ],
    )
    def test_what_cannot_be(self, world: World, wrong: dict[str, Any], why: str) -> None:
        """Refused with what is wrong; nothing is stored, nothing is registered."""
        told = world.ask(march(**wrong))

        assert (told.ok, told.msgid) == (False, why)
        assert events(world) == []
        assert world.events() == []

    def test_who_is_no_commander_is_named(self, world: World) -> None:
        """So that the form can be mended."""
        assert world.ask(march(commanders=("een-commandant", "noor"))).params == {"who": "noor"}


class TestChange:
    """An event that is there already."""

    def test_a_coordinator_changes_and_so_confirms(self, world: World) -> None:
        """What a moderator proposed is on, with the new hours."""
        world.ask(march("noor"))
        told = world.ask(march(event_id=1, end="2026-11-21T22:00"))

        assert told.msgid == "Event changed: {name}."
        (event,) = events(world)
        assert (event.state, event.by) == (EventState.BEVESTIGD, "ann")
        assert event.end == datetime(2026, 11, 21, 21, tzinfo=UTC)
        assert world.last("instelling")["reden"] == "event_bevestigd"

    def test_a_change_of_what_is_confirmed(self, world: World) -> None:
        """Stays confirmed, and the register calls it a change."""
        world.ask(march())
        world.ask(march(event_id=1, kind="wedstrijd"))

        assert events(world)[0].kind == "wedstrijd"
        assert world.last("instelling")["reden"] == "event_gewijzigd"

    def test_a_moderator_changes_a_proposal_only(self, world: World) -> None:
        """What is confirmed is cover, which a proposal may not take away."""
        world.ask(march("noor"))
        assert world.ask(march("jef", event_id=1, kind="wedstrijd")).ok
        world.ask(ConfirmEvent(by="ann", event_id=1))

        told = world.ask(march("jef", event_id=1, kind="incident"))

        assert (told.ok, told.msgid) == (False, "This event is confirmed; only who may confirm can change it.")
        assert events(world)[0].kind == "wedstrijd"

    def test_what_was_called_off_is_confirmed_first(self, world: World) -> None:
        """Nothing comes back by a change of its hours."""
        world.ask(march())
        world.ask(CancelEvent(by="ann", event_id=1))

        assert world.ask(march(event_id=1)).msgid == "This event was called off. Confirm it again first."

    @pytest.mark.parametrize(
        "order",
        [
            march(event_id=1, end="2026-12-01T10:00"),
            ConfirmEvent(by="ann", event_id=1),
            CancelEvent(by="ann", event_id=1),
        ],
    )
    def test_what_is_over_stays_as_it_was(self, world: World, order: Any) -> None:
        """Figures of the past do not change afterwards."""
        world.ask(march())
        world.clock.set(datetime(2026, 11, 21, 17, tzinfo=UTC))

        assert world.ask(order).msgid == "This event is over; it stays as it was."
        assert events(world)[0].state is EventState.BEVESTIGD


class TestConfirm:
    """*Bevestigen* and *Afgelasten*."""

    def test_confirmed_by_a_second(self, world: World) -> None:
        """The proposal is on; the register tells from what to what."""
        world.ask(march("noor"))
        told = world.ask(ConfirmEvent(by="ann", event_id=1))

        assert (told.ok, told.msgid) == (True, "Confirmed: {name}.")
        line = world.last("instelling")
        assert (line["reden"], line["van"], line["naar"]) == ("event_bevestigd", "voorgesteld", "bevestigd")

    def test_pressed_twice(self, world: World) -> None:
        """The second reads who was first, and when."""
        world.ask(march("noor"))
        world.ask(ConfirmEvent(by="ann", event_id=1))
        world.clock.advance(timedelta(hours=1))

        told = world.ask(ConfirmEvent(by="een-beheerder", event_id=1))

        assert (told.ok, told.msgid) == (False, "{who} was first: confirmed at {at}.")
        assert told.params == {"who": "Ann C.", "at": "2026-11-17 09:00:00+00:00"}
        assert world.events().count("instelling") == 2

    def test_called_off_and_back(self, world: World) -> None:
        """It stays in the list, and may come back."""
        world.ask(march())
        assert (
            world.ask(CancelEvent(by="een-beheerder", event_id=1)).msgid == "Called off: {name}. It stays in the list."
        )
        again = world.ask(CancelEvent(by="ann", event_id=1))
        assert (again.ok, again.msgid) == (False, "{who} was first: called off at {at}.")

        assert world.ask(ConfirmEvent(by="ann", event_id=1)).ok
        assert [line["reden"] for line in world.lines()] == ["event_bevestigd", "event_afgelast", "event_bevestigd"]

    @pytest.mark.parametrize("kind", [ConfirmEvent, CancelEvent])
    @pytest.mark.parametrize("role", Role)
    def test_every_role(self, world: World, role: Role, kind: Any) -> None:
        """A moderator proposes only."""
        world.ask(march("noor"))
        told = world.ask(kind(by=f"een-{role.value}", event_id=1))

        assert told.ok is (role in (Role.COORDINATOR, Role.BEHEERDER))
        assert (events(world)[0].state is EventState.VOORGESTELD) is not told.ok

    def test_an_event_that_does_not_exist(self, world: World) -> None:
        """A made-up number."""
        assert world.ask(ConfirmEvent(by="ann", event_id=99)).msgid == "There is no such event."

    @pytest.mark.parametrize("where", [{"after": 1}, {"inside": 1}])
    def test_killed_in_between(self, world: World, where: dict[str, int]) -> None:
        """Another process goes on: confirmed once, one line."""
        world.ask(march("noor"))
        key = world.hand(ConfirmEvent(by="ann", event_id=1))
        world.dies(**where)

        assert world.answer(key).ok
        assert events(world)[0].state is EventState.BEVESTIGD
        assert world.events().count("instelling") == 2


class TestCover:
    """A confirmed event is cover, on top of the working hours."""

    def test_response_clocks_run(self, world: World) -> None:
        """*Hoog* seen on Saturday at 11:00 in an event is due within the hour, not on Monday."""
        world.ask(march("noor"))
        assert self._due(world) == datetime(2026, 11, 23, 9, tzinfo=UTC)

        world.ask(ConfirmEvent(by="ann", event_id=1))
        assert self._due(world) == SATURDAY + timedelta(hours=1)

        world.ask(CancelEvent(by="ann", event_id=1))
        assert self._due(world) == datetime(2026, 11, 23, 9, tzinfo=UTC)

    def _due(self, world: World) -> datetime:
        with world.database.read() as session:
            cover = cover_of(session, world.house)
        return due(Urgency.HOOG, SATURDAY, cover, world.settings.numbers.targets).at

    def test_on_a_card(self, world: World) -> None:
        """The card of a comment seen in the event counts down."""
        world.ask(march())
        world.clock.set(SATURDAY)
        world.arrives("racisme_discriminatie")

        assert world.view().due_at == SATURDAY + timedelta(hours=1)

    def test_which_events_are_near(self, world: World) -> None:
        """Confirmed ones within a month on either side; proposals and others are not asked."""
        world.ask(march())
        world.ask(march("noor", name="Voorstel"))
        world.ask(march(name="Volgend jaar", start="2027-11-20T10:00", end="2027-11-20T18:00"))

        with world.database.read() as session:
            assert [each.name for each in agenda.confirmed(session, SATURDAY)] == ["Mars voor het klimaat"]
            assert agenda.confirmed(session, SATURDAY + timedelta(days=120)) == []
            assert len(agenda.windows(session)) == 2
            assert len(agenda.windows(session, SATURDAY + timedelta(days=2))) == 1


class TestFeesten:
    """The next edition stands in the calendar as a proposal, once."""

    def test_proposed_by_the_rule(self, world: World) -> None:
        """From the Thursday evening to the Monday noon, ten counted days, by Nabij; nothing is cover yet."""
        assert propose(world)

        (event,) = events(world)
        assert (event.name, event.kind, event.state, event.by) == (
            "Gentse Feesten 2027",
            "feesten",
            EventState.VOORGESTELD,
            "nabij",
        )
        assert (event.start, event.end) == (
            datetime(2027, 7, 15, 16, tzinfo=UTC),
            datetime(2027, 7, 26, 10, tzinfo=UTC),
        )
        assert (str(event.first_day), event.days) == ("2027-07-16", 10)
        line = world.last("instelling")
        assert (line["reden"], line["door"], line["automatisch"]) == ("event_voorgesteld", "nabij", True)
        assert world.verdict() == 0

    def test_once_however_many_clocks(self, world: World) -> None:
        """Every hour, in every process: there is one, and one line."""
        assert [propose(world) for _ in range(5)] == [True, False, False, False, False]
        assert world.events() == ["instelling"]

    def test_another_clock_was_faster(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """Both saw none; the lock lets one through, and the other looks again behind it."""
        real = agenda.lock

        def lock(session: Any) -> None:
            real(session)
            session.add(
                EventRow(
                    key="feesten-2027",
                    name="x",
                    kind="feesten",
                    by="nabij",
                    starts_at=SATURDAY,
                    ends_at=SATURDAY,
                    at=SATURDAY,
                )
            )

        monkeypatch.setattr(agenda, "lock", lock)

        assert not propose(world)
        assert world.events() == []

    def test_never_again_when_people_called_it_off(self, world: World) -> None:
        """2020 and 2021: what a person decided stands."""
        propose(world)
        world.ask(CancelEvent(by="ann", event_id=1))

        assert not propose(world)
        assert [event.state for event in events(world)] == [EventState.AFGELAST]

    def test_never_again_when_people_changed_it(self, world: World) -> None:
        """Another name, kind and window: it keeps its edition and its counted days."""
        propose(world)
        world.ask(march(event_id=1, name="Feesten", start="2027-07-14T18:00", end="2027-07-27T12:00", commanders=()))

        assert not propose(world)
        (event,) = events(world)
        assert (event.name, event.days, event.state) == ("Feesten", 10, EventState.BEVESTIGD)

    def test_the_next_year_gets_its_own(self, world: World) -> None:
        """When this edition is over the next one is proposed."""
        propose(world)
        world.clock.set(datetime(2027, 7, 26, 10, tzinfo=UTC))

        assert propose(world)
        assert [event.name for event in events(world)] == ["Gentse Feesten 2027", "Gentse Feesten 2028"]
