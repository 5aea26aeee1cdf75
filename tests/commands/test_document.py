"""*Documenteren (PV)*: from a card to a numbered dossier that a second person seals and hands over."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from commands.dossiers import contents, newest_views, of_number, page, registered_digest
from domain.dossier import DossierState
from domain.orders import Claim, Delete, Document, HandOver, Review, WithdrawDossier
from domain.states import State
from storage.base import metadata
from storage.database import Database
from storage.dossier_verify import GOOD, INCOMPLETE, verify
from storage.paper_tables import DossierFileRow, DossierFormRow, DossierRow, MessageRow
from storage.tables import DeliveryRow, EvidenceRow, GivenOrderRow, MediaRow, TextVersionRow
from tests.fakes import house
from tests.fakes.dossier import Paper, unpack
from tests.fakes.house import INSULT, LOST_PHOTO, PHOTO, THREAT, World, down
from tests.fakes.postgres import fresh_url

FIRST = "SMD-2026-000001"
HOSTILE = "<script>alert(1)</script> \u202egnik\u202c \u200b \U0001f621"


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Paper]:
    """A threat came in."""
    made = Paper(tmp_path)
    yield made
    made.close()


class TestConcept:
    """A dossier begins as a concept with a number."""

    def test_gets_the_first_number_of_the_year(self, paper: Paper) -> None:
        """Number, state and form; who made it; one register line; the card shows it."""
        told = paper.document(punishable="te_beoordelen", elements=("doelwit", "openbaar"), note="Nota.")

        assert told.ok
        assert told.params == {"number": FIRST}
        (row,) = paper.dossiers
        assert (row.number, row.state, row.version, row.made_by) == (FIRST, "concept", 1, "noor")
        assert paper.forms[0].form["elements"] == ["openbaar", "doelwit"]
        assert paper.events().count("dossier_concept") == 1
        assert paper.last("dossier_concept")["dossier"] == FIRST
        shown = paper.view().dossier
        assert shown is not None
        assert (shown.number, shown.case_number, shown.authors) == (FIRST, paper.case().number, ("noor",))

    def test_what_is_there_is_captured_first(self, paper: Paper) -> None:
        """A capture with the moment `documenteren`, its digest in the register before the dossier."""
        paper.document()

        assert paper.rows(EvidenceRow)[-1].moment == "documenteren"
        assert paper.events()[-2:] == ["vastgelegd", "dossier_concept"]

    def test_the_case_stays_as_it_was(self, paper: Paper) -> None:
        """Documenting is no decision: the card stays open."""
        paper.document()

        assert paper.case().state == State.NIEUW

    def test_numbers_have_no_gaps(self, paper: Paper) -> None:
        """A refused try takes no number; a new year begins at one, by the clock of Brussels."""
        paper.arrives(THREAT, "2001_2")
        paper.arrives(THREAT, "2001_3")
        paper.document(punishable="ja")
        paper.document()
        paper.document(case=paper.case("2001_2"))
        paper.clock.set(datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
        paper.press(Document, paper.case("2001_3"))

        assert [row.number for row in paper.dossiers] == [FIRST, "SMD-2026-000002", "SMD-2027-000001"]

    def test_goes_on_without_the_platform(self, paper: Paper) -> None:
        """The failure is noted in register and file; what was kept at arrival is evidence enough."""
        paper.platform.faults["comment"] = [down()]
        told = paper.document()

        assert told.ok
        assert paper.last("vastlegging_mislukt")["code"] == "2"
        with paper.house.read() as session:
            data = contents(session, paper.house, 1).data
        assert data["niet_meer_opvraagbaar"]["code"] == "2"

    def test_goes_on_when_the_author_removed_it(self, paper: Paper) -> None:
        """The bytes of the delivery are the evidence; the dossier says since when it cannot be read."""
        paper.platform.author_deletes("2001_1")

        assert paper.document().ok
        assert paper.last("vastlegging_mislukt")["code"] == "100/33"

    @pytest.mark.parametrize("loss", ["nothing kept", "bytes changed"])
    def test_never_without_evidence(self, paper: Paper, loss: str) -> None:
        """A dossier that looks complete and is not must not exist: refused when no raw bytes are left as kept."""
        paper.platform.faults["comment"] = [down()]
        with paper.database.write() as session:
            if loss == "nothing kept":
                session.query(EvidenceRow).delete()
            else:
                for row in session.query(EvidenceRow):
                    row.digest = "0" * 64
        told = paper.document()

        assert not told.ok
        assert "no evidence" in told.msgid
        assert (paper.dossiers, "dossier_concept" in paper.events()) == ([], False)

    def test_stops_a_planned_deletion(self, paper: Paper) -> None:
        """What is documented is not erased meanwhile: the card comes back, and the clock deletes nothing."""
        paper.press(Delete, reason="x", category="bedreiging")
        paper.document()
        paper.later(minutes=5)

        assert paper.case().state == State.HEROPEND
        assert paper.last("geannuleerd")["reden"] == "dossier_concept"
        assert paper.platform.done("delete") == []

    def test_text_that_changed_meanwhile(self, paper: Paper) -> None:
        """Also when the edit is only seen by the capture itself: nothing is made, the person looks again."""
        paper.comment("bedreiging van een ander")
        told = paper.document()

        assert (told.ok, paper.dossiers) == (False, [])
        assert "text changed" in told.msgid
        assert paper.told_of().version == 2

    def test_nothing_typed_stands_in_the_register(self, paper: Paper) -> None:
        """A salted digest only."""
        paper.document(note="KANARIE", injured="KANARIE")
        paper.document(seen_form=1, note="KANARIE 2")
        paper.withdraw(reason="KANARIE")

        assert "KANARIE" not in json.dumps(paper.lines())
        assert len(paper.last("dossier_concept")["vingerafdrukken"]["formulier"]) == 64


BAD = [
    ({"punishable": "misschien"}, "cannot be read"),
    ({"punishable": "ja"}, "legal officer"),
    ({"elements": ("openbaar", "artikel 444")}, "cannot be read"),
    ({"target": "<b>"}, "cannot be read"),
    ({"complaint": "soms"}, "cannot be read"),
    ({"category": "klacht"}, "house rule"),
    ({"category": "zomaar"}, "house rule"),
    ({"note": "x" * 4001}, "at most"),
    ({"criterion": "x" * 201}, "at most"),
    ({"injured": "x" * 201}, "at most"),
]


class TestForm:
    """The form is judged before anything is kept."""

    @pytest.mark.parametrize(("form", "says"), BAD)
    def test_what_does_not_fit_is_refused(self, paper: Paper, form: dict[str, Any], says: str) -> None:
        """With the reason; no number is used and nothing is asked of the platform."""
        calls = len(paper.platform.calls)
        told = paper.document(**form)

        assert not told.ok
        assert says in told.msgid
        assert (paper.dossiers, len(paper.platform.calls)) == ([], calls)

    def test_only_a_legal_officer_says_yes(self, paper: Paper) -> None:
        """The second axis is not the team's: a coordinator may not either."""
        assert not paper.document(by="ann", punishable="ja").ok
        assert paper.document(by="een-jurist", punishable="ja").ok

    def test_yes_stays_while_others_change_something_else(self, paper: Paper) -> None:
        """Who leaves it as the legal officer set it may change the rest; only a legal officer takes it back."""
        paper.document(by="een-jurist", punishable="ja")

        assert paper.document(by="noor", seen_form=1, punishable="ja", note="een").ok
        told = paper.document(by="ann", seen_form=2, punishable="te_beoordelen", note="twee")
        assert not told.ok
        assert "take that back" in told.msgid
        assert paper.document(by="een-jurist", seen_form=2, punishable="nee").ok
        assert [row.form["punishable"] for row in paper.forms] == ["ja", "ja", "nee"]

    def test_yes_of_a_version_that_was_not_seen(self, paper: Paper) -> None:
        """Judged is what was on the screen: an old yes is not set again, a new one is not taken back unseen."""
        paper.document(by="een-jurist", punishable="ja")
        paper.document(by="een-jurist", seen_form=1, punishable="nee")

        stale = paper.document(by="noor", seen_form=1, punishable="ja", note="oud")
        assert (stale.ok, stale.params["who"]) == (False, "Een jurist")
        assert not paper.document(by="noor", seen_form=2, punishable="ja").ok
        for never_seen in (0, 3, 2**40):
            assert not paper.document(by="noor", seen_form=never_seen, punishable="ja").ok
        assert len(paper.forms) == 2

    def test_yes_of_a_sealed_dossier_goes_into_the_addition(self, paper: Paper) -> None:
        """The addition begins with the sealed form, so it says what that said."""
        paper.document(by="een-jurist", punishable="ja")
        paper.review(by="ann")

        assert not paper.document(by="noor", punishable="te_beoordelen").ok
        assert paper.document(by="noor", punishable="ja", note="meer").ok
        assert paper.forms[-1].form["punishable"] == "ja"

    def test_the_category_of_the_card_when_none_is_chosen(self, paper: Paper) -> None:
        """And the chosen one when there is one; the case keeps its own."""
        paper.document()
        paper.document(seen_form=1, category="belaging")

        assert [row.form["category"] for row in paper.forms] == ["bedreiging", "belaging"]
        assert paper.case().category == "bedreiging"

    def test_hostile_words_are_kept_as_they_are(self, paper: Paper) -> None:
        """But for what no database takes."""
        paper.document(note=f" {HOSTILE}\x00 ")

        assert paper.forms[0].form["note"] == f"{HOSTILE}\ufffd"

    @pytest.mark.parametrize("role", ["commandant", "lezer", "dpo", "beheerder", "melder"])
    def test_wrong_role(self, paper: Paper, role: str) -> None:
        """Refused before anything is captured."""
        kept = len(paper.rows(EvidenceRow))
        told = paper.document(by=f"een-{role}")

        assert (told.ok, paper.dossiers, len(paper.rows(EvidenceRow))) == (False, [], kept)


