"""The desk of the browser channel over real tables: who is in, what is shown, in which order, with which names."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Coroutine
from datetime import timedelta
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa

from bot.browser.desk import CARDS_MAX, PAGE_SIZE, CommentRow, Wanted
from bot.desk import HANDLED_FOR, HouseDesk
from bot.live import Live
from domain.categories import Urgency
from domain.errors import BadInput, StorageUnavailable
from domain.model import Person
from domain.orders import Claim, Hide, Leave
from domain.states import State
from storage import people, watch
from storage.call_tables import IncidentRow
from storage.tables import CaseRow, GivenOrderRow
from storage.watch import Alarm
from tests.fakes.house import INSULT, THREAT
from tests.fakes.parts import HOST, Site

T = TypeVar("T")
NOOR, ANN = Person("noor", "Noor V.", "moderator"), Person("ann", "Ann C.", "coordinator")


@pytest.fixture
def desk(site: Site) -> HouseDesk:
    """The desk of that house."""
    return HouseDesk(site.parts, Live(site.parts.house.read), frozenset({HOST}))


def do(work: Coroutine[Any, Any, T]) -> T:
    """Await it."""
    return asyncio.run(work)


class TestSignIn:
    """Links and sessions, by the clock of the house."""

    def link(self, site: Site, person: str = "noor") -> str:
        """A start link."""
        now = site.world.clock.now()
        return str(site.parts.house.store(lambda connection: people.make_link(connection, person, now)))

    def test_a_link_opens_once(self, site: Site, desk: HouseDesk) -> None:
        """Two people with one link: one is in."""
        token = self.link(site)

        async def both() -> list[str | None]:
            return list(await asyncio.gather(desk.open_start_link(token), desk.open_start_link(token)))

        cookies = do(both())
        assert cookies.count(None) == 1
        cookie = next(cookie for cookie in cookies if cookie)
        assert do(desk.who(cookie)) == NOOR

    def test_idle_and_longest(self, site: Site, desk: HouseDesk) -> None:
        """Used now and then a session lives up to twelve hours; left alone two."""
        used, left = (do(desk.open_start_link(self.link(site))) or "" for _ in range(2))
        for _ in range(6):
            site.world.clock.advance(timedelta(hours=1, minutes=59))
            assert do(desk.who(used)) == NOOR
        assert do(desk.who(left)) is None
        site.world.clock.advance(timedelta(minutes=7))
        assert do(desk.who(used)) is None

    def test_somebody_who_was_taken_out(self, site: Site, desk: HouseDesk) -> None:
        """Rights end with the settings: a session of a person who is not in them is nobody's."""
        cookie = do(desk.open_start_link(self.link(site, "weg"))) or ""
        assert do(desk.who(cookie)) is None


class TestQueue:
    """The cards of the page Kaarten."""

    def test_most_urgent_first_then_what_is_due_first(self, site: Site, desk: HouseDesk) -> None:
        """Not the newest."""
        for number, text in enumerate((INSULT, THREAT, INSULT, THREAT)):
            site.world.arrives(text, f"2001_{number}")
            site.world.clock.advance(timedelta(minutes=1))

        queue = do(desk.cases(Wanted()))
        assert [view.comment_id for view in queue.open] == ["2001_1", "2001_3", "2001_0", "2001_2"]
        assert queue.counts == {Urgency.KRITIEK: 2, Urgency.NORMAAL: 2}

    def test_filters(self, site: Site, desk: HouseDesk) -> None:
        """One urgency; or what I work on."""
        mine = site.world.arrives(INSULT, "2001_1")
        site.world.arrives(THREAT, "2001_2")
        site.world.press(Claim, mine, by="noor")

        assert [view.comment_id for view in do(desk.cases(Wanted(Urgency.KRITIEK))).open] == ["2001_2"]
        assert [view.comment_id for view in do(desk.cases(Wanted(mine="noor"))).open] == ["2001_1"]
        assert do(desk.cases(Wanted(mine="jef"))).open == []

    def test_handled_for_a_while(self, site: Site, desk: HouseDesk) -> None:
        """What was decided stays in sight for a shift, newest first, so that it can be undone."""
        for number in range(2):
            site.world.press(Leave, site.world.arrives(INSULT, f"2001_{number}"))
            site.world.clock.advance(timedelta(minutes=1))
        queue = do(desk.cases(Wanted()))
        assert [view.comment_id for view in queue.handled] == ["2001_1", "2001_0"]
        assert queue.open == []

        site.world.clock.advance(HANDLED_FOR)
        assert do(desk.cases(Wanted())).handled == []

    def test_a_flood(self, site: Site, desk: HouseDesk) -> None:
        """So many cards on a page and no more; the count says how many there are."""
        for number in range(CARDS_MAX + 5):
            site.world.arrives(INSULT, f"2001_{number}")

        queue = do(desk.cases(Wanted()))
        assert len(queue.open) == CARDS_MAX
        assert queue.counts == {Urgency.NORMAAL: CARDS_MAX + 5}
        assert do(desk.standing()).open == CARDS_MAX + 5

    def test_one_case(self, site: Site, desk: HouseDesk) -> None:
        """By its number in the address; a made-up one is none."""
        case = site.world.arrives()
        assert case is not None
        view = do(desk.case(case.id or 0))

        assert view is not None
        assert view.state is State.NIEUW
        assert do(desk.case(10**15)) is None
        assert do(desk.case(-1)) is None


