"""The pages of events, rosters, report and command words: what they show to whom, and what a press of them asks."""

import asyncio
import html
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from domain.events import EventState
from domain.model import Answer, Person
from domain.orders import AddTurn, CancelEvent, ConfirmEvent, PlanEvent, RemoveTurn, Report
from domain.roles import PAGES, Role
from tests.fakes.agenda import FakeAgenda, event, feesten, rooms, several, turn
from tests.fakes.cases import ELS, JEF, LENA, MIA, NOOR, TOM
from tests.fakes.desk import FakeDesk

HERE = "http://127.0.0.1:8780"
HOSTILE = "<script>alert(1)</script>\u202e"
LINK = "https://www.facebook.com/x/posts/1?comment_id=2"


class Seat:
    """Somebody before these pages."""

    def __init__(self, person: Person | None, agenda: Callable[[FakeDesk], FakeAgenda] | None = None) -> None:
        self.desk = FakeDesk([])
        self.agenda = agenda(self.desk) if agenda else FakeAgenda(self.desk, *several())
        self.app = rooms(self.desk, self.agenda)
        self.cookies = {"nabij": self.desk.sign_in(person)} if person else {}

    def get(self, path: str) -> httpx.Response:
        """A page."""
        return asyncio.run(self._ask("GET", path))

    def text(self, path: str) -> str:
        """What a person reads of a page."""
        return shown(self.get(path).text)

    def press(self, path: str, act: str = "", *, origin: str = HERE, **fields: str) -> httpx.Response:
        """A form of that page is sent; fields over its hidden ones."""
        hidden = dict(re.findall(r'<input type="hidden" name="(csrf|key)" value="([^"]*)"', self.get(path).text))
        data = {**hidden, "act": act, **fields}
        return asyncio.run(self._ask("POST", path, data=data, headers={"Origin": origin}))

    def given(self) -> Any:
        """The newest order."""
        return list(self.desk.orders.values())[-1]

    async def _ask(self, method: str, path: str, **values: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=HERE, cookies=self.cookies) as client:
            return await client.request(method, path, **values)


