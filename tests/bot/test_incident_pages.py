"""The pages of the alarms, over a real house at night: the list, its presses, and the page behind a letter."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.browser import incident_routes
from bot.browser.desk import Called
from bot.browser.routes import Cards
from bot.incident_desk import SHOWN_FOR
from bot.live import IncidentChanged, Live
from domain.orders import Acknowledge, FalseAlarm
from storage.call_tables import IncidentLinkRow
from tests.fakes.alarms import Office
from tests.fakes.night import ELS, Night

CALLED = ("noor", "ann", "els")
OTHERS = ("een-lezer", "een-jurist", "een-dpo", "een-beheerder", "een-melder")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Saturday 23:00, with a threat just now."""
    made = Office(tmp_path)
    made.night.threat()
    yield made
    made.close()


def press(office: Office, act: str, who: str = "els", **more: str) -> int:
    """A button of the list; its status."""
    form = {**office.form("/alarmen", who), "act": act, **more}
    return office.post("/alarm/1", form, who).status_code


class TestList:
    """Alarmen."""

    @pytest.mark.parametrize("who", CALLED)
    def test_who_is_called_sees_it(self, office: Office, who: str) -> None:
        """State, next call, who was called, cases."""
        page = office.get("/alarmen", who)
        assert page.status_code == 200
        for part in ("Open: nog niemand nam kennis", "volgende oproep om 23:05: Tom D.", "23:00 Els D. · verzonden"):
            assert part in page.text
        assert office.night.case().number in page.text

    @pytest.mark.parametrize("who", OTHERS)
    def test_nobody_else(self, office: Office, who: str) -> None:
        """Neither the list, nor one, nor a press."""
        assert [office.get(path, who).status_code for path in ("/alarmen", "/alarm/1")] == [403, 403]
        assert office.post("/alarm/1", {"act": "demp"}, who).status_code == 403

    def test_without_a_session(self, office: Office) -> None:
        """Nothing at all."""
        assert [office.get(path).status_code for path in ("/alarmen", "/alarm/1")] == [401, 401]
        assert office.post("/alarm/1", {"act": "demp"}).status_code == 401

    def test_links_to_cards_for_who_may_open_them(self, office: Office) -> None:
        """A commander reads the number, a moderator opens the card."""
        link = f'href="/kaart/{office.night.case().id}"'
        assert link in office.get("/alarmen", "noor").text
        assert link not in office.get("/alarmen", "els").text

    def test_a_commander_begins_here(self, office: Office) -> None:
        """It is his first page."""
        assert office.get("/", "els").headers["location"] == "/alarmen"

    def test_none(self, tmp_path: Path) -> None:
        """Empty says whether was looked."""
        office = Office(tmp_path)
        page = office.get("/alarmen", "els").text
        assert "Geen alarm" in page
        assert "Er is wel gekeken" in page
        office.close()

    def test_what_is_over_is_folded_and_goes(self, office: Office) -> None:
        """A few days, without buttons."""
        office.night.says(FalseAlarm)
        page = office.get("/alarmen", "els").text
        assert "Voorbij, de laatste dagen" in page
        assert "Vals alarm volgens Els D." in page
        assert 'name="act"' not in page
        office.night.clock.advance(SHOWN_FOR)
        assert "Vals alarm volgens" not in office.get("/alarmen", "els").text

    def test_piece(self, office: Office) -> None:
        """What the live page puts in the place of the old card."""
        piece = office.get("/alarm/1?deel=kaart", "els").text
        assert piece.strip().startswith('<article class="card alarm over" id="alarm-1"')
        assert "<html" not in piece

    def test_one(self, office: Office) -> None:
        """A page with one alarm."""
        page = office.get("/alarm/1", "els").text
        assert "data-een" in page
        assert "Geen alarm" not in page

    @pytest.mark.parametrize(("path", "status"), [("/alarm/99", 404), ("/alarm/x", 400), ("/alarm/9999999999999", 404)])
    def test_no_such(self, office: Office, path: str, status: int) -> None:
        """A number that is none, or nobody's."""
        assert office.get(path, "els").status_code == status

    def test_hostile_title(self, office: Office) -> None:
        """A title of a post is text."""
        with office.night.database.write() as session:
            from storage.tables import PostRow

            session.get(PostRow, ("facebook", "1001_2001")).title = '<script>x</script>"\u202e'
        page = office.get("/alarmen", "els").text
        assert "<script>x" not in page
        assert "&lt;script&gt;x&lt;/script&gt;&#34;⟨U+202E⟩" in page

    def test_no_name_and_no_text(self, office: Office) -> None:
        """Neither who wrote it nor what."""
        page = office.get("/alarmen", "els").text
        assert "Test Persoon" not in page
        assert "bedreiging van iemand" not in page


