"""Ingest and intake: what came in is judged, stored and handed on; flagged comments become cases."""

import pytest

from commands import ingest
from domain.categories import Urgency
from domain.model import Author, BadChange, Change, ChangeKind, Comment, Reading
from domain.orders import Hide, Leave, Unhide
from domain.states import Marker, State, Visibility
from storage.evidence import intact, newest
from storage.tables import (
    CaseRow,
    CommentRow,
    DeadLetterRow,
    DeliveryRow,
    EvidenceRow,
    FlagRow,
    MediaRow,
    PostRow,
    TextVersionRow,
)
from tests.fakes.house import INSULT, LOST_PHOTO, PHOTO, PUSHED, THREAT, World, down

NEW, EDITED = ChangeKind.NIEUW, ChangeKind.AANGEPAST


class TestArrival:
    """One comment, from delivery to card."""

    def test_a_flagged_comment_becomes_a_case(self, world: World) -> None:
        """Numbered by the Brussels year, with the most urgent category, its flags and its evidence; a threat calls a
        commander in the same breath.
        """
        case = world.arrives("trollen en bedreiging")

        view = world.view()
        assert case.number == "NB-2026-000001"
        assert (view.category, view.urgency, view.state) == ("bedreiging", Urgency.KRITIEK, State.NIEUW)
        assert {flag.rule for flag in view.flags} == {"test.trollen", "test.bedreiging"}
        assert view.flags[0].spans[0][1] <= len(view.text)
        assert view.post_title == "Fietscontrole"
        assert view.evidence.complete
        assert world.last("gemarkeerd")["regels"] == ["test.bedreiging", "test.trollen"]
        assert world.events() == ["gemarkeerd", "alarm", "vastgelegd", "vastgelegd"]

    def test_the_evidence_can_be_checked(self, world: World) -> None:
        """Raw bytes of delivery and platform, each under the digest that the register holds."""
        world.arrives()

        rows = world.rows(EvidenceRow)
        with world.database.read() as session:
            assert all(intact(session, row) for row in rows)
            assert newest(session, rows[0].comment_id).body == INSULT.encode()
        digests = [line["vingerafdrukken"]["bewijs"] for line in world.lines() if "vingerafdrukken" in line]
        assert digests == [row.digest for row in rows]

    def test_harmless_comments_are_kept_without_a_case(self, world: World) -> None:
        """Stored with their text, no case, no call to the platform, no work."""
        assert world.arrives("mooie foto!") is None

        assert world.told_of().text == "mooie foto!"
        assert world.rows(FlagRow) == []
        assert world.platform.calls == []
        assert world.run.seen == set()

    def test_the_same_delivery_a_hundred_times(self, world: World) -> None:
        """One comment, one case, one raw delivery."""
        change = Change(NEW, world.comment(INSULT))
        for _ in range(100):
            world.push(change)
            world.run.work()

        assert len(world.rows(CommentRow)) == len(world.rows(CaseRow)) == len(world.rows(DeliveryRow)) == 1
        assert world.events().count("gemarkeerd") == 1

    def test_the_same_comment_twice_in_one_delivery(self, world: World) -> None:
        """Counts once."""
        change = Change(NEW, world.comment(INSULT))

        assert world.push(change, change) == [ingest.Stored(new=1, known=1, flagged=1)]

    def test_numbers_have_no_gaps(self, world: World) -> None:
        """The next case is the next number."""
        world.arrives(comment_id="a")
        world.arrives("rustig", comment_id="b")

        assert world.arrives(comment_id="c").number == "NB-2026-000002"

    def test_own_comments_are_never_a_case(self, world: World) -> None:
        """What the page itself writes is kept, and judged by nobody."""
        assert world.arrives(THREAT, own=True) is None
        assert world.told_of().own

    def test_flags_in_the_shadow_make_no_case(self, world: World) -> None:
        """A rule on trial: its flag is kept, nobody is disturbed."""
        assert world.arrives("schaduw bedreiging") is None
        assert [flag.state for flag in world.rows(FlagRow)] == ["shadow"]

    def test_urgency_none_makes_no_case(self, world: World) -> None:
        """Sympathy is counted, not shown."""
        assert world.arrives("medeleven met de familie") is None
        assert [flag.urgency for flag in world.rows(FlagRow)] == [Urgency.GEEN]

    def test_a_photo_is_fetched_and_marked(self, world: World) -> None:
        """Pictures are kept with their digest as soon as the comment is flagged."""
        world.arrives(media=(PHOTO,))

        assert world.view().markers == {Marker.BEVAT_BEELD}
        assert [row.body for row in world.rows(MediaRow)] == [b"\x89PNG"]

    def test_a_photo_that_is_gone_leaves_a_slip(self, world: World) -> None:
        """The evidence is incomplete and says so."""
        world.arrives(media=(LOST_PHOTO,))

        assert world.view().evidence.missing == ("media 0",)
        assert world.lines()[-1]["reden"] == "onvolledig"

    def test_hostile_text_is_only_text(self, world: World) -> None:
        """Markup, bidi marks and thousands of emoji are kept as they are."""
        hostile = INSULT + "<script>\u202e<!channel>" + "😡" * 10_000
        world.arrives(hostile)

        assert world.view().text == hostile
        assert "script" not in str(world.lines())

    def test_without_author_or_time(self, world: World) -> None:
        """Platforms leave them out; the case does without."""
        world.arrives(author=None, created_at=None)

        assert (world.view().author_name, world.view().posted_at) == (None, None)
        assert "auteur" not in world.last("gemarkeerd")

    def test_who_was_flagged_before(self, world: World) -> None:
        """The card says how many earlier cases the author has, on this platform."""
        world.arrives(comment_id="a")
        world.arrives(comment_id="b")
        world.arrives(comment_id="c", author=Author("iemand-anders", "Ander"))

        assert [world.view(each).earlier_cases for each in "abc"] == [0, 1, 0]

    def test_the_platform_cannot_be_read(self, world: World) -> None:
        """The case is there all the same, with the delivery as evidence; the missing capture is registered."""
        world.platform.faults = {"comment": [down()]}
        world.arrives()

        assert world.case().state == State.NIEUW
        assert world.view().evidence.missing == ("gelezen bij het platform",)
        assert world.events()[-1] == "vastlegging_mislukt"

    def test_the_post_cannot_be_read(self, world: World) -> None:
        """A slip instead of the context line; read again with the next flagged comment."""
        world.platform.faults = {"post": [down()]}
        world.arrives(comment_id="a")
        assert world.view("a").evidence.missing == ("bericht (Transient)",)
        world.arrives(comment_id="b")
        world.arrives(comment_id="c")

        assert len(world.rows(PostRow)) == 1

    def test_a_delivery_that_is_gone(self, world: World) -> None:
        """Erased before the intake came to it: the case is there, with the capture as its evidence."""
        world.push(Change(NEW, world.comment(INSULT)))
        with world.database.write() as session:
            session.query(CommentRow).update({"delivery_id": None})
        world.run.work()

        assert [row.source for row in world.rows(EvidenceRow)] == ["https://platform.example/2001_1"]

    def test_gone_before_it_was_captured(self, world: World) -> None:
        """Its author was faster than the capture: the case ends, with what the delivery proved."""
        world.push(Change(NEW, world.comment(INSULT)))
        world.platform.author_deletes("2001_1")
        world.run.work()

        assert world.case().state == State.AFGEHANDELD
        assert world.told_of().visibility == Visibility.DOOR_AUTEUR_VERWIJDERD

    def test_many_are_cut_into_parts(self, world: World) -> None:
        """A delivery of 250 is committed in three parts, so that a click never waits long."""
        changes = [Change(NEW, world.comment("rustig", str(number))) for number in range(250)]

        assert [part.new for part in world.push(*changes)] == [100, 100, 50]

    def test_nothing_at_all(self, world: World) -> None:
        """A delivery without changes leaves nothing behind."""
        assert world.push() == []
        assert world.rows(DeliveryRow) == []

    def test_bad_changes_are_kept(self, world: World) -> None:
        """What could not be read is a dead letter with its place in the raw delivery; its neighbours are stored."""
        world.push(Change(NEW, world.comment(INSULT)), bad=(BadChange("entry[0].changes[1]", "no id"),))
        world.push(bad=(BadChange("entry[0]", "no changes"),))

        letters = world.rows(DeadLetterRow)
        assert [(row.place, row.why) for row in letters] == [
            ("entry[0].changes[1]", "no id"),
            ("entry[0]", "no changes"),
        ]
        assert world.row(DeliveryRow, letters[1].delivery_id).body == PUSHED.body
        assert len(world.rows(CommentRow)) == 1

    def test_a_backfill_is_quiet(self, world: World) -> None:
        """Older comments are stored and judged, without cards; what is new later gets a card as ever."""
        world.push(Change(EDITED, world.comment(INSULT, "oud")), quiet=True)
        world.run.work()
        assert world.case("oud") is None
        assert len(world.rows(FlagRow)) == 1

        assert world.arrives(comment_id="nieuw") is not None

    def test_a_backfill_that_meets_an_edit(self, world: World) -> None:
        """A known comment with a new text is judged again, whoever told."""
        world.arrives()
        world.push(Change(EDITED, world.comment("bedreiging nu")), quiet=True)
        world.run.work()

        assert world.case().category == "bedreiging"


