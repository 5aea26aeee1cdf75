"""The room of the dossiers: who may open it, what its buttons order, and that every look is registered."""

import asyncio
import html as entities
import re
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from bot.browser import site as shared
from bot.browser.dossier_routes import router
from bot.browser.site import Site as Shared
from bot.dossier_desk import HouseDossierDesk
from bot.reach import Reach
from bot.scribe import HouseScribe
from bot.texts import catalogue
from commands import give
from domain.model import Answer
from domain.orders import Decline, Document, HandOver, Order, Review
from domain.roles import PAGES, Role
from storage.paper_tables import DossierFileRow, DossierFormRow, DossierRow
from tests.fakes.desk import FakeDesk, app
from tests.fakes.house import INSULT, PEOPLE, THREAT
from tests.fakes.parts import Site
from tests.fakes.visitor import HERE, Visitor
from tests.fakes.warned import press as ask_warning
from tests.fakes.warned import warned_before

FIRST = "SMD-2026-000001"
PAGE = f"/dossier/{FIRST}"
BY = {person.key: person for person in PEOPLE}
Enter = Callable[[str], Visitor]


class RealDesk(FakeDesk):
    """Orders of this room are carried out by the house; the rest is invented."""

    def __init__(self, site: Site) -> None:
        super().__init__([])
        self.site = site

    async def give(self, order: Order, key: str) -> None:
        """Stored and carried out at once."""
        world = self.site.world
        self.orders[key] = order
        world.store(lambda connection: give.give(world.house, world.run, connection, order, key))
        world.run.work()

    async def answer(self, key: str, timeout: float) -> Answer | None:  # noqa: ASYNC109 - of the port
        """As the house gave it."""
        return self.site.world.answer(key)


@pytest.fixture
def enter(site: Site, monkeypatch: pytest.MonkeyPatch) -> Enter:
    """Somebody comes in; a threat was documented by Noor."""
    world = site.world
    world.house = replace(world.house, scribe=HouseScribe(world.settings, world.house.name, catalogue(), world.clock))
    world.arrives(THREAT, permalink="https://platform.example/1")
    assert world.press(Document, note="Een nota.").ok
    monkeypatch.setattr(shared, "WAIT_S", 0)
    desk = RealDesk(site)
    rooms = app(desk)
    rooms.include_router(router(Shared(desk), HouseDossierDesk(Reach(site.parts.house, site.writer))))

    def come_in(key: str) -> Visitor:
        visitor = Visitor(desk, BY[key])
        visitor._app = rooms
        return visitor

    return come_in


