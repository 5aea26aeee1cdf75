"""The form of one line: canonical bytes, words of our own, pseudonyms, and never a text or a name."""

import dataclasses
import json
from datetime import UTC, datetime
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from storage.pseudonyms import LENGTH, Pseudonyms
from storage.register_entry import (
    EVENTS,
    FIELDS,
    GENESIS,
    Entry,
    Event,
    Place,
    Result,
    decode,
    encode,
    is_word,
    moment,
    write,
)

KEY = bytes(range(32))
AT = datetime(2026, 7, 18, 21, 6, 41, 120394, tzinfo=UTC)
PLACE = Place(412, GENESIS, AT)
PEOPLE = Pseudonyms(KEY)

words = st.from_regex(r"\A[a-z][a-z0-9_]{0,39}\Z")
digests = st.dictionaries(words, st.from_regex(r"\A[0-9a-f]{64}\Z"), max_size=3)
ids = st.one_of(st.none(), st.text(min_size=1, max_size=30))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds

FORMS: dict[str, st.SearchStrategy[Any]] = {
    "event": st.sampled_from(Event),
    "case": st.just("NB-2026-000123"),
    "dossier": st.sampled_from(("SMD-2026-000014", "SMD-2026-000014-A1", "SMD-2026-000014-A1-R2")),
    "platform": words,
    "account": st.from_regex(r"\A[A-Za-z0-9_.:-]{1,80}\Z"),
    "comment_id": ids,
    "author_id": ids,
    "post_id": ids,
    "actor": st.text(min_size=1, max_size=30),
    "second": st.text(max_size=30),
    "order": st.text(max_size=60),
    "answers": st.integers(1, 2**53 - 1),
    "house_rule": st.just("Respect voor iedereen"),
    "house_rules": st.just("v3"),
    "rules": st.lists(st.from_regex(r"\A[a-z0-9][a-z0-9_.:-]{0,79}\Z"), max_size=4).map(tuple),
    "ruleset": st.from_regex(r"\A[0-9a-f]{12}\Z"),
    "template": st.just("waarschuwing_1"),
    "text_version": st.integers(0, 9999),
    "digests": digests.filter(bool),
    "outcome": st.sampled_from(Result),
    "code": st.text(min_size=1, max_size=50),
    "due": moments,
    "count": st.integers(0, 2**53 - 1),
    "period": st.sampled_from(("2026", "2026-Q3", "2026-11", "2026-W47", "2026-01-01..2026-06-30")),
    "automated": st.booleans(),
    "drill": st.booleans(),
}
entries = st.builds(Entry, **{each.name: FORMS.get(each.name, words) for each in FIELDS})


