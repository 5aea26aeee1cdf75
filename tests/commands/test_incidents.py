"""When comments call somebody, what belongs together, and when an incident ends by itself."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from commands import incidents
from commands.incident_views import incident_views
from domain.incidents import IncidentState, IncidentView
from domain.model import Change, ChangeKind, Comment
from domain.orders import Acknowledge, Claim, Hide, Leave, Mute, Report, Unhide
from domain.states import State
from storage.call_tables import IncidentCaseRow
from storage.tables import DeadlineRow, PostRow
from tests.fakes.night import DOUBT, HATRED, SATURDAY_23, THREAT, TUESDAY_TEN, Night


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    """Saturday 23:00."""
    made = Night(tmp_path)
    yield made
    made.close()


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Night]:
    """Tuesday 10:00, an ordinary working hour."""
    made = Night(tmp_path, at=TUESDAY_TEN)
    yield made
    made.close()


def view(night: Night) -> IncidentView:
    """The newest incident as people see it."""
    with night.database.read() as session:
        return incident_views(session, night.house, [night.incident()])[0]


class TestWhen:
    """Who is disturbed, and when not."""

    @pytest.mark.parametrize("category", ["bedreiging", "noodoproep", "persoonsgegevens"])
    @pytest.mark.parametrize("at", [SATURDAY_23, TUESDAY_TEN])
    def test_always(self, tmp_path: Path, category: str, at: datetime) -> None:
        """A threat, a call for help and somebody's personal data call day and night."""
        night = Night(tmp_path, at=at)
        night.threat(text=category)

        assert (night.incident().state, night.called()) == ("open", ["els"])
        night.close()

    def test_other_kritiek_outside_cover(self, night: Night) -> None:
        """Incitement on a Saturday night calls."""
        night.threat(text=HATRED)
        assert night.called() == ["els"]

    def test_other_kritiek_in_an_event(self, day: Night) -> None:
        """In an event also within the working hours."""
        day.feesten()
        day.threat(text=HATRED)
        assert day.called() == ["els"]

    def test_only_a_confirmed_event_counts(self, day: Night) -> None:
        """What was only proposed is no event."""
        day.feesten(state="voorgesteld")
        day.threat(text=HATRED)
        assert day.incidents() == []

    def test_a_worse_flag_behind_the_first_counts(self, day: Night) -> None:
        """Personal data call, also in a text whose card is headed by incitement."""
        case = day.threat(text="aanzetten_haat en persoonsgegevens")

        assert case.category == "aanzetten_haat"
        assert len(day.incidents()) == 1

    @pytest.mark.parametrize("text", ["belediging_scheldproza", "racisme_discriminatie", "gewoon"])
    def test_nothing_else_calls(self, night: Night, text: str) -> None:
        """An insult, a racist remark and an ordinary text wait for the working hours."""
        night.arrives(text)
        assert night.incidents() == []

    def test_a_changed_text_that_becomes_a_threat_calls(self, night: Night) -> None:
        """Judged again, it is *kritiek*."""
        night.arrives("belediging_scheldproza")
        assert night.incidents() == []
        night.edits(THREAT)
        assert night.called() == ["els"]

    def test_a_changed_text_that_breaks_nothing_calls_nobody(self, night: Night) -> None:
        """The threat was hidden and became harmless: nobody is woken."""
        night.threat()
        night.press(Hide)
        night.edits("gewoon")
        assert len(night.incidents()) == 1


