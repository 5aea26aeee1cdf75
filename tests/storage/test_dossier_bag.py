"""The file of a dossier: the same bytes for the same content, names of our own making."""

import zipfile
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO

import pytest

from storage.dossier_bag import pack

AT = datetime(2026, 11, 17, 9, 0, 7, tzinfo=UTC)
FILES = {"b.txt": b"b", "a/c.bin": bytes(range(256))}


class TestPack:
    """One ZIP with one BagIt folder."""

    def test_the_same_content_gives_the_same_bytes(self) -> None:
        """In whichever order it is handed in, on whichever clock the moment was read."""
        there = AT.astimezone(timezone(timedelta(hours=9)))
        again = dict(reversed(FILES.items()))

        assert pack("SMD-2026-000001", AT, FILES, "Zone") == pack("SMD-2026-000001", there, again, "Zone")

    def test_another_byte_gives_another_digest(self) -> None:
        """Of content, number, day or owner."""
        first = pack("SMD-2026-000001", AT, FILES, "Zone").digest
        others = {
            pack("SMD-2026-000001", AT, {**FILES, "b.txt": b"c"}, "Zone").digest,
            pack("SMD-2026-000002", AT, FILES, "Zone").digest,
            pack("SMD-2026-000001", AT + timedelta(days=1), FILES, "Zone").digest,
            pack("SMD-2026-000001", AT, FILES, "Andere zone").digest,
        }

        assert len(others | {first}) == 5

    def test_the_name_of_the_force_is_one_line(self) -> None:
        """It cannot add a line of its own."""
        body = pack("SMD-2026-000001", AT, FILES, "Zone\nExternal-Identifier: x é").body
        with zipfile.ZipFile(BytesIO(body)) as archive:
            info = archive.read("SMD-2026-000001/bag-info.txt").decode()

        assert info.splitlines()[0] == "Source-Organization: Zone External-Identifier: x é"
        assert "External-Identifier: SMD-2026-000001" in info.splitlines()

    @pytest.mark.parametrize("path", ["../a", "/a", "a//b", "é", "a b", ".a", "a\\b", "a\n", ""])
    def test_a_name_that_is_not_ours(self, path: str) -> None:
        """Refused, and not repeated: it may be foreign text."""
        with pytest.raises(ValueError, match="1 names cannot stand in a dossier"):
            pack("SMD-2026-000001", AT, {path: b""}, "Zone")