def fields_of(visitor: Visitor, path: str = PAGE) -> dict[str, str]:
    """The hidden fields of the page."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', visitor.get(path).text))


def press(visitor: Visitor, act: str, path: str = PAGE, **fields: str) -> httpx.Response:
    """A button of the page."""
    data = {**fields_of(visitor, path), "act": act, **fields}
    return asyncio.run(visitor.ask("POST", path, data=data, headers={"Origin": HERE}))


def plain(page: str) -> str:
    """A page as it reads."""
    return re.sub(r"\s+", " ", entities.unescape(re.sub(r"<[^>]+>", " ", page.partition("<main")[2])))


def events(site: Site, event: str) -> list[dict[str, object]]:
    """Lines of one kind."""
    return [line for line in site.world.lines() if line["gebeurtenis"] == event]


class TestWho:
    """Moderators, coordinators and legal officers."""

    @pytest.mark.parametrize("path", ["/dossiers", PAGE, f"{PAGE}/bestand"])
    def test_nobody_without_a_session(self, site: Site, enter: Enter, path: str) -> None:
        """Nor with one that ended; nothing is registered."""
        visitor = enter("ann")
        visitor.desk.sessions.clear()

        assert visitor.get(path).status_code == 401
        assert events(site, "ingezien") == []

    @pytest.mark.parametrize("role", list(Role))
    def test_each_role(self, site: Site, enter: Enter, role: Role) -> None:
        """As the table of pages says; who may not look leaves no line, because nothing was seen."""
        visitor = enter(f"een-{role.value}")
        opens = role in PAGES["dossiers"]

        assert [visitor.get(path).status_code for path in ("/dossiers", PAGE)] == [200 if opens else 403] * 2
        assert len(events(site, "ingezien")) == int(opens)

    @pytest.mark.parametrize("number", ["SMD-2026-000009", "onzin", "SMD-2026-000001%0a", "..%2f..%2fetc"])
    def test_no_such_dossier(self, site: Site, enter: Enter, number: str) -> None:
        """404, and nothing is registered."""
        visitor = enter("ann")

        assert visitor.get(f"/dossier/{number}").status_code == 404
        assert visitor.get(f"/dossier/{number}/bestand").status_code == 404
        assert events(site, "ingezien") == events(site, "geexporteerd") == []


class TestList:
    """/dossiers."""

    def test_number_case_state_and_who(self, enter: Enter) -> None:
        """One row each."""
        page = plain(enter("noor").get("/dossiers").text)

        assert f"{FIRST} NB-2026-000001 concept Bedreiging gemaakt door" in page

    def test_what_waits_for_a_second_person(self, site: Site, enter: Enter) -> None:
        """A legal officer, who has no page with cards, finds the third warnings here, with a link and no text."""
        world = site.world
        assert "tweede persoon" not in plain(enter("een-jurist").get("/dossiers").text)
        warned_before(world, 2)
        world.arrives(INSULT, "2001_9")
        assert ask_warning(world, comment_id="2001_9").ok
        number, case_id = world.case("2001_9").number, world.case("2001_9").id

        answer = enter("een-jurist").get("/dossiers").text
        assert "Wacht op een tweede persoon" in plain(answer)
        assert f"{number} Facebook Waarschuwing 3/3: wacht op een tweede persoon" in plain(answer)
        assert "Gevraagd door Noor V." in plain(answer)
        assert f'href="/kaart/{case_id}"' in answer
        assert INSULT not in answer
        assert "tweede persoon" not in plain(enter("ann").get("/dossiers").text)
        world.press(Decline, world.case("2001_9"), by="een-jurist", reason="te zwaar")
        assert "tweede persoon" not in plain(enter("een-jurist").get("/dossiers").text)

    def test_empty(self, site: Site, enter: Enter) -> None:
        """It says how one begins."""
        with site.world.database.write() as session:
            session.query(DossierFormRow).delete()
            session.query(DossierRow).delete()

        assert "Nog geen dossiers" in enter("noor").get("/dossiers").text


class TestLook:
    """A look is a line in the register, before anything is shown."""

    def test_once_per_request(self, site: Site, enter: Enter) -> None:
        """With who, which dossier and why."""
        enter("ann").get(PAGE)

        (line,) = events(site, "ingezien")
        assert (line["dossier"], line["reden"], line["geval"]) == (FIRST, "dossier", "NB-2026-000001")
        assert site.world.verdict() == 0

    def test_everything_for_the_second_reader(self, enter: Enter) -> None:
        """The form with its two axes, the texts behind a click, and the button to seal."""
        page = enter("ann").get(PAGE).text

        assert "Kwalificatie in te vullen door de opsteller" in plain(page)
        assert 'value="nakijken"' in page
        assert THREAT in page
        assert "/bestand" not in page


class TestButtons:
    """What may be pressed, and why not."""

    def test_not_by_who_wrote_in_it(self, site: Site, enter: Enter) -> None:
        """Also when the press comes from an old page."""
        site.world.press(Document, by="ann", seen_form=1, note="twee")
        visitor = enter("ann")
        page = visitor.get(PAGE).text

        assert 'value="nakijken"' not in page
        assert "Je schreef zelf in dit dossier" in page
        answer = visitor.get(press(visitor, "nakijken").headers["location"]).text
        assert "Je schreef zelf in dit dossier; iemand anders moet het nakijken." in answer
        assert site.world.rows(DossierRow)[0].state == "concept"

    def test_not_handed_over_by_who_wrote_in_it(self, site: Site, enter: Enter) -> None:
        """The page says why, and a press that comes anyway changes nothing."""
        site.world.press(Document, by="ann", seen_form=1, note="twee")
        visitor = enter("ann")
        kept = fields_of(visitor)
        press(enter("een-jurist"), "nakijken")

        assert 'value="overmaken"' not in visitor.get(PAGE).text
        forged = press(visitor, "overmaken", **kept, recipient="X", purpose="PV")
        answer = visitor.get(forged.headers["location"]).text
        assert "Je schreef zelf in dit dossier; iemand anders moet het overmaken." in answer
        assert site.world.rows(DossierRow)[0].state == "nagekeken"
        assert 'value="overmaken"' in enter("een-jurist").get(PAGE).text

    def test_not_by_a_moderator(self, enter: Enter) -> None:
        """It says whose it is."""
        page = enter("jef").get(PAGE).text

        assert 'value="nakijken"' not in page
        assert "Dit is voor een coördinator of een jurist." in page
        assert 'value="dossier_intrekken"' in page

    def test_sealed_handed_over_numbered(self, site: Site, enter: Enter) -> None:
        """The whole way by a second person, without script."""
        visitor = enter("ann")
        said = visitor.get(press(visitor, "nakijken").headers["location"]).text
        digest = site.world.rows(DossierRow)[0].digest
        assert f"Lees deze vingerafdruk voor: {digest}" in entities.unescape(said)

        assert press(visitor, "overmaken", recipient="insp. <b>X</b>", purpose="PV").status_code == 303
        page = visitor.get(PAGE).text
        assert "insp. &lt;b&gt;X&lt;/b&gt;" in page
        press(visitor, "overmaken", pv_number="TG.69.L3.005752/24")
        page = visitor.get(PAGE).text
        assert "TG.69.L3.005752/24" in page
        assert 'name="act"' not in page
        assert [type(order) for order in visitor.desk.orders.values()] == [Review, HandOver, HandOver]

    def test_withdrawn(self, site: Site, enter: Enter) -> None:
        """With a reason."""
        press(enter("noor"), "dossier_intrekken", reason="dubbel")

        assert site.world.rows(DossierRow)[0].state == "ingetrokken"

    @pytest.mark.parametrize(
        "fields",
        [{"act": "verwijderen"}, {"act": ""}, {"case": "x"}, {"seen": "-1"}, {"form": "1e9"}, {"key": "<b>"}],
    )
    def test_a_form_that_is_not_ours(self, enter: Enter, fields: dict[str, str]) -> None:
        """400 in place; nothing is stored."""
        visitor = enter("ann")
        answer = press(visitor, **{"act": "nakijken", **fields})

        assert answer.status_code == 400
        assert visitor.desk.orders == {}

    def test_from_another_site(self, enter: Enter) -> None:
        """403 without the token of this session, or from elsewhere."""
        visitor = enter("ann")

        assert press(visitor, "nakijken", csrf="x").status_code == 403
        data = {**fields_of(visitor), "act": "nakijken"}
        headers = {"Origin": "https://boef.example"}
        assert asyncio.run(visitor.ask("POST", PAGE, data=data, headers=headers)).status_code == 403
        assert visitor.desk.orders == {}


class TestFile:
    """The sealed file is had here only, and every time is a line in the register."""

    def test_downloaded(self, site: Site, enter: Enter) -> None:
        """The very bytes that were sealed, as a file, kept by no cache."""
        visitor = enter("ann")
        press(visitor, "nakijken")
        answer = visitor.get(f"{PAGE}/bestand")

        assert answer.content == site.world.rows(DossierFileRow)[0].body
        assert answer.headers["content-disposition"] == f'attachment; filename="{FIRST}.zip"'
        assert answer.headers["cache-control"] == "no-store"
        (line,) = events(site, "geexporteerd")
        assert (line["dossier"], line["reden"]) == (FIRST, "dossier")

    def test_not_of_a_concept(self, site: Site, enter: Enter) -> None:
        """Not even when a file was built already; nothing is registered."""
        with site.world.database.write() as session:
            session.add(DossierFileRow(dossier_id=1, body=b"PK", sha256="0", made_at=site.world.clock.now()))

        assert enter("ann").get(f"{PAGE}/bestand").status_code == 404
        assert events(site, "geexporteerd") == []
