"""Is this file the dossier that was sealed? Needs nothing but this one module and Python's standard library, so that it
can be handed over with the dossier: `python dossier_verify.py FILE [--digest HEX]` prints what it found as JSON.

Exit  Meaning
0     good
1     tampered: any mismatch, and anything unexpected while reading
2     consistent, but incomplete: something could not be had when it was sealed, and a slip says why
3     cannot verify: there is no such file, or the call is wrong

1 wins over 2. Nothing is extracted to disk, and no member is read before all names were judged. What the file alone
cannot show (its content and all its manifests made anew) the digest shows that was read out at sealing.
"""

import argparse
import hashlib
import json
import re
import stat
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

GOOD, TAMPERED, INCOMPLETE, UNVERIFIABLE = range(4)
SCHEMA = 1
MAX_BYTES = 512 * 1024 * 1024
MAX_FILES = 5_000

_BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_MANIFEST, _TAG_MANIFEST, _INFO = "manifest-sha256.txt", "tagmanifest-sha256.txt", "bag-info.txt"
_TAGS = frozenset({"bagit.txt", _INFO, _MANIFEST})
_JSON, _EXTRACT, _MEDIA = "data/dossier.json", "data/register/uittreksel.jsonl", "data/media/media.json"
_NEEDED = frozenset(
    {"data/LEESMIJ.txt", "data/dossier.html", _JSON, "data/nonce.bin", "data/tijdbronnen.json", _EXTRACT, _MEDIA}
)
_PIECE = 1 << 16
_LONGEST_NAME = 200
_MANY = 50
_ENCRYPTED = 0x1
_READABLE = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_name = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*/?").fullmatch
_number = re.compile(r"SMD-[0-9]{4}-[0-9]{6,9}(-[A-Z][0-9]{1,3})?").fullmatch
_line = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9._/-]+)").fullmatch
_hex = re.compile(r"[0-9a-f]{64}").fullmatch


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. what: `gewijzigd` (bytes differ from their manifest), `verdwenen`, `toegevoegd`,
    `dubbel`, `naam`, `te_groot`, `onleesbaar`, `manifest`, `nummer`, `inhoud` (parts contradict each other),
    `vingerafdruk` (another digest than the one given), `register` · path: where, as it stands in the file.
    """

    what: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying found. number: of the dossier, empty when it cannot be read · digest: SHA-256 of the tag manifest
    as it is in the file · missing: parts that were not to be had, with why · compared: with which digests from outside
    this one was compared (`opgegeven`, `register`) · why: of exit code 3 (`afwezig`, `onleesbaar`, `vingerafdruk`).
    """

    exit_code: int
    number: str = ""
    digest: str = ""
    files: int = 0
    faults: tuple[Fault, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    compared: tuple[str, ...] = ()
    why: str = ""


def verify(path: Path, digest: str = "", *, limit: int = MAX_BYTES) -> Verdict:
    """Judge a file. digest: the one that was read out, hex · limit: of all bytes in it together. Never raises."""
    digest = digest.strip().lower()
    if digest and not _hex(digest):
        return Verdict(UNVERIFIABLE, why="vingerafdruk")
    try:
        with path.open("rb") as stream:
            stream.read(1)
    except (OSError, ValueError) as error:
        return Verdict(UNVERIFIABLE, why="afwezig" if isinstance(error, FileNotFoundError) else "onleesbaar")
    bag = _Bag(limit)
    try:
        bag.read(path)
    except Exception:  # noqa: BLE001 - the facts demand it: what cannot be read was tampered with
        bag.fault("onleesbaar")
    return compare(bag.verdict(), digest, "opgegeven") if digest else bag.verdict()


def compare(verdict: Verdict, digest: str, source: str) -> Verdict:
    """The verdict with a digest from outside beside it. source: where it comes from, `opgegeven` or `register`."""
    told = replace(verdict, compared=(*verdict.compared, source))
    if verdict.digest == digest:
        return told
    fault = Fault("vingerafdruk" if source == "opgegeven" else "register")
    return replace(told, exit_code=TAMPERED, faults=(*told.faults, fault))


def as_json(verdict: Verdict) -> str:
    """The verdict for machines: one object, ASCII only, because names in a file may hold anything."""
    told = {
        "uitkomst": verdict.exit_code,
        "nummer": verdict.number,
        "vingerafdruk": verdict.digest,
        "bestanden": verdict.files,
        "fouten": [{"wat": fault.what, "pad": fault.path} for fault in verdict.faults],
        "ontbreekt": [{"deel": part, "reden": why} for part, why in verdict.missing],
        "vergeleken": list(verdict.compared),
        "waarom_niet": verdict.why,
    }
    return json.dumps(told, indent=1)


# ---------------------------------------------------------------- reading


@dataclass(slots=True)
class _Bag:
    """One reading. files: path below the folder → bytes."""

    limit: int
    number: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)

    def fault(self, what: str, path: str = "") -> None:
        if len(self.faults) < _MANY:
            self.faults.append(Fault(what, path))

    def read(self, path: Path) -> None:
        """Names first, then bytes, then manifests, then what the parts say of each other."""
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            self._names(entries)
            if self.faults:
                return
            for entry in entries:
                if not entry.is_dir():
                    self.files[entry.filename.partition("/")[2]] = _bytes(archive, entry)
        self._manifests()
        if not self.faults:
            self._content()

    def _names(self, entries: list[zipfile.ZipInfo]) -> None:
        if len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > self.limit:
            self.fault("te_groot")
            return
        names = [entry.filename for entry in entries]
        for name, times in Counter(name.casefold().rstrip("/") for name in names).items():
            if times > 1:
                self.fault("dubbel", name)
        for entry in entries:
            if not _plain(entry):
                self.fault("naam", entry.filename)
        if not self.faults:
            self._one_folder(names)

    def _one_folder(self, names: list[str]) -> None:
        """All in one folder that has the number of a dossier; an entry for a folder must be one with a file in it."""
        folders = {name.partition("/")[0] for name in names}
        if len(folders) != 1 or not _number(min(folders)):
            self.fault("nummer")
            return
        self.number = folders.pop()
        files = [name.split("/") for name in names if not name.endswith("/")]
        above = {"/".join(parts[:depth]) + "/" for parts in files for depth in range(1, len(parts))}
        for name in names:
            if name.endswith("/") and name not in above:
                self.fault("toegevoegd", name)

    # ------------------------------------------------------------ manifests

    def _manifests(self) -> None:
        root = {path for path in self.files if not path.startswith("data/")}
        for path in root - _TAGS - {_TAG_MANIFEST}:
            self.fault("toegevoegd", path)
        for path in (_TAGS | {_TAG_MANIFEST} | _NEEDED) - self.files.keys():
            self.fault("verdwenen", path)
        self._listed(_TAG_MANIFEST, root & _TAGS)
        self._listed(_MANIFEST, self.files.keys() - root)
        if self.files.get("bagit.txt", _BAGIT) != _BAGIT:
            self.fault("gewijzigd", "bagit.txt")

    def _listed(self, manifest: str, there: set[str]) -> None:
        """What a manifest lists is there and the same, and nothing else is."""
        listed = dict(self._lines(manifest))
        for path in sorted(there | listed.keys()):
            if path not in there:
                self.fault("verdwenen", path)
            elif path not in listed:
                self.fault("toegevoegd", path)
            elif hashlib.sha256(self.files[path]).hexdigest() != listed[path]:
                self.fault("gewijzigd", path)

    def _lines(self, manifest: str) -> Iterator[tuple[str, str]]:
        seen: set[str] = set()
        for line in self.files.get(manifest, b"").decode("ascii").split("\n")[:-1]:
            found = _line(line)
            if not found or found[2] in seen:
                self.fault("manifest", manifest)
                return
            seen.add(found[2])
            yield found[2], found[1]

    # ------------------------------------------------------------ content

    def _content(self) -> None:
        data = self._json(_JSON)
        if data["schema"] != SCHEMA or data["nummer"] != self.number:
            self.fault("nummer", _JSON)
        self._info()
        if len(self.files["data/nonce.bin"]) != hashlib.sha256().digest_size:
            self.fault("inhoud", "data/nonce.bin")
        lines = self._extract(data["geval"])
        if [each["nr"] for each in data["tijdlijn"]] != list(lines):
            self.fault("inhoud", _EXTRACT)
        self._parts(data["stukken"])
        self._evidence(data["bewijs"], lines)
        self._pictures()

    def _json(self, path: str) -> Any:  # noqa: ANN401 - whatever stands there
        return json.loads(self.files[path].decode("utf-8"))

    def _info(self) -> None:
        pairs = [line.split(": ", 1) for line in self.files[_INFO].decode("utf-8").split("\n")[:-1]]
        payload = [body for path, body in self.files.items() if path.startswith("data/")]
        told = dict(pairs)
        oxum = f"{sum(map(len, payload))}.{len(payload)}"
        if told.get("External-Identifier") != self.number or told.get("Payload-Oxum") != oxum:
            self.fault("inhoud", _INFO)

    def _parts(self, parts: list[Mapping[str, str]]) -> None:
        """Every part that `dossier.json` names is there as it says, or has a slip."""
        for part in parts:
            if part["ontbreekt"]:
                self.missing.append((part["deel"], part["ontbreekt"]))
            elif hashlib.sha256(self.files[f"data/{part['pad']}"]).hexdigest() != part["sha256"]:
                self.fault("inhoud", f"data/{part['pad']}")

    def _pictures(self) -> None:
        """`media.json` and the pictures beside it say the same."""
        told = {f"data/{each['pad']}": each["sha256"] for each in self._json(_MEDIA) if not each["ontbreekt"]}
        there = {path for path in self.files if path.startswith("data/media/") and path != _MEDIA}
        for path in sorted(told.keys() | there):
            if path not in there or hashlib.sha256(self.files[path]).hexdigest() != told.get(path):
                self.fault("inhoud", path)

    def _extract(self, case: str) -> dict[int, dict[str, Any]]:
        """The register lines of the case by number: of one case, in order, and neighbours linked."""
        lines: dict[int, dict[str, Any]] = {}
        last = b""
        for body in self.files[_EXTRACT].split(b"\n")[:-1]:
            line = json.loads(body.decode("ascii"))
            seq = line["seq"]
            before = max(lines, default=0)
            linked = seq != before + 1 or not lines or line["prev"] == hashlib.sha256(b"\x00" + last).hexdigest()
            if line["geval"] != case or seq <= before or not linked:
                self.fault("inhoud", _EXTRACT)
            lines[seq], last = line, body
        return lines

    def _evidence(self, captures: list[Mapping[str, Any]], lines: Mapping[int, Mapping[str, Any]]) -> None:
        """Each capture has the digest that it was kept under, and the register line that says so."""
        for each in captures:
            told = self._json(f"data/{each['pad']}/http.json")
            if told["vingerafdruk"] != each["vingerafdruk"] or (told["heel"] and not self._whole(each["pad"], told)):
                self.fault("inhoud", f"data/{each['pad']}/http.json")
            line = lines[each["regel"]] if each["regel"] else None
            if line and line["vingerafdrukken"]["bewijs"] != each["vingerafdruk"]:
                self.fault("inhoud", _EXTRACT)

    def _whole(self, path: str, told: Mapping[str, Any]) -> bool:
        body = self.files[f"data/{path}/body.bin"]
        beside = json.dumps(told["naast"], sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
        counted = bytes.fromhex(told["nonce"]) + len(body).to_bytes(8, "big") + body + beside
        return bool(hashlib.sha256(counted).hexdigest() == told["vingerafdruk"])

    def verdict(self) -> Verdict:
        """What it comes to."""
        seal = self.files.get(_TAG_MANIFEST)
        code = TAMPERED if self.faults else INCOMPLETE if self.missing else GOOD
        return Verdict(
            code,
            self.number,
            hashlib.sha256(seal).hexdigest() if seal is not None else "",
            len(self.files),
            tuple(self.faults),
            tuple(self.missing),
        )


def _plain(entry: zipfile.ZipInfo) -> bool:
    """A name of our own making, an ordinary file or empty folder, packed in a way that can be read in pieces."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    ordinary = kind in (0, stat.S_IFDIR if entry.is_dir() else stat.S_IFREG) and not (
        entry.is_dir() and entry.file_size
    )
    readable = entry.compress_type in _READABLE and not entry.flag_bits & _ENCRYPTED
    return len(entry.filename) <= _LONGEST_NAME and _name(entry.filename) is not None and ordinary and readable


def _bytes(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """In pieces, because a member may unpack to far more than it says; what is beyond that is never given."""
    pieces: list[bytes] = []
    with archive.open(entry) as stream:
        while piece := stream.read(_PIECE):
            pieces.append(piece)
    return b"".join(pieces)


# ---------------------------------------------------------------- handed over alone


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]  # argparse ends with 2, which means incomplete here
        self.exit(UNVERIFIABLE, f"{message}\n")


def main() -> int:
    """Verify one file; JSON on standard output, the exit code of the table above."""
    parser = _Parser(description="Verify a sealed dossier.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--digest", default="", help="SHA-256 that was read out, 64 hex characters")
    given = parser.parse_args()
    verdict = verify(given.file, given.digest)
    sys.stdout.write(as_json(verdict) + "\n")
    return verdict.exit_code


if __name__ == "__main__":
    sys.exit(main())