class TestVersions:
    """While it is a concept, its form gets versions, never a silent change."""

    def test_a_change_is_a_new_version(self, paper: Paper) -> None:
        """The old form stays; who wrote which is known."""
        paper.document(note="een")
        paper.clock.advance(timedelta(minutes=1))
        told = paper.document(by="jef", seen_form=1, note="twee")

        assert told.ok
        assert [(row.version, row.by, row.form["note"]) for row in paper.forms] == [
            (1, "noor", "een"),
            (2, "jef", "twee"),
        ]
        assert (paper.dossiers[0].version, len(paper.dossiers)) == (2, 1)
        line = paper.last("dossier_gewijzigd")
        assert (line["aantal"], line["dossier"]) == (2, FIRST)
        assert paper.view().dossier.authors == ("noor", "jef")

    def test_pressed_twice_is_one_dossier(self, paper: Paper) -> None:
        """The same form again, under whatever key and by whomever, gives the same number and nothing new."""
        first = paper.document(note="een")
        second, third = paper.document(note="een"), paper.document(by="jef", note="een")

        assert first.params == second.params == third.params == {"number": FIRST}
        assert (second.ok, third.ok, len(paper.forms)) == (True, True, 1)
        assert paper.events().count("dossier_concept") == 1

    def test_the_same_press_twice(self, paper: Paper) -> None:
        """However often it is delivered."""
        for _ in range(2):
            paper.give(Document, key="zelfde")
        paper.run.work()

        assert len(paper.dossiers) == 1

    def test_somebody_else_was_first(self, paper: Paper) -> None:
        """Two people at once: the second reads who changed it and when, and nothing of his is kept."""
        paper.document(note="een")
        paper.document(by="jef", seen_form=1, note="twee")
        told = paper.document(by="ann", seen_form=1, note="drie")

        assert not told.ok
        assert (told.params["who"], told.params["number"]) == ("Jef T.", FIRST)
        assert len(paper.forms) == 2

    def test_two_new_ones_at_once(self, paper: Paper) -> None:
        """Both pressed on a card without dossier: one number, and the other reads of it."""
        paper.ask(Document, "noor", note="een")
        paper.ask(Document, "jef", note="twee")
        paper.run.work()

        assert [row.number for row in paper.dossiers] == [FIRST]
        assert [row.answer["ok"] for row in paper.rows(GivenOrderRow)] == [True, False]


