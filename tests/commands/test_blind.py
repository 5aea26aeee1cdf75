"""An account that cannot be read calls somebody: after ten minutes in an event, after an hour otherwise."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from commands import blind
from commands.incident_views import incident_views
from commands.poll import POLL
from domain.categories import Urgency
from domain.incidents import IncidentState
from domain.orders import Acknowledge, CloseIncident
from storage.call_tables import IncidentRow
from storage.tables import AccountRow
from tests.fakes.house import down, stopped
from tests.fakes.night import SATURDAY_23, Night


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    """Saturday 23:00, read a moment ago."""
    made = Night(tmp_path)
    with made.database.write() as session:
        session.get(AccountRow, ("facebook", "1001")).since = SATURDAY_23
    made.poll()
    yield made
    made.close()


def test_silence_of_citizens_is_not_blindness(night: Night) -> None:
    """No comments for hours, while polls work."""
    for _ in range(5):
        night.clock.advance(timedelta(minutes=59))
        night.poll()
        assert night.looks() == 0


def test_after_an_hour(night: Night) -> None:
    """Whoever is on call is called first: nobody is in danger yet."""
    night.clock.advance(timedelta(minutes=60))
    assert night.looks() == 0
    night.clock.advance(timedelta(seconds=1))
    assert night.looks() == 1

    incident = night.incident()
    assert (incident.kind, incident.key, incident.urgency) == ("blind", "blind:facebook:1001", Urgency.HOOG)
    assert (incident.blind_since, night.called()) == (SATURDAY_23, ["noor"])


def test_after_ten_minutes_in_an_event(night: Night) -> None:
    """In an event the commander is called at once."""
    night.feesten()
    night.clock.advance(timedelta(minutes=10, seconds=1))
    night.looks()
    assert (night.incident().urgency, night.called()) == (Urgency.KRITIEK, ["els"])


def test_once(night: Night) -> None:
    """The clock looks every ten seconds; one incident."""
    night.clock.advance(timedelta(hours=2))
    assert [night.looks(), night.looks()] == [1, 0]


def test_a_poll_that_fails_is_no_sight(night: Night) -> None:
    """Trying is not seeing."""
    night.clock.advance(timedelta(minutes=61))
    night.platform.faults["recent"] = [down()]
    night.poll()
    assert night.looks() == 1


def test_never_read(tmp_path: Path) -> None:
    """Counted from the moment the account was first known, however often it failed."""
    night = Night(tmp_path)
    with night.database.write() as session:
        session.get(AccountRow, ("facebook", "1001")).since = SATURDAY_23
    night.clock.advance(timedelta(minutes=30))
    night.platform.faults["recent"] = [down()]
    night.poll()
    night.clock.advance(timedelta(minutes=31))
    assert night.looks() == 1
    night.close()


def test_not_known_yet(night: Night) -> None:
    """An account of the settings that was not met yet."""
    other = replace(night.settings.accounts[0], id="1002")
    night.house = replace(night.house, settings=replace(night.settings, accounts=(other,)))
    night.clock.advance(timedelta(hours=2))
    assert night.looks() == 0


def test_a_stopped_account_is_blind_too(night: Night) -> None:
    """The reason does not matter."""
    night.platform.faults["recent"] = [stopped()]
    night.poll()
    night.clock.advance(timedelta(minutes=61))
    assert night.looks() == 1


def test_ends_by_itself(night: Night) -> None:
    """With the first poll that works; the calls stop."""
    night.clock.advance(timedelta(minutes=61))
    night.looks()
    night.poll()
    assert night.looks() == 1
    assert (night.incident().state, night.last("alarm_gesloten")["reden"]) == ("gesloten", "weer_zicht")
    assert night.later(minutes=5) == 0


def test_blind_again_is_another_incident(night: Night) -> None:
    """It saw, and went blind again."""
    night.clock.advance(timedelta(minutes=61))
    night.looks()
    night.poll()
    night.looks()
    night.clock.advance(timedelta(minutes=61))
    night.looks()
    assert [row.state for row in night.incidents()] == ["gesloten", "open"]


def test_closed_by_a_person_stays_closed(night: Night) -> None:
    """Somebody knows; the same blindness does not call again."""
    night.clock.advance(timedelta(minutes=61))
    night.looks()
    night.says(CloseIncident)
    night.clock.advance(timedelta(minutes=61))
    assert night.looks() == 0


def test_seen_and_still_blind(night: Night) -> None:
    """Looked at again after half an hour: the calls begin again."""
    night.clock.advance(timedelta(minutes=61))
    night.looks()
    assert night.says(Acknowledge, "noor").ok
    night.later(minutes=30)
    assert (night.incident().state, night.called()) == (IncidentState.OPEN, ["noor", "noor"])


def test_an_account_that_left_the_settings(night: Night) -> None:
    """Nobody misses it."""
    night.clock.advance(timedelta(minutes=61))
    night.looks()
    night.house = replace(night.house, settings=replace(night.settings, accounts=()))
    assert night.looks() == 1
    assert night.last("alarm_gesloten")["reden"] == "account_weg"


def test_two_clocks_at_once(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both see it; the database takes one."""
    night.clock.advance(timedelta(minutes=61))
    night.looks()
    monkeypatch.setattr(blind, "_is_news", lambda *_: True)
    night.looks()
    assert len(night.rows(IncidentRow)) == 1


def test_a_person_is_faster_than_the_clock(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the clock waited for its turn somebody closed the alarm: that stands, and is noted once."""
    night.clock.advance(timedelta(hours=2))
    night.looks()
    night.poll()
    real = blind.lock

    def late(session: Session) -> None:
        real(session)
        ended = {"state": "vals", "by": "els", "ended_at": night.clock.now()}
        session.connection().execute(sa.update(sa.table("incident", *map(sa.column, ended))).values(**ended))

    monkeypatch.setattr(blind, "lock", late)
    assert night.looks() == 0
    assert (night.incident().state, night.events().count("alarm_gesloten")) == ("vals", 0)


def test_view(night: Night) -> None:
    """What is blind, and since when."""
    night.clock.advance(timedelta(minutes=61))
    night.looks()
    with night.database.read() as session:
        drawn = incident_views(session, night.house, [night.incident()])[0]
    assert (drawn.what, drawn.blind_since, drawn.count_10) == ("Facebook · Gentse Flikken", SATURDAY_23, 0)
    assert POLL == "peiling"
