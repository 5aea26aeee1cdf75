"""Strikes: which warnings count, for whom, how long; and the drafts that carry their number."""

from datetime import UTC, datetime, time, timedelta

import pytest

from commands import drafts as texts
from commands.strikes import counts, ledger_of, ledgers
from domain.categories import CATEGORIES
from domain.clock import BRUSSELS
from domain.messages import Ledger, Template
from domain.model import Author
from domain.orders import CancelMessage, Delete, Hide, Reopen, WithdrawStrike
from domain.settings import Zone
from domain.states import Visibility
from storage.paper_tables import StrikeRow
from storage.tables import CommentRow
from tests.fakes import warned
from tests.fakes.house import INSULT, World
from tests.fakes.warned import draft, press, sent, strikes

OTHER_POST = {"post_id": "1001_2002"}


def _ledger(world: World, comment_id: str = "2001_1") -> Ledger:
    with world.database.read() as session:
        return ledger_of(session, world.house, session.get(CommentRow, world.case(comment_id).comment_id))


class TestLedger:
    """The strikes of one platform author, as they count now."""

    def test_nobody_was_warned(self, world: World) -> None:
        """The next would be the first."""
        world.arrives()

        assert _ledger(world) == Ledger(0, 3, None, same_post=False)
        assert world.view().ledger.next == 1

    def test_after_one(self, world: World) -> None:
        """Counts on every card of that author; the next would be the second."""
        world.arrives()
        sent(world)
        world.arrives(comment_id="b", **OTHER_POST)

        assert (_ledger(world).live, _ledger(world).here) == (1, strikes(world)[0].id)
        assert (_ledger(world, "b").live, _ledger(world, "b").here, _ledger(world, "b").next) == (1, None, 2)

    def test_of_somebody_else(self, world: World) -> None:
        """Another author has none."""
        world.arrives()
        sent(world)
        world.arrives(comment_id="b", author=Author("8882", "Iemand Anders"))

        assert _ledger(world, "b").live == 0

    def test_never_across_platforms(self, world: World) -> None:
        """The same number on another platform is somebody else."""
        world.arrives()
        sent(world)
        with world.database.write() as session:
            session.get(StrikeRow, 1).platform = "instagram"

        assert _ledger(world).live == 0

    def test_several_under_one_post_within_a_day_are_one(self, world: World) -> None:
        """The second warning is sent with the number there is, and books none."""
        world.arrives()
        sent(world)
        world.arrives(comment_id="b")
        assert (_ledger(world, "b").same_post, _ledger(world, "b").next) == (True, 1)

        sent(world, "b")
        assert len(strikes(world)) == 1
        assert world.events().count("strike_geboekt") == 1

    @pytest.mark.parametrize(("hours", "one"), [(24, True), (24.01, False)])
    def test_how_long_a_day_is(self, world: World, *, hours: float, one: bool) -> None:
        """Twenty-four hours from the booking on."""
        world.arrives()
        sent(world)
        world.clock.advance(timedelta(hours=hours))
        world.arrives(comment_id="b")

        assert _ledger(world, "b").same_post is one

    def test_under_another_post(self, world: World) -> None:
        """However soon: a strike of its own."""
        world.arrives()
        sent(world)
        world.arrives(comment_id="b", **OTHER_POST)
        sent(world, "b")

        assert [row.post for row in strikes(world)] == ["1001_2001", "1001_2002"]
        assert world.last("strike_geboekt")["aantal"] == 2

    def test_expires(self, world: World) -> None:
        """After a year it counts no more, and vanishes from the card."""
        world.arrives()
        sent(world)
        world.clock.advance(timedelta(days=365, seconds=-1))
        assert world.view().ledger.live == 1

        world.clock.advance(timedelta(seconds=1))
        assert world.view().ledger == Ledger(0, 3, None, same_post=False)

    def test_an_author_without_an_id(self, world: World) -> None:
        """Cannot be told from others: warned as the first time, and nothing is booked."""
        for comment_id in ("a", "b"):
            world.arrives(comment_id=comment_id, author=Author(None, "Iemand"))
            assert draft(world, comment_id=comment_id).number == 1
            sent(world, comment_id)

        assert strikes(world) == []
        assert _ledger(world, "b") == Ledger(0, 3, None, same_post=False)

    def test_many_in_one_query(self, world: World) -> None:
        """By comment row; no comments, no query."""
        world.arrives()
        world.arrives(comment_id="b")
        with world.database.read() as session:
            rows = list(session.query(CommentRow))
            assert ledgers(session, world.house, rows).keys() == {row.id for row in rows}
            assert ledgers(session, world.house, []) == {}

    def test_other_cards_of_the_author_are_drawn_again(self, world: World) -> None:
        """Every open card shows how many count."""
        world.arrives()
        world.arrives(comment_id="b", **OTHER_POST)
        before = world.case("b").changed
        sent(world)

        assert world.case("b").changed > before

    @pytest.mark.parametrize("category", CATEGORIES)
    def test_what_counts(self, category: str) -> None:
        """Breaches, but for what is no intent, an error or an opinion."""
        never = ("onbedoeld", "misleidend", "kritiek_mening")

        assert counts(category) is (CATEGORIES[category].breach and category not in never)