class TestReview:
    """A second person reads it and seals it."""

    def test_sealed(self, paper: Paper, tmp_path: Path) -> None:
        """The file is kept, its digest stands in dossier, answer and register, and it verifies."""
        paper.document()
        told = paper.review()

        assert told.ok
        (row,) = paper.dossiers
        assert (row.state, row.reviewed_by) == ("nagekeken", "ann")
        assert told.params == {"number": FIRST, "digest": row.digest}
        assert paper.last("dossier_nagekeken")["vingerafdrukken"] == {"dossier": row.digest}
        assert verify(paper.file(tmp_path), row.digest).exit_code == GOOD
        with paper.house.read() as session:
            assert registered_digest(session, FIRST) == row.digest
            assert registered_digest(session, "SMD-2026-000002") == ""

    @pytest.mark.parametrize("author", ["ann", "een-jurist"])
    def test_never_by_who_wrote_in_it(self, paper: Paper, author: str) -> None:
        """Whoever wrote any version, with whatever role, even when somebody else wrote the last."""
        paper.document(by=author, note="een")
        paper.document(by="noor", seen_form=1, note="twee")
        told = paper.review(by=author, seen_form=2)

        assert not told.ok
        assert "yourself" in told.msgid
        assert paper.dossiers[0].state == "concept"

    @pytest.mark.parametrize("person", ["jef", "een-commandant", "een-lezer", "een-beheerder", "een-melder", "een-dpo"])
    def test_wrong_role(self, paper: Paper, person: str) -> None:
        """Only a coordinator or a legal officer seals."""
        paper.document()

        assert not paper.review(by=person).ok
        assert paper.rows(DossierFileRow) == []

    def test_the_form_that_was_read(self, paper: Paper) -> None:
        """A newer version: nothing is sealed unread."""
        paper.document(note="een")
        paper.document(by="jef", seen_form=1, note="twee")
        told = paper.review(seen_form=1)

        assert (told.ok, paper.dossiers[0].state) == (False, "concept")
        assert "form changed" in told.msgid

    def test_without_dossier(self, paper: Paper) -> None:
        """There is nothing to seal."""
        assert paper.review().msgid == "This case has no dossier."

    def test_sealed_already(self, paper: Paper) -> None:
        """The second reads who was first; the file stays the one that was sealed."""
        paper.document()
        paper.review()
        kept = paper.rows(DossierFileRow)[0].sha256
        paper.clock.advance(timedelta(minutes=5))
        told = paper.review(by="een-jurist")

        assert (told.ok, told.params["who"]) == (False, "Ann C.")
        assert paper.rows(DossierFileRow)[0].sha256 == kept

    def test_two_readers_at_once(self, paper: Paper, tmp_path: Path) -> None:
        """Both build a file; one seals, the other reads of it, and file and digest belong together."""
        paper.document()
        paper.ask(Review, "ann", seen_form=1)
        paper.ask(Review, "een-jurist", seen_form=1)
        with paper.between(after=2) as lying:
            lying.reverse()

        row = paper.dossiers[0]
        assert sorted(given.answer["ok"] for given in paper.rows(GivenOrderRow) if given.word == "nakijken") == [0, 1]
        assert verify(paper.file(tmp_path), row.digest).exit_code == GOOD
        assert paper.events().count("dossier_nagekeken") == 1

    def test_built_by_two_before_either_seals(self, paper: Paper, tmp_path: Path) -> None:
        """The file of the later builder is there: the earlier one is told to read again, the later one seals."""
        paper.document()
        key = paper.ask(Review, "ann", seen_form=1)
        with paper.between(after=2):
            row = paper.rows(DossierFileRow)[0]
            with paper.database.write() as session:
                session.get(DossierFileRow, row.dossier_id).sha256 = "0" * 64

        assert "while the file was made" in paper.answer(key).msgid
        assert paper.dossiers[0].state == "concept"
        assert paper.review().ok
        assert verify(paper.file(tmp_path)).exit_code == GOOD

    @pytest.mark.parametrize("what", ["form", "evidence"])
    def test_changed_between_building_and_sealing(self, paper: Paper, what: str) -> None:
        """Nothing is sealed, and the reader is told to read again."""
        paper.document()
        key = paper.ask(Review, "ann", seen_form=1)
        with paper.between(after=2), paper.database.write() as session:
            if what == "form":
                session.get(DossierFormRow, (1, 1)).by = "ann"
            else:
                session.get(MediaRow, 1).sha256 = "0" * 64

        told = paper.answer(key)
        assert (told.ok, paper.dossiers[0].state) == (False, "concept")

    def test_withdrawn_before_the_file_is_built(self, paper: Paper) -> None:
        """A file is kept for a concept only."""
        paper.document()
        key = paper.ask(Review, "ann", seen_form=1)
        with paper.between(after=1) as lying:
            waiting = list(lying)
            lying.clear()
            paper.withdraw()
            lying.extend(waiting)

        assert not paper.answer(key).ok
        assert paper.rows(DossierFileRow) == []

    def test_the_same_rows_give_the_same_bytes(self, paper: Paper, tmp_path: Path) -> None:
        """Built again after a death inside building: no byte differs."""
        paper.document()
        paper.ask(Review, "ann", seen_form=1)
        built: list[bytes] = []
        store = paper.house.store
        paper.house = replace(paper.house, store=lambda job: (store(job), built.append(_body(paper)))[0])
        assert paper.dies(inside=1)

        assert len(built) == 2
        assert built[0] == built[1]


