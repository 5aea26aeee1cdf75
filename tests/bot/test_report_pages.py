"""The room of the reports: the list, one report, its chart; for whom, and with what on it."""

import html as entities
import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from PIL import Image

from bot import chart
from bot.browser.desk import PAGE_SIZE
from bot.browser.report_routes import router
from bot.browser.site import Site as Shared
from bot.reach import Reach
from bot.report_desk import HouseReportDesk
from bot.texts import catalogue
from commands.digests import to_data
from domain.digests import TOTALS, Digest, PostFigures
from domain.model import Person
from domain.roles import Role
from storage.paper_tables import DigestRow
from tests.fakes.cases import BERT, LENA, MIA, NOOR
from tests.fakes.desk import FakeDesk, app
from tests.fakes.parts import Site
from tests.fakes.reports import HOSTILE, daily, quiet, weekly
from tests.fakes.visitor import Visitor

WORDS = catalogue()
WEEK, DAY = "/overzicht/weekoverzicht:2026-W47", "/overzicht/dagstart:2026-11-23"
Enter = Callable[[Person | None], Visitor]


def keep(site: Site, *digests: Digest) -> None:
    """Reports as they were made, in this order."""
    with site.world.database.write() as session:
        for digest in digests:
            name = f"{digest.kind}:{digest.key}"
            session.add(DigestRow(name=name, kind=digest.kind, content=to_data(digest), made_at=digest.made_at))


@pytest.fixture
def enter(site: Site) -> Enter:
    """Somebody comes in, over real tables with reports in them."""
    desk = FakeDesk([])
    rooms = app(desk)
    rooms.include_router(router(Shared(desk), HouseReportDesk(Reach(site.parts.house, site.writer), WORDS)))

    def come_in(person: Person | None) -> Visitor:
        visitor = Visitor(desk, person)
        visitor._app = rooms
        return visitor

    return come_in


def plain(page: str) -> str:
    """A page as it reads."""
    return re.sub(r"\s+", " ", entities.unescape(re.sub(r"<[^>]+>", " ", page.partition("<main")[2])))


class TestWho:
    """Everybody with an account but a reporter."""

    @pytest.mark.parametrize("path", ["/overzichten", WEEK, f"{WEEK}.png"])
    def test_nobody_without_a_session(self, site: Site, enter: Enter, path: str) -> None:
        """The sign-in page, and no figure."""
        keep(site, weekly())
        answer = enter(None).get(path)

        assert answer.status_code == 401
        assert "4.812" not in answer.text

    @pytest.mark.parametrize("role", list(Role))
    def test_each_role(self, site: Site, enter: Enter, role: Role) -> None:
        """As the table of pages says."""
        keep(site, weekly())
        visitor = enter(Person("iemand", "Iemand", role.value))
        answers = [visitor.get(path).status_code for path in ("/overzichten", WEEK, f"{WEEK}.png")]

        assert answers == [403 if role is Role.MELDER else 200] * 3


class TestList:
    """/overzichten."""

    def test_newest_first(self, site: Site, enter: Enter) -> None:
        """With what was done, and how much of the time was looked."""
        keep(site, weekly(), daily())
        page = enter(NOOR).get("/overzichten").text

        assert re.findall(r'href="(/overzicht/[^"]+)"', page) == [
            "/overzicht/dagstart%3A2026-11-23",
            "/overzicht/weekoverzicht%3A2026-W47",
        ]
        assert "71 verborgen, 13 verwijderd, 43 laten staan · Waargenomen: 98,7 %." in plain(page)

    def test_a_week_that_nobody_saw(self, site: Site, enter: Enter) -> None:
        """Has one word for it."""
        keep(site, weekly(totals=dict.fromkeys(TOTALS), observed=0.0))

        assert "2026 geen gegevens · Waargenomen: 0 %." in plain(enter(NOOR).get("/overzichten").text)

    def test_links_lead_to_it(self, site: Site, enter: Enter) -> None:
        """The address in the list is that of the report."""
        keep(site, weekly())
        visitor = enter(NOOR)
        (path,) = re.findall(r'href="(/overzicht/[^"]+)"', visitor.get("/overzichten").text)

        assert visitor.get(path).status_code == 200

    def test_pages(self, site: Site, enter: Enter) -> None:
        """Fifty at a time."""
        keep(site, *(daily(key=f"dag-{number:03d}") for number in range(PAGE_SIZE + 2)))
        visitor = enter(NOOR)

        first, second = (visitor.get(f"/overzichten?blad={number}").text for number in (1, 2))
        assert (first.count("/overzicht/"), second.count("/overzicht/")) == (PAGE_SIZE, 2)
        assert "dag-001" in second
        assert "blad 1 van 2" in plain(first)

    def test_none_yet(self, enter: Enter) -> None:
        """Says when the first one comes."""
        assert "Er is nog geen overzicht" in plain(enter(NOOR).get("/overzichten").text)