class TestTooLong:
    """In working hours somebody looks; the clock calls when nobody did."""

    def test_undecided_when_its_time_is_up(self, day: Night) -> None:
        """*Kritiek* has 15 minutes."""
        day.threat(text=HATRED)
        assert day.later(minutes=14, seconds=59) == 0
        assert day.later(seconds=1) == 1
        assert day.called() == ["els"]

    def test_decided_in_time_calls_nobody(self, day: Night) -> None:
        """Hidden after ten minutes."""
        day.threat(text=HATRED)
        day.clock.advance(timedelta(minutes=10))
        day.press(Hide)
        assert day.later(minutes=6) == 0
        assert day.incidents() == []

    def test_judged_again_has_one_deadline(self, day: Night) -> None:
        """A text that is changed while it waits does not get more time."""
        day.threat(text=HATRED)
        day.clock.advance(timedelta(minutes=10))
        day.edits(HATRED + " en meer")
        assert day.later(minutes=5) == 1
        assert len(day.incidents()) == 1

    def test_reopened_by_its_author_has_its_time_from_then(self, day: Night) -> None:
        """What was decided and changed is new to everybody."""
        day.threat(text=HATRED)
        day.press(Leave)
        day.clock.advance(timedelta(hours=1))
        day.edits(HATRED + " en meer")
        assert day.later(minutes=14) == 0
        assert day.later(minutes=1) == 1
        assert day.called() == ["els"]

    def test_no_longer_kritiek(self, day: Night) -> None:
        """Its author made it milder before its time was up."""
        day.threat(text=HATRED)
        day.edits("belediging_scheldproza")
        day.later(minutes=16)
        assert day.incidents() == []

    def test_a_closed_deadline_does_nothing(self, day: Night) -> None:
        """The clock may come twice, or too late."""
        day.threat(text=HATRED)
        row = next(row for row in day.rows(DeadlineRow) if row.kind == incidents.OVER_TIME)
        incidents.over_time(day.house, day.run, row.id)
        assert day.incidents() == []