def _body(paper: Paper) -> bytes:
    return bytes(paper.rows(DossierFileRow)[0].body)


class TestHandOver:
    """A sealed dossier goes to a named investigator."""

    def test_handed_over(self, paper: Paper) -> None:
        """To whom and why stands with the dossier; the register has a salted digest only."""
        paper.document()
        paper.review()
        told = paper.hand_over(recipient="insp. KANARIE", channel="intern")

        assert told.ok
        (row,) = paper.dossiers
        assert (row.state, row.recipient, row.purpose, row.channel) == (
            "overgemaakt",
            "insp. KANARIE",
            "aanvankelijk PV",
            "intern",
        )
        line = paper.last("dossier_overgemaakt")
        assert line["vingerafdrukken"]["dossier"] == row.digest
        assert "KANARIE" not in json.dumps(paper.lines())

    def test_a_concept_is_not_handed_over(self, paper: Paper) -> None:
        """Somebody must read it first; without dossier there is nothing."""
        assert paper.hand_over().msgid == "This case has no such dossier."
        paper.document()

        assert "Only a sealed dossier" in paper.hand_over().msgid

    @pytest.mark.parametrize(
        "said",
        [
            {"recipient": " "},
            {"purpose": ""},
            {"recipient": "x" * 201},
            {"pv_number": "PV 12"},
            {"pv_number": "x" * 201},
        ],
    )
    def test_what_is_needed(self, paper: Paper, said: dict[str, str]) -> None:
        """Who, and why; a PV number only when it looks like one."""
        paper.document()
        paper.review()

        assert not paper.hand_over(**said).ok
        assert paper.dossiers[0].state == "nagekeken"

    @pytest.mark.parametrize(
        ("number", "fits"),
        [
            ("TG.69.L3.005752/24", True),
            ("GE.43.LA.12345/2026", True),
            ("tg.69.L3.005752/24", False),
            ("TG.69.L3.5752/24", False),
            ("TG.69.L3.005752/246", False),
            ("TG.69.L3.٠٠٥٧٥٢/24", False),
            (f"{FIRST}", False),
        ],
    )
    def test_pv_numbers(self, paper: Paper, *, number: str, fits: bool) -> None:
        """The form that Belgian PVs have; our own number is none."""
        paper.document()
        paper.review()

        assert paper.hand_over(pv_number=number).ok is fits

    def test_the_pv_number_comes_later(self, paper: Paper) -> None:
        """A second handing over fills it in, once; nothing else changes."""
        paper.document()
        paper.review()
        paper.hand_over()
        again = paper.hand_over()
        late = paper.hand_over(recipient="", purpose="", pv_number="TG.69.L3.005752/24")
        other = paper.hand_over(pv_number="TG.69.L3.999999/24")

        assert (again.ok, late.ok, other.ok) == (False, True, False)
        assert again.params["who"] == "Ann C."
        (row,) = paper.dossiers
        assert (row.pv_number, row.recipient) == ("TG.69.L3.005752/24", "insp. X")
        assert paper.last("dossier_overgemaakt")["reden"] == "pv_nummer"

    @pytest.mark.parametrize("person", ["noor", "een-commandant", "een-lezer"])
    def test_wrong_role(self, paper: Paper, person: str) -> None:
        """Only a coordinator or a legal officer."""
        paper.document()
        paper.review()

        assert not paper.hand_over(by=person).ok

    @pytest.mark.parametrize("author", ["ann", "een-jurist"])
    def test_never_by_who_wrote_in_it(self, paper: Paper, author: str) -> None:
        """Whoever wrote any version is no second person, neither for the dossier nor for its PV number."""
        second = {"ann": "een-jurist", "een-jurist": "ann"}[author]
        paper.document(by=author, note="een")
        paper.document(by="noor", seen_form=1, note="twee")
        assert paper.review(by=second, seen_form=2).ok

        told = paper.hand_over(by=author)
        assert (told.ok, paper.dossiers[0].state) == (False, "nagekeken")
        assert told.msgid == "You wrote in this dossier yourself; somebody else must hand it over."
        assert paper.hand_over(by=second).ok
        assert not paper.hand_over(by=author, pv_number="TG.69.L3.005752/24").ok
        assert paper.dossiers[0].pv_number == ""

    def test_by_its_number(self, paper: Paper) -> None:
        """With an addition in concept the sealed one is still handed over; a number of another case is none."""
        paper.document()
        paper.review()
        paper.document(note="nog iets")

        assert not paper.hand_over(dossier="SMD-2026-000009").ok
        assert not paper.hand_over(dossier=f"{FIRST}-A1").ok
        assert paper.hand_over(dossier=FIRST).ok
        assert [row.state for row in paper.dossiers] == ["overgemaakt", "concept"]