class TestEdits:
    """The author changes the text: what was decided on the old one no longer stands by itself."""

    def test_both_texts_are_kept(self, world: World) -> None:
        """Each version with its own flags; the case shows the newest."""
        world.arrives()
        world.edits("bedreiging nu")

        assert [(row.version, row.text) for row in world.rows(TextVersionRow)] == [(1, INSULT), (2, "bedreiging nu")]
        view = world.view()
        assert (view.text, view.text_version, view.category) == ("bedreiging nu", 2, "bedreiging")
        assert [flag.rule for flag in view.flags] == ["test.bedreiging"]
        assert Marker.AANGEPAST in view.markers
        assert "tekst_gewijzigd" in world.events()

    def test_harmless_becomes_flagged(self, world: World) -> None:
        """It gets its case then."""
        assert world.arrives("rustig") is None
        world.edits(INSULT)

        assert world.case().state == State.NIEUW

    def test_flagged_becomes_harmless(self, world: World) -> None:
        """The case stays for a person to close, marked as changed."""
        world.arrives()
        world.edits("sorry")

        assert world.case().state == State.NIEUW
        assert world.view().flags == ()
        assert world.case().category == "belediging_scheldproza"

    def test_flagged_becomes_harmless_before_the_intake(self, world: World) -> None:
        """Both pushes were stored before anybody worked: every flagged comment gets its case."""
        world.push(Change(NEW, world.comment(INSULT)))
        world.push(Change(EDITED, world.comment("sorry")))
        world.run.work()

        assert world.case().category == "belediging_scheldproza"
        assert Marker.AANGEPAST.value in world.case().markers
        assert [row.version for row in world.rows(EvidenceRow)] == [2, 2]

    def test_flagged_twice_before_the_intake(self, world: World) -> None:
        """The first opens the case, the second judges it again."""
        world.push(Change(NEW, world.comment(INSULT)))
        world.push(Change(EDITED, world.comment("bedreiging nu")))
        world.push(Change(EDITED, world.comment("bedreiging straks")))
        world.run.work()

        assert len(world.rows(CaseRow)) == 1
        assert world.view().text == "bedreiging straks"
        assert world.events().count("tekst_gewijzigd") == 1

    def test_new_and_edited_in_one_delivery(self, world: World) -> None:
        """The newest text counts, in whatever order they stand."""
        old, new = world.comment("rustig"), world.comment(INSULT)
        world.push(Change(EDITED, new), Change(NEW, old))
        world.run.work()

        assert world.view().text == INSULT
        assert world.told_of().version == 1

    def test_two_edits_in_one_delivery(self, world: World) -> None:
        """Both are kept in order."""
        world.arrives()
        world.push(Change(EDITED, world.comment("bedreiging nu")), Change(EDITED, world.comment(INSULT + " b")))
        world.run.work()

        assert [row.version for row in world.rows(TextVersionRow)] == [1, 2, 3]
        assert world.view().text == INSULT + " b"

    def test_there_and_back_in_one_delivery(self, world: World) -> None:
        """A text that returns is an edit too."""
        world.arrives()
        world.push(Change(EDITED, world.comment("rustig")), Change(EDITED, world.comment(INSULT)))
        world.run.work()

        assert (world.told_of().text, world.told_of().version) == (INSULT, 3)

    def test_an_edit_of_nothing(self, world: World) -> None:
        """The same text again is no edit."""
        world.arrives()
        world.edits(INSULT)

        assert world.told_of().version == 1

    def test_a_photo_that_comes_later(self, world: World) -> None:
        """Added with an edit: marked, and fetched."""
        world.arrives()
        world.push(Change(EDITED, world.comment(INSULT + " kijk", media=(PHOTO,))))
        world.run.work()

        assert Marker.BEVAT_BEELD.value in world.case().markers
        assert len(world.rows(MediaRow)) == 1

    @pytest.mark.parametrize(("text", "state"), [("bedreiging nu", State.HEROPEND), ("sorry", State.AFGEHANDELD)])
    def test_what_was_decided(self, world: World, text: str, state: State) -> None:
        """Flagged again: open again. Harmless now: the decision stands."""
        world.arrives()
        world.press(Leave)
        world.edits(text)

        assert world.case().state == state

    def test_an_edit_of_what_is_gone(self, world: World) -> None:
        """A push that comes late about a removed comment opens nothing."""
        world.arrives()
        world.author_deletes()
        world.push(Change(EDITED, Comment("facebook", "1001", "2001_1", "1001_2001", "bedreiging nu")))
        world.run.work()

        assert world.case().state == State.AFGEHANDELD