class TestAtOnce:
    """Two warnings to one author in the same second."""

    def test_the_number_is_true_while_another_is_on_its_way(self, world: World) -> None:
        """The second says what is true only once the first counts, so it is not sent; nobody slips past four eyes."""
        for comment_id, post in (("2001_1", {}), ("b", OTHER_POST)):
            world.arrives(comment_id=comment_id, **post)
            assert press(world, comment_id=comment_id).ok
        warned.due_now(world)
        with world.between(after=3) as lying:
            world.run.waiting.append(lying.pop())
            world.run.work()

        assert [comment for comment, _ in warned.letters(world)] == ["2001_1"]
        assert (world.case("b").state, len(strikes(world))) == ("heropend", 1)

    def test_nobody_knows_who(self, world: World) -> None:
        """Authors without a name are not one author."""
        for comment_id, post in (("2001_1", {}), ("b", OTHER_POST)):
            world.arrives(comment_id=comment_id, author=None, **post)
            assert press(world, comment_id=comment_id).ok
        warned.due_now(world)
        with world.between(after=3) as lying:
            world.run.waiting.append(lying.pop())
            world.run.work()

        assert len(warned.letters(world)) == 2


class TestWithdraw:
    """*Waarschuwing intrekken*: always possible, with a reason."""

    def test_does_not_count_any_more(self, world: World) -> None:
        """By whom and why: a code, and the digest of what was typed."""
        world.arrives()
        sent(world)

        told = world.press(WithdrawStrike, by="jef", reason="Piet had gelijk")

        assert told.msgid == "Withdrawn: this warning does not count any more."
        row = strikes(world)[0]
        assert (row.withdrawn_by, row.withdrawn_at) == ("jef", world.clock.now())
        assert world.view().ledger == Ledger(0, 3, None, same_post=False)
        line = world.last("strike_ingetrokken")
        assert (line["reden"], line["aantal"], line["door"]) == ("door_persoon", 0, world.pseudonym("jef"))
        assert set(line["vingerafdrukken"]) == {"toelichting"}
        assert "Piet" not in str(world.lines())
        assert world.verdict() == 0

    @pytest.mark.parametrize("reason", ["", "   "])
    def test_needs_a_reason(self, world: World, reason: str) -> None:
        """Nothing is withdrawn in silence."""
        world.arrives()
        sent(world)

        assert world.press(WithdrawStrike, reason=reason).msgid == "Say why the warning is withdrawn."
        assert world.view().ledger.live == 1

    def test_twice(self, world: World) -> None:
        """The second finds none that counts."""
        world.arrives()
        sent(world)
        world.press(WithdrawStrike, reason="r")

        assert world.press(WithdrawStrike, reason="r").msgid == "No warning counts on this card."

    def test_of_another_card(self, world: World) -> None:
        """Only on the card whose warning it was."""
        world.arrives()
        sent(world)
        world.arrives(comment_id="b")

        told = world.press(WithdrawStrike, world.case("b"), reason="r")
        assert told.msgid == "No warning counts on this card."

    def test_the_next_is_counted_anew(self, world: World) -> None:
        """The number of a draft follows."""
        world.arrives()
        sent(world)
        world.arrives(comment_id="b", **OTHER_POST)
        assert draft(world, comment_id="b").number == 2

        world.press(WithdrawStrike, reason="r")
        assert draft(world, comment_id="b").number == 1


