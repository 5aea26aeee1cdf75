"""Letters: each once per key, to every address, again when somebody waits for it, never twice when nobody does."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands import deliver, notices
from commands.notices import ALARM, DIGEST, REPORT
from domain.ports import Letter
from storage.call_tables import IncidentLinkRow, NoticeRow
from storage.paper_tables import DigestRow
from tests.fakes.house import Killed
from tests.fakes.night import SATURDAY_23, Night


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    """Saturday 23:00."""
    made = Night(tmp_path)
    yield made
    made.close()


def post(night: Night, key: str, kind: str = REPORT, who: str = "noor", **about: int) -> None:
    """Somebody posts a letter."""
    with night.database.write() as session:
        notices.post(session, night.house, night.run, key=key, kind=kind, who=who, **about)


def notice(night: Night) -> NoticeRow:
    """The newest."""
    return max(night.rows(NoticeRow), key=lambda row: row.id)


def digest(night: Night, addresses: tuple[str, ...] = ("fake://overzicht",)) -> None:
    """A report is posted to its readers."""
    from commands.digests import figures, to_data
    from domain.digests import week

    night.with_people(night.settings.people, {**night.settings.addresses, "overzicht": addresses})
    with night.database.write() as session:
        content = to_data(figures(session, night.house, week("2026-W46")))
        row = DigestRow(name="weekoverzicht:2026-W46", kind="weekoverzicht", content=content, made_at=SATURDAY_23)
        session.add(row)
        session.flush()
        about = {"key": "overzicht:1", "kind": DIGEST, "who": "overzicht", "digest_id": row.id}
        notices.post(session, night.house, night.run, **about)


class TestOnce:
    """One key, one letter."""

    def test_the_same_key(self, night: Night) -> None:
        """Posted twice, it goes out once."""
        case = night.arrives()
        for _ in range(2):
            post(night, "melding:1", case_id=case.id)
        night.run.work()
        assert night.letters() == ["noor"]

    def test_a_workflow_that_comes_again(self, night: Night) -> None:
        """What was sent is not sent again."""
        post(night, "melding:1", case_id=night.arrives().id)
        night.run.work()
        night.store(lambda c: night.run.start(c, "klik", notices.NOTICE, "nog-eens", notice(night).id))
        night.run.work()
        assert night.letters() == ["noor"]

    def test_every_address(self, night: Night) -> None:
        """Mail and telephone both; one that takes it is enough."""
        night.with_people(night.settings.people, {"noor": ("fake://post", "fake://telefoon")})
        night.herald.refuses = {"fake://post"}
        post(night, "melding:1", case_id=night.arrives().id)
        night.run.work()
        assert (night.letters(), notice(night).state) == (["telefoon"], "verzonden")

    def test_no_address(self, night: Night) -> None:
        """Nobody knows where to: the list says so."""
        night.with_people(night.settings.people, {})
        post(night, "melding:1", case_id=night.arrives().id)
        night.run.work()
        assert (notice(night).state, notice(night).settled_at) == ("onbereikbaar", SATURDAY_23)


class TestLetters:
    """What they hold."""

    def test_report(self, night: Night) -> None:
        """The card, with its address."""
        case = night.arrives()
        post(night, "melding:1", case_id=case.id)
        night.run.work()
        letter = night.herald.sent[0][1]
        assert (letter.subject, letter.text) == (f"melding {case.number}", f"http://127.0.0.1:8780/kaart/{case.id}")

    def test_alarm_link(self, night: Night) -> None:
        """A link of one's own, kept by hash, for twelve hours; none in what the durable engine notes."""
        night.threat()
        address, letter = night.herald.sent[0]
        token = letter.text.rpartition("/a/")[2]
        row = night.rows(IncidentLinkRow)[0]

        assert address == "fake://els"
        assert letter.text.startswith("Facebook http://127.0.0.1:8780/a/")
        assert (row.hash, row.person) == (hashlib.sha256(token.encode()).hexdigest(), "els")
        assert (row.expires_at - SATURDAY_23).total_seconds() == 12 * 3600
        assert token not in repr(night.run._notes) + repr(night.rows(NoticeRow))

    def test_public_address(self, night: Night) -> None:
        """Behind a proxy with TLS the links go there."""
        from dataclasses import replace

        browser = replace(night.settings.browser, publiek_adres="nabij.example")
        night.house = replace(night.house, settings=replace(night.settings, browser=browser))
        night.threat()
        assert "https://nabij.example/a/" in night.herald.sent[0][1].text

    def test_no_link_for_who_cannot_press(self, night: Night) -> None:
        """The safety net has no account, so nothing to press."""
        night.threat()
        night.later(minutes=10)
        letters = dict(night.herald.sent)
        assert "/a/" not in letters["fake://vangnet"].text
        assert "/a/" in letters["fake://kim"].text


