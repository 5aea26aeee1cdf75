"""Foreign text: literal, masked where it must be, never able to lie about its direction."""

from hypothesis import given
from hypothesis import strategies as st

from bot.quote import Segment, cut, excerpt, one_line, segments, split, visible
from domain.text import MASK

FAMILY = "👨\u200d👩\u200d👧\u200d👦"


def joined(text: str, personal: tuple[tuple[int, int], ...] = (), marks: tuple[tuple[int, int], ...] = ()) -> str:
    """The pieces put together again, marks between brackets."""
    return "".join(f"[{one.text}]" if one.marked else one.text for one in segments(text, personal, marks))


class TestSegments:
    """A text in pieces."""

    def test_marks(self) -> None:
        """What a rule hit is marked, the rest is not."""
        assert joined("een bende prutsers hier", marks=((4, 18),)) == "een [bende prutsers] hier"

    def test_overlapping_marks_are_one(self) -> None:
        """Two rules on the same words give one mark."""
        assert joined("abcdefgh", marks=((1, 4), (3, 6))) == "a[bcdef]gh"

    def test_personal_data_are_masked_also_inside_a_mark(self) -> None:
        """A number keeps two digits at each end, for everybody."""
        shown = joined("bel 0470 12 34 56 nu", ((4, 17),), ((4, 17),))

        assert "0470 12" not in shown
        assert shown.startswith("bel [04")
        assert MASK in shown

    def test_links_have_no_target(self) -> None:
        """Only the host is left of a link; it cannot be copied and opened."""
        assert joined("kijk https://win-nu.example/abc?x=1 snel") == "kijk [link: win-nu.example] snel"

    def test_a_mark_takes_the_whole_link(self) -> None:
        """A rule that hit half a link marks all of it, so that it stays one link."""
        assert joined("zie https://a.example/b", marks=((12, 16),)) == "zie [[link: a.example]]"

    def test_a_lying_link_shows_its_real_host(self) -> None:
        """What stands before an @ is no host."""
        assert joined("https://politie.be@boef.example/x") == "[link: boef.example]"

    def test_direction_tricks_are_visible(self) -> None:
        """U+202E and its like become visible marks; so do control characters."""
        assert joined("a\u202eb\u2066c\x07") == "a⟨U+202E⟩b⟨U+2066⟩c⟨U+0007⟩"
        assert visible("regel\neen\ttab") == "regel\neen\ttab"

    def test_empty(self) -> None:
        """A photo without text has no pieces."""
        assert segments("", (), ()) == ()

    def test_spans_beyond_the_text_are_harmless(self) -> None:
        """A span that is longer than the text marks what is there."""
        assert joined("kort", marks=((2, 99),)) in ("ko[rt]", "kort")

    @given(st.text(max_size=80), st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), max_size=4))
    def test_any_text_with_any_spans(self, text: str, spans: list[tuple[int, int]]) -> None:
        """No text and no span breaks it, and no direction character comes through."""
        shown = "".join(one.text for one in segments(text, spans, spans))

        assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class TestLong:
    """A long text is cut, and the rest is kept behind one press."""

    def test_ten_thousand_characters(self) -> None:
        """The first 1,200 are shown, all others are in the rest."""
        head, rest = split(segments("a" * 10_000, (), ()))

        assert (sum(len(one.text) for one in head), sum(len(one.text) for one in rest)) == (1200, 8800)

    def test_marks_survive_the_cut(self) -> None:
        """A mark that is cut is marked on both sides."""
        head, rest = split(segments("abcdef", (), ((2, 5),)), 3)

        assert head == (Segment("ab"), Segment("c", marked=True))
        assert rest == (Segment("de", marked=True), Segment("f"))

    def test_never_inside_a_composed_emoji(self) -> None:
        """A family of four stays together."""
        text = "a" * 5 + FAMILY

        assert cut(text, 8) == 5

    def test_ten_thousand_emoji(self) -> None:
        """Nothing is lost and nothing is doubled."""
        text = FAMILY * 2500
        head, rest = split(segments(text, (), ()))

        assert "".join(one.text for one in (*head, *rest)) == text


class TestExcerpt:
    """What a rule hit, on one line."""

    def test_several_spans(self) -> None:
        """Spans that belong together stand with dots between them."""
        assert excerpt("ik weet waar jullie wonen", (), ((3, 7), (20, 25))) == "weet … wonen"

    def test_long_and_broken_lines(self) -> None:
        """One line of at most sixty characters."""
        assert one_line("a\n\nb " + "c" * 100).startswith("a b ccc")
        assert len(one_line("c" * 100)) == 60