class TestDrafts:
    """What a person may send, filled in, the advised one first."""

    def _keys(self, world: World, comment_id: str = "2001_1") -> list[str]:
        return [each.template for each in texts.drafts(world.house, world.view(comment_id), hide=False)]

    def test_the_first_time(self, world: World) -> None:
        """The friendly one first, the hint last, each with its number and nothing wrong."""
        world.arrives()

        found = texts.drafts(world.house, world.view(), hide=False)

        assert [(each.template, each.number) for each in found] == [
            (Template.WAARSCHUWING_1, 1),
            (Template.WAARSCHUWING_2, 1),
            (Template.HINT, 0),
        ]
        assert [fault for each in found for fault in each.faults if fault.blocks] == []
        assert 'onze huisregel "Geen beledigingen of scheldproza". Je' in found[0].text
        assert "Dit is waarschuwing 1 van 3." in found[0].text
        assert found[0].name == "Eerste waarschuwing"

    def test_an_expired_template(self, world: World) -> None:
        """From the day after, by the calendar of Brussels, its owner is asked for; that stops nobody."""
        world.arrives()
        day = world.house.templates[Template.WAARSCHUWING_1].expires
        midnight = datetime.combine(day + timedelta(days=1), time.min, BRUSSELS).astimezone(UTC)
        world.clock.set(midnight - timedelta(seconds=1))
        assert "expired" not in str(texts.drafts(world.house, world.view(), hide=False)[0].faults)
        world.clock.set(midnight)

        found = texts.drafts(world.house, world.view(), hide=False)[0]
        (late,) = (fault for fault in found.faults if "expired" in fault.msgid)
        assert not late.blocks
        assert press(world).ok

    def test_the_second_time(self, world: World) -> None:
        """The one that says what comes next is first."""
        world.arrives()
        sent(world)
        world.arrives(comment_id="b", **OTHER_POST)

        assert self._keys(world, "b") == ["waarschuwing_2", "waarschuwing_1", "hint"]
        assert "waarschuwing 2 van 3" in draft(world, comment_id="b").text

    def test_a_category_that_never_strikes(self, world: World) -> None:
        """Only the hint."""
        world.arrives("vraag over parkeren")

        assert self._keys(world) == ["hint"]

    @pytest.mark.parametrize(
        ("visibility", "hide", "words"),
        [
            (Visibility.ZICHTBAAR, False, 'scheldproza". '),
            (Visibility.ZICHTBAAR, True, 'scheldproza" en is verborgen. '),
            (Visibility.VERBORGEN, False, 'scheldproza" en is verborgen. '),
            (Visibility.VERBORGEN, True, 'scheldproza" en is verborgen. '),
            (Visibility.VERWIJDERD, False, 'scheldproza" en is verwijderd. '),
        ],
    )
    def test_what_was_done_with_it(self, world: World, visibility: Visibility, hide: bool, words: str) -> None:  # noqa: FBT001 - a row of the table
        """What is true of the comment, or will be when the message goes out."""
        world.arrives()
        with world.database.write() as session:
            session.get(CommentRow, world.case().comment_id).visibility = visibility.value

        assert words in draft(world, hide=hide).text

    def test_without_an_address_of_the_house_rules(self, world: World) -> None:
        """Blocked, and it says where: in the form, before anybody presses."""
        world.arrives()
        object.__setattr__(world.settings, "zone", Zone())

        assert all(fault.blocks for fault in draft(world).faults)
        assert draft(world).faults

    def test_faults_of_what_is_typed(self, world: World) -> None:
        """For the form, while a person writes."""
        text = "Dag, bel 0470 12 34 56. https://huisregels.example/"

        found = texts.faults(world.house, Template.HINT, text)
        assert [text[slice(*fault.place)] for fault in found if fault.blocks] == ["0470 12 34 56"]

    def test_the_explanation_of_a_deletion(self, world: World) -> None:
        """Filled in with our own address."""
        text = texts.explanation(world.house)

        assert world.settings.texts.meldpunt in text
        assert [each for each in texts.faults(world.house, Template.VERWIJDERD_PRIVACY, text) if each.blocks] == []


class TestCard:
    """What the card tells of a message."""

    def test_nothing(self, world: World) -> None:
        """No message, no strike."""
        world.arrives()

        assert world.view().message is None

    def test_the_newest(self, world: World) -> None:
        """Of several messages the last one counts, with its text as it will be sent."""
        world.arrives()
        press(world)
        world.press(CancelMessage)
        press(world, "jef", Template.HINT)

        shown = world.view().message
        assert (shown.template, shown.by, shown.state) == ("hint", "jef", "gepland")
        assert shown.text == draft(world, Template.HINT).text
        assert (shown.at, shown.settled_at) == (world.clock.now(), None)

    def test_when_it_was_delivered(self, world: World) -> None:
        """Then there is no moment to come."""
        world.arrives()
        sent(world)

        assert (world.view().message.due_at, world.view().message.settled_at) == (None, world.clock.now())

    def test_no_more_queries_for_more_cards(self, world: World) -> None:
        """Messages and ledgers of all cards are read at once (see `test_views`)."""
        for place in range(3):
            world.arrives(INSULT, f"c{place}", post_id=f"1001_{place}")
        press(world, comment_id="c1")

        assert [world.view(f"c{place}").message is not None for place in range(3)] == [False, True, False]


class TestAfterwards:
    """A warning that went out is a decision like others."""

    def test_hidden_after_all(self, world: World) -> None:
        """Open again first; the warning and its strike stay."""
        world.arrives()
        sent(world)
        assert world.press(Hide).msgid == "{who} was first: warned at {at}."

        assert world.press(Reopen).ok
        assert world.press(Hide).ok
        assert world.view().ledger.live == len(warned.letters(world)) == 1

    def test_deleted_after_all(self, world: World) -> None:
        """From handled, as what was hidden."""
        world.arrives()
        sent(world)

        assert world.press(Delete).ok
        world.later(seconds=60)
        assert world.told_of().visibility == Visibility.VERWIJDERD