class TestAfterwards:
    """A sealed dossier never changes: what comes later is a new one that adds to it."""

    def test_an_addition(self, paper: Paper, tmp_path: Path) -> None:
        """`-A1`, then `-A2`, each of which names the first; the sealed file stays byte for byte."""
        paper.document()
        paper.review()
        sealed = paper.rows(DossierFileRow)[0].sha256
        for _ in range(2):
            assert paper.document(note="nieuw").ok
            assert paper.review().ok

        assert [row.number for row in paper.dossiers] == [FIRST, f"{FIRST}-A1", f"{FIRST}-A2"]
        assert paper.rows(DossierFileRow)[0].sha256 == sealed
        last = unpack(paper.file(tmp_path, f"{FIRST}-A2"))
        assert json.loads(last["data/dossier.json"])["vult_aan"] == FIRST
        assert verify(paper.file(tmp_path, f"{FIRST}-A2")).exit_code == GOOD
        assert paper.view().dossier.number == f"{FIRST}-A2"

    def test_no_addition_by_mistake(self, paper: Paper) -> None:
        """Sealed while somebody still changed the concept: told, and nothing is kept."""
        paper.document()
        paper.review()
        told = paper.document(seen_form=1, note="nog even")

        assert (told.ok, len(paper.dossiers)) == (False, 1)

    def test_what_was_sealed_is_shown(self, paper: Paper) -> None:
        """The page of a sealed dossier shows its file, whatever the author did since."""
        paper.document()
        paper.review()
        paper.edits("bedreiging van heel anders")
        with paper.house.read() as session:
            shown = contents(session, paper.house, 1)

        assert [text.text for text in shown.texts] == [THREAT]
        assert shown.data["nagekeken"]["door"] == "Ann C."
        assert shown.view.size == len(_body(paper))


