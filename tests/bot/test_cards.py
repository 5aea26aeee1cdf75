"""The neutral card: what is on it, in which words, and above all what is not."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.cards import card, push_text, reveal
from bot.scene import Scene
from bot.texts import catalogue
from domain.categories import Urgency
from domain.messages import Ledger, MessageState, Template
from domain.model import CaseView, EvidenceView, Person
from domain.settings import Display
from domain.states import Marker, State, Visibility
from tests.fakes.cases import (
    FOUR_AGO,
    INSULT,
    JEF,
    LENA,
    NAMES,
    NOOR,
    NOW,
    RIK,
    RUDE,
    THREAT,
    asks_second,
    busy,
    case,
    documented,
    failed,
    flag,
    handled,
    message,
    minutes,
    planned,
    stuck,
    warned,
)
from tests.fakes.desk import FakeRules


def scene(viewer: Person = NOOR, now: datetime = NOW, display: Display | None = None, *, private: bool = True) -> Scene:
    """How these tests look at a card."""
    return Scene(
        viewer,
        now,
        NAMES.__getitem__,
        FakeRules(),
        catalogue(),
        display or Display(),
        house_version="v3",
        private=private,
    )


def threat(**over: object) -> CaseView:
    """A critical case, masked by default."""
    return case(123, "bedreiging", THREAT, flags=(flag("bedreiging", (3, 24), rule="dreig.voorwaardelijk"),), **over)


class TestMasking:
    """What must not be seen is not in the card."""

    def test_from_high_the_text_is_not_in_the_card(self) -> None:
        """Not the text, not the matched words, not even their normal form: only the name of the rule."""
        drawn = str(asdict(card(threat(), scene())))

        assert not any(word in drawn for word in ("wonen", "controle", "ongelukken"))
        assert "dreig.voorwaardelijk" in drawn

    def test_below_high_the_text_is_shown_with_its_mark(self) -> None:
        """An insult is read in full, the matched words marked and quoted as the reason."""
        drawn = card(case(text=INSULT, flags=(flag("belediging_scheldproza", RUDE, rule="beled.groep"),)), scene())

        assert [one.text for one in drawn.quote.segments if one.marked] == [drawn.reasons[0].excerpt]
        assert drawn.reasons[0].text == "(scheldwoord + groep) regel beled.groep, zekerheid hoog"

    @pytest.mark.parametrize(("start", "masked"), [("laag", True), ("normaal", True), ("hoog", False)])
    def test_the_setting_decides_from_where(self, start: str, masked: bool) -> None:  # noqa: FBT001 - a table
        """`masker_vanaf` moves the line."""
        assert card(case(), scene(display=Display(masker_vanaf=start))).quote.masked is masked

    def test_masked_everywhere_by_setting(self) -> None:
        """`tekst_in_chat = gemaskeerd` masks every text; `geen` gives a shared channel no button to show it."""
        assert card(case(), scene(display=Display(tekst_in_chat="gemaskeerd"))).quote.show
        shared = card(case(), scene(display=Display(tekst_in_chat="geen"), private=False))
        assert shared.quote.masked
        assert shared.quote.show is None

    def test_personal_data_are_masked_for_everybody(self) -> None:
        """On the card, in the reason, and also in the text that one person asked for."""
        text = "bel 0470 12 34 56"
        view = case(text=text, personal=((4, 17),), flags=(flag("persoonsgegevens", (4, 17)),))
        drawn = card(view, scene())

        for shown in (str(asdict(drawn)), str(asdict(reveal(view)))):
            assert "0470" not in shown
            assert "34" not in shown

    def test_the_author_is_initials(self) -> None:
        """Jan Peeters is J. P***; the name is nowhere."""
        drawn = card(case(author_name="Jan Peeters"), scene())

        assert drawn.side[0].value == "J. P***\n1 eerder geval"
        assert "Peeters" not in str(asdict(drawn))

    def test_a_handled_card_holds_no_text(self) -> None:
        """The text leaves the channel when the case is handled."""
        assert "prutsers" not in str(asdict(card(handled(case(text=INSULT)), scene())))

    def test_push_text_is_fixed_words(self) -> None:
        """What a lock screen may show."""
        assert push_text(threat(), catalogue()) == "KRITIEK · Bedreiging · Facebook · NB-2026-000123"


class TestClock:
    """Time is a ring with words."""

    def at(self, after: float, **over: object) -> tuple[str, str, str]:
        """The clock of an insult so many minutes after it was seen."""
        clock = card(case(**over), scene(now=NOW - minutes(6) + minutes(after))).clock
        assert clock
        return clock.tone, clock.strong, clock.words

    def test_green_orange_red(self) -> None:
        """On time, almost in the last fifth, then too late."""
        assert self.at(0) == ("ok", "nog 4 u", "van 4 u · op tijd")
        assert self.at(202) == ("near", "nog 38 min", "van 4 u · bijna")
        assert self.at(243) == ("over", "3 min over tijd", "van 4 u · te laat")

    def test_over_a_pause_the_moment_is_told(self) -> None:
        """Friday 16:30 is due Monday 12:30: hours that stand still are not counted down."""
        friday = datetime(2026, 7, 17, 14, 30, tzinfo=UTC)
        due = {"due_at": friday + timedelta(hours=68), "due_near": friday + timedelta(hours=67)}
        clock = card(case(**due), scene(now=friday)).clock

        assert clock
        assert (clock.strong, clock.words) == ("tegen ma 20 jul 12:30", "· op tijd")

    def test_grace_counts_down(self) -> None:
        """Sixty seconds, forty-two left: 0:42, and how far the ring is."""
        clock = card(planned(case()), scene()).clock

        assert clock
        assert (clock.strong, clock.left, clock.total, clock.tone) == ("nog 0:42", 42, 60, "near")

    def test_grace_never_counts_below_zero(self) -> None:
        """An overdue grace stands at 0:00 until it is carried out."""
        clock = card(planned(case(), left=-5), scene()).clock

        assert clock
        assert (clock.strong, clock.part) == ("nog 0:00", 0)

    def test_in_trouble_the_exposure_counts(self) -> None:
        """While hiding fails, the card says how long the comment has been visible."""
        clock = card(failed(case()), scene()).clock

        assert clock
        assert clock.strong == "al 64 min zichtbaar"

    def test_decided_cases_have_no_response_clock(self) -> None:
        """The clock stopped at the first decision, also when the case is open again."""
        assert card(case(state=State.HEROPEND, decided_at=NOW), scene()).clock is None


class TestWords:
    """What the card tells."""

    def test_title_and_rule(self) -> None:
        """Urgency, platform, category; house rule and advice in words."""
        drawn = card(threat(), scene())

        assert (drawn.urgency_word, drawn.platform, drawn.title) == ("KRITIEK", "Facebook", "Bedreiging")
        assert drawn.house_rule.startswith("Elke vorm van smaad")
        assert drawn.advice == "documenteren → verbergen → commandant verwittigen"

    def test_evidence(self) -> None:
        """Time and first characters; what is missing; or that it is being made."""
        part = EvidenceView(NOW, "a3f9" + "0" * 60, complete=False, missing=("foto",))

        assert card(case(), scene()).side[1].value == "21:04 (7c1e…)"
        assert card(case(evidence=None), scene()).side[1].value == "bezig…"
        assert card(case(evidence=part), scene()).side[1].value == "21:10 (a3f9…) · ontbreekt: foto"

    def test_trouble(self) -> None:
        """What was refused, by whom ordered, what is true now, what happens by itself."""
        trouble = card(failed(case()), scene()).trouble

        assert trouble
        assert trouble.strong == "Facebook is nu niet bereikbaar (4)."
        assert "Jef T. koos “Verbergen” om 21:02; de reactie is nu: zichtbaar." in trouble.text
        assert "Nabij probeert zelf opnieuw om 21:12." in trouble.text

    def test_busy(self) -> None:
        """Somebody pressed: who, what, since when; no buttons."""
        drawn = card(busy(case()), scene())

        assert drawn.busy == "Bezig: Verbergen, Jef T. sinds 21:09"
        assert drawn.buttons == drawn.more == ()
        assert drawn.wrong is drawn.quote.show is None

    def test_edited(self) -> None:
        """An edited comment says so."""
        notes = card(case(markers=frozenset({Marker.AANGEPAST})), scene()).notes

        assert "Aangepast – opnieuw beoordelen" in notes

    def test_trial(self) -> None:
        """A trial account keeps its buttons and says that nothing is sent."""
        drawn = card(case(trial=True), scene())

        assert "Proef: er wordt niets naar Facebook verstuurd; een knop zegt wat hij zou doen." in drawn.notes
        assert drawn.buttons

    def test_photo(self) -> None:
        """A comment with a picture says so, once."""
        both = case(media=("foto",), markers=frozenset({Marker.BEVAT_BEELD}))

        assert card(both, scene()).notes == card(case(media=("foto",)), scene()).notes == ("Bevat foto of video",)

    def test_reader(self) -> None:
        """A role that does not decide gets the card without buttons, and why."""
        drawn = card(case(), scene(LENA))

        assert drawn.buttons == ()
        assert drawn.notes == ("Jouw rol (lezer) beslist niet over kaarten.",)

    def test_addresses_that_are_none_are_dropped(self) -> None:
        """A permalink that is not http leads nowhere."""
        drawn = card(case(permalink="javascript:alert(1)", post_url="data:text/html,x"), scene())

        assert drawn.permalink is drawn.post_url is None

    def test_urgency_sorts_before_time(self) -> None:
        """Critical first, then what is due first."""
        late = case(urgency=Urgency.NORMAAL, due_at=NOW - minutes(9))

        assert card(threat(), scene()).order < card(late, scene()).order < card(case(), scene()).order


class TestLine:
    """A handled case is one line: past participle, name, time."""

    def test_hidden(self) -> None:
        """Who, when, what, house rules, after how long."""
        line = card(handled(case()), scene()).line

        assert line
        assert f"{line.strong} {line.text}" == (
            "Verborgen door Noor V. · 21:06 · Facebook · Belediging / scheldproza · NB-2026-000104"
            " · huisregels v3 · na 2 min"
        )

    def test_deleted_is_irreversible(self) -> None:
        """After a deletion the line says that there is no way back."""
        line = card(handled(case(), "verwijderen"), scene()).line

        assert line
        assert line.text.endswith("onherroepelijk")

    def test_planned(self) -> None:
        """The grace says who, and that it is hidden meanwhile."""
        line = card(planned(case()), scene()).line

        assert line
        assert line.strong == "Verwijderen gepland"
        assert line.text.endswith("verborgen · bedenktijd 60 s")

    def test_removed_by_its_author(self) -> None:
        """Not we but the author: when, and whether the evidence is kept."""
        view = handled(case(visibility=Visibility.DOOR_AUTEUR_VERWIJDERD), "laten_staan", "nabij", NOW)
        view = replace(view, visibility=Visibility.DOOR_AUTEUR_VERWIJDERD)

        line = card(view, scene()).line
        assert line
        assert f"{line.strong} {line.text}".startswith("Door auteur zelf verwijderd om 21:10 – bewijs bewaard")

    def test_of_another_day(self) -> None:
        """A line of yesterday says which day."""
        line = card(handled(case(), at=NOW - timedelta(days=1)), scene()).line

        assert line
        assert "zo 19 jul" in line.text

    def test_only_my_own_is_undone_with_a_key(self) -> None:
        """The card knows whether the viewer took the last decision."""
        assert card(handled(case()), scene(NOOR)).mine
        assert not card(handled(case()), scene(JEF)).mine


def side(view: CaseView, viewer: Person = NOOR) -> dict[str, str]:
    """The facts beside the text."""
    return {fact.label: fact.value for fact in card(view, scene(viewer)).side}


class TestStrikes:
    """What is known of an author on this platform."""

    def test_live_strikes_stand_beside_the_author(self) -> None:
        """Those that count now, of how many."""
        assert side(case(ledger=Ledger(live=2)))["Auteur"] == "L. D***\nwaarschuwing 2/3\n1 eerder geval"

    def test_without_strikes_nothing_is_said(self) -> None:
        """Expired and withdrawn ones have vanished from the card."""
        assert side(case())["Auteur"] == "L. D***\n1 eerder geval"


class TestMessages:
    """A message to a citizen, in words."""

    @pytest.mark.parametrize(
        ("state", "told"),
        [
            (MessageState.AFGELEVERD, "waarschuwing 2/3: privébericht afgeleverd, 21:06"),
            (MessageState.NIET_AFLEVERBAAR, "waarschuwing 2/3: privébericht niet afleverbaar"),
            (MessageState.MANUEEL, "waarschuwing 2/3: privébericht manueel verstuurd"),
            (MessageState.GEANNULEERD, "waarschuwing 2/3: privébericht geannuleerd"),
            (MessageState.BEZIG, "waarschuwing 2/3: privébericht wordt verstuurd"),
        ],
    )
    def test_on_an_open_card_it_is_a_fact(self, state: MessageState, told: str) -> None:
        """What it was and what became of it."""
        assert side(case(message=message(state)))["Bericht"] == told

    def test_a_hint_does_not_count(self) -> None:
        """It is called what it is, on the card and on the line."""
        hint = message(number=0)

        assert side(case(message=hint))["Bericht"].startswith("Hint (telt niet mee): privébericht afgeleverd")
        assert side(case(message=replace(hint, template="oud_sjabloon")))["Bericht"].startswith("oud_sjabloon")

    def test_planned_counts_down(self) -> None:
        """The line has the ring and tells the second at which it goes out."""
        drawn = card(warned(case(), MessageState.GEPLAND), scene())

        assert drawn.clock
        assert (drawn.clock.strong, drawn.clock.left, drawn.clock.tone) == ("nog 0:24", 24, "near")
        assert drawn.line
        assert drawn.line.tone == "near"
        assert "waarschuwing 2/3: privébericht gepland, 21:10:24" in drawn.line.detail
        assert drawn.mine

    def test_overdue_never_counts_below_zero(self) -> None:
        """It stands at 0:00 until it is carried out."""
        late = message(MessageState.GEPLAND, due_at=NOW - minutes(1))
        clock = card(replace(warned(case()), message=late), scene()).clock

        assert clock
        assert (clock.strong, clock.part) == ("nog 0:00", 0)

    def test_a_third_warning_is_read_by_the_second_person(self) -> None:
        """Who asked, what will be sent, and that somebody else decides."""
        drawn = card(asks_second(case(), by="jef"), scene())

        assert drawn.message
        assert drawn.message.strong == "Waarschuwing 3/3: wacht op een tweede persoon."
        assert drawn.message.text.startswith("Gevraagd door Jef T. om 21:06.")
        assert drawn.message.said.startswith("Dag, dit is al waarschuwing 3 van 3")
        assert drawn.message.clock is None
        assert not drawn.mine
        assert card(asks_second(case(), by="noor"), scene()).mine

    def test_unknown_says_where_to_look(self) -> None:
        """And shows the text to look for, literally."""
        lie = replace(message(MessageState.ONBEKEND), text="tekst \u202egnik")
        drawn = card(replace(stuck(case()), message=lie), scene())

        assert drawn.message
        assert "Kijk op Facebook of de auteur dit bericht kreeg" in drawn.message.text
        assert drawn.message.said == "tekst ⟨U+202E⟩gnik"
        assert "Bericht" not in {fact.label for fact in drawn.side}

    def test_unknown_on_a_card_that_did_not_fail(self) -> None:
        """An open card asks the same; a handled one says it in its line, not as if all were well."""
        asked = card(replace(case(), message=message(MessageState.ONBEKEND)), scene())
        done = card(warned(case(), MessageState.ONBEKEND), scene())

        assert asked.message
        assert "Kijk op Facebook of de auteur dit bericht kreeg" in asked.message.text
        assert done.line
        assert done.line.tone == "near"
        assert any("onbekend of het aankwam" in each for each in done.line.detail)

    def test_waiting_while_hiding_fails(self) -> None:
        """The open card counts down beside its own clock."""
        drawn = card(replace(failed(case()), message=message(MessageState.GEPLAND)), scene())

        assert drawn.message
        assert drawn.message.clock
        assert drawn.clock
        assert drawn.clock.strong == "al 64 min zichtbaar"


class TestHandledLine:
    """The line of a handled case tells what really happened."""

    def strong(self, view: CaseView) -> str:
        """The first words of the line."""
        line = card(view, scene()).line
        assert line
        return line.strong

    def test_nobody_is_warned_before_the_message_arrived(self) -> None:
        """Hidden is hidden at once; warned only when it was delivered."""
        shown = {"visibility": Visibility.ZICHTBAAR}

        assert self.strong(warned(case(), MessageState.GEPLAND)) == "Verborgen"
        assert self.strong(warned(case())) == "Verborgen en gewaarschuwd"
        assert self.strong(warned(case(), MessageState.GEPLAND, **shown)) == "Bericht gepland"
        assert self.strong(warned(case(), **shown)) == "Gewaarschuwd"

    def test_a_hint_is_no_warning(self) -> None:
        """It is called what it is."""
        hint = message(number=0)

        assert self.strong(replace(warned(case()), message=hint)) == "Verborgen"
        shown = replace(warned(case()), message=hint, visibility=Visibility.ZICHTBAAR)
        assert self.strong(shown) == "Hint verstuurd"

    def test_second_line(self) -> None:
        """Author, message, proof and dossier, in this order."""
        line = card(documented(warned(case())), scene()).line

        assert line
        assert line.detail == (
            "Auteur L. D***",
            "waarschuwing 2/3: privébericht afgeleverd, 21:06",
            "bewijs 7c1e…",
            "PV-dossier SMD-2026-000014 (concept)",
        )

    def test_without_more_to_tell_there_is_one_line(self) -> None:
        """Most are just hidden or left."""
        line = card(handled(case()), scene()).line
        strikes = card(handled(case(ledger=Ledger(live=1), evidence=None)), scene()).line

        assert line
        assert line.detail == ()
        assert strikes
        assert strikes.detail == ("Auteur L. D***", "waarschuwing 1/3", "geen bewijs")

    def test_a_deletion_that_is_explained_first(self) -> None:
        """The grace tells that a message goes out before it."""
        explains = message(MessageState.GEPLAND, 0, template=Template.VERWIJDERD_PRIVACY)
        line = card(replace(planned(case()), message=explains), scene()).line

        assert line
        assert any(part.startswith("Uitleg bij de verwijdering: privébericht gepland") for part in line.detail)


class TestDossierAndSource:
    """Where a card came from, and where it went."""

    def test_dossier(self) -> None:
        """Number and state as a fact; the number to open for who may."""
        view = documented(case())

        assert side(view)["Dossier"] == "SMD-2026-000014 (concept)"
        assert card(view, scene(RIK)).dossier == "SMD-2026-000014"
        assert card(view, scene(LENA)).dossier == ""

    def test_reported_by_a_colleague(self) -> None:
        """Not the rules but a person."""
        assert card(case(reported_by="jef"), scene()).source == "melding van Jef T."
        assert card(case(), scene()).source == ""

    def test_the_last_decision_is_the_message_that_waits(self) -> None:
        """Who planned a message decided last: the key undoes that."""
        drawn = card(warned(case(), MessageState.GEPLAND), scene(JEF))

        assert not drawn.mine
        assert drawn.handled_at == FOUR_AGO