class TestComments:
    """Everything that was read."""

    def find(self, desk: HouseDesk, search: str = "", page: int = 1) -> list[CommentRow]:
        """The rows of a page."""
        return list(do(desk.comments(search, page))[0].rows)

    def test_newest_first_with_what_the_rules_say(self, site: Site, desk: HouseDesk) -> None:
        """Flagged ones lead to their card."""
        case = site.world.arrives(INSULT, "2001_1")
        site.world.arrives("Mooi weer", "2001_2")
        assert case is not None

        plain, flagged = self.find(desk)
        assert (plain.text, plain.urgency, plain.case_id) == ("Mooi weer", Urgency.GEEN, None)
        assert (flagged.urgency, flagged.category, flagged.case_id) == (
            Urgency.NORMAAL,
            "belediging_scheldproza",
            case.id,
        )
        assert flagged.number == case.number

    @pytest.mark.parametrize(
        ("search", "found"),
        [
            ("fiets", 1),
            ("FIETS", 1),
            ("100%", 1),
            ("%", 1),
            ("_", 1),
            ("\\", 1),
            ("' OR 1=1 --", 0),
            ("nergens", 0),
            ("😀", 1),
        ],
    )
    def test_search_is_literal(self, site: Site, desk: HouseDesk, search: str, found: int) -> None:
        """What is typed is looked for as it stands: no signs with a meaning."""
        for number, text in enumerate(("Mijn fiets is weg", "100% gelijk", "a_b", "c\\d", "😀")):
            site.world.arrives(text, f"2001_{number}")

        rows, _ = do(desk.comments(search, 1))
        assert len(rows.rows) == rows.total == found

    def test_pages(self, site: Site, desk: HouseDesk) -> None:
        """Every row on one page; beyond the last there is nothing."""
        for number in range(PAGE_SIZE + 1):
            site.world.arrives("gewoon", f"2001_{number}")

        assert [len(self.find(desk, page=page)) for page in (1, 2, 3, 10**13)] == [PAGE_SIZE, 1, 0, 0]


class TestRegister:
    """Who did what, as this reader may see it."""

    @pytest.fixture
    def case(self, site: Site) -> CaseRow:
        """A comment that Jef hid, and Noor left another."""
        first = site.world.arrives(INSULT, "2001_1")
        site.world.press(Hide, first, by="jef")
        site.world.press(Leave, site.world.arrives(INSULT, "2001_2"), by="noor")
        assert first is not None
        return first

    def names(self, desk: HouseDesk, viewer: Person) -> set[str]:
        """Who stands in it."""
        return {row.by for row in do(desk.register("", 1, viewer)).rows}

    @pytest.mark.usefixtures("case")
    def test_names_by_role(self, desk: HouseDesk) -> None:
        """A coordinator sees names; a moderator the own one and numbers; others numbers only."""
        assert self.names(desk, ANN) == {"Nabij", "Jef T.", "Noor V."}
        assert self.names(desk, NOOR) == {"Nabij", "M1", "Noor V."}
        assert self.names(desk, Person("lies", "Lies", "lezer")) == {"Nabij", "M1", "M2"}

    def test_history_of_one_case(self, desk: HouseDesk, case: CaseRow) -> None:
        """Oldest first, of that case only."""
        history = do(desk.history(case.id or 0, ANN))

        assert history is not None
        assert [row.event for row in history.rows][:2] == ["gemarkeerd", "vastgelegd"]
        assert history.rows[-1].event == "uitkomst"
        assert {row.number for row in history.rows} == {case.number}
        assert do(desk.history(10**12, ANN)) is None

    def test_search(self, desk: HouseDesk, case: CaseRow) -> None:
        """By case number, or a word of a line; signs have no meaning."""
        assert {row.number for row in do(desk.register(case.number, 1, ANN)).rows} == {case.number}
        assert {row.event for row in do(desk.register("voornemen", 1, ANN)).rows} == {"voornemen"}
        assert do(desk.register("%", 1, ANN)).total == 0

    def test_as_a_file(self, site: Site, desk: HouseDesk, case: CaseRow) -> None:
        """Taking the register along is a line in the register, written before the first byte goes out."""
        before = len(site.world.lines())

        async def whole(pieces: AsyncIterator[bytes]) -> bytes:
            first = await anext(pieces)
            assert site.world.lines()[-1]["gebeurtenis"] == "geexporteerd"
            return first + b"".join([piece async for piece in pieces])

        text = do(whole(desk.csv("", NOOR))).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text), delimiter=_delimiter(text)))
        assert len(rows) == before + 1
        assert case.number in text
        assert "Jef" not in text
        assert "Jef T." in do(whole(desk.csv("", ANN))).decode()