def shown(text: str) -> str:
    """Tags away, entities read."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text.split("<main")[1])).split())


def with_events(*events: Any) -> Callable[[FakeDesk], FakeAgenda]:
    """A calendar of these."""
    return lambda desk: FakeAgenda(desk, events)


PLAN = {
    "event": "0",
    "name": "Mars",
    "kind": "betoging",
    "start": "2026-07-25T10:00",
    "end": "2026-07-25T18:00",
    "owner": "Openbare Orde",
    "commandant1": "els",
    "commandant2": "",
    "commandant3": "dirk",
}


class TestWho:
    """Who opens what."""

    @pytest.mark.parametrize(("path", "page"), [("/event", "event"), ("/rooster", "rooster"), ("/melding", "melding")])
    @pytest.mark.parametrize("role", Role)
    def test_every_role(self, path: str, page: str, role: Role) -> None:
        """As the table says; the rest is refused with the role by name."""
        person = Person("een", "Een", role.value)

        assert Seat(person).get(path).status_code == (200 if role in PAGES[page] else 403)

    @pytest.mark.parametrize("path", ["/event", "/rooster", "/melding", "/opdracht"])
    def test_nobody(self, path: str) -> None:
        """Without a session there is nothing to see, and nothing to press."""
        seat = Seat(None)

        assert seat.get(path).status_code == 401
        assert seat.press(path, "event_bevestigen", event="2").status_code == 401
        assert seat.desk.orders == {}

    @pytest.mark.parametrize("path", ["/event", "/rooster", "/melding", "/opdracht"])
    def test_from_another_site(self, path: str) -> None:
        """A form elsewhere, or one of another session, does nothing."""
        seat = Seat(MIA)

        assert seat.press(path, "event_bevestigen", event="2", origin="https://kwaad.example").status_code == 403
        assert seat.press(path, "event_bevestigen", event="2", csrf="0" * 64).status_code == 403
        assert seat.desk.orders == {}

    def test_what_cannot_be_done_is_not_offered(self) -> None:
        """A reader sees the calendar and the roster without a button; a moderator proposes."""
        assert "<form" not in Seat(LENA).get("/event").text.split("<main")[1]
        assert "<form" not in Seat(LENA).get("/rooster").text.split("<main")[1]
        assert 'value="event_bevestigen"' not in Seat(NOOR).get("/event").text
        assert "Voorstellen" in Seat(NOOR).text("/event")
        assert "Bewaren en bevestigen" in Seat(MIA).text("/event")


class TestEvents:
    """The page Evenementen."""

    def test_order(self) -> None:
        """What must be confirmed comes first, then what runs, then what comes; the past is folded."""
        page = Seat(MIA).text("/event")
        places = [page.index(words) for words in ("nog te bevestigen", "Loopt nu", "Komt eraan", "voorbij of afgelast")]

        assert places == sorted(places)
        assert page.index("Gentse Feesten 2027") < page.index("Gentse Feesten 2026") < page.index("Wedstrijd")

    def test_one_event(self) -> None:
        """Days as people write them, which day it is, the owner, who is called in which order."""
        page = Seat(MIA, with_events(feesten())).text("/event")

        for words in (
            "do 16 jul 18:00 – ma 27 jul 12:00",
            "dag 4 van 10",
            "Dienst Openbare Orde",
            "Els D., dirk",
            "door Mia C.",
        ):
            assert words in page

    def test_the_strip(self) -> None:
        """A cell per day, today marked, the evening before and the morning after apart; hours for a short event."""
        days = Seat(MIA, with_events(feesten())).get("/event").text
        cells = re.findall(r'<li class="([a-z ]+)"><b>(\d+)</b>', days)

        assert len(cells) == 12
        assert cells[0] == ("voorbij rand", "16")
        assert cells[4] == ("nu", "20")
        assert cells[-1] == ("straks rand", "27")
        hours = re.findall(r'<li class="([a-z ]+)"><b>(\d+)</b>', Seat(MIA, with_events(event())).get("/event").text)
        assert [label for _, label in hours] == ["19", "20", "21", "22", "23", "00"]
        assert hours[2] == ("nu", "21")

    def test_a_day_that_nobody_counts(self) -> None:
        """It runs now."""
        assert "loopt nu" in Seat(MIA, with_events(event())).text("/event")

    def test_empty(self) -> None:
        """Says what it means that there is none."""
        page = Seat(MIA, with_events()).text("/event")

        assert "Er loopt geen event en er is er geen gepland." in page
        assert "Buiten de werkuren staan de klokken stil" in page

    def test_hostile_words_are_literal(self) -> None:
        """A name and an owner are what somebody typed."""
        page = Seat(MIA, with_events(event(name=HOSTILE, owner=HOSTILE))).get("/event?wijzig=1").text

        assert "<script>alert" not in page
        assert "\u202e" not in page.replace('value="&lt;script&gt;alert(1)&lt;/script&gt;\u202e"', "")
        assert "⟨U+202E⟩" in page

    @pytest.mark.parametrize(
        ("person", "state", "acts"),
        [
            (MIA, EventState.VOORGESTELD, ["event_bevestigen", "event_afgelasten"]),
            (MIA, EventState.BEVESTIGD, ["event_afgelasten"]),
            (MIA, EventState.AFGELAST, ["event_bevestigen"]),
            (NOOR, EventState.VOORGESTELD, []),
            (ELS, EventState.BEVESTIGD, []),
        ],
    )
    def test_acts(self, person: Person, state: EventState, acts: list[str]) -> None:
        """What this person may do with it, as buttons; none on what is over."""
        seat = Seat(person, with_events(event(state=state), feesten(9, 2025, state=state)))
        buttons = re.findall(r'name="act" value="(event_[a-z]+)"', seat.get("/event").text)

        assert [act for act in buttons if act != "event_plannen"] == acts

    def test_who_may_change(self) -> None:
        """A moderator a proposal, a coordinator also what is confirmed, nobody what was called off."""
        for person, states in ((NOOR, 1), (MIA, 2), (LENA, 0)):
            seat = Seat(person, with_events(*(event(n, state=state) for n, state in enumerate(EventState, 1))))
            assert seat.get("/event").text.count("?wijzig=") == states

    def test_confirm_and_call_off(self) -> None:
        """The order, and back to the page with the answer on it."""
        seat = Seat(MIA)
        back = seat.press("/event", "event_bevestigen", event="5")

        assert (back.status_code, seat.given()) == (303, ConfirmEvent(by="mia", event_id=5))
        assert "Bewaard; het wordt uitgevoerd." in seat.text(back.headers["location"])
        seat.press("/event", "event_afgelasten", event="2")
        assert seat.given() == CancelEvent(by="mia", event_id=2)

    def test_the_same_form_twice_is_one_order(self) -> None:
        """Its key says so."""
        seat = Seat(MIA)
        for _ in range(2):
            seat.press("/event", "event_bevestigen", event="5", key="k" * 22)

        assert len(seat.desk.orders) == 1

    def test_plan(self) -> None:
        """Every field, and the commanders in their order without the empty places."""
        seat = Seat(MIA)
        seat.press("/event", "event_plannen", **PLAN)

        assert seat.given() == PlanEvent(
            by="mia",
            name="Mars",
            kind="betoging",
            start="2026-07-25T10:00",
            end="2026-07-25T18:00",
            owner="Openbare Orde",
            commanders=("els", "dirk"),
        )

    def test_change(self) -> None:
        """The form opens with what is there."""
        page = Seat(MIA).get("/event?wijzig=2").text

        assert '<details class="vouw" open>' in page
        assert 'value="2026-07-16T18:00"' in page
        assert '<option value="feesten" selected>' in page
        assert re.findall(r'<option value="(els|dirk)" selected>', page) == ["els", "dirk"]

    @pytest.mark.parametrize("wanted", ["99", "x", "", "../2"])
    def test_change_of_what_is_not_there(self, wanted: str) -> None:
        """An empty form."""
        assert '<details class="vouw" open>' not in Seat(MIA).get(f"/event?wijzig={wanted}").text

    def test_what_was_refused_can_be_mended(self) -> None:
        """The form stands there again as it was sent, with the reason above it."""
        seat = Seat(MIA)
        seat.desk.refuse = Answer(ok=False, msgid="The end lies in the past.")
        back = seat.press("/event", "event_plannen", **{**PLAN, "end": "2020-01-01T10:00"})
        page = seat.get(back.headers["location"]).text

        assert "Het einde ligt in het verleden." in shown(page)
        assert 'name="name" value="Mars"' in page
        assert 'value="2020-01-01T10:00"' in page

    def test_of_a_colleague_nothing_is_filled_in(self) -> None:
        """Another one's key shows neither answer nor form."""
        seat = Seat(MIA)
        seat.desk.refuse = Answer(ok=False, msgid="The end lies in the past.")
        back = seat.press("/event", "event_plannen", **PLAN)
        seat.cookies = {"nabij": seat.desk.sign_in(NOOR)}

        assert 'value="Mars"' not in seat.get(back.headers["location"]).text

    @pytest.mark.parametrize("fields", [{"act": "verbergen", "event": "1"}, {"act": "event_bevestigen", "event": "x"}])
    def test_what_cannot_be_read(self, fields: dict[str, str]) -> None:
        """Another act, a number that is none: nothing is stored."""
        seat = Seat(MIA)

        assert seat.press("/event", **fields).status_code == 400
        assert seat.desk.orders == {}