class TestNoticed:
    """What happened elsewhere, and the echo of what we did."""

    def test_the_echo_of_our_own_hide(self, world: World) -> None:
        """Before the outcome is written, and after it: it is ours, and nobody is told of another tool."""
        world.arrives()
        world.give(Hide)
        with world.between(after=4):
            assert world.platform.hidden == {"2001_1"}
            world.told(ChangeKind.VERBORGEN)
        world.told(ChangeKind.VERBORGEN)

        assert world.case().markers == []
        assert "elders_verborgen" not in world.events()

    def test_a_late_echo_crosses_the_undo(self, world: World) -> None:
        """Hidden and shown again; the push about the hiding comes last: the platform is asked."""
        world.arrives()
        world.press(Hide)
        world.press(Unhide)
        world.told(ChangeKind.VERBORGEN)

        assert world.told_of().visibility == Visibility.ZICHTBAAR
        assert "elders_verborgen" not in world.events()

    def test_hidden_by_another_tool(self, world: World) -> None:
        """Marked and registered; still for a person to decide."""
        world.arrives()
        world.platform.hidden.add("2001_1")
        world.told(ChangeKind.VERBORGEN)

        assert world.view().markers == {Marker.ELDERS_VERBORGEN}
        assert (world.case().state, world.told_of().visibility) == (State.NIEUW, Visibility.VERBORGEN)
        assert world.events()[-1] == "elders_verborgen"

    def test_shown_again_by_another_tool(self, world: World) -> None:
        """What was hidden here is open again; what was hidden there loses its mark."""
        world.arrives()
        world.press(Hide)
        world.platform.hidden.clear()
        world.told(ChangeKind.ZICHTBAAR)

        assert world.case().state == State.HEROPEND
        assert world.events()[-1] == "elders_zichtbaar"

    def test_hidden_and_shown_elsewhere(self, world: World) -> None:
        """Back to where it was."""
        world.arrives()
        world.platform.hidden.add("2001_1")
        world.told(ChangeKind.VERBORGEN)
        world.platform.hidden.clear()
        world.told(ChangeKind.ZICHTBAAR)

        assert (world.case().markers, world.case().state) == ([], State.NIEUW)

    def test_deleted_elsewhere(self, world: World) -> None:
        """By its author, as far as anybody can know: the case ends, the evidence stays."""
        world.arrives()
        world.author_deletes()

        assert world.case().state == State.AFGEHANDELD
        assert (world.view().done.by, world.case().decided_at) == ("nabij", world.clock.now())
        assert world.press(Hide).msgid == "The author removed the comment; there is nothing left to act on."

    def test_told_twice(self, world: World) -> None:
        """The second changes nothing, and leaves no second delivery."""
        world.arrives()
        world.author_deletes()
        deliveries = len(world.rows(DeliveryRow))
        world.told(ChangeKind.VERWIJDERD)

        assert world.events().count("auteur_verwijderd") == 1
        assert len(world.rows(DeliveryRow)) == deliveries

    def test_news_beside_what_is_known(self, world: World) -> None:
        """One delivery about two comments, of which one is known to be gone."""
        world.arrives(comment_id="a")
        world.arrives(comment_id="b")
        world.author_deletes("a")
        world.platform.author_deletes("b")
        bare = [Comment("facebook", "1001", each, "1001_2001", "") for each in "ab"]
        world.push(*[Change(ChangeKind.VERWIJDERD, each) for each in bare])
        world.run.work()

        assert world.events().count("auteur_verwijderd") == 2

    def test_two_pushes_before_anybody_worked(self, world: World) -> None:
        """Both wait; the second finds nothing new."""
        world.arrives()
        world.platform.author_deletes("2001_1")
        gone = Change(ChangeKind.VERWIJDERD, Comment("facebook", "1001", "2001_1", "1001_2001", ""))
        world.push(gone)
        world.push(gone)
        world.run.work()

        assert world.events().count("auteur_verwijderd") == 1

    def test_nobody_can_be_asked(self, world: World) -> None:
        """The platform is down: the push is believed."""
        world.arrives()
        world.platform.faults["comment"] = [down()]
        world.told(ChangeKind.VERWIJDERD)

        assert world.told_of().visibility == Visibility.DOOR_AUTEUR_VERWIJDERD

    @pytest.mark.parametrize("kind", [ChangeKind.VERWIJDERD, ChangeKind.VERBORGEN, ChangeKind.ZICHTBAAR])
    def test_of_a_comment_we_never_saw(self, world: World, kind: ChangeKind) -> None:
        """Ignored."""
        world.told(kind, "nooit-gezien")

        assert world.rows(DeliveryRow) == []

    @pytest.mark.parametrize(
        ("kind", "visibility"),
        [(ChangeKind.VERWIJDERD, Visibility.DOOR_AUTEUR_VERWIJDERD), (ChangeKind.VERBORGEN, Visibility.VERBORGEN)],
    )
    def test_of_a_comment_without_a_case(self, world: World, kind: ChangeKind, visibility: Visibility) -> None:
        """Remembered without asking, without a case and without a register line."""
        world.arrives("rustig")
        world.told(kind)

        assert world.told_of().visibility == visibility
        assert world.events() == []
        assert world.platform.calls == []

    def test_written_and_hidden_in_one_delivery(self, world: World) -> None:
        """The filter of the platform was first."""
        comment = world.comment(INSULT)
        world.platform.hidden.add("2001_1")
        world.push(Change(NEW, comment), Change(ChangeKind.VERBORGEN, comment))
        world.run.work()

        assert world.view().markers == {Marker.ELDERS_VERBORGEN}

    def test_a_batch_of_nothing(self, world: World) -> None:
        """An empty reading is no batch."""
        assert ingest.judge(world.house, "facebook", PUSHED, Reading()) == []