class TestOne:
    """/overzicht/{name}."""

    def test_week(self, site: Site, enter: Enter) -> None:
        """Everything that the mail says, and the days as a table."""
        keep(site, weekly())
        told = plain(enter(LENA).get(WEEK).text)

        for words in (
            "Weekoverzicht 47: 16 november tot 22 november 2026",
            "In één oogopslag",
            "71 −3 tegenover vorige week",
            "9 min 9 op 10 binnen 41 min · 96 gevallen",
            "Autovrije zone tijdens de Feesten 31 inbreuken van 412 reacties",
            "do 19 nov geen gegevens geen gegevens geen gegevens",
            "Facebook · Wijkpolitie Rabot geen gegevens",
            "niemand wordt apart geteld",
        ):
            assert words in told

    def test_the_chart_and_its_words(self, site: Site, enter: Enter) -> None:
        """One picture in four forms: for light and dark, for wide and narrow pages."""
        keep(site, weekly())
        visitor = enter(NOOR)
        page = visitor.get(WEEK).text

        assert entities.unescape(re.findall(r'<img [^>]*alt="([^"]+)"', page)[0]) == chart.alt(weekly(), WORDS)
        addresses = [entities.unescape(one) for one in re.findall(r'(?:src|srcset)="(/overzicht[^"]+)"', page)]
        assert len(set(addresses)) == 4
        pictures = [visitor.get(address) for address in addresses]
        assert {one.headers["content-type"] for one in pictures} == {"image/png"}
        assert (
            sorted(Image.open(io.BytesIO(one.content)).size for one in pictures) == [(700, 620)] * 2 + [(1440, 600)] * 2
        )
        assert len({one.content for one in pictures}) == 4

    def test_a_day_has_no_chart(self, site: Site, enter: Enter) -> None:
        """Neither on the page nor under an address."""
        keep(site, daily())
        visitor = enter(NOOR)

        assert "<img" not in visitor.get(DAY).text.partition("<main")[2]
        assert visitor.get(f"{DAY}.png").status_code == 404

    def test_nothing_to_report(self, site: Site, enter: Enter) -> None:
        """One line."""
        keep(site, quiet())

        assert "Niets te melden 212 reacties gelezen, geen enkele gemarkeerd." in plain(enter(NOOR).get(DAY).text)

    @pytest.mark.parametrize(
        ("person", "cards", "dossiers"),
        [(NOOR, True, True), (MIA, True, True), (LENA, False, False), (BERT, False, False)],
    )
    def test_ways_to_open_work(self, site: Site, enter: Enter, person: Person, cards: bool, dossiers: bool) -> None:  # noqa: FBT001 - two ways
        """Only for who may go there."""
        keep(site, daily())
        page = enter(person).get(DAY).text.partition("<main")[2]

        assert ("Naar de kaarten" in page, "Naar de dossiers" in page) == (cards, dossiers)

    @pytest.mark.parametrize(
        "name", ["nergens", "weekoverzicht:2026-W48", "%2e%2e%2fetc", "<script>", "'; DROP TABLE digest"]
    )
    def test_no_such_report(self, site: Site, enter: Enter, name: str) -> None:
        """A page that says so, also for what is no name."""
        keep(site, weekly())
        visitor = enter(NOOR)

        for path in (f"/overzicht/{name}", f"/overzicht/{name}.png"):
            answer = visitor.get(path)
            assert answer.status_code == 404
            assert "<script>" not in answer.text.replace("<script src", "")

    def test_hostile_words(self, site: Site, enter: Enter) -> None:
        """Titles and names of events are shown, and nothing in them is carried out."""
        bad = (
            PostFigures(HOSTILE, "javascript:alert(1)", 1, 1),
            PostFigures("y", 'https://a.example/?a=1&b="><b>', 1, 1),
        )
        keep(site, weekly(posts=bad, events=(HOSTILE,)))
        page = enter(NOOR).get(WEEK).text

        assert "<script>alert" not in page
        assert "javascript:alert" not in page
        assert "\u202e" not in page
        assert "<b>" not in page.partition("a.example")[2].partition("</a>")[0]

    def test_drawn_once(self, site: Site, enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
        """A report never changes: its chart is kept, also by the browser, and not for ever."""
        keep(site, weekly(), *(weekly(key=f"2026-W{number}") for number in range(10, 27)))
        drawn = []
        monkeypatch.setattr(chart, "draw", lambda digest, _words, **_how: drawn.append(digest.key) or b"png")
        visitor = enter(NOOR)
        answers = [visitor.get(f"{WEEK}.png") for _ in range(3)]

        assert drawn == ["2026-W47"]
        assert answers[0].headers["cache-control"] == "private, max-age=86400"
        for number in range(10, 27):
            visitor.get(f"/overzicht/weekoverzicht:2026-W{number}.png")
        visitor.get(f"{WEEK}.png")
        assert drawn.count("2026-W47") == 2

    def test_the_moment_it_was_made(self, site: Site, enter: Enter) -> None:
        """Stands on it; a report made late says so by itself."""
        keep(site, weekly(made_at=weekly().made_at + timedelta(days=1)))

        assert "gemaakt di 24 nov 09:15" in plain(enter(NOOR).get(WEEK).text).replace(" 2026", "")