class TestRosters:
    """The page Rooster."""

    def test_now_and_coming(self) -> None:
        """Who is on call now stands first, and big; the coming turns in a table."""
        page = Seat(MIA).text("/rooster")

        for words in (
            "Jef T., Noor V. tot di 21 jul 08:10; daarna Noor V., vanaf di 21 jul 17:10",
            "Nu niemand dan worden alle commandanten opgeroepen; daarna Els D., vanaf wo 22 jul 03:10",
            "ma 20 jul 18:10 – di 21 jul 08:10",
        ):
            assert words in page

    def test_during_an_event_its_order_goes_first(self) -> None:
        """Whoever looks at night reads who is really called; outside events nothing of it stands there."""
        on = event(commanders=("els",))

        page = Seat(MIA, lambda desk: FakeAgenda(desk, (on,))).text("/rooster")
        assert "Mars voor het klimaat loopt: eerst wordt opgeroepen, in deze volgorde: Els D." in page
        assert "loopt: eerst" not in Seat(MIA, FakeAgenda).text("/rooster")

    def test_nobody(self) -> None:
        """What happens then."""
        page = Seat(MIA, FakeAgenda).text("/rooster")

        assert "een melding gaat dan naar het vangnet; daarna niemand" in page
        assert "In de komende twee weken staat niemand op deze beurtrol." in page

    def test_only_two_weeks_ahead(self) -> None:
        """What lies later is not on the page."""
        far = turn(1, "jef", (24 * 14, 24 * 15))

        assert "Jef" not in Seat(MIA, lambda desk: FakeAgenda(desk, (), (far,))).text("/rooster").split("Wie")[0]

    def test_who_can_be_chosen(self) -> None:
        """Only who fits the roster, with the role."""
        chosen = re.findall(r'<option value="([a-z]+)">', Seat(MIA).get("/rooster").text)

        assert chosen == ["noor", "jef", "mia", "els", "dirk"]

    def test_put_on_call(self) -> None:
        """Every field."""
        seat = Seat(MIA)
        hours = {"start": "2026-07-25T08:00", "end": "2026-07-26T08:00"}
        seat.press("/rooster", "wacht_toevoegen", roster="wacht_moderatie", person="jef", rank="2", **hours)

        assert seat.given() == AddTurn(by="mia", roster="wacht_moderatie", person="jef", rank=2, **hours)

    def test_taken_off_call(self) -> None:
        """By its number."""
        seat = Seat(MIA)
        seat.press("/rooster", "wacht_wissen", turn="3")

        assert seat.given() == RemoveTurn(by="mia", turn_id=3)

    def test_what_was_refused_can_be_mended(self) -> None:
        """The form of that roster is open with what was typed; the other one is not."""
        seat = Seat(MIA)
        seat.desk.refuse = Answer(ok=False, msgid="The end lies in the past.")
        hours = {"start": "2020-07-25T08:00", "end": "2020-07-26T08:00"}
        back = seat.press("/rooster", "wacht_toevoegen", roster="wacht_commando", person="dirk", rank="1", **hours)
        page = seat.get(back.headers["location"]).text

        assert page.count('<details class="vouw" open>') == 1
        assert '<option value="dirk" selected>' in page
        assert page.count('value="2020-07-25T08:00"') == 1

    @pytest.mark.parametrize(
        "fields",
        [
            {"act": "event_plannen"},
            {"act": "wacht_wissen", "turn": "-1"},
            {"act": "wacht_wissen"},
            {"act": "wacht_toevoegen", "rank": "één"},
        ],
    )
    def test_what_cannot_be_read(self, fields: dict[str, str]) -> None:
        """Nothing is stored."""
        seat = Seat(MIA)

        assert seat.press("/rooster", **fields).status_code == 400
        assert seat.desk.orders == {}


