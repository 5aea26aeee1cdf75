"""Every text that people see has Dutch words; moments and durations read as people say them."""

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from bot.texts import Words, catalogue, labels, po_file, translate
from bot.texts.extract import ROOT, msgids
from bot.texts.params import tell
from bot.texts.times import ago, hhmm, long_date, minutes_seconds, span, target, when
from domain.categories import CATEGORIES, Urgency
from domain.digests import TOTALS, DigestKind
from domain.dossier import COMPLAINTS, ELEMENTS, TARGETS, DossierState, Punishable
from domain.events import EVENT_KINDS, ROSTERS, EventState
from domain.incidents import IncidentKind, IncidentState
from domain.messages import MessageState, Template
from domain.model import Ability
from domain.orders import ORDERS
from domain.roles import Role
from domain.states import Marker, State, Visibility

WORDS = catalogue()
NOON = datetime(2026, 7, 20, 10, 0, tzinfo=UTC)


def holes(text: str) -> set[str]:
    """The {placeholders} of a text."""
    return set(re.findall(r"\{(\w+)\}", text))


def messages() -> dict[object, Message]:
    """The catalogue by msgid."""
    with po_file().open("rb") as file:
        return {message.id if isinstance(message.id, str) else tuple(message.id): message for message in read_po(file)}


class TestCatalogue:
    """The Dutch catalogue is whole. Mend: `python -m bot.texts update`, then write what is empty."""

    def test_every_msgid_of_the_house_is_translated(self) -> None:
        """Read again from the source of all rooms and templates: none absent, empty or fuzzy."""
        found, known = msgids(), messages()

        assert len(found) > 200
        assert sorted(str(msgid) for msgid in found if msgid not in known) == []
        wanted = [known[msgid] for msgid in found]
        assert [message.id for message in wanted if message.fuzzy] == []
        assert [message.id for message in wanted if not all(_strings(message))] == []

    def test_placeholders_are_the_same(self) -> None:
        """A translation fills in exactly what its msgid names: the singular what the singular does, which may leave the
        number out, as Dutch uses it for one alone; the plural what the plural does.
        """
        wrong = [
            message.id
            for message in messages().values()
            if message.id and [holes(text) for text in _strings(message)] != [holes(text) for text in _ids(message)]
        ]

        assert wrong == []

    def test_only_one_is_singular(self) -> None:
        """Dutch has two forms, and the first is for 1 alone."""
        with po_file().open("rb") as file:
            dutch = read_po(file)

        assert (dutch.num_plurals, dutch.plural_expr) == (2, "(n != 1)")

    def test_nothing_is_left_over(self) -> None:
        """A text that nobody shows any more is removed."""
        assert {str(msgid) for msgid in messages() if msgid} == {str(msgid) for msgid in msgids()}

    def test_a_missing_text_is_noticed(self, tmp_path: Path) -> None:
        """The reader of sources finds msgids in calls, errors, answers, choices and templates, and not in what is told
        to administrators.
        """
        for room in ("domain", "bot/x/templates", "commands"):
            (tmp_path / room).mkdir(parents=True)
        shutil.copy(ROOT / "domain" / "errors.py", tmp_path / "domain")
        (tmp_path / "commands" / "a.py").write_text(
            "class Mine(NotPossible): ...\n"
            'raise Mine("mine", at=1)\nraise errors.Gone("gone", code="1")\nraise Misconfigured("config")\n'
            'raise Unsigned("refused")\nAnswer(True, "yes" if x else "no")\nAnswer(ok=False, msgid="key")\n'
            'Capability(Way.GEEN, "cannot")\nwords("said", n=1)\nwords.ngettext("{n} one", "{n} more", 2)\n'
        )
        (tmp_path / "bot" / "x" / "templates" / "t.html").write_text(
            '{{ _("drawn") }}{{ ngettext("a", "b", 2) }}{{ _(name) }}'
        )

        assert msgids(tmp_path) == {
            "mine", "gone", "yes", "no", "key", "cannot", "said", "drawn", ("{n} one", "{n} more"), ("a", "b"),
        }  # fmt: skip


def _strings(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string or "",)


def _ids(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, tuple | list) else (message.id,)


