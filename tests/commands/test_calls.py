"""Who is called and who next, and what a person says about an incident."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commands import calls
from domain.errors import BadInput
from domain.incidents import IncidentState
from domain.model import Answer
from domain.orders import Acknowledge, CloseIncident, FalseAlarm, Hide, IncidentOrder, Mute
from storage.call_tables import NoticeRow, TurnRow
from storage.tables import DeadlineRow
from tests.fakes.night import DOUBT, ELS, KIM, SATURDAY_23, THREAT, TOM, Night

ALL = ["els", "tom", "noor", "kim", "vangnet"]
AUTUMN = datetime(2026, 10, 25, 0, 57, tzinfo=UTC)
"""02:57 summer time: three minutes later it is 02:00 again."""
SPRING = datetime(2027, 3, 28, 0, 57, tzinfo=UTC)
"""01:57 winter time: three minutes later it is 03:00."""


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    """Saturday 23:00."""
    made = Night(tmp_path)
    yield made
    made.close()


class TestOrder:
    """First one, after 5 minutes the next, after 10 all; the surer, the higher."""

    def test_sure_of_it(self, night: Night) -> None:
        """A sure threat goes to the commanders at once; the safety net is called last."""
        night.threat()
        assert night.called() == ["els"]
        night.later(minutes=5)
        assert night.called() == ["els", "tom"]
        night.later(minutes=5)
        assert night.called() == ALL

    def test_to_be_judged(self, night: Night) -> None:
        """Who moderates judges first; the commanders are called when nobody did."""
        night.threat(text=DOUBT)
        night.later(minutes=5)
        assert night.called() == ["noor", "els", "tom"]
        night.later(minutes=5)
        assert night.called() == ["noor", "els", "tom", "kim", "vangnet"]

    def test_in_an_event(self, night: Night) -> None:
        """In an event every *kritiek* goes to its commanders, in its order."""
        night.feesten(commanders=("tom", "kim"))
        night.threat(text=DOUBT)
        night.later(minutes=5)
        assert night.called() == ["tom", "kim"]

    def test_no_second_commander(self, night: Night) -> None:
        """One commander: the moderator on call is next, nobody waits for an empty step."""
        night.with_people(
            [one for one in night.settings.people if one not in (TOM, KIM)], dict(night.settings.addresses)
        )
        night.threat()
        night.later(minutes=5)
        assert night.called() == ["els", "noor"]

    def test_nobody_on_a_roster(self, tmp_path: Path) -> None:
        """All commanders are there for who forgot the roster."""
        night = Night(tmp_path, turns=False)
        night.threat(text=DOUBT)
        assert night.called() == ["els", "tom", "kim"]
        night.close()

    def test_the_moments(self, night: Night) -> None:
        """Not a second too early; each step at its own moment, however late the clock comes."""
        night.threat()
        assert night.later(minutes=4, seconds=59) == 0
        assert night.later(seconds=31) == 1
        assert night.later(minutes=4, seconds=29) == 0
        assert night.later(seconds=1) == 1
        assert night.called() == ALL

    def test_each_step_is_in_the_register(self, night: Night) -> None:
        """Which step, of what, without a name."""
        night.threat()
        night.later(minutes=10)
        lines = [line for line in night.lines() if line["gebeurtenis"] == "alarm"]
        assert [(line["aantal"], line["reden"], line["geval"]) for line in lines] == [
            (step, "reacties", night.case().number) for step in (1, 2, 3)
        ]
        assert night.verdict() == 0

    def test_order_is_frozen(self, night: Night) -> None:
        """Who leaves the roster afterwards is still called for what began before."""
        night.threat()
        with night.database.write() as session:
            session.query(TurnRow).delete()
        night.later(minutes=5)
        assert night.called() == ["els", "tom"]


class TestNobody:
    """Somebody must hear that nobody hears."""

    def test_no_addresses_at_all(self, night: Night) -> None:
        """The house itself sounds, on every page, until somebody looks."""
        night.with_people(night.settings.people, {})
        night.threat()
        assert [alarm.msgid for alarm in night.alarms()] == [
            "There is an alarm and nobody can be called: nobody in the order of call has an address."
        ]
        assert night.incident().state == IncidentState.OPEN
        night.says(Acknowledge)
        assert night.alarms() == []

    def test_nobody_at_all(self, night: Night) -> None:
        """No people, no roster: the incident stands in the list anyway, and the safety net is tried."""
        night.with_people([], {})
        night.threat()
        assert (night.called(), len(night.alarms())) == (["vangnet"], 1)


class TestDowntime:
    """What was missed is done in order, at once, each once."""

    def test_over_both_steps(self, night: Night) -> None:
        """An hour of silence: both steps, then nothing more."""
        night.threat()
        night.later(hours=1)
        night.tick()
        assert night.called() == ALL
        assert [line["aantal"] for line in night.lines() if line["gebeurtenis"] == "alarm"] == [1, 2, 3]

    def test_two_clocks(self, night: Night) -> None:
        """Two clocks tick at the same moment: one step."""
        night.threat()
        night.later(minutes=5)
        night.tick()
        row = next(row for row in night.rows(DeadlineRow) if row.kind == "oproep")
        calls.call_next(night.house, night.run, row.id)
        assert night.called() == ["els", "tom"]

    @pytest.mark.parametrize("at", [AUTUMN, SPRING], ids=["autumn", "spring"])
    def test_when_the_clock_changes(self, tmp_path: Path, at: datetime) -> None:
        """Five minutes are five minutes, also in the night in which an hour comes twice or never."""
        night = Night(tmp_path, at=at)
        night.threat()
        assert night.later(minutes=4, seconds=59) == 0
        night.later(seconds=1)
        assert night.called() == ["els", "tom"]
        night.later(minutes=5)
        assert night.called() == ALL
        night.close()


class TestBroken:
    """What nobody foresaw does not end the calls."""

    def test_the_chain_goes_on(self, night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
        """A step that ended in an error is done after five minutes, with the one that is due by then."""
        night.threat()
        with monkeypatch.context() as broken:
            broken.setattr(calls, "_call_these", _breaks)
            with pytest.raises(ValueError, match="kapot"):
                night.later(minutes=5)
        night.run.waiting.clear()

        night.later(minutes=4)
        assert night.called() == ["els"]
        night.later(minutes=1)
        assert night.called() == ALL


def _breaks(*_: object) -> None:
    raise ValueError("kapot")


class TestAcknowledge:
    """*Kennis genomen*."""

    def test_stops_the_calls(self, night: Night) -> None:
        """Nobody else is called, and everybody sees who looked."""
        night.threat()
        answer = night.says(Acknowledge, "tom")
        night.later(minutes=29)

        incident = night.incident()
        assert answer == Answer(
            True, "Noted. Nobody else is called; it is looked at again at {until}.", {"until": "23:30"}
        )
        assert (incident.state, incident.by, incident.by_at) == ("gezien", "tom", SATURDAY_23)
        assert night.called() == ["els"]
        assert night.last("alarm_gezien")["door"] == night.pseudonym("tom")

    def test_seen_and_forgotten_calls_again(self, night: Night) -> None:
        """Half an hour later still undecided: a new round, from the first."""
        night.threat()
        night.says(Acknowledge)
        night.later(minutes=30)
        assert (night.incident().state, night.incident().by, night.called()) == ("open", "", ["els", "els"])
        night.later(minutes=5)
        assert night.called() == ["els", "els", "tom"]

    def test_a_new_round_has_who_is_on_call_then(self, night: Night) -> None:
        """Who went home is not woken for what opens again."""
        night.threat()
        night.says(Acknowledge)
        night.feesten(commanders=("kim",))
        night.later(minutes=30)
        assert night.called() == ["els", "kim"]

    def test_decided_meanwhile(self, night: Night) -> None:
        """Nothing is left when it is looked at again."""
        night.threat()
        night.says(Acknowledge)
        night.press(Hide)
        assert night.incident().state == IncidentState.GESLOTEN
        assert night.later(minutes=31) == 0

    def test_the_second_reads_who_was_first(self, night: Night) -> None:
        """And nothing changes."""
        night.threat()
        night.says(Acknowledge, "els")
        answer = night.says(Acknowledge, "tom")
        assert (answer.ok, answer.msgid) == (False, "{who} was first: acknowledged at {at}.")
        assert answer.params == {"who": ELS.name, "at": "23:00"}
        assert night.incident().by == "els"

    def test_pressed_twice(self, night: Night) -> None:
        """The same press is one order."""
        night.threat()
        night.says(Acknowledge, key="druk")
        assert night.says(Acknowledge, key="druk").ok
        assert night.events().count("alarm_gezien") == 1

    @pytest.mark.parametrize("by", ["een-lezer", "een-jurist", "een-beheerder", "iemand-anders"])
    @pytest.mark.parametrize("kind", [Acknowledge, Mute, FalseAlarm, CloseIncident])
    def test_wrong_role(self, night: Night, kind: type[IncidentOrder], by: str) -> None:
        """Who is not called decides nothing."""
        night.threat()
        assert not night.says(kind, by).ok
        assert night.incident().state == IncidentState.OPEN

    def test_no_such_alarm(self, night: Night) -> None:
        """A number that does not exist."""
        night.threat()
        assert night.says(Acknowledge, incident_id=99).msgid == BadInput("There is no such alarm.").msgid


class TestMute:
    """*Demp*."""

    def test_until_its_end(self, night: Night) -> None:
        """No calls for half an hour; then what is undecided calls again."""
        night.threat()
        assert night.says(Mute).params == {"until": "23:30"}
        assert night.incident().until == SATURDAY_23 + timedelta(minutes=30)
        assert night.last("alarm_gesloten")["reden"] == "gedempt"
        night.later(minutes=29)
        assert night.called() == ["els"]
        night.later(minutes=1)
        assert (night.incident().state, night.incident().until, night.called()) == ("open", None, ["els", "els"])

    def test_after_looking(self, night: Night) -> None:
        """Who looked may mute."""
        night.threat()
        night.says(Acknowledge)
        assert night.says(Mute, "tom").ok
        assert (night.incident().state, night.incident().by) == ("gedempt", "tom")

    def test_muted_already(self, night: Night) -> None:
        """The second reads who did."""
        night.threat()
        night.says(Mute, "els")
        assert night.says(Mute, "tom").msgid == "{who} was first: muted at {at}."


class TestEnd:
    """*Vals alarm* and *Afsluiten*."""

    def test_false_alarm(self, night: Night) -> None:
        """It is over, its calls stop, its cases stay cards."""
        night.threat()
        assert night.says(FalseAlarm).ok
        assert (night.incident().state, night.last("alarm_gesloten")["reden"]) == ("vals", "vals_alarm")
        assert night.later(minutes=31) == 0
        assert night.case().state == "nieuw"

    def test_closed(self, night: Night) -> None:
        """It was something, and it is over."""
        night.threat()
        night.says(Acknowledge)
        assert night.says(CloseIncident, "tom").ok
        assert (night.incident().state, night.incident().by) == ("gesloten", "tom")
        assert night.last("alarm_gesloten")["reden"] == "gesloten"

    def test_after_the_end(self, night: Night) -> None:
        """Everything else comes too late, and says so."""
        night.threat()
        night.says(FalseAlarm)
        assert night.says(Acknowledge).msgid == "{who} was first: a false alarm, said at {at}."
        night.threat("2001_2")
        night.says(CloseIncident)
        assert night.says(Mute).msgid == "This alarm was closed at {at}."

    def test_a_step_that_comes_too_late(self, night: Night) -> None:
        """A workflow of the clock that was on its way finds the incident ended, or seen."""
        night.threat()
        with night.database.write() as session:
            session.add(_due("oproep", night))
            session.add(_due("herzie", night))
        night.says(FalseAlarm)
        with night.database.write() as session:
            for row in session.query(DeadlineRow):
                row.closed_at = None
        for row in night.rows(DeadlineRow):
            (calls.call_next if row.kind == "oproep" else calls.look_again)(night.house, night.run, row.id)
        assert night.called() == ["els"]
        assert night.incident().state == IncidentState.VALS

    def test_looked_at_again_with_nothing_left(self, night: Night) -> None:
        """Decided, while its incident was not told: it ends then."""
        night.threat()
        night.says(Acknowledge)
        with night.database.write() as session:
            session.get(type(night.case()), night.case().id).state = "afgehandeld"
        night.later(minutes=30)
        assert (night.incident().state, night.last("alarm_gesloten")["reden"]) == ("gesloten", "beslist")


def _due(kind: str, night: Night) -> DeadlineRow:
    now = night.clock.now()
    return DeadlineRow(kind=kind, incident_id=night.incident().id, set_at=now, due_at=now)


class TestHostile:
    """Nothing of a text gets further than the card."""

    def test_no_text_in_register_notices_or_work(self, night: Night) -> None:
        """Neither the words nor who wrote them."""
        night.threat(
            text=THREAT + " \u202egeheim",
        )
        night.later(minutes=10)
        kept = repr(night.lines()) + repr(night.rows(NoticeRow)) + repr(night.run._notes)
        assert "geheim" not in kept
        assert "Test Persoon" not in repr(night.lines()) + repr(night.rows(NoticeRow))
