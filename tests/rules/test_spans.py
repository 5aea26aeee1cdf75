"""Normal forms and the way back: what hit is shown exactly where it stands in the original."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rules import normalise
from rules.engine import Rules
from rules.normalise import cure, cure_char, fold, fold_char, trace
from rules.repair import Edit, apply, repairs
from rules.view import View
from tests.rules.disguises import DISGUISES

SERIOUS = ("klootzak", "smeerlap", "makakken", "hoerenkind", "onnozelaar")
HARMLESS = (
    "gisteren",
    "aan de Dampoort",
    "één",
    "😊",
    "dat is waar",
    "18u30",
    "naïef",
    "1-2 keer",
    "Sint-Amandsberg",
    "ﬁets",
)


class TestDisguises:
    """Obfuscation is undone, and the place is the whole of the disguised word."""

    @pytest.mark.parametrize("word", SERIOUS)
    @pytest.mark.parametrize("name", DISGUISES)
    def test_found_where_it_stands(self, gent: Rules, name: str, word: str) -> None:
        """Every disguise of every word is found, and the span covers it and nothing around it."""
        disguised = DISGUISES[name](word)
        text = f"Één zin, {disguised} 😀 en daarna."
        flags = gent.judge(text).flags

        assert flags, disguised
        start, end = flags[0].spans[0]
        assert text[start:end] in disguised
        assert disguised.strip("\u202e#").startswith(text[start:end][:1])
        assert fold(text[start:end]) == fold(disguised.strip("#"))

    @pytest.mark.parametrize(
        "text",
        [
            "18u30 of 2e zit op 3de, 4x per week, 5km en 1ste plaats, 100% 0m",
            "1-ABC is geen plaat, lijn 1, 2, 3 en b 2 c 4",
            "tjaaa, jaaaa, neeee, hahaha, pfffff",
            "a b c d e f g, W. F. J. Janssens en K.V.K.",
            "m'n kl@s, e-mail@, $100, 5€ of *** en !!! en |||",
            "v*** en zo, x*y",
        ],
    )
    def test_ordinary_codes_stay_as_they_are(self, gent: Rules, text: str) -> None:
        """Numbers, times, initials and cries hold no word of the rules, so nothing is repaired."""
        assert gent.normal(text).replace(" ", "") == fold(text).replace(" ", "")
        assert gent.judge(text).live == ()


class TestNormalForm:
    """Folding is done once and for all, character by character."""

    @given(st.text())
    @example("İ ẞ ﬃ Σς Ꭰ ǅ ① ½ … \x00\ud800")
    def test_twice_is_once(self, text: str) -> None:
        """Folding a folded text changes nothing; so does curing."""
        assert fold(fold(text)) == fold(text)
        assert cure(cure(text)) == cure(text)

    @given(st.text(alphabet="abdeiklmnoprstuz 01345.-_*!@$|\u200bé", max_size=40))
    @example("k l o o t z a k k e n")
    @example("a k 4 n k 3 r b")
    @example("kllll00tzakkkk  kl*tzak")
    def test_repaired_twice_is_once(self, gent: Rules, text: str) -> None:
        """A repaired text holds nothing more to repair."""
        once = gent.normal(text)

        assert gent.normal(once) == once

    @given(st.text())
    def test_folding_is_character_by_character(self, text: str) -> None:
        """The normal form of a text is that of its characters in a row, so places can be traced."""
        starts, ends = trace(text, fold_char)

        assert fold(text) == "".join(map(fold_char, text)).lower()
        assert len(starts) == len(ends) == len(fold(text))
        assert all(0 <= start < end <= len(text) for start, end in zip(starts, ends, strict=True))

    @given(st.text(), st.data())
    def test_a_traced_place_folds_to_what_was_there(self, text: str, data: st.DataObject) -> None:
        """The original of a place reads as the place itself once folded (or more, where one character became many)."""
        view = View(text, fold(text))
        if view.text:
            start = data.draw(st.integers(0, len(view.text) - 1))
            end = data.draw(st.integers(start + 1, len(view.text)))
            ((low, high),) = view.origins([(start, end)])

            assert view.text[start:end] in fold(text[low:high])

    def test_look_alikes(self) -> None:
        """Only the second pass reads look-alike letters and drops pictures; foreign scripts stay."""
        assert fold("сосо") == "сосо"
        assert cure("ѕоѕ 🅰😀b") == "sos ab"
        assert cure("مرحبا") == "مرحبا"
        assert cure_char("x") == "x"

    def test_the_version_is_in_the_hash(self, gent: Rules) -> None:
        """A ruleset names the normaliser it was made for."""
        assert f'"normaliser":{normalise.VERSION}' in gent.content


class TestTwoViews:
    """A text with look-alike letters is read twice; both readings count."""

    def test_places_of_both(self, gent: Rules) -> None:
        """A plain hit and a disguised one are places of one flag."""
        text = "klootzak. Twee: klооtzаk"
        flag = next(flag for flag in gent.judge(text).flags if flag.rule == "beled.scheldwoord")

        assert [text[start:end] for start, end in flag.spans] == ["klootzak", "klооtzаk"]

    def test_the_reading_that_flags_wins(self, gent: Rules) -> None:
        """A hit stopped by a guard in one reading does not hide a hit in the other."""
        text = "geen klootzak. Wel een klооtzаk"
        flag = next(flag for flag in gent.judge(text).flags if flag.rule == "beled.scheldwoord")

        assert [text[start:end] for start, end in flag.spans] == ["klооtzаk"]
        assert [each.stopped_by for each in gent.explain("geen klootzak, Ж")] == ["ontkenning:3"]


class TestRepairs:
    """Edits on a folded text."""

    def test_edits_are_made_in_order(self) -> None:
        """Replacements may be shorter or longer than what they replace."""
        assert apply("een t w e e drie", [Edit(0, 3, "1"), Edit(4, 11, "tweeeee")]) == "1 tweeeee drie"

    def test_long_codes_are_not_tried(self) -> None:
        """A chunk of more than sixty letters is no word."""
        assert repairs("a4" * 40, lambda letters, _glued: [(0, len(letters))]) == []

    def test_a_word_between_spaced_letters(self, gent: Rules) -> None:
        """A word that stands in a longer row of single letters is set apart."""
        assert gent.normal("x k l o o t z a k y") == "x klootzak y"


class TestSurroundings:
    """Harmless words around a text do not lose a hit."""

    @given(
        st.lists(st.sampled_from(HARMLESS), max_size=6),
        st.sampled_from([*SERIOUS, "ik ga u vermoorden", "0471 23 45 67"]),
        st.lists(st.sampled_from(HARMLESS), max_size=6),
    )
    def test_hits_stay(self, gent: Rules, before: list[str], word: str, after: list[str]) -> None:
        """What is flagged alone is flagged between other words, at its own place."""
        lead = "".join(f"{each}, " for each in before)
        text = f"{lead}{word}, {', '.join(after)}"
        alone = {flag.rule for flag in gent.judge(word).flags}
        flags = {flag.rule: flag for flag in gent.judge(text).flags}

        assert alone
        assert alone <= set(flags)
        for name in alone:
            low, high = flags[name].spans[0][0], flags[name].spans[-1][1]
            assert (low, high) == (len(lead), len(lead) + len(word))
