"""The pages as drawn: what is masked is nowhere in them, what is foreign is literal, what is empty says why."""

import html
import re
from dataclasses import replace

from domain.dossier import Form
from domain.messages import MessageState
from domain.settings import Display
from domain.states import Marker, State
from tests.fakes.cases import (
    BERT,
    HOSTILE,
    LENA,
    MIA,
    NOOR,
    THREAT,
    asks_second,
    case,
    documented,
    flag,
    handled,
    message,
    planned,
    several,
    stuck,
    warned,
)
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
        assert order[10:15] == ["130", "131", "132", "121", "136"]
        assert "Te bekijken" in text
        assert "<title>Kaarten (13) · Nabij</title>" in text

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
        assert '<b class="bad" id="alarmen-aantal" hidden>0</b>' in Visitor(desk, NOOR).get("/").text
        desk.incidents = 2
        assert '<b class="bad" id="alarmen-aantal">2</b>' in Visitor(desk, NOOR).get("/").text


class TestMessagesAndDossiers:
    """What was said and kept, as drawn."""

    def test_what_waits_counts_down_and_can_be_stopped(self) -> None:
        """Ring, seconds, and the button with its key; the line is the last decision of who planned it."""
        text = page("/", warned(case(), MessageState.GEPLAND))

        assert 'data-rest="24.0" data-totaal="30"' in text
        assert re.search(r'value="verzenden_annuleren"[^>]*data-toets="z"', text)
        assert "data-mijn=" in text

    def test_the_second_person_reads_what_will_be_sent(self) -> None:
        """The text stands on the card of everybody, literally."""
        view = asks_second(case(), by="jef")
        text = page("/", replace(view, message=message(MessageState.WACHT_4OGEN, 3, "jef", text="<b>Dag</b>")))

        assert "&lt;b&gt;Dag&lt;/b&gt;" in text
        assert "Goedkeuren" in text

    def test_a_message_in_doubt_is_not_ticked_off(self) -> None:
        """A handled line with a question has no green tick."""
        sure, doubted = page("/", warned(case())), page("/", warned(case(), MessageState.ONBEKEND))

        assert '<svg class="i ok"' in sure.partition('class="card line"')[2].partition("<p>")[0]
        assert '<svg class="i near"' in doubted.partition('class="card line"')[2].partition("<p>")[0]
        assert "Wel verstuurd" in doubted

    def test_a_dossier_is_one_press_away(self) -> None:
        """On the line in the row, on an open card in *Meer*; only for who may open it."""
        for view in (documented(handled(case())), documented(case())):
            assert 'href="/dossier/SMD-2026-000014"' in page("/", view)
        assert 'href="/dossier/' not in page("/geval/104", documented(case()), person=LENA)

    def test_reported_by_a_colleague(self) -> None:
        """A badge beside the urgency, and on the line."""
        assert "melding van Jef T." in page("/", case(reported_by="jef"))
        assert "melding van Jef T." in page("/", handled(case(reported_by="jef")))

    def test_in_the_menu_of_a_line_the_reason_stands_with_the_button(self) -> None:
        """There is no other place on a line that could say why."""
        text = shown(page("/", documented(handled(case()))))

        assert "Verwijderen… Op deze kaart staat een PV-dossier in concept open" in text

    def test_dialogs_escape_what_colleagues_typed(self) -> None:
        """A note, a name and a text are read, not run."""
        bad = Form("bedreiging", criterion='"><img src=x>', note="</textarea><script>alert(1)</script>")
        text = page("/kaart/104/formulier/documenteren", documented(case(), form=bad))

        assert "<script>alert" not in text
        assert "<img" not in text
        assert "&lt;/textarea&gt;" in text

    def test_every_dialog_has_its_fields_named(self) -> None:
        """Each control stands in a label of its own; groups have a legend, parts a heading."""
        text = page("/kaart/104/formulier/documenteren", case())

        assert text.count("<label") == len(re.findall(r'<(?:select|textarea|input type="(?:text|checkbox)")', text))
        assert "<legend>Wat erin te zien is</legend>" in text
        assert re.findall(r"<h3>(.*?)</h3>", text) == ["Huisregel", "Mogelijk strafbaar", "Notitie"]

    def test_without_script_the_text_of_a_choice_can_be_shown(self) -> None:
        """A button of the same form that draws it anew and asks for no field first."""
        text = page("/kaart/104/formulier/waarschuwen?overnemen=1", case())

        assert 'formaction="/kaart/104/formulier/waarschuwen?overnemen=1" formnovalidate' in text
        assert 'action="/kaart/104?overnemen=1"' in text

    def test_by_hand_the_text_can_be_copied(self) -> None:
        """Reached with the keyboard, selected as a whole."""
        text = page("/kaart/104/formulier/manueel_gedaan", stuck(case()))

        assert '<blockquote class="say copy" tabindex="0">' in text
        assert "Ik heb het verstuurd" in text
