"""Evidence: kept as it came, sealed so that a change shows, and a picture once had is never lost again."""

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.model import Media, MediaLink, Raw
from storage import evidence
from storage.database import Database
from storage.evidence import Capture
from storage.tables import CommentRow, DeliveryRow, EvidenceRow, MediaRow
from tests.fakes.clock import TUESDAY_TEN

RAW = Raw("https://graph.example/2001_1", b'{"message": "\xff raw \x00"}', 200, {"content-type": "application/json"})
LINK = MediaLink("https://platform.example/foto.png", "foto")
SLIP = Media(LINK, None, "", "te groot")
PICTURE = Media(LINK, b"\x89PNG", "image/png")


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session with one comment and the delivery that brought it."""
    with database.write() as session:
        session.add(DeliveryRow(id=1, platform="facebook", source="webhook", received_at=TUESDAY_TEN, body=b"whole"))
        session.flush()
        comment = {"platform": "facebook", "account": "1001", "comment": "2001_1", "post": "1001_2001", "text": "x"}
        session.add(CommentRow(id=1, hash="h", seen_at=TUESDAY_TEN, delivery_id=1, **comment))
        session.flush()
        yield session


def capture(**other: Any) -> Capture:
    """A capture of that comment."""
    return dataclasses.replace(Capture(1, 1, "verbergen", TUESDAY_TEN, RAW, context=({"id": "7", "n": 1},)), **other)


def kept(session: Session, one: Capture) -> EvidenceRow:
    """Keep it, and read it back."""
    key, digest = evidence.keep(session, one)
    session.expire_all()
    row = session.get_one(EvidenceRow, key)
    assert row.digest == digest
    return row


class TestKeep:
    """What was there."""

    def test_bytes_as_they_came(self, session: Session) -> None:
        """Not decoded, not cleaned: also what no text could hold."""
        row = kept(session, capture())

        assert evidence.body_of(session, row) == RAW.body
        assert (row.source, row.status, row.headers) == (RAW.source, 200, dict(RAW.headers))
        assert row.context == [{"id": "7", "n": 1}]
        assert row.at == TUESDAY_TEN

    def test_the_bytes_of_a_delivery_stand_once(self, session: Session) -> None:
        """A capture at arrival points at the delivery that brought it, and is just as whole."""
        row = kept(session, capture(raw=Raw("webhook", b"whole"), delivery_id=1))

        assert row.body is None
        assert evidence.body_of(session, row) == b"whole"
        assert evidence.intact(session, row)

    def test_the_newest_is_found(self, session: Session) -> None:
        """The card shows the last one."""
        assert evidence.newest(session, 1) is None
        kept(session, capture())
        last = kept(session, capture(at=TUESDAY_TEN + timedelta(minutes=1)))

        found = evidence.newest(session, 1)
        assert found is not None
        assert found.id == last.id


class TestSeal:
    """A digest proves what was there and gives nothing away."""

    def test_a_short_text_cannot_be_guessed(self, session: Session) -> None:
        """The same bytes have another digest every time, because of the nonce."""
        assert kept(session, capture()).digest != kept(session, capture()).digest

    @pytest.mark.parametrize(
        "change",
        [
            {"body": b'{"message": "other"}'},
            {"source": "elsewhere"},
            {"status": 404},
            {"headers": {}},
            {"context": []},
            {"missing": ["foto"]},
            {"media": [{"place": 0, "sha256": "", "missing": ""}]},
            {"nonce": bytes(32)},
        ],
    )
    def test_every_change_shows(self, session: Session, change: dict[str, Any]) -> None:
        """Of the bytes, and of what stands beside them."""
        row = kept(session, capture())
        assert evidence.intact(session, row)
        session.execute(sa.update(EvidenceRow).values(**change))
        session.expire_all()

        assert not evidence.intact(session, row)

    def test_a_delivery_that_was_changed_shows(self, session: Session) -> None:
        """Also where the bytes stand in the delivery; and bytes that are gone are not proof."""
        row = kept(session, capture(raw=Raw("webhook", b"whole"), delivery_id=1))
        session.execute(sa.update(DeliveryRow).values(body=b"other"))
        session.expire_all()
        assert not evidence.intact(session, row)

    def test_body_and_rest_cannot_be_shifted(self) -> None:
        """A byte moved from the body to what stands beside it is another digest."""
        nonce = bytes(32)
        assert evidence.digest(nonce, b"a{}", {}) != evidence.digest(nonce, b"a", {})


class TestPictures:
    """What was to be seen."""

    def pictures(self, session: Session) -> list[MediaRow]:
        """All rows."""
        session.expire_all()
        return list(session.query(MediaRow))

    def test_a_picture_with_its_digest(self, session: Session) -> None:
        """SHA-256 of its bytes, which also stands in the seal of the capture."""
        row = kept(session, capture(media=(PICTURE,)))

        (picture,) = self.pictures(session)
        assert (picture.body, picture.mime, picture.missing) == (b"\x89PNG", "image/png", "")
        assert row.media[0]["sha256"] == picture.sha256 != ""

    def test_why_it_is_missing(self, session: Session) -> None:
        """A slip instead of a picture."""
        kept(session, capture(media=(SLIP,)))

        (picture,) = self.pictures(session)
        assert (picture.body, picture.sha256, picture.missing) == (None, "", "te groot")

    def test_a_slip_gives_way_to_a_picture(self, session: Session) -> None:
        """It could be had after all."""
        kept(session, capture(media=(SLIP,)))
        kept(session, capture(media=(PICTURE,)))

        (picture,) = self.pictures(session)
        assert (picture.body, picture.missing) == (b"\x89PNG", "")

    def test_a_picture_stays(self, session: Session) -> None:
        """Its link dies within the hour: neither a later slip nor another picture takes its place."""
        kept(session, capture(media=(PICTURE,)))
        kept(session, capture(media=(SLIP,)))
        kept(session, capture(media=(dataclasses.replace(PICTURE, body=b"other"),)))

        (picture,) = self.pictures(session)
        assert picture.body == b"\x89PNG"

    def test_each_has_its_place(self, session: Session) -> None:
        """Two pictures are two rows."""
        kept(session, capture(media=(PICTURE, SLIP)))

        assert [picture.place for picture in self.pictures(session)] == [0, 1]
