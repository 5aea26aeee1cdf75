"""An incident in words: the neutral card behind the list, the letter and the page on a telephone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.incidents import BUTTONS, WORDS, Sight, card, push
from bot.letters import alert
from bot.scribe import HouseScribe
from bot.texts import catalogue
from domain.categories import Urgency
from domain.incidents import Called, CaseLine, IncidentKind, IncidentState, IncidentView
from domain.orders import ORDERS, IncidentOrder
from domain.roles import Role
from tests.fakes.clock import FakeClock
from tests.fakes.night import Night

NOW = datetime(2027, 7, 19, 21, 6, tzinfo=UTC)
"""Monday 23:06."""
MINUTE = timedelta(minutes=1)
NAMES = {"els": "Els D.", "tom": "Tom V.", "noor": "Noor V."}
LINK = "https://nabij.example/a/geheim"


def line(
    case_id: int, category: str = "bedreiging", *, minutes: int = 8, open_: bool = True, text: str = ""
) -> CaseLine:
    """A case of the incident."""
    opened = NOW - minutes * MINUTE
    return CaseLine(case_id, f"NB-2027-00000{case_id}", category, Urgency.KRITIEK, opened, open_, text)


VIEW = IncidentView(
    id=7,
    kind=IncidentKind.REACTIES,
    state=IncidentState.OPEN,
    urgency=Urgency.KRITIEK,
    platform="facebook",
    what="Facebook · Vuurwerk op de Korenmarkt",
    url="https://facebook.example/p/1",
    event="Gentse Feesten",
    event_day=4,
    event_days=10,
    opened_at=NOW - 8 * MINUTE,
    changed_at=NOW,
    cases=(line(3, "aanzetten_haat", minutes=1), line(2, minutes=5, open_=False), line(1)),
    categories={"bedreiging": 2, "aanzetten_haat": 1},
    count_10=23,
    busy=("noor",),
    called=(Called("els", 1, NOW - 8 * MINUTE, "verzonden"), Called("tom", 2, NOW - 3 * MINUTE, "onbereikbaar")),
    next_at=NOW + 2 * MINUTE,
    next_who=("vangnet", "noor"),
)
BLIND = replace(
    VIEW,
    kind=IncidentKind.BLIND,
    urgency=Urgency.HOOG,
    what="Facebook · Gentse Flikken",
    cases=(),
    categories={},
    count_10=0,
    blind_since=NOW - 70 * MINUTE,
    event="",
    event_day=0,
    event_days=0,
)
SIGHT = Sight(NOW, lambda key: NAMES.get(key, key), catalogue(), "101", 30)


class TestCard:
    """What is told."""

    def test_whole(self) -> None:
        """Level, what, where, when, how much, who, and what is asked, in ten lines."""
        drawn = card(VIEW, SIGHT, "commandant")

        assert (drawn.level, drawn.title, drawn.event) == ("KRITIEK", "Bedreiging (3)", "Gentse Feesten dag 4/10")
        assert drawn.what == "Facebook · Vuurwerk op de Korenmarkt"
        assert drawn.state == "Open: nog niemand nam kennis"
        assert drawn.next == "volgende oproep om 23:08: het vangnet, Noor V."
        assert [(fact.label, fact.value) for fact in drawn.facts] == [
            ("Sinds", "22:58 (8 min geleden)"),
            ("Laatste 10 minuten", "23 reacties"),
            ("Categorieën", "Bedreiging (2), Aanzetten tot haat, geweld of discriminatie (1)"),
            ("Te beslissen", "2 van 3"),
            ("Oudste", "NB-2027-000001, 8 min geleden"),
            ("Bezig", "Noor V."),
        ]
        assert drawn.asked == "Gevraagd: neem kennis, en beslis wat er met de 2 open reacties gebeurt."
        assert drawn.called == ("23:03 Tom V. · geen adres", "22:58 Els D. · verzonden")
        assert drawn.cases[1].text == "NB-2027-000002 · Bedreiging · 23:01 · beslist"
        assert drawn.footer == "Acute dreiging? 101 / dispatching."

    def test_blind(self) -> None:
        """Since when nothing was seen, and what to do instead."""
        drawn = card(BLIND, SIGHT)
        assert (drawn.title, drawn.level) == ("Nabij ziet niets", "HOOG")
        assert ("Laatst gezien", "21:56 (70 min geleden)") in [(fact.label, fact.value) for fact in drawn.facts]
        assert drawn.asked.endswith("tot Nabij weer ziet.")
        assert (drawn.samples, drawn.cases) == ((), ())

    @pytest.mark.parametrize(
        ("state", "more", "told", "tone"),
        [
            (IncidentState.GEZIEN, {"by": "els", "by_at": NOW}, "Kennis genomen door Els D. · 23:06", "ok"),
            (
                IncidentState.GEDEMPT,
                {"by": "els", "by_at": NOW, "until": NOW + 30 * MINUTE},
                "Gedempt door Els D. tot 23:36",
                "near",
            ),
            (IncidentState.VALS, {"by": "els", "by_at": NOW}, "Vals alarm volgens Els D. · 23:06", ""),
            (
                IncidentState.GESLOTEN,
                {"by": "els", "by_at": NOW, "ended_at": NOW},
                "Afgesloten door Els D. · 23:06",
                "",
            ),
            (
                IncidentState.GESLOTEN,
                {"by": "els", "by_at": NOW - MINUTE, "ended_at": NOW},
                "Voorbij · 23:06",
                "",
            ),
            (IncidentState.GESLOTEN, {}, "Voorbij · 23:06", ""),
        ],
    )
    def test_states(self, state: IncidentState, more: dict[str, object], told: str, tone: str) -> None:
        """By whom and when; what is over asks nothing."""
        drawn = card(replace(VIEW, state=state, **more), SIGHT, "commandant")
        assert (drawn.state, drawn.tone, drawn.next) == (told, tone, "")
        assert bool(drawn.asked) is drawn.living is bool(drawn.buttons)

    def test_seen_is_not_asked_again(self) -> None:
        """Whoever took notice reads what is left."""
        seen = replace(VIEW, state=IncidentState.GEZIEN, by="els", by_at=NOW)
        assert card(seen, SIGHT).asked == "Nog 2 reacties te beslissen."
        assert card(replace(seen, kind=IncidentKind.BLIND, cases=()), SIGHT).asked == ""

    def test_everybody_was_called(self) -> None:
        """There is no next."""
        assert card(replace(VIEW, next_at=None, next_who=()), SIGHT).next == "iedereen is opgeroepen"

    def test_nothing_left_to_decide(self) -> None:
        """Its author took it away; somebody must still look."""
        view = replace(VIEW, cases=(line(1, open_=False),), busy=())
        drawn = card(view, SIGHT)
        assert drawn.asked == "Gevraagd: neem kennis; er is niets meer te beslissen."
        assert ("Bezig", "nog niemand") in [(fact.label, fact.value) for fact in drawn.facts]
        assert "Oudste" not in [fact.label for fact in drawn.facts]

    def test_one_comment(self) -> None:
        """In the singular, without a count."""
        drawn = card(replace(VIEW, cases=(line(1),), categories={"bedreiging": 1}, count_10=1), SIGHT)
        assert drawn.title == "Bedreiging"
        assert drawn.asked == "Gevraagd: neem kennis, en beslis wat er met de open reactie gebeurt."

    def test_an_event_outside_its_days(self) -> None:
        """The eve is no day of the ten."""
        assert card(replace(VIEW, event_day=0), SIGHT).event == "Gentse Feesten"

    def test_no_case_yet(self) -> None:
        """Nothing joined so far."""
        assert push(replace(VIEW, cases=(), categories={}), catalogue()).startswith("KRITIEK · Reacties")


class TestButtons:
    """Which presses stand where."""

    def test_every_word_is_an_order(self) -> None:
        """All orders about an incident, and no other."""
        assert {word for word, kind in ORDERS.items() if issubclass(kind, IncidentOrder)} == set(WORDS)
        assert all(set(words) <= set(WORDS) for words in BUTTONS.values())

    def test_open(self) -> None:
        """The first is filled."""
        drawn = card(VIEW, SIGHT, "commandant")
        assert [(one.label, one.primary) for one in drawn.buttons] == [
            ("Kennis genomen", True),
            ("Demp 30 min", False),
            ("Vals alarm", False),
            ("Afsluiten", False),
        ]

    @pytest.mark.parametrize("role", [Role.LEZER, Role.JURIST, Role.BEHEERDER, Role.MELDER, Role.DPO, ""])
    def test_not_for_everybody(self, role: str) -> None:
        """Who may not press sees no button."""
        assert card(VIEW, SIGHT, role).buttons == ()


class TestHostile:
    """Foreign text is literal, masked and short."""

    def test_samples(self) -> None:
        """At most two of what may be shown; of the rest that it is hidden; links without target."""
        texts = ("kijk http://fout.example/x?y=1", "\u202eomgekeerd", "derde", "")
        view = replace(VIEW, cases=tuple(line(place, text=text) for place, text in enumerate(texts)))
        assert card(view, SIGHT).samples == (
            "“kijk [link: fout.example]”",
            "“⟨U+202E⟩omgekeerd”",
            "Tekst verborgen: ernstig.",
        )

    def test_only_an_address_is_a_link(self) -> None:
        """Whatever a platform calls a permalink."""
        assert card(replace(VIEW, url="javascript:alert(1)"), SIGHT).url == ""
        assert card(replace(VIEW, url=None), SIGHT).url == ""

    def test_long_names(self) -> None:
        """A title of a thousand letters and lines stays one line."""
        drawn = card(replace(VIEW, what="a\nb" * 1000, event="c\n" * 1000), SIGHT)
        assert len(drawn.what) <= 120
        assert "\n" not in drawn.what + drawn.event


class TestLetter:
    """What somebody who is called reads."""

    def test_subject(self) -> None:
        """Fixed words and the event: it stands on a lock screen."""
        assert alert.letter(VIEW, SIGHT, link=LINK).subject == (
            "KRITIEK · Bedreiging · Facebook · Gentse Feesten dag 4/10"
        )
        assert alert.letter(BLIND, SIGHT, link="").subject == "HOOG · Nabij ziet niets · Facebook"

    def test_text(self) -> None:
        """What is asked first, then the link, then the situation, and always who to call."""
        lines = alert.letter(VIEW, SIGHT, link=LINK).text.splitlines()
        assert lines[0] == "KRITIEK · Bedreiging · Facebook · Gentse Feesten dag 4/10"
        assert lines[1].startswith("Gevraagd: ")
        assert lines[3] == f"Antwoord hier, één keer, binnen 12 uur: {LINK}"
        assert "Tekst verborgen: ernstig." in lines
        assert "https://facebook.example/p/1" in lines
        assert lines[-1] == "Acute dreiging? 101 / dispatching."

    def test_without_a_link(self) -> None:
        """The safety net has no button: it reads where to answer."""
        letter = alert.letter(replace(VIEW, url=None), SIGHT, link="")
        assert "Open Nabij om te antwoorden." in letter.text
        assert "Open Nabij om te antwoorden." in letter.html
        assert "href" not in letter.html

    def test_drawn(self) -> None:
        """One button, and nothing that a mail program would fetch."""
        html = alert.letter(VIEW, SIGHT, link=LINK).html
        assert html.count(f'href="{LINK}"') == 1
        assert "Acute dreiging? 101 / dispatching." in html
        assert "<img" not in html

    def test_what_is_over(self) -> None:
        """A letter that was slow says how it stands now."""
        view = replace(VIEW, state=IncidentState.GEZIEN, by="els", by_at=NOW)
        assert "Kennis genomen door Els D. · 23:06\n" in alert.letter(view, SIGHT, link=LINK).text

    def test_hostile(self) -> None:
        """Names and samples are text in every letter."""
        view = replace(VIEW, what="<img src=x>", event="<b>feest</b>", cases=(line(1, text="<script>x</script>"),))
        letter = alert.letter(view, SIGHT, link=LINK)
        for tag in ("<img", "<b>feest", "<script"):
            assert tag not in letter.html
        assert "<script>x</script>" in letter.text

    def test_scribe(self, night: Night) -> None:
        """The scribe draws it with the names, the number and the clock of the house."""
        clock = FakeClock(NOW)
        scribe = HouseScribe(night.settings, lambda key: NAMES.get(key, key), catalogue(), clock)
        assert scribe.alert(VIEW, link=LINK) == alert.letter(VIEW, SIGHT, link=LINK)


@pytest.fixture
def night(tmp_path: object) -> object:
    """Settings of a house."""
    made = Night(tmp_path)  # type: ignore[arg-type]
    yield made
    made.close()