class TestWithdraw:
    """A concept can be withdrawn; its number stays used."""

    def test_withdrawn(self, paper: Paper) -> None:
        """With a reason; the card shows none, the next gets a new number."""
        paper.document()
        told = paper.withdraw()
        paper.document()

        assert told.ok
        assert [(row.number, row.state) for row in paper.dossiers] == [
            (FIRST, "ingetrokken"),
            ("SMD-2026-000002", "concept"),
        ]
        assert paper.last("dossier_ingetrokken")["reden"] == "opgegeven"

    @pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
    def test_needs_a_reason(self, paper: Paper, reason: str) -> None:
        """One that can be read."""
        paper.document()

        assert not paper.withdraw(reason=reason).ok

    def test_only_a_concept(self, paper: Paper) -> None:
        """Not without one, not a sealed one, not twice."""
        assert not paper.withdraw().ok
        paper.document()
        paper.review()
        assert not paper.withdraw().ok
        paper.document(note="aanvulling")
        assert paper.withdraw().ok
        assert not paper.withdraw().ok
        assert paper.document(note="nog een").params == {"number": f"{FIRST}-A2"}

    def test_wrong_role(self, paper: Paper) -> None:
        """A reader does not withdraw."""
        paper.document()

        assert not paper.withdraw(by="een-lezer").ok