class TestReport:
    """The page Melding."""

    def test_sent(self) -> None:
        """Link, text and category as they were typed, made storable."""
        seat = Seat(TOM)
        back = seat.press("/melding", "melding", link=f" {LINK} ", text="wat\x00 een <b>gedoe</b>", category="trollen")

        assert seat.given() == Report(by="tom", link=LINK, text="wat\ufffd een <b>gedoe</b>", category="trollen")
        assert "Bewaard; het wordt uitgevoerd." in seat.text(back.headers["location"])

    def test_asked_for_the_text(self) -> None:
        """The link still stands there."""
        seat = Seat(TOM)
        seat.desk.refuse = Answer(
            ok=False,
            msgid="Nabij does not know this comment. Paste its text as well, then a person looks at it.",
        )
        back = seat.press("/melding", "melding", link=LINK, text="", category="trollen")
        page = seat.get(back.headers["location"]).text

        assert "Plak ook haar tekst" in shown(page)
        assert f'value="{LINK}"' in page
        assert '<option value="trollen" selected>' in page

    def test_categories(self) -> None:
        """Those that are on and ask for a look; praise cannot be reported, and nobody has to choose."""
        chosen = re.findall(r'<option value="([a-z_]*)"', Seat(TOM).get("/melding").text)

        assert chosen[0] == ""
        assert {"bedreiging", "vraag", "trollen"} <= set(chosen)
        assert set(chosen).isdisjoint({"positief", "medeleven", "politiek"})

    def test_in_immediate_danger(self) -> None:
        """The number of this house stands beside the form."""
        assert "Bel 112" in Seat(TOM).text("/melding")


class TestCommand:
    """The page Opdracht."""

    def test_a_question_is_answered_in_place(self) -> None:
        """Under no address of its own, and nothing is stored."""
        seat = Seat(JEF)
        answer = seat.press("/opdracht", regel="rooster")

        assert answer.status_code == 200
        assert "Wacht moderatie: nu Jef T., Noor V." in shown(answer.text)
        assert 'value="rooster"' in answer.text
        assert seat.desk.orders == {}

    def test_a_report_is_an_order(self) -> None:
        """Stored, and its answer in place."""
        seat = Seat(TOM)
        answer = seat.press("/opdracht", regel=f"melding {LINK} dit kan niet")

        assert seat.given() == Report(by="tom", link=LINK, text="dit kan niet")
        assert "Bewaard; het wordt uitgevoerd." in shown(answer.text)
        assert "dit kan niet" not in answer.text

    def test_an_answer_that_takes_long(self) -> None:
        """It is stored, and says so."""
        seat = Seat(TOM)
        seat.desk.slow = True

        assert "Bewaard" in shown(seat.press("/opdracht", regel=f"melding {LINK}").text)

    def test_the_way_to_the_register(self) -> None:
        """A link."""
        answer = Seat(JEF).press("/opdracht", regel="register NB-2026")

        assert '<a href="/register?zoek=NB-2026">' in answer.text

    def test_hostile(self) -> None:
        """Whatever is typed is shown literally."""
        answer = Seat(JEF).press("/opdracht", regel=HOSTILE)

        assert "<script>alert" not in answer.text
        assert "⟨U+202E⟩" in answer.text

    def test_what_a_role_may_not_open(self) -> None:
        """Who only reports reads nothing of rosters."""
        answer = Seat(TOM).press("/opdracht", regel="rooster")

        assert "Je rol opent “rooster” niet" in shown(answer.text)
        assert "Jef" not in shown(answer.text)