class TestLabels:
    """Every key of data has a name."""

    @pytest.mark.parametrize(
        ("table", "keys"),
        [
            (labels.CATEGORIES, CATEGORIES),
            (labels.URGENCIES, Urgency),
            (labels.STATES, State),
            (labels.VISIBILITIES, Visibility),
            (labels.MARKERS, Marker),
            (labels.ROLES, Role),
            (labels.COMMANDS, ORDERS),
            (labels.PAST, ORDERS),
            (labels.ABILITIES, Ability),
            (labels.MESSAGES, MessageState),
            (labels.TEMPLATES, Template),
            (labels.DOSSIER_STATES, DossierState),
            (labels.PUNISHABLE, Punishable),
            (labels.ELEMENTS, ELEMENTS),
            (labels.COMPLAINTS, COMPLAINTS),
            (labels.TARGETS, TARGETS),
            (labels.INCIDENT_STATES, IncidentState),
            (labels.INCIDENT_KINDS, IncidentKind),
            (labels.EVENT_STATES, EventState),
            (labels.EVENT_KINDS, EVENT_KINDS),
            (labels.ROSTERS, ROSTERS),
            (labels.DIGESTS, DigestKind),
            (labels.TOTALS, TOTALS),
        ],
    )
    def test_complete(self, table: dict[object, str], keys: object) -> None:
        """The table has exactly the keys of the domain."""
        assert set(table) == set(keys)

    def test_every_advised_step_has_words(self) -> None:
        """Whatever a category advises can be said."""
        assert {step for row in CATEGORIES.values() for step in row.advice} <= set(labels.ADVICE)


class TestWords:
    """Filling in."""

    def test_translated_and_filled(self) -> None:
        """Dutch, with its params."""
        assert translate("Hidden at {at}.", {"at": "21:06"}) == "Verborgen om 21:06."

    def test_unknown_shows_itself(self) -> None:
        """A text without translation is still a text."""
        assert WORDS("Never heard of {it}.", it="x") == "Never heard of x."

    def test_a_missing_param_stays_visible(self) -> None:
        """A hole in a message is better than an error page."""
        assert WORDS("Hidden at {at}.", other="x") == "Verborgen om {at}."

    def test_params_are_not_formats(self) -> None:
        """Braces in a name are just braces."""
        assert WORDS("by {name}", name="{0.__class__}") == "door {0.__class__}"

    def test_plural(self) -> None:
        """One and more."""
        assert WORDS.ngettext("{n} earlier case", "{n} earlier cases", 1) == "1 eerder geval"
        assert WORDS.ngettext("{n} earlier case", "{n} earlier cases", 4) == "4 eerdere gevallen"

    def test_english_is_the_source(self) -> None:
        """The msgids themselves are the English."""
        assert catalogue("en")("Hide") == "Hide"
        assert isinstance(catalogue("en"), Words)

    def test_an_answer_names_people_and_moments(self) -> None:
        """Person keys, moments and labels in params are shown as people read them."""
        params = {"who": "noor", "at": "2026-07-20T09:58:00+00:00"}

        text = tell("{who} was first: hidden at {at}.", params, {"noor": "Noor V."}.__getitem__, NOON, WORDS)
        assert text == "Noor V. was eerst: verborgen om 11:58."
        role = tell("Your role ({role}) may not do this.", {"role": "dpo"}, str, NOON, WORDS)
        assert role == "Jouw rol (functionaris gegevensbescherming) mag dit niet doen."

    def test_a_moment_that_is_none_is_shown_as_it_is(self) -> None:
        """A param named `at` that is already words stays words."""
        assert tell("Hidden at {at}.", {"at": "noen"}, str, NOON, WORDS) == "Verborgen om noen."
        assert tell("Hidden at {at}.", {"at": NOON}, str, NOON, WORDS) == "Verborgen om 12:00."


class TestTimes:
    """Brussels wall clock, short units."""

    def test_moments(self) -> None:
        """Today by the hour, another day with its name, another year with its number."""
        assert hhmm(NOON) == "12:00"
        assert when(NOON, NOON, WORDS) == "12:00"
        assert when(NOON - timedelta(days=2), NOON, WORDS) == "za 18 jul 12:00"
        assert when(NOON - timedelta(days=400), NOON, WORDS) == "15 jun 2025 12:00"
        assert long_date(NOON, WORDS) == "maandag 20 juli, 12:00"

    def test_winter_is_an_hour_nearer(self) -> None:
        """The same UTC hour is another wall clock in winter."""
        assert hhmm(datetime(2026, 1, 20, 10, 0, tzinfo=UTC)) == "11:00"

    @pytest.mark.parametrize(
        ("seconds", "words"),
        [(0, "0 s"), (59, "59 s"), (61, "1 min"), (7199, "119 min"), (7200, "2 u"), (172800, "2 d")],
    )
    def test_spans(self, seconds: int, words: str) -> None:
        """The largest unit that still says enough."""
        assert span(seconds, WORDS) == words

    def test_ago_and_targets(self) -> None:
        """Relative words, targets in the unit people agreed on, and the countdown."""
        assert ago(NOON - timedelta(minutes=3), NOON, WORDS) == "3 min geleden"
        assert (target(900, WORDS), target(3600, WORDS), target(14400, WORDS)) == ("15 min", "60 min", "4 u")
        assert minutes_seconds(42.9) == "0:42"