class TestFile:
    """What lies in the sealed file."""

    def test_everything_is_in_it(self, paper: Paper, tmp_path: Path) -> None:
        """Texts, raw bytes of every capture, context, picture, register lines, clocks; and two pages for people."""
        paper.document()
        paper.review()
        files = unpack(paper.file(tmp_path))

        assert files["data/bron/v1/tekst.txt"].decode() == THREAT
        assert files["data/bron/v1/01/body.bin"] == b"raw bytes"
        http = json.loads(files["data/bron/v1/01/http.json"])
        assert http["naast"]["headers"]["x-hub-signature-256"] == "sha256=00"
        assert json.loads(files["data/context/bericht.json"])["titel"] == "Fietscontrole"
        assert files["data/media/0.png"] == b"\x89PNG"
        assert b"SMD-2026-000001" in files["data/dossier.html"]
        assert files["data/LEESMIJ.txt"].decode().startswith("PV-dossier SMD-2026-000001")
        lines = files["data/register/uittreksel.jsonl"].splitlines()
        assert [json.loads(line)["gebeurtenis"] for line in lines][-1] == "dossier_concept"
        assert json.loads(files["data/tijdbronnen.json"])["klok_van_de_machine"] == "2026-11-17T09:00:00+00:00"

    def test_two_axes_and_no_qualification(self, paper: Paper, tmp_path: Path) -> None:
        """House rule and possibly punishable stand apart; Nabij qualifies nothing."""
        paper.document(elements=("opzet",), target="groep", complaint="te_vragen", criterion="huidskleur", injured="N.")
        paper.review()
        data = paper.data(tmp_path)

        assert data["huisregel"]["categorie"] == "bedreiging"
        assert data["strafbaar"]["mogelijk_strafbaar"] == "te_beoordelen"
        assert data["strafbaar"]["kwalificatie"] is None
        assert [name for name, ticked in data["strafbaar"]["elementen"].items() if ticked] == ["opzet"]
        assert (data["strafbaar"]["doelwit"], data["strafbaar"]["klacht"]) == ("groep", "te_vragen")

    def test_an_edit_between_flag_and_press(self, paper: Paper, tmp_path: Path) -> None:
        """Both texts are in it, each with its raw bytes."""
        paper.edits("bedreiging van iemand anders")
        paper.document()
        paper.review()
        data = paper.data(tmp_path)

        assert [text["tekst"] for text in data["teksten"]] == [THREAT, "bedreiging van iemand anders"]
        assert {one["versie"] for one in data["bewijs"]} == {1, 2}

    def test_what_is_missing_has_a_slip(self, tmp_path: Path) -> None:
        """A picture that could not be had, what the platform did not tell, what could not be read: each says why."""
        world = Paper(tmp_path, media=(LOST_PHOTO, PHOTO), permalink=None, created_at=None, author=None)
        with world.database.write() as session:
            session.query(MediaRow).filter_by(place=1).delete()
        world.document()
        world.review()
        found = verify(world.file(tmp_path))

        assert found.exit_code == INCOMPLETE
        assert dict(found.missing) == {
            "media 0": "404",
            "media 1": "niet_opgehaald",
            "link": "niet_meegegeven_door_platform",
            "tijdstip": "niet_meegegeven_door_platform",
            "auteur": "niet_meegegeven_door_platform",
        }

    def test_a_platform_that_was_away_from_the_start(self, tmp_path: Path) -> None:
        """Only the delivery is evidence; post, comments before it and a read-back are missing, and it says so."""
        world = World(tmp_path)
        world.platform.faults["comment"] = [down() for _ in range(9)]
        world.arrives(THREAT)
        assert world.press(Document).ok
        assert world.press(Review, by="ann", seen_form=1).ok
        body = world.rows(DossierFileRow)[0].body
        (tmp_path / "a.zip").write_bytes(body)
        missing = dict(verify(tmp_path / "a.zip").missing)

        assert missing.keys() >= {"gelezen_bij_platform", "bericht", "voorafgaande_reacties"}

    def test_why_the_context_is_missing(self, paper: Paper, tmp_path: Path) -> None:
        """The kind of failure stands on the slip."""
        with paper.database.write() as session:
            for row in session.query(EvidenceRow).filter(EvidenceRow.status > 0):
                session.delete(row)
        paper.platform.faults["preceding"] = [down()]
        paper.document()
        paper.review()

        assert dict(verify(paper.file(tmp_path)).missing)["voorafgaande_reacties"] == "Transient"

    def test_comments_before_it(self, paper: Paper, tmp_path: Path) -> None:
        """As the newest capture that could read them saw them, spelled out."""
        paper.comment("eerst \u202edit", "2001_0")
        paper.document()
        paper.review()

        assert paper.data(tmp_path)["voorafgaand"][0]["gespeld"] == "eerst ⟨U+202E⟩dit"

    def test_raw_bytes_that_are_gone_or_changed(self, paper: Paper, tmp_path: Path) -> None:
        """What no longer has its digest is in it as it is, with a slip; the rest is sound."""
        with paper.database.write() as session:
            session.query(DeliveryRow).one().body = b"anders"
        paper.document()
        paper.review()
        found = verify(paper.file(tmp_path))

        assert (found.exit_code, dict(found.missing)) == (INCOMPLETE, {"bron 1.01": "niet_heel"})

    def test_colleagues(self, paper: Paper, tmp_path: Path) -> None:
        """Who answers for the dossier stands there by name, other colleagues by number, Nabij as itself."""
        paper.press(Claim, by="jef")
        paper.press(Claim, by="een-moderator", take_over=True)
        paper.document()
        paper.review()
        labels = [(line["gebeurtenis"], line["door"]) for line in paper.data(tmp_path)["tijdlijn"]]

        assert ("geclaimd", "M1") in labels
        assert ("overgenomen", "M2") in labels
        assert ("dossier_concept", "Noor V.") in labels

    def test_messages_to_the_author(self, paper: Paper, tmp_path: Path) -> None:
        """What was sent to him stands in it, with what became of it."""
        paper.document()
        order, now = paper.rows(GivenOrderRow)[0].id, paper.clock.now()
        with paper.database.write() as session:
            about = {"case_id": paper.case().id, "order_id": order, "by": "noor", "at": now, "due_at": now}
            session.add(MessageRow(template="waarschuwing_1", text="Stop ermee.", state="afgeleverd", **about))
        paper.review()

        (told,) = paper.data(tmp_path)["berichten_aan_auteur"]
        assert (told["tekst"], told["staat"]) == ("Stop ermee.", "afgeleverd")
        assert b"Stop ermee." in unpack(paper.file(tmp_path))["data/dossier.html"]

    def test_the_newest_text_also_when_it_has_no_version_of_its_own(self, paper: Paper, tmp_path: Path) -> None:
        """A text that was never kept apart stands in it all the same."""
        with paper.database.write() as session:
            session.query(TextVersionRow).delete()
        paper.document()
        paper.review()

        assert [text["tekst"] for text in paper.data(tmp_path)["teksten"]] == [THREAT]

    def test_earlier_cases(self, paper: Paper, tmp_path: Path) -> None:
        """What the same author did before on this platform, by number and date only."""
        later = paper.arrives(THREAT, "2001_2", permalink="https://x.example/2")
        paper.document(case=later)
        paper.press(Review, later, by="ann", seen_form=1)
        data = paper.data(tmp_path)

        assert [case["geval"] for case in data["eerdere_gevallen"]] == ["NB-2026-000001"]

    @pytest.mark.parametrize(
        "text",
        ["bedreiging \U0001f621\U0001f3ff\U0001f468\u200d\U0001f469", "bedreiging \u202egnik", f"bedreiging {HOSTILE}"],
    )
    def test_texts_that_try_something(self, tmp_path: Path, text: str) -> None:
        """Verbatim in the file, spelled out beside, good to verify."""
        world = Paper(tmp_path, text)
        world.document()
        world.review()
        files = unpack(world.file(tmp_path))
        told = json.loads(files["data/dossier.json"])["teksten"][0]

        assert files["data/bron/v1/tekst.txt"].decode() == told["tekst"] == text
        assert "⟨U+" in told["gespeld"]
        assert b"<script>alert" not in files["data/dossier.html"]
        assert verify(world.file(tmp_path)).exit_code == GOOD

    def test_ten_thousand_emoji(self, tmp_path: Path) -> None:
        """Nothing is cut."""
        text = "bedreiging" + "\U0001f621" * 10_000
        world = Paper(tmp_path, text)
        world.document()
        world.review()

        assert world.data(tmp_path)["teksten"][0]["tekens"] == [
            {"code": "U+1F621", "naam": "POUTING FACE", "aantal": 10_000}
        ]
        assert verify(world.file(tmp_path)).exit_code == GOOD

    def test_the_digest_gives_no_short_comment_away(self, tmp_path: Path) -> None:
        """Two houses with the very same comment have different digests."""
        digests = set()
        for name in ("a", "b"):
            (tmp_path / name).mkdir()
            world = Paper(tmp_path / name)
            world.document()
            world.review()
            digests.add(world.dossiers[0].digest)

        assert len(digests) == 2