class TestTogether:
    """One living incident per post."""

    def test_a_further_case_joins(self, night: Night) -> None:
        """Two threats under one post are one incident, and nobody is called twice."""
        night.threat("2001_1", DOUBT)
        night.threat("2001_2", THREAT)

        assert len(night.incidents()) == 1
        assert night.called() == ["noor"]
        assert view(night).categories == {"bedreiging": 2}

    def test_another_post_is_another_incident(self, night: Night) -> None:
        """Under another post somebody else may be threatened."""
        night.threat()
        other = night.platform.put(Comment("facebook", "1001", "3001_1", "1001_3001", THREAT, created_at=SATURDAY_23))
        night.push(Change(ChangeKind.NIEUW, other))
        night.run.work()
        assert [row.key for row in night.incidents()] == [
            "reacties:facebook:1001_2001",
            "reacties:facebook:1001_3001",
        ]

    def test_what_is_over_does_not_take_new_cases(self, night: Night) -> None:
        """After the incident ended, the next threat is a new one."""
        night.threat("2001_1")
        night.press(Hide)
        night.threat("2001_2")
        assert [row.state for row in night.incidents()] == ["gesloten", "open"]

    def test_two_processes_at_once(self, night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
        """The database decides: whoever finds the place taken joins."""
        night.threat("2001_1")
        answers = iter([None])
        real = incidents.living
        monkeypatch.setattr(incidents, "living", lambda session, key: next(answers, real(session, key)))
        night.threat("2001_2")

        assert len(night.incidents()) == 1
        assert len(night.rows(IncidentCaseRow)) == 2
        assert night.verdict() == 0

    def test_taken_and_gone_is_an_error(self, night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
        """A threat never falls between two chairs in silence."""
        night.threat("2001_1")
        monkeypatch.setattr(incidents, "living", lambda *_: None)
        with pytest.raises(LookupError, match="cannot be found"):
            night.threat("2001_2")

    def test_seen_again_changes_nothing(self, night: Night) -> None:
        """The same case, judged again while its incident is open."""
        night.threat()
        night.edits(THREAT + " echt")
        assert (len(night.rows(IncidentCaseRow)), night.called()) == (1, ["els"])

    def test_a_new_case_in_a_seen_incident_is_looked_at_soon(self, night: Night) -> None:
        """Whoever took notice gets five minutes from then, not thirty."""
        night.threat("2001_1")
        night.says(Acknowledge)
        night.clock.advance(timedelta(minutes=2))
        night.threat("2001_2")
        night.later(minutes=2)
        assert night.incident().state == IncidentState.GEZIEN
        night.later(minutes=1)
        assert (night.incident().state, night.called()) == ("open", ["els", "els"])

    def test_a_new_case_after_that_is_looked_at_now(self, night: Night) -> None:
        """Never in the past, and never later than it was."""
        night.threat("2001_1")
        night.says(Acknowledge)
        night.clock.advance(timedelta(minutes=20))
        night.threat("2001_2")
        assert night.tick() == 1
        assert night.incident().state == IncidentState.OPEN

    def test_a_new_case_ends_a_mute(self, night: Night) -> None:
        """At once, and the calls begin again."""
        night.threat("2001_1")
        night.says(Mute)
        night.threat("2001_2")
        assert (night.incident().state, night.incident().until) == ("open", None)
        assert night.called() == ["els", "els"]

    def test_a_new_case_when_nobody_answered_calls_again(self, night: Night) -> None:
        """All were called and nobody pressed: the next threat is not silent."""
        night.threat("2001_1")
        night.later(minutes=10)
        called = night.called()
        night.later(hours=3)
        assert night.called() == called

        night.threat("2001_2")
        night.tick()
        assert (night.incident().round, night.called()) == (2, [*called, "els"])

    def test_a_new_case_just_after_all_were_called(self, night: Night) -> None:
        """They have ten minutes from the first call on, however many threats there are."""
        night.with_people([], {"vangnet": ("fake://vangnet",)})
        for number in range(5):
            night.threat(f"2001_{number}")
            night.clock.advance(timedelta(minutes=1))
        assert (night.tick(), night.called()) == (0, ["vangnet"])
        night.later(minutes=5)
        assert night.called() == ["vangnet", "vangnet"]

    def test_unanswered_and_taken_away(self, night: Night) -> None:
        """Nobody looked, and the authors took it away: it stays, because a threat is not unsaid."""
        night.threat("2001_1")
        night.later(minutes=10)
        night.threat("2001_2")
        night.author_deletes("2001_1")
        night.author_deletes("2001_2")
        night.tick()
        assert (night.incident().state, night.incident().round) == ("open", 1)

    def test_pasted_comments_have_nothing_in_common(self, night: Night) -> None:
        """Of a pasted text nobody knows the post, so each is an incident of its own."""
        for text in (THREAT, HATRED):
            assert night.ask(Report(by="ann", link="", text=text)).ok
        assert [row.key for row in night.incidents()] == ["reacties:facebook:melding-1", "reacties:facebook:melding-2"]

    def test_a_case_that_is_open_again_wakes_too(self, night: Night) -> None:
        """Its author changed a text that was decided."""
        night.threat("2001_1")
        night.threat("2001_2")
        night.says(Mute)
        night.press(Hide)
        night.edits(THREAT + " echt")
        assert night.incident().state == IncidentState.OPEN


class TestEnds:
    """An incident ends by itself once everything was decided, and somebody looked."""

    def test_when_its_last_case_is_decided(self, night: Night) -> None:
        """Deciding is taking notice: the calls stop."""
        night.threat("2001_1")
        night.threat("2001_2")
        night.press(Hide, night.case("2001_1"))
        assert night.incident().state == IncidentState.OPEN
        night.press(Hide, night.case("2001_2"))

        line = night.last("alarm_gesloten")
        assert night.incident().state == IncidentState.GESLOTEN
        assert (line["reden"], line["door"], line["automatisch"]) == ("beslist", "nabij", True)
        assert night.later(minutes=11) == 0
        assert night.called() == ["els"]

    def test_not_when_only_the_author_acted(self, night: Night) -> None:
        """Who takes a threat away has still threatened: somebody must see it."""
        night.threat()
        night.author_deletes()
        assert night.incident().state == IncidentState.OPEN
        night.later(minutes=5)
        assert night.called() == ["els", "tom"]
        assert night.says(Acknowledge).msgid == "Noted. Everything was decided already, so the alarm is closed."
        assert night.incident().state == IncidentState.GESLOTEN

    def test_the_author_may_end_what_was_seen(self, night: Night) -> None:
        """Somebody took notice, then nothing was left."""
        night.threat()
        night.says(Acknowledge)
        night.author_deletes()
        assert night.incident().state == IncidentState.GESLOTEN

    def test_undo_leaves_it_open(self, night: Night) -> None:
        """A case that goes back to open is no decision."""
        night.threat("2001_1")
        night.threat("2001_2")
        night.press(Hide, night.case("2001_1"))
        night.press(Unhide, night.case("2001_1"))
        night.press(Hide, night.case("2001_2"))
        assert night.case("2001_1").state == State.HEROPEND
        assert night.incident().state == IncidentState.OPEN


class TestView:
    """What the list, the letter and the phone page are drawn from."""

    def test_whole(self, night: Night) -> None:
        """Event and day, place, count, cases newest first, who was called and who is next."""
        night.feesten()
        night.threat("2001_1")
        night.clock.advance(timedelta(minutes=1))
        night.threat("2001_2", HATRED)
        night.press(Claim, night.case("2001_1"))
        drawn = view(night)

        assert (drawn.event, drawn.event_day, drawn.event_days) == ("Gentse Feesten", 4, 10)
        assert drawn.what == "Facebook · Fietscontrole"
        assert (drawn.count_10, drawn.busy) == (2, ("noor",))
        assert [case.category for case in drawn.cases] == ["aanzetten_haat", "bedreiging"]
        assert drawn.oldest_open == drawn.cases[1]
        assert [(each.who, each.step, each.state) for each in drawn.called] == [("els", 1, "verzonden")]
        assert (drawn.next_at, drawn.next_who) == (SATURDAY_23 + timedelta(minutes=5), ("tom",))
        assert drawn.changed_at == SATURDAY_23 + timedelta(minutes=1)

    def test_a_match_has_its_own_days(self, night: Night) -> None:
        """An event that the rule does not know is counted from its start."""
        night.feesten(first_day="")
        night.threat()
        assert (view(night).event_day, view(night).event_days) == (5, 12)

    def test_comments_are_counted_over_ten_minutes(self, night: Night) -> None:
        """Of citizens, under this post, flagged or not."""
        night.arrives("gewoon", "2001_1")
        night.clock.advance(timedelta(minutes=11))
        night.arrives("gewoon", "2001_2")
        night.threat("2001_3")
        assert view(night).count_10 == 2

    def test_no_sample_of_a_masked_text(self, night: Night) -> None:
        """What is masked on its card is masked here; a milder text of the same incident is shown without numbers."""
        night.threat("2001_1")
        night.threat("2001_2")
        night.edits("belediging_scheldproza nu", "2001_2")
        assert {case.number: case.excerpt for case in view(night).cases} == {
            night.case("2001_1").number: "",
            night.case("2001_2").number: "belediging_scheldproza nu",
        }

    def test_without_post_event_or_calls(self, night: Night) -> None:
        """What is not known is empty."""
        night.threat(permalink="https://facebook.example/2001_1")
        night.says(Acknowledge)
        with night.database.write() as session:
            session.query(PostRow).delete()
        drawn = view(night)
        assert (drawn.event, drawn.event_day, drawn.event_days, drawn.what) == ("", 0, 0, "Facebook")
        assert drawn.url == "https://facebook.example/2001_1"
        assert (drawn.next_at, drawn.next_who, drawn.by) == (None, (), "els")

    def test_nothing(self, night: Night) -> None:
        """No rows, no views."""
        with night.database.read() as session:
            assert incident_views(session, night.house, []) == []
