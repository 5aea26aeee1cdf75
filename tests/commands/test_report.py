"""*Melding*: what a colleague saw becomes a card, and who is on call hears of it when nobody is at work."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from commands.finding import Link, find, link_of
from domain.model import Author, Change, ChangeKind, Way
from domain.orders import AddTurn, Hide, Leave, MarkWrong, PlanEvent, Report
from domain.roles import Role
from domain.states import State, Visibility
from storage import evidence
from storage.call_tables import NoticeRow
from storage.tables import CaseRow, CommentRow, EvidenceRow, FlagRow, GivenOrderRow, TextVersionRow
from tests.fakes.house import INSULT, SHADOW, THREAT, World

SUNDAY = datetime(2026, 11, 22, 14, tzinfo=UTC)
"""15:00 in Brussels, no event."""
LINK = "https://www.facebook.com/gentseflikken/posts/2001?comment_id=1"
CALM = "een rustige reactie"


def reading(world: World, text: str = CALM, comment_id: str = "2001_1", **more: Any) -> CommentRow:
    """A comment that Nabij reads."""
    world.arrives(text, comment_id, **more)
    return world.told_of(comment_id)


def report(world: World, link: str = LINK, by: str = "een-melder", **more: Any) -> Any:
    """A colleague reports it; the answer."""
    return world.ask(Report(by=by, link=link, **more))


def on_call(world: World, *people: str) -> None:
    """These stand on the roster this weekend."""
    for rank, person in enumerate(people, 1):
        hours = {"start": "2026-11-21T08:00", "end": "2026-11-23T08:00"}
        assert world.ask(AddTurn(by="ann", roster="wacht_moderatie", person=person, rank=rank, **hours)).ok


def letters(world: World) -> list[tuple[str, str]]:
    """(kind, who) of every letter."""
    return [(row.kind, row.who) for row in world.rows(NoticeRow)]


class TestKnown:
    """A comment that Nabij read, and that had no card."""

    def test_becomes_a_card(self, world: World) -> None:
        """Open, reported by name, with evidence as every card has; its clock runs from now on."""
        reading(world)
        world.clock.advance(timedelta(hours=2))

        told = report(world)

        case = world.case()
        assert (told.ok, told.msgid, told.params) == (True, "Reported: card {number}.", {"number": case.number})
        assert (case.state, case.reported_by, case.opened_at) == (State.NIEUW, "een-melder", world.clock.now())
        assert world.view().reported_by == "een-melder"
        assert [row.source for row in world.rows(EvidenceRow)] == ["webhook", "https://platform.example/2001_1"]
        assert world.view().evidence.complete
        (flag,) = world.rows(FlagRow)
        assert (flag.rule, flag.certainty, flag.ruleset, flag.state) == (
            "melding.collega",
            "te_beoordelen",
            world.house.flagger.ruleset,
            "live",
        )

    def test_the_register_says_who_flagged_it(self, world: World) -> None:
        """A person did, not a rule alone."""
        reading(world)
        report(world)

        line = world.last("gemarkeerd")
        assert (line["door"], line["reden"], line["automatisch"]) == (world.pseudonym("een-melder"), "melding", False)
        assert (line["regels"], line["handeling"]) == (["melding.collega"], "melding")
        assert world.verdict() == 0

    @pytest.mark.parametrize(
        ("text", "chosen", "category", "urgency"),
        [
            (CALM, "", "grof_onfatsoen", 2),
            (CALM, "bedreiging", "bedreiging", 4),
            (CALM, "trollen", "trollen", 2),
            (CALM, "vraag", "vraag", 2),
            (CALM, "positief", "grof_onfatsoen", 2),
            (CALM, "<script>", "grof_onfatsoen", 2),
            ("positief hoor", "", "grof_onfatsoen", 2),
            (INSULT, "", "belediging_scheldproza", 2),
            (INSULT, "trollen", "trollen", 2),
            (THREAT, "trollen", "bedreiging", 4),
            (f"trollen {SHADOW}", "", "grof_onfatsoen", 2),
        ],
    )
    def test_category(self, world: World, text: str, chosen: str, category: str, urgency: int) -> None:
        """What the colleague says, else what the rules say, else the rudeness that fits most; *normaal* at least. What
        a rule finds more urgent stays first. A rule that only tries out says nothing.
        """
        change = Change(ChangeKind.NIEUW, world.comment(text))
        world.push(change, quiet=True)  # read afterwards: flagged, without a card
        report(world, category=chosen)

        case = world.case()
        assert (case.category, case.urgency) == (category, urgency)

    def test_two_colleagues_one_card(self, world: World) -> None:
        """The second hears that it is open; the first stays the one who reported it."""
        reading(world)
        report(world)
        told = report(world, by="een-lezer")

        assert (told.ok, told.msgid) == (True, "A person looks at it: card {number} is open.")
        assert len(world.rows(CaseRow)) == 1
        assert world.case().reported_by == "een-melder"
        assert world.events().count("gemarkeerd") == 2

    def test_pressed_twice(self, world: World) -> None:
        """The same form is one report."""
        reading(world)
        world.ask(Report(by="noor", link=LINK), key="druk")
        world.ask(Report(by="noor", link=LINK), key="druk")

        assert (len(world.rows(CaseRow)), len(world.rows(FlagRow))) == (1, 1)

    def test_our_own_comment(self, world: World) -> None:
        """There is nothing to decide on what the account itself wrote."""
        reading(world, own=True)
        told = report(world)

        assert (told.ok, told.msgid) == (
            False,
            "This was written by the account itself, so there is nothing to decide.",
        )
        assert world.rows(CaseRow) == []

    @pytest.mark.parametrize("role", Role)
    def test_everybody_with_an_account(self, world: World, role: Role) -> None:
        """Whoever works here may report."""
        reading(world)

        assert report(world, by=f"een-{role.value}").ok

    def test_nobody_else(self, world: World) -> None:
        """An account that was taken away."""
        reading(world)

        assert report(world, by="weg").msgid == "You have no account here any more."
        assert world.rows(CaseRow) == []

    @pytest.mark.parametrize("where", [{"after": 1}, {"inside": 1}, {"after": 2}, {"after": 3}, {"after": 4}])
    def test_killed_in_between(self, world: World, where: dict[str, int]) -> None:
        """Wherever the process dies: one card, one flag, whole evidence, an answer."""
        reading(world)
        key = world.hand(Report(by="noor", link=LINK))
        world.dies(**where)

        assert world.answer(key).ok
        assert (len(world.rows(CaseRow)), len(world.rows(FlagRow))) == (1, 1)
        assert world.view().evidence.complete
        assert world.events().count("gemarkeerd") == 1

    def test_an_edit_came_together_with_its_intake(self, world: World) -> None:
        """Another process kept the text as an old one in between: the card is there all the same."""
        world.push(Change(ChangeKind.NIEUW, world.comment(INSULT)))
        row = world.told_of()
        with world.database.write() as session:
            session.add(TextVersionRow(comment_id=row.id, version=1, text=INSULT, hash=row.hash, seen_at=row.seen_at))
        world.run.work()
        assert world.case() is not None

    def test_before_its_intake_came(self, world: World) -> None:
        """The queue was long: the report opens the card, and the intake of the same delivery opens the others only."""
        told = [Change(ChangeKind.NIEUW, world.comment(INSULT, name)) for name in ("2001_1", "2001_2")]
        world.push(*told)
        lying = list(world.run.waiting)
        world.run.waiting.clear()
        assert report(world).ok
        world.run.waiting.extend(lying)
        world.run.work()

        assert world.case("2001_2") is not None
        assert (world.case().markers, world.events().count("tekst_gewijzigd")) == ([], 0)
        assert world.verdict() == 0


class TestDecided:
    """A comment with a card."""

    @pytest.mark.parametrize("decision", [Leave, MarkWrong])
    def test_what_was_left_standing_is_looked_at_again(self, world: World, decision: type) -> None:
        """Open again, its rule not judged any more; the register says who asked."""
        world.arrives(INSULT)
        world.press(decision)
        told = report(world)

        assert (told.ok, told.msgid) == (True, "A person looks at it: card {number} is open.")
        case = world.case()
        assert (case.state, case.reported_by) == (State.HEROPEND, "een-melder")
        assert [flag.verdict for flag in world.rows(FlagRow)] == [""]
        line = world.last("heropend")
        assert (line["door"], line["van"], line["naar"], line["reden"]) == (
            world.pseudonym("een-melder"),
            "afgehandeld",
            "heropend",
            "melding",
        )

    def test_what_was_hidden_stays_decided(self, world: World) -> None:
        """It is marked as reported, and the card is drawn again; nobody is called."""
        world.arrives(INSULT)
        world.press(Hide)
        before = world.case().revision
        world.clock.set(SUNDAY)
        told = report(world)

        assert (told.ok, told.msgid) == (True, "Somebody decided on this already: card {number}.")
        case = world.case()
        assert (case.state, case.reported_by) == (State.AFGEHANDELD, "een-melder")
        assert case.revision > before
        assert letters(world) == []

    def test_what_its_author_removed_stays_closed(self, world: World) -> None:
        """There is nothing left to look at on the platform."""
        world.arrives(INSULT)
        world.press(Leave)
        world.author_deletes()

        assert report(world).msgid == "Somebody decided on this already: card {number}."
        assert world.case().state == State.AFGEHANDELD

    def test_while_somebody_is_at_it(self, world: World) -> None:
        """An act that is under way is not disturbed; it ends as it would have."""
        world.arrives(INSULT)
        world.give(Hide)
        with world.between(after=2):
            told_key = world.hand(Report(by="noor", link=LINK))

        assert world.answer(told_key).ok
        assert (world.case().state, world.case().reported_by) == (State.AFGEHANDELD, "noor")
        assert world.platform.done("hide") == ["2001_1"]


class TestPasted:
    """A comment that Nabij does not know."""

    def test_without_its_text(self, world: World) -> None:
        """It is asked for; nothing is stored."""
        told = report(world)

        assert (told.ok, told.msgid) == (
            False,
            "Nabij does not know this comment. Paste its text as well, then a person looks at it.",
        )
        assert world.rows(CommentRow) == []

    @pytest.mark.parametrize(
        "link", ["", "   ", "zomaar een woord", "ftp://x/1", "https://", "javascript:1", "https://[1"]
    )
    def test_neither_address_nor_text(self, world: World, link: str) -> None:
        """Refused politely."""
        assert report(world, link).msgid == "Give the address of the comment, or paste its text."

    def test_with_its_text(self, world: World) -> None:
        """A card, judged by the rules; the first proof is what was pasted, and it says what is missing."""
        told = report(world, text=f"  {THREAT} \n")

        (comment,) = world.rows(CommentRow)
        assert (comment.comment, comment.pasted, comment.permalink) == ("melding-1", True, LINK)
        assert (comment.platform, comment.account, comment.text) == ("facebook", "1001", THREAT)
        case = world.case("melding-1")
        assert (told.ok, told.params) == (True, {"number": case.number})
        assert (case.category, case.urgency) == ("bedreiging", 4)
        (proof,) = world.rows(EvidenceRow)
        assert (proof.source, proof.body, proof.missing) == ("melding", THREAT.encode(), ["gelezen bij het platform"])
        with world.database.read() as session:
            assert evidence.intact(session, proof)
        assert [row.text for row in world.rows(TextVersionRow)] == [THREAT]
        assert world.last("vastgelegd")["reden"] == "melding"
        assert world.platform.calls == []

    def test_the_text_does_not_stay_with_the_order(self, world: World) -> None:
        """What a citizen wrote stands where erasure finds it."""
        report(world, text=THREAT)

        (given,) = world.rows(GivenOrderRow)
        assert given.data["text"] == ""
        assert THREAT not in str(world.lines())

    def test_what_can_be_done_with_it(self, world: World) -> None:
        """Hiding and deleting by hand; nothing can be sent, and the platform is never asked about a made-up id."""
        report(world, text=THREAT)

        ways = {ability.value: each.way for ability, each in world.view("melding-1").capabilities.items()}
        assert [ways[each] for each in ("hide", "unhide", "delete")] == [Way.MANUEEL] * 3
        assert {way for each, way in ways.items() if each not in ("hide", "unhide", "delete")} == {Way.GEEN}
        assert world.press(Hide, world.case("melding-1")).ok
        assert world.told_of("melding-1").visibility == Visibility.VERBORGEN
        assert (world.case("melding-1").state, world.platform.calls) == (State.AFGEHANDELD, [])

    def test_left_standing_like_any_other(self, world: World) -> None:
        """A decision that asks nothing of a platform."""
        report(world, text=CALM)

        assert world.press(Leave, world.case("melding-1")).ok

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ((LINK, THREAT), (LINK, THREAT)),
            ((LINK, THREAT), (LINK, "anders overgetypt")),
            (("", THREAT), ("", THREAT)),
            ((LINK, THREAT), ("", THREAT)),
        ],
    )
    def test_pasted_by_two(self, world: World, first: tuple[str, str], second: tuple[str, str]) -> None:
        """The same address, or the same text when one has no address: one card."""
        for by, (link, text) in zip(("noor", "een-melder"), (first, second), strict=True):
            assert report(world, link, by=by, text=text).ok

        assert len(world.rows(CaseRow)) == 1

    def test_the_same_text_at_two_addresses(self, world: World) -> None:
        """Two comments, two cards."""
        report(world, LINK, text=THREAT)
        report(world, LINK + "2", text=THREAT)

        assert len(world.rows(CaseRow)) == 2

    def test_both_looked_before_either_stored(self, world: World) -> None:
        """Two processes search at once; the lock lets one store, and the other finds it behind the lock."""
        keys = [world.hand(Report(by=by, link=LINK, text=THREAT)) for by in ("noor", "jef")]
        with world.between(after=1) as lying:
            lying.reverse()  # the second searches and stores while the first lies there with its search done

        assert all(world.answer(key).ok for key in keys)
        assert len(world.rows(CaseRow)) == 1

    @pytest.mark.parametrize(
        ("link", "permalink"),
        [
            ("https://forum.example/x/1", "https://forum.example/x/1"),
            ("http://forum.example/x/1", None),
            ("987654", None),
        ],
    )
    def test_of_an_unknown_address(self, world: World, link: str, permalink: str | None) -> None:
        """It goes to the first account; only a secure address is shown as a link."""
        report(world, link, text=CALM)

        (comment,) = world.rows(CommentRow)
        assert (comment.platform, comment.permalink) == ("facebook", permalink)

    def test_no_account_at_all(self, world: World) -> None:
        """A house that was not set up yet says so."""
        object.__setattr__(world.settings, "accounts", ())

        assert report(world, text=CALM).msgid == "No account is set up yet, so there is nothing to report."

    @pytest.mark.parametrize(
        "text", ["🚓" * 10_000, "\u202e" * 10, "a\u0301" * 4_999, "\ud800 \x00 los", "<!channel> {0}"]
    )
    def test_hostile_text(self, world: World, text: str) -> None:
        """Whatever it holds, it is stored and shown as it is, made storable."""
        assert report(world, text=text).ok
        assert world.view("melding-1").text == text.replace("\ud800", "\ufffd").replace("\x00", "\ufffd")

    def test_too_long(self, world: World) -> None:
        """More than a platform takes."""
        told = report(world, text="a" * 10_001)

        assert (told.msgid, told.params) == ("Paste at most {n} characters.", {"n": 10_000})
        assert world.rows(CommentRow) == []


class TestCalled:
    """Who hears of it."""

    def test_sunday_without_event(self, world: World) -> None:
        """Whoever is on call gets one letter, and nobody else is disturbed."""
        on_call(world, "jef")
        reading(world)
        world.clock.set(SUNDAY)

        told = report(world)

        assert (told.msgid, told.params["names"]) == ("Reported: card {number}. Called: {names}.", "Jef T.")
        assert letters(world) == [("melding", "jef")]
        assert world.herald.to("fake://jef") == [f"melding {world.case().number}"]
        assert {address for address, _ in world.herald.sent} == {"fake://jef"}

    def test_all_who_are_on_call(self, world: World) -> None:
        """Each one letter, in the order of call."""
        on_call(world, "noor", "jef")
        world.clock.set(SUNDAY)
        reading(world)
        report(world)

        assert letters(world) == [("melding", "noor"), ("melding", "jef")]

    def test_nobody_on_call(self, world: World) -> None:
        """The safety net."""
        world.clock.set(SUNDAY)
        reading(world)

        assert report(world).params["names"] == "vangnet"
        assert letters(world) == [("melding", "vangnet")]

    def test_who_reports_knows_already(self, world: World) -> None:
        """The only one on call reports it: nobody else has to come."""
        on_call(world, "jef")
        world.clock.set(SUNDAY)
        reading(world)

        assert report(world, by="jef").msgid == "Reported: card {number}."
        assert letters(world) == []

    def test_in_working_hours_only_the_card(self, world: World) -> None:
        """Somebody sits at the cards."""
        reading(world)
        report(world)

        assert letters(world) == []

    def test_in_an_event(self, world: World) -> None:
        """On Sunday in an event the letter comes as well: the working hours count, not the cover."""
        on_call(world, "jef")
        hours = {"start": "2026-11-20T08:00", "end": "2026-11-23T08:00"}
        world.ask(PlanEvent(by="ann", name="Mars", kind="betoging", **hours))
        world.clock.set(SUNDAY)
        reading(world)
        report(world)

        assert letters(world) == [("melding", "jef")]

    def test_reported_by_two(self, world: World) -> None:
        """One letter."""
        on_call(world, "jef")
        world.clock.set(SUNDAY)
        reading(world)
        report(world)
        report(world, by="een-lezer")

        assert letters(world) == [("melding", "jef")]

    def test_an_open_card_that_nobody_looked_at(self, world: World) -> None:
        """It was there since Friday; the report calls somebody."""
        on_call(world, "jef")
        world.arrives(INSULT)
        world.clock.set(SUNDAY)
        report(world)

        assert letters(world) == [("melding", "jef")]

    def test_left_standing_and_reported_again(self, world: World) -> None:
        """A second letter: the first one was answered with a decision."""
        on_call(world, "jef")
        world.clock.set(SUNDAY)
        reading(world)
        report(world)
        world.press(Leave)
        report(world, by="een-lezer")

        assert world.case().state == State.HEROPEND
        assert letters(world) == [("melding", "jef"), ("melding", "jef")]

    @pytest.mark.parametrize("where", [{"after": n} for n in range(1, 6)] + [{"inside": 1}])
    def test_killed_in_between(self, world: World, where: dict[str, int]) -> None:
        """Wherever the process dies: one letter is written."""
        on_call(world, "jef")
        world.clock.set(SUNDAY)
        reading(world)
        world.hand(Report(by="noor", link=LINK))
        world.dies(**where)

        assert letters(world) == [("melding", "jef")]


class TestFinding:
    """Which comment is meant."""

    @pytest.mark.parametrize(
        "link",
        [
            "2001_1",
            " 2001_1 ",
            "https://www.facebook.com/gentseflikken/posts/2001?comment_id=1",
            "https://m.facebook.com/story.php?story_fbid=2001&id=1001&comment_id=1&__tn__=R",
            "https://www.facebook.com/1001_2001?comment_id=1",
            "https://www.facebook.com/gentseflikken/posts/pfbid02abc?comment_id=1",
            "https://www.facebook.com/photo?fbid=77&comment_id=2001_1",
            "https://www.facebook.com/gentseflikken/posts/2001?comment_id=9&reply_comment_id=1",
            "https://permalink.example/precies/deze",
        ],
    )
    def test_ways_to_point_at_it(self, world: World, link: str) -> None:
        """By id, by an address with the id, with the post or without, or by its own address to the letter."""
        reading(world, permalink="https://permalink.example/precies/deze")
        reading(world, comment_id="2001_2", permalink="https://permalink.example/een/andere")

        assert report(world, link).ok
        assert world.case().reported_by == "een-melder"

    @pytest.mark.parametrize(
        "link",
        [
            "https://www.facebook.com/x/posts/2001",
            "https://www.facebook.com/x/posts/2001?comment_id=",
            "https://www.facebook.com/x/posts/2001?comment_id=%25",
            "https://www.facebook.com/x/posts/2001?comment_id=_1",
            "https://permalink.example/precies",
            "2001",
            "x" * 2001,
            "1" * 121,
            "https://permalink.example/\u202e",
        ],
    )
    def test_what_points_at_nothing(self, world: World, link: str) -> None:
        """A post, a half address, a wild card: never at just any comment."""
        reading(world, permalink="https://permalink.example/precies/deze")

        assert not report(world, link).ok
        assert world.rows(CaseRow) == []

    def test_one_of_several(self, world: World) -> None:
        """The same number under two posts: nobody guesses, the text is asked for."""
        reading(world, comment_id="2001_1")
        reading(world, comment_id="3001_1")

        assert not report(world, "https://www.facebook.com/x?comment_id=1").ok
        assert report(world, "https://www.facebook.com/x/posts/3001?comment_id=1").ok
        assert (world.case("2001_1"), world.case("3001_1").reported_by) == (None, "een-melder")

    def test_only_on_our_platforms(self, world: World) -> None:
        """A comment of an account that left the settings is not found by another one's id."""
        reading(world)
        with world.database.read() as session:
            assert find(session, Link("", (), "2001_1"), among=["instagram"]) == 0

    def test_what_an_address_shows(self) -> None:
        """Only https is ever drawn as a link."""
        assert link_of("https://a.example/1").secure == "https://a.example/1"
        assert link_of("http://a.example/1").secure is None
        assert link_of("123").secure is None

    def test_whose_name_is_hostile(self, world: World) -> None:
        """The author's name reaches no answer and no register line."""
        reading(world, author=Author("7771", "<script>x</script>"))
        told = report(world)

        assert "script" not in str(told)
        assert "script" not in str(world.lines())