class TestLists:
    """Dossiers as people see them in lists."""

    def test_by_number(self, paper: Paper) -> None:
        """The one with this number, or none."""
        paper.document()
        with paper.house.read() as session:
            assert of_number(session, FIRST).made_by == "noor"
            assert of_number(session, f"{FIRST}-A1") is None

    def test_concepts_first(self, paper: Paper) -> None:
        """Then the newest; pages of any size."""
        paper.arrives(THREAT, "2001_2")
        paper.arrives(THREAT, "2001_3")
        for number in (1, 2, 3):
            paper.document(case=paper.case(f"2001_{number}"))
        paper.press(Review, paper.case("2001_3"), by="ann", seen_form=1)
        with paper.house.read() as session:
            rows, total = page(session, 1, 2)
            rest, _ = page(session, 2, 2)
            assert page(session, 9, 2)[0] == []

        assert [row.number[-1] for row in rows] == ["2", "1"]
        assert [(row.number[-1], row.state) for row in rest] == [("3", DossierState.NAGEKEKEN)]
        assert total == 3
        assert rest[0].size > 1000

    def test_newest_of_many_cases_in_few_queries(self, paper: Paper) -> None:
        """Case id to its newest living dossier; cases without one are absent."""
        other = paper.arrives(INSULT, "2001_2")
        paper.document()
        with paper.house.read() as session:
            found = newest_views(session, [paper.case().id, other.id])

        assert {case: view.number for case, view in found.items()} == {paper.case().id: FIRST}


# ---------------------------------------------------------------- the process dies

Story = Callable[[Paper], object]


def _documents(paper: Paper) -> None:
    paper.ask(Document, "noor", note="een")


def _changes(paper: Paper) -> None:
    paper.document(note="een")
    paper.ask(Document, "jef", seen_form=1, note="twee")


def _reviews(paper: Paper) -> None:
    paper.document()
    paper.ask(Review, "ann", seen_form=1)


def _hands_over(paper: Paper) -> None:
    paper.document()
    paper.review()
    paper.ask(HandOver, "ann", recipient="X", purpose="Y")


def _withdraws(paper: Paper) -> None:
    paper.document()
    paper.ask(WithdrawDossier, "noor", reason="x")


def _adds(paper: Paper) -> None:
    paper.document()
    paper.review()
    paper.ask(Document, "noor", note="aanvulling")


STORIES = (_documents, _changes, _reviews, _hands_over, _withdraws, _adds)


def _end(folder: Path, story: Story, **death: int) -> tuple[bool, Any]:
    folder.mkdir()
    paper = Paper(folder)
    story(paper)
    died = paper.dies(**death)
    events = [event for event in paper.events() if event.startswith("dossier")]
    sound = [
        verify(paper.file(folder, row.number), row.digest).exit_code
        for row in paper.dossiers
        if row.state in ("nagekeken", "overgemaakt")
    ]
    truth = {
        "dossiers": [(row.number, row.state, row.version) for row in paper.dossiers],
        "forms": len(paper.forms),
        "register": events,
        "answers": [row.answer["ok"] for row in paper.rows(GivenOrderRow)],
        "sound": sound,
        "verdict": paper.verdict(),
    }
    paper.close()
    return died, truth


@pytest.mark.parametrize("how", ["after", "inside"])
@pytest.mark.parametrize("story", STORIES)
def test_killed_anywhere(tmp_path: Path, story: Story, how: str) -> None:
    """After or inside any step: no number lost or doubled, one register line each, the file verifies."""
    _, whole = _end(tmp_path / "heel", story)
    assert set(whole["sound"]) <= {GOOD}
    assert whole["verdict"] == 0
    for step in count(1):
        died, end = _end(tmp_path / str(step), story, **{how: step})
        assert end == whole
        if not died:
            break
    assert step > 1 or how == "inside"


def test_rows_know_their_state(paper: Paper) -> None:
    """The database itself refuses a state that is none."""
    with pytest.raises(IntegrityError, match="CHECK"), paper.database.write() as session:
        session.add(
            DossierRow(
                number="SMD-2026-000009", case_id=paper.case().id, state="kwijt", made_by="x", made_at=paper.clock.now()
            )
        )


@pytest.mark.real
def test_on_postgresql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole life of a dossier on the other database: numbers, versions, sealing, lists, additions."""
    database = Database(fresh_url())
    metadata.create_all(database.writing)
    monkeypatch.setattr(house, "_database", lambda _: database)
    paper = Paper(tmp_path)
    paper.document(note="een")
    paper.document(by="jef", seen_form=1, note="twee")
    assert paper.review(seen_form=2).ok
    assert paper.hand_over().ok
    assert paper.document(note="drie").ok
    with paper.house.read() as session:
        rows, total = page(session, 1, 10)
        assert registered_digest(session, FIRST) == paper.dossiers[0].digest

    assert verify(paper.file(tmp_path), paper.dossiers[0].digest).exit_code == GOOD
    assert [(row.number, row.state) for row in rows] == [(f"{FIRST}-A1", "concept"), (FIRST, "overgemaakt")]
    assert (total, rows[1].size > 1000, paper.verdict()) == (2, True, 0)
    paper.close()
