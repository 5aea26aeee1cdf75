"""The pages as drawn: what is masked is nowhere in them, what is foreign is literal, what is empty says why."""

import html
import re

from domain.settings import Display
from domain.states import Marker, State
from tests.fakes.cases import BERT, HOSTILE, LENA, MIA, NOOR, THREAT, case, flag, handled, planned, several
from tests.fakes.desk import FakeDesk
from tests.fakes.visitor import Visitor


def page(path: str, *views: object, person: object = NOOR) -> str:
    """A page over these cases."""
    return Visitor(FakeDesk(views), person).get(path).text  # type: ignore[arg-type]


def shown(text: str) -> str:
    """What a person reads of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", text)).split())


class TestMasked:
    """A masked text leaves no trace."""

    def test_nowhere_in_any_page(self) -> None:
        """Not on the cards, not on its own page, not in the fragment, the dialog, the lists or the history."""
        view = case(123, "bedreiging", THREAT, flags=(flag("bedreiging", (3, 24)),))
        desk = FakeDesk([view, handled(case(124, "bedreiging", THREAT))])
        visitor = Visitor(desk, MIA)
        cards = ("/", "/kaart/123", "/kaart/123?deel=kaart", "/kaart/124?deel=kaart", "/klokken")
        paths = (*cards, "/kaart/123/formulier/verwijderen", "/reacties", "/register", "/geval/123", "/beheer")

        for path in paths:
            answer = visitor.get(path)
            assert answer.status_code == 200, path
            assert not re.search("wonen|controle|ongelukken", answer.text), path

    def test_personal_data_nowhere(self) -> None:
        """A phone number is dots on every page."""
        view = case(text="bel 0470 12 34 56", personal=((4, 17),), flags=(flag("trollen", (4, 17)),))

        for path in ("/", "/kaart/104", "/reacties"):
            assert "34" not in page(path, view).replace("nabij.css?v=", "").split("<main")[1].split("csrf")[0]


class TestHostile:
    """Foreign text is literal."""

    def test_markup_is_text(self) -> None:
        """A script in a comment, a name or a title is read, not run."""
        view = case(text=HOSTILE, author_name="<i>x</i>", post_title="<img src=x onerror=alert(1)>")
        text = page("/", view)

        assert "<script>alert" not in text
        assert "<img" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
        assert "<!channel>" in shown(text)

    def test_direction_marks_are_visible_and_isolated(self) -> None:
        """U+202E is drawn as words, inside its own bdi."""
        text = page("/", case(text=HOSTILE))

        assert "\u202e" not in text
        assert "⟨U+202E⟩" in text
        assert "<bdi>" in text

    def test_ten_thousand_characters(self) -> None:
        """A long comment is cut, and all of it is one press away."""
        text = page("/", case(text="a" * 9_999 + "z"))

        assert "Toon alle 10000 tekens" in text
        assert "az</bdi></details>" in text

    def test_ten_thousand_emoji(self) -> None:
        """They are drawn."""
        assert page("/", case(text="🚓" * 10_000)).count("🚓") == 10_000

    def test_odd_addresses_are_no_links(self) -> None:
        """A permalink that is not http is not drawn as a link."""
        assert "javascript:" not in page("/", case(permalink="javascript:alert(1)"))


class TestCards:
    """The page Kaarten."""

    def test_everything_of_a_shift(self) -> None:
        """Open cards by urgency and time, low ones in one bundle, handled ones as lines."""
        text = page("/", *several())
        order = re.findall(r'id="kaart-(\d+)"', text)

        assert order[:3] == ["123", "112", "125"]
        assert order[7:10] == ["130", "131", "132"]
        assert order[10] == "121"
        assert "Te bekijken" in text
        assert "<title>Kaarten (10) · Nabij</title>" in text

    def test_the_title_holds_no_text(self) -> None:
        """A tab and its history show a number only."""
        assert re.findall("<title>(.*)</title>", page("/kaart/104", case(text="geheim"))) == ["NB-2026-000104 · Nabij"]

    def test_filters(self) -> None:
        """By urgency, and only mine; the counts stay those of everything."""
        mine = case(5, state=State.IN_BEHANDELING, claimed_by="noor")
        views = (case(1, "bedreiging"), case(2), mine)

        assert re.findall(r'<article class="card" id="kaart-(\d+)"', page("/?urgentie=kritiek", *views)) == ["1"]
        assert re.findall(r'<article class="card" id="kaart-(\d+)"', page("/?mijn=1", *views)) == ["5"]
        assert "Alles 3" in shown(page("/?mijn=1", *views))

    def test_nothing_to_decide_says_whether_was_looked(self) -> None:
        """Empty is not the same as blind."""
        assert "Er is gekeken: de kanalen antwoordden om 21:09." in page("/")

    def test_an_alarm_stands_on_every_page(self) -> None:
        """Whoever looks, wherever: the alarm is read first."""
        desk = FakeDesk([case()])
        desk.alarms = (desk_alarm(desk),)
        visitor = Visitor(desk, MIA)

        for path in ("/", "/reacties", "/register", "/beheer", "/kaart/104"):
            text = visitor.get(path).text
            assert 'role="alert"' in text
            assert "Er wacht al meer dan een minuut werk" in text
            assert "1 van 2 kanalen in orde" in text

    def test_keys_are_printed(self) -> None:
        """The keys of the acts stand on the buttons."""
        text = page("/", case(), planned(case(121)))

        assert re.findall(r'data-toets="(\w)"', text) == ["v", "l", "z"]

    def test_form_buttons_work_without_script(self) -> None:
        """*Verwijderen…* is a link to a page with the dialog."""
        assert 'href="/kaart/104/formulier/verwijderen"' in page("/", case())
        assert "Opgelet: onherroepelijk" in page("/kaart/104/formulier/verwijderen", case())

    def test_off_buttons_say_why(self) -> None:
        """A button that is off points at the line that tells why."""
        text = page("/", case(evidence=None))

        assert 'disabled aria-describedby="uitleg-104"' in text
        assert 'id="uitleg-104"' in text

    def test_markers_are_told(self) -> None:
        """An edited comment says so on the card."""
        assert "Aangepast – opnieuw beoordelen" in page("/", case(markers=frozenset({Marker.AANGEPAST})))

    def test_setting_masks_everything(self) -> None:
        """`tekst_in_chat = gemaskeerd` holds in the bundle too."""
        desk = FakeDesk([case(1, "trollen", "onzin")])
        desk.display = Display(tekst_in_chat="gemaskeerd")

        assert "onzin" not in Visitor(desk, NOOR).get("/").text


def desk_alarm(desk: FakeDesk) -> object:
    """An alarm as the house raises it."""
    from bot.browser.desk import Alarm

    return Alarm("Work has been waiting for more than a minute: the queue stands still.", {}, desk.now())


class TestLists:
    """Reacties, Register, Historiek, Beheer."""

    def test_nothing_found_says_whether_was_looked(self) -> None:
        """Per channel: answered when, or not yet."""
        text = page("/reacties?zoek=fiets", case())

        assert "Niets gevonden voor “fiets”" in text
        assert "Er is gekeken: Facebook antwoordde om 21:09." in text
        assert "Er is niet gekeken: YouTube antwoordde nog niet." in text

    def test_search_is_kept_and_escaped(self) -> None:
        """What was typed stays in the field, literally."""
        assert 'value="&lt;b&gt;&#34;"' in page("/reacties?zoek=<b>%22", case())

    def test_register(self) -> None:
        """Step, category, by whom, evidence, case; a file is one press away."""
        text = shown(page("/register", *several(), person=LENA))

        assert "Verbergen: mislukt" in text
        assert "Verborgen" in text
        assert "M1" in text
        assert "CSV bewaren" in text

    def test_pages_of_a_long_list(self) -> None:
        """Older and newer, with the search kept."""
        assert 'href="/register?zoek=&amp;blad=1"' in page("/register?blad=2", *several())

    def test_history_of_one_case(self) -> None:
        """Everything that happened, or that nothing happened yet."""
        assert "Verborgen" in page("/geval/104", handled(case()))
        assert "Met dit geval gebeurde nog niets" in page("/geval/104", case())

    def test_health(self) -> None:
        """Channels, heartbeats, dead letters, rules; what is wrong in words."""
        text = shown(page("/beheer", person=BERT))

        assert "YouTube · Oefenkanaal · proef" in text
        assert "vraagt aandacht · nog niet gekeken" in text
        assert "Onleesbare leveringen vraagt aandacht · 1" in text
        assert "3f9a01bc22de" in text

    def test_menu_holds_what_the_role_opens(self) -> None:
        """A reader sees no cards; a coordinator everything; everybody may report and ask."""
        for person, pages in (
            (LENA, ["/event", "/rooster", "/overzichten", "/register", "/melding", "/opdracht"]),
            (MIA, ["/", "/reacties", "/alarmen", "/dossiers", "/event", "/rooster", "/overzichten", "/register",
                   "/beheer", "/melding", "/opdracht"]),
        ):  # fmt: skip
            text = page("/register", person=person)
            assert re.findall(r'<a href="(/\w*)"', text.split("<nav")[1].split("</nav>")[0]) == pages

    def test_living_incidents_are_counted_in_the_menu(self) -> None:
        """Whoever works on cards sees that something lives under Alarmen; nothing stands there when nothing does."""
        desk = FakeDesk([case()])
        assert 'id="alarmen-aantal"' not in Visitor(desk, NOOR).get("/").text
        desk.incidents = 2
        assert '<b class="bad" id="alarmen-aantal">2</b>' in Visitor(desk, NOOR).get("/").text