def _delimiter(text: str) -> str:
    return max(";,", key=text.splitlines()[0].count)


class TestStanding:
    """How things are."""

    def test_a_channel_that_was_polled(self, site: Site, desk: HouseDesk) -> None:
        """Before the first look it does not count as working."""
        assert do(desk.standing()).working == 0
        site.world.poll()

        standing = do(desk.standing())
        assert (standing.channels, standing.working) == (1, 1)
        assert standing.looked_at == site.world.clock.now()

    def test_an_alarm_stands_on_every_page(self, site: Site, desk: HouseDesk) -> None:
        """Until it ends; silence that no clock noticed yet is told too."""
        site.world.poll()
        with site.world.database.write() as session:
            watch.sound(session, "wachtrij", Alarm("Work has been waiting."), site.world.clock.now())
        site.world.clock.advance(timedelta(hours=1))

        told = [alarm.msgid for alarm in do(desk.standing()).alarms]
        assert told == ["Work has been waiting.", "{check} has been silent since {since}."]

    def test_the_page_beheer(self, site: Site, desk: HouseDesk) -> None:
        """Heartbeats, dead letters, orders that are being carried out."""
        site.world.poll()
        site.world.give(Leave, site.world.arrives())
        health = do(desk.health())

        assert [(beat.name, beat.ok) for beat in health.beats] == [("peiling:facebook:1001", True)]
        assert health.dead_letters == 0
        assert health.waiting == 1


class TestOrders:
    """A press."""

    def test_stored_when_it_returns(self, site: Site, desk: HouseDesk) -> None:
        """Pressed twice with one key it is one order; the answer is found by the key."""
        case = site.world.arrives()
        assert case is not None
        order = Leave(case_id=case.id or 0, by="noor", seen_version=1)
        do(desk.give(order, "browser:noor:een:laten_staan"))
        do(desk.give(order, "browser:noor:een:laten_staan"))
        assert len(site.world.rows(GivenOrderRow)) == 1
        assert do(desk.answer("browser:noor:een:laten_staan", 0)) is None

        site.engine.work()
        answer = do(desk.answer("browser:noor:een:laten_staan", 0))
        assert answer is not None
        assert answer.ok

    def test_a_card_that_is_not_there(self, desk: HouseDesk) -> None:
        """Told, and nothing is waited for."""
        with pytest.raises(BadInput):
            do(desk.give(Leave(case_id=99, by="noor", seen_version=1), "sleutel"))
        assert desk._live._expected == {}

    def test_a_database_that_takes_nothing(self, site: Site, desk: HouseDesk) -> None:
        """The press is not answered as if it were stored."""
        site.writer.close()
        with pytest.raises(StorageUnavailable):
            do(desk.give(Leave(case_id=1, by="noor", seen_version=1), "sleutel"))


class TestScene:
    """What the cards and dialogs of this house are drawn with."""

    def test_texts_to_citizens_are_those_of_the_house(self, site: Site, desk: HouseDesk) -> None:
        """Filled in for the case, checked by its rules, with the numbers of its settings."""
        case = site.world.arrives(INSULT, "2001_1")
        view = do(desk.case(case.id)) if case and case.id else None
        scene = desk.scene(NOOR)
        assert view

        warning, *_, hint = scene.drafts(view, True)
        assert (warning.template, warning.number, hint.template, hint.number) == ("waarschuwing_1", 1, "hint", 0)
        assert "en is verborgen" in warning.text
        assert "verborgen" not in scene.drafts(view, False)[0].text
        assert (4, 10) in [fault.place for fault in scene.faults("hint", "Bel {naam}") if fault.blocks]
        assert "persoonsgegevens" in scene.explanation()
        settings = site.parts.house.settings
        assert (scene.delay_s, scene.linked) == (settings.numbers.warn_delay_s, bool(settings.zone.huisregels))

    def test_living_incidents_are_counted(self, site: Site, desk: HouseDesk) -> None:
        """Those that ended are not."""
        now = site.world.clock.now()
        fields = {"kind": "blind", "urgency": 4, "platform": "facebook", "account": "1001", "calls": []}
        rows = [{"key": "a", "ended_at": None}, {"key": "b", "ended_at": now}]
        site.parts.house.store(
            lambda connection: connection.execute(
                sa.insert(IncidentRow.__table__),  # type: ignore[attr-defined]
                [{**fields, **row, "state": "open", "opened_at": now, "calls_from": now} for row in rows],
            )
        )

        assert do(desk.standing()).incidents == 1