class TestForm:
    """What a line looks like, for ever."""

    def test_a_known_line_never_changes(self) -> None:
        """These bytes were hashed once; another release must write the very same ones."""
        entry = Entry(
            event=Event.VOORNEMEN,
            case="NB-2026-000123",
            platform="facebook",
            account="1001",
            comment_id="555_1",
            author_id="77",
            action="verbergen",
            actor="noor",
            surface="browser",
            order="browser:8f",
            category="bedreiging",
            house_rules="v3",
            rules=("dreig.voorwaardelijk",),
            ruleset="0a1b2c3d4e5f",
            text_version=1,
            digests={"bewijs": "ab" * 32},
        )

        assert encode(write(entry, PLACE, PEOPLE)) == (
            b'{"account":"1001","auteur":"%s","automatisch":false,"categorie":"bedreiging","door":"%s",'
            b'"gebeurtenis":"voornemen","geval":"NB-2026-000123","handeling":"verbergen","huisregels":"v3",'
            b'"opdracht":"%s","oppervlak":"browser","platform":"facebook","prev":"%s","reactie":"%s",'
            b'"regels":["dreig.voorwaardelijk"],"regelset":"0a1b2c3d4e5f","seq":412,"tekstversie":1,'
            b'"tijd":"2026-07-18T21:06:41.120394Z","v":1,"vingerafdrukken":{"bewijs":"%s"}}'
            % (
                b"0e6623645155012635d602aadfb855d1",
                b"4a422f568a18b06340caf7b81d2351aa",
                b"7d2271a784fcd9f4a15ef1c0b1d7dde3",
                b"0" * 64,
                b"7907607fb81ba3652582db999d048089",
                b"ab" * 32,
            )
        )

    @given(entries)
    def test_every_entry_comes_back(self, entry: Entry) -> None:
        """What was written is read again as the same object, and what stands open in the entry stands in the line."""
        line = write(entry, PLACE, PEOPLE)

        assert decode(encode(line)) == line
        assert line["gebeurtenis"] == entry.event
        assert line.get("aantal") == entry.count
        assert line.get("vingerafdrukken") == entry.digests

    @given(entries)
    def test_the_bytes_are_canonical(self, entry: Entry) -> None:
        """The stored bytes are those of RFC 8785, and ASCII."""
        body = encode(write(entry, PLACE, PEOPLE))

        assert body == rfc8785.dumps(json.loads(body))
        assert body.isascii()

    def test_moments_have_one_form(self) -> None:
        """UTC, six digits of a second, Z; also for a full second and for another zone."""
        assert moment(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == "2026-01-02T03:04:05.000000Z"
        assert moment(datetime.fromisoformat("2026-07-18T23:00:00+02:00")) == "2026-07-18T21:00:00.000000Z"

    def test_a_moment_without_a_zone_is_refused(self) -> None:
        """Nobody could say later when that was."""
        with pytest.raises(ValueError, match="zone"):
            moment(AT.replace(tzinfo=None))

    def test_what_does_not_apply_is_absent(self) -> None:
        """Empty fields leave no key; a zero is a figure and stays; whether it went by itself is always said."""
        line = write(Entry(event=Event.HERSTEL, reason="reservekopie", count=0), PLACE, PEOPLE)

        assert set(line) == {"v", "seq", "prev", "tijd", "gebeurtenis", "reden", "aantal", "automatisch"}

    def test_a_clock_that_went_back_is_marked(self) -> None:
        """Only then the mark is there."""
        entry = Entry(event=Event.HEROPEND)

        assert write(entry, dataclasses.replace(PLACE, back=True), PEOPLE)["klok_afwijking"] is True
        assert "klok_afwijking" not in write(entry, PLACE, PEOPLE)

    def test_every_event_has_a_meaning_and_every_field_a_key(self) -> None:
        """The tables are complete, and no two fields share a key or a heading."""
        assert set(EVENTS) == set(Event)
        assert all(kind.meaning for kind in EVENTS.values())
        assert [each.name for each in FIELDS] == [each.name for each in dataclasses.fields(Entry)]
        assert len({each.key for each in FIELDS} | {"v", "seq", "prev", "tijd", "klok_afwijking", "sleutel"}) == (
            len(FIELDS) + 6
        )
        assert len({each.header for each in FIELDS}) == len(FIELDS)


class TestRefusals:
    """A line that says too little, or too much, is not written."""

    @pytest.mark.parametrize("event", [event for event, kind in EVENTS.items() if kind.needs])
    def test_an_incomplete_event_is_refused(self, event: Event) -> None:
        """Without the fields an event needs, its line would say nothing."""
        with pytest.raises(ValueError, match=f"{event} needs"):
            write(Entry(event=event), PLACE, PEOPLE)

    def test_an_id_needs_its_platform(self) -> None:
        """The same number on two platforms is not the same person."""
        with pytest.raises(ValueError, match="platform"):
            write(Entry(event=Event.HEROPEND, author_id="7"), PLACE, PEOPLE)

    @pytest.mark.parametrize(
        "name", [each.name for each in FIELDS if each.form is not None and each.name not in ("event", "code")]
    )
    @pytest.mark.parametrize("text", ["Jan Peeters, zot!", "<script>", "\u202eomgekeerd", "\ud800", "a" * 200])
    def test_text_does_not_fit_anywhere(self, name: str, text: str) -> None:
        """Whatever field it is put in, a text is refused, and the error does not repeat it."""
        value: Any = {"rules": (text,), "digests": {"bewijs": text}}.get(name, text)
        entry: Any = dataclasses.replace(Entry(event=Event.HEROPEND), **{name: value})

        with pytest.raises((ValueError, AttributeError)) as caught:
            write(entry, PLACE, PEOPLE)
        assert text not in str(caught.value)

    def test_a_code_never_stops_a_line(self) -> None:
        """A platform may answer anything: a sentence becomes `onleesbaar`, and the outcome is registered."""
        act: dict[str, Any] = {"event": Event.UITKOMST, "action": "verbergen", "answers": 1, "outcome": Result.MISLUKT}

        assert write(Entry(code="190/463", **act), PLACE, PEOPLE)["code"] == "190/463"
        assert write(Entry(code="Jan zei nee", **act), PLACE, PEOPLE)["code"] == "onleesbaar"

    @pytest.mark.parametrize(
        "body",
        [
            b'{"v": 1}',
            b'{"v":1,"a":2}',
            b'{"a":1,"a":1}',
            b'{"a":1.0}',
            b'{"a":1e3}',
            b'{"a":NaN}',
            b'{"a":9007199254740993}',
            b'{"a":"\\u0041"}',
            b'{"a":"\xc3\xa9"}',
            b'{"a":1}\n',
            b"\xff",
            b"[1]",
            b"{",
            b"",
        ],
    )
    def test_only_one_spelling_is_read(self, body: bytes) -> None:
        """Blanks, another order, doubled keys, fractions, huge numbers, escapes, other encodings: not canonical."""
        with pytest.raises(ValueError):  # noqa: PT011 - json has messages of its own
            decode(body)

    def test_words_are_told_from_sentences(self) -> None:
        """Callers can ask first whether a reason may stand in the register."""
        assert is_word("scheldproza")
        assert not any(map(is_word, ("", "Scheldproza", "één", "twee woorden", "a" * 41)))


class TestPseudonyms:
    """Keyed, separated by purpose, and of ids only."""

    @given(entries, st.text(alphabet="äöXY ", min_size=4, max_size=30).map("é".__add__))
    def test_no_name_or_id_stands_in_the_bytes(self, entry: Entry, planted: str) -> None:
        """Whoever wrote, acted, was asked or gave the order: only pseudonyms of 32 hex characters are stored."""
        about: dict[str, Any] = dict.fromkeys(
            ("comment_id", "author_id", "post_id", "actor", "second", "order", "code"), planted
        )
        body = encode(write(dataclasses.replace(entry, **about), PLACE, PEOPLE)).decode()

        assert planted not in json.dumps(json.loads(body), ensure_ascii=False)
        for key in ("reactie", "auteur", "bericht", "door", "tweede", "opdracht"):
            assert len(json.loads(body)[key]) == LENGTH

    @given(st.text(), st.text())
    def test_the_same_number_differs_by_purpose_and_platform(self, platform: str, number: str) -> None:
        """Comment 7, author 7, post 7 and colleague 7 have nothing in common; nor have two platforms or two keys."""
        made = {
            PEOPLE.comment(platform, number),
            PEOPLE.author(platform, number),
            PEOPLE.post(platform, number),
            PEOPLE.person(number),
            PEOPLE.order(number),
            PEOPLE.author(platform + "x", number),
            Pseudonyms(KEY[::-1]).author(platform, number),
            PEOPLE.with_secret(KEY).author(platform, number),
        }

        assert len(made) == 8

    def test_parts_do_not_run_together(self) -> None:
        """("a", "bc") is not ("ab", "c")."""
        assert PEOPLE.comment("a", "bc") != PEOPLE.comment("ab", "c")

    def test_the_same_id_gives_the_same_pseudonym_in_every_release(self) -> None:
        """Otherwise nobody could find the lines of a comment again. The figure was made with openssl's HMAC."""
        assert PEOPLE.author("facebook", "77") == "0e6623645155012635d602aadfb855d1"

    def test_a_short_key_is_refused(self) -> None:
        """A key that can be guessed makes pseudonyms that can be guessed."""
        with pytest.raises(ValueError, match="32 bytes"):
            Pseudonyms(b"kort")

    def test_the_clock_is_no_person(self) -> None:
        """What Nabij did by itself says so."""
        assert write(Entry(event=Event.GECLAIMD, actor="nabij"), PLACE, PEOPLE)["door"] == "nabij"