class TestRefused:
    """A way that does not work."""

    def test_again_and_then_an_alarm(self, night: Night) -> None:
        """Three times, fifteen seconds apart; then the house says it."""
        night.herald.refuses = {"fake://els"}
        night.threat()
        assert (notice(night).state, notice(night).tries, night.alarms()) == ("wacht", 1, [])
        assert night.again(14) == 0
        assert (night.again(1), night.again()) == (1, 1)
        assert (notice(night).state, notice(night).tries) == ("mislukt", 3)
        assert [alarm.msgid for alarm in night.alarms()] == ["A letter to {who} was not accepted: check the address."]
        assert night.again() == 0

    def test_a_letter_that_gets_through_ends_the_alarm(self, night: Night) -> None:
        """The address was mended."""
        night.herald.refuses = {"fake://els"}
        night.threat()
        night.again()
        night.again()
        night.herald.refuses = set()
        night.threat("3001_1")
        post(night, "alarm:x", kind=ALARM, who="els", incident_id=night.incident().id)
        night.run.work()
        assert night.alarms() == []

    def test_in_the_second_try(self, night: Night) -> None:
        """A mail server that was away for a moment."""
        night.herald.refuses = {"fake://els"}
        night.threat()
        night.herald.refuses = set()
        night.again()
        assert (night.letters(), notice(night).state, notice(night).tries) == (["els"], "verzonden", 2)

    def test_two_clocks_try_once(self, night: Night) -> None:
        """The same try is one workflow."""
        night.herald.refuses = {"fake://els"}
        night.threat()
        night.again()
        assert night.store(lambda c: notices.sweep(night.house, night.run, c)) == 0
        assert notice(night).tries == 2

    def test_an_address_that_went(self, night: Night) -> None:
        """Taken out of the settings while the letter was on its way."""
        post(night, "melding:1", case_id=night.arrives().id)
        with night.between(after=1):
            night.with_people(night.settings.people, {})
        assert (notice(night).state, notice(night).tries) == ("wacht", 1)


class TestDigest:
    """A report goes out once."""

    def test_to_every_reader(self, night: Night) -> None:
        """Each address once."""
        digest(night, ("fake://een", "fake://twee"))
        night.run.work()
        assert (night.letters(), notice(night).state) == (["een", "twee"], "verzonden")

    @pytest.mark.parametrize(("inside", "sent"), [(1, ["een", "twee"]), (2, ["een", "twee"])])
    def test_died_inside(self, night: Night, inside: int, sent: list[str]) -> None:
        """Nobody knows whether it went: it is not sent again, the others get theirs, and the house says it."""
        digest(night, ("fake://een", "fake://twee"))
        assert night.dies(inside=inside)
        assert night.letters() == sent
        assert (notice(night).state, len(night.alarms())) == ("onbekend", 1)

    def test_died_before_it_was_handed_over(self, night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
        """The worst moment: begun, and never sent. A person is told, no mail goes twice."""
        digest(night)
        herald = night.herald.send

        def dies(address: str, letter: Letter) -> bool:
            monkeypatch.setattr(night.herald, "send", herald)
            raise Killed

        monkeypatch.setattr(night.herald, "send", dies)
        with pytest.raises(Killed):
            night.run.work()
        night.run.work()
        assert (night.letters(), notice(night).state) == ([], "onbekend")

    def test_refused(self, night: Night) -> None:
        """Not tried again by itself; the report stands on its page."""
        night.herald.refuses = {"fake://overzicht"}
        digest(night)
        night.run.work()
        assert (notice(night).state, night.again()) == ("mislukt", 0)

    def test_without_readers(self, night: Night) -> None:
        """Nobody asked for it by mail: no alarm."""
        digest(night, ())
        night.run.work()
        assert (notice(night).state, night.alarms()) == ("onbereikbaar", [])


class TestBroken:
    """A letter that cannot be drawn is not forgotten."""

    def test_is_tried_again(self, night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
        """An alarm that broke once goes out a moment later."""
        with monkeypatch.context() as broken:
            broken.setattr(type(night.house.scribe), "alert", _breaks)
            with pytest.raises(ValueError, match="kapot"):
                night.threat()
        night.run.waiting.clear()
        assert (notice(night).state, notice(night).tries) == ("wacht", 1)

        assert night.again() == 1
        assert (night.letters(), notice(night).state) == (["els"], "verzonden")

    def test_a_report_that_breaks_is_told(self, night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
        """It goes out once or not at all, and then everybody reads that it did not."""
        digest(night)
        with monkeypatch.context() as broken:
            broken.setattr(type(night.house.scribe), "digest", _breaks)
            with pytest.raises(ValueError, match="kapot"):
                night.run.work()
        assert (notice(night).state, [row.name for row in night.alarms()]) == ("mislukt", ["bericht:overzicht"])

    def test_killed_while_it_is_drawn(self, night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing was handed over yet, so the report goes out after all, once."""
        digest(night)
        with monkeypatch.context() as broken:
            broken.setattr(type(night.house.scribe), "digest", _dies)
            with pytest.raises(Killed):
                night.run.work()
        night.run.work()
        assert (night.letters(), notice(night).state) == (["overzicht"], "verzonden")


def _breaks(*_: object, **__: object) -> None:
    raise ValueError("kapot")


def _dies(*_: object) -> None:
    raise Killed


def test_hash_of_any_text() -> None:
    """A token out of an address may be anything."""
    assert deliver.hash_of("\ud800") != deliver.hash_of("")