class TestPress:
    """Its buttons."""

    def test_without_script(self, office: Office) -> None:
        """Carried out, and back on the list with the answer."""
        answer = office.post("/alarm/1", {**office.form("/alarmen", "els"), "act": "kennis_genomen"}, "els")
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/alarmen?antwoord=")
        page = office.get(answer.headers["location"], "els").text
        assert "Genoteerd. Niemand anders wordt opgeroepen; om 23:30 wordt opnieuw gekeken." in page
        assert office.night.incident().by == "els"

    def test_with_script(self, office: Office) -> None:
        """Stored, and answered over the live line."""
        answer = office.post("/alarm/1", {**office.form("/alarmen", "els"), "act": "demp"}, "els", json=True)
        assert (answer.status_code, list(answer.json())) == (202, ["key"])
        assert office.night.incident().state == "gedempt"

    @pytest.mark.parametrize("act", ["", "verbergen", "weg", "kennis_genomen\x00"])
    def test_another_word(self, office: Office, act: str) -> None:
        """Only what stands on the buttons."""
        assert press(office, act) == 400
        assert office.night.incident().state == "open"

    def test_from_another_site(self, office: Office) -> None:
        """Neither a wrong origin nor a form of another session."""
        form = {**office.form("/alarmen", "els"), "act": "demp"}
        assert office.post("/alarm/1", form, "els", origin="https://elders.example").status_code == 403
        assert press(office, "demp", csrf="ander") == 403
        assert office.night.incident().state == "open"

    def test_somebody_was_first(self, office: Office) -> None:
        """A Dutch answer in place, nothing executed."""
        office.night.says(Acknowledge, "tom")
        form = {"csrf": "", **office.form("/alarmen", "els"), "act": "kennis_genomen"}
        answer = office.post("/alarm/1", form, "els")
        page = office.get(answer.headers["location"], "els").text
        assert "Tom D. was eerst: kennis genomen om 23:00." in page


