"""The file of a dossier: one ZIP with one BagIt folder (RFC 8493), the same bytes for the same content.

    SMD-2026-000123/
      bagit.txt  bag-info.txt  manifest-sha256.txt  tagmanifest-sha256.txt
      data/…

SHA-256 of `tagmanifest-sha256.txt` is the digest of the dossier: it covers every other byte. Names are ours, in ASCII.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*").fullmatch
_FILE = 0o100644 << 16
_UNIX = 3


@dataclass(frozen=True, slots=True)
class Packed:
    """body: the ZIP · sha256: of it · digest: of the dossier; both hex."""

    body: bytes
    sha256: str
    digest: str


def pack(number: str, at: datetime, files: Mapping[str, bytes], owner: str) -> Packed:
    """Make the file. number: of the dossier · at: moment of sealing, the date of everything in it · files: path below
    `data/` → bytes · owner: name of the force. ValueError for a path that is not plain ASCII of our own making.
    """
    if unsafe := [path for path in files if not _SAFE(path)]:
        raise ValueError(f"{len(unsafe)} names cannot stand in a dossier")
    payload = {f"data/{path}": body for path, body in files.items()}
    tags = {"bagit.txt": BAGIT, "bag-info.txt": _info(number, at, payload, owner), MANIFEST: _manifest(payload)}
    last = _manifest(tags)
    body = _zip(number, at, {**payload, **tags, TAG_MANIFEST: last})
    return Packed(body, hashlib.sha256(body).hexdigest(), hashlib.sha256(last).hexdigest())


def _info(number: str, at: datetime, payload: Mapping[str, bytes], owner: str) -> bytes:
    lines = {
        "Source-Organization": " ".join(owner.split()),
        "External-Identifier": number,
        "Bagging-Date": at.astimezone(UTC).date().isoformat(),
        "Payload-Oxum": f"{sum(map(len, payload.values()))}.{len(payload)}",
        "Bag-Software-Agent": "Nabij",
    }
    return "".join(f"{name}: {value}\n" for name, value in lines.items()).encode()


def _manifest(files: Mapping[str, bytes]) -> bytes:
    return "".join(f"{hashlib.sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(files)).encode()


def _zip(number: str, at: datetime, files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    when = at.astimezone(UTC).timetuple()[:6]
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out:
        for path in sorted(files):
            entry = zipfile.ZipInfo(f"{number}/{path}", when)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr, entry.create_system = _FILE, _UNIX
            out.writestr(entry, files[path])
    return stream.getvalue()