class TestPhone:
    """The page behind a letter."""

    def test_looking_uses_nothing(self, office: Office) -> None:
        """Mail programs and scanners look at links."""
        for _ in range(3):
            page = office.get(office.link())
            assert page.status_code == 200
        assert page.text.count("<button") == 4
        assert "op naam van Els D." in page.text
        assert "Acute dreiging? 101 / dispatching." in page.text
        assert office.night.incident().state == "open"

    def test_one_press(self, office: Office) -> None:
        """In the name of who got the letter; then the page says so and does nothing more."""
        path = office.link()
        answer = office.post(path, {"act": "kennis_genomen"})
        assert (answer.status_code, answer.headers["location"]) == (303, path)
        page = office.get(path).text
        assert "Genoteerd. Niemand anders wordt opgeroepen" in page
        assert "<button" not in page
        assert (office.night.incident().by, office.night.last("alarm_gezien")["oppervlak"]) == ("els", "telefoon")

    def test_the_second_press(self, office: Office) -> None:
        """Refused, also another button."""
        path = office.link()
        office.post(path, {"act": "kennis_genomen"})
        answer = office.post(path, {"act": "incident_sluiten"})
        assert (answer.status_code, "al gebruikt" in answer.text) == (409, True)
        assert office.night.incident().state == "gezien"

    def test_somebody_was_first(self, office: Office) -> None:
        """The press is answered, on the page."""
        path = office.link()
        office.night.says(Acknowledge, "tom")
        office.post(path, {"act": "demp"})
        office.night.says(FalseAlarm, "tom")
        assert "Gedempt tot" in office.get(path).text

    def test_nothing_is_left_to_press(self, office: Office) -> None:
        """It ended meanwhile."""
        office.night.says(FalseAlarm, "tom")
        page = office.get(office.link()).text
        assert "Vals alarm volgens Tom D." in page
        assert "<button" not in page

    def test_not_carried_out_yet(self, office: Office) -> None:
        """Stored is said as stored."""
        path = office.link()
        asyncio.run(office.room.press(path.removeprefix("/a/"), "demp"))
        assert "Bewaard; het wordt uitgevoerd." in office.get(path).text

    def test_too_old(self, office: Office) -> None:
        """After twelve hours: a page without any data, and no press."""
        path = office.link()
        office.night.clock.advance(timedelta(hours=12))
        for answer in (office.get(path), office.post(path, {"act": "demp"})):
            assert answer.status_code == 404
            assert "Deze link werkt niet" in answer.text
            assert "Facebook" not in answer.text
        assert office.night.rows(IncidentLinkRow)[0].used_at is None

    @pytest.mark.parametrize("token", ["x", "a" * 43, "a" * 5000, "%00", "%F0%9F%98%80"])
    def test_wrong(self, office: Office, token: str) -> None:
        """Nothing is told apart."""
        assert office.get(f"/a/{token}").status_code == 404
        assert office.post(f"/a/{token}", {"act": "demp"}).status_code == 404

    def test_who_left(self, office: Office) -> None:
        """A letter of a colleague without an account opens nothing."""
        path = office.link()
        night: Night = office.night
        night.with_people([one for one in night.settings.people if one != ELS], dict(night.settings.addresses))
        object.__setattr__(office.room._house, "settings", night.settings)
        assert office.get(path).status_code == 404

    def test_guards(self, office: Office) -> None:
        """Another site, another word, another host."""
        path = office.link()
        assert office.post(path, {"act": "demp"}, origin="https://elders.example").status_code == 403
        assert office.post(path, {"act": "verbergen"}).status_code == 400
        assert office.get(path, host="elders.example").status_code == 403
        assert office.night.incident().state == "open"

    def test_no_script_and_no_cookie(self, office: Office) -> None:
        """It works on any telephone, and keeps nothing."""
        answer = office.get(office.link())
        assert "<script" not in answer.text
        assert "set-cookie" not in answer.headers
        assert answer.headers["cache-control"] == "no-store"
        assert {"/a/{token}"} == incident_routes.PUBLIC

    def test_pressed_at_the_same_time(self, office: Office) -> None:
        """Two presses, one order."""
        token = office.link().removeprefix("/a/")

        async def both() -> list[str | None]:
            return list(await asyncio.gather(*(office.room.press(token, "kennis_genomen") for _ in range(2))))

        keys = asyncio.run(both())
        assert keys.count(None) == 1


class TestLive:
    """Who watches sees it change."""

    def test_news(self, office: Office) -> None:
        """A change of an incident reaches every watcher."""

        async def watch() -> list[object]:
            live = Live(office.night.house.read)
            await live.start()
            found: list[object] = []
            async with aclosing(live.watch()) as news:
                task = asyncio.create_task(anext(news))
                await asyncio.sleep(0)
                await asyncio.to_thread(office.night.says, Acknowledge)
                found.append(await asyncio.wait_for(task, 5))
            await live.stop()
            return found

        assert asyncio.run(watch()) == [IncidentChanged(1)]

    def test_only_for_who_may_open_alarms(self, office: Office) -> None:
        """A reader is not told; the others also hear how many there are, for the menu of every page."""
        cards = Cards(office.desk)
        people = [office.night.settings.person(who) for who in ("els", "een-lezer")]
        els, reader = (asyncio.run(cards._called(Called(1), person)) for person in people if person)

        living = asyncio.run(office.desk.standing()).incidents
        assert els == {"event": "alarm", "data": json.dumps({"id": 1, "levend": living})}
        assert reader is None
