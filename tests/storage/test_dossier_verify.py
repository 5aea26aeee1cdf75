"""`dossier verify`: every way in which somebody could meddle with a sealed file is found."""

import io
import json
import shutil
import stat
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import dossier_verify
from storage.dossier_verify import GOOD, INCOMPLETE, TAMPERED, UNVERIFIABLE, Verdict, as_json, compare, verify
from tests.fakes.dossier import Files, anew, repack, sealed, unpack
from tests.fakes.house import LOST_PHOTO
from tests.real import need

ROOT = "SMD-2026-000001"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A sealed file and its digest."""
    return sealed(tmp_path_factory.mktemp("goed"))


@pytest.fixture
def file(good: tuple[Path, str], tmp_path: Path) -> Path:
    """A copy to meddle with."""
    return Path(shutil.copy(good[0], tmp_path))


def whats(verdict: Verdict) -> set[str]:
    """Kinds of fault."""
    return {fault.what for fault in verdict.faults}


class TestSound:
    """A file as it was sealed."""

    def test_good(self, good: tuple[Path, str]) -> None:
        """With and without its digest, in whichever case it was written down."""
        file, digest = good
        plain, told = verify(file), verify(file, f" {digest.upper()} ")

        assert (plain.exit_code, plain.number, plain.digest, plain.compared) == (GOOD, ROOT, digest, ())
        assert (told.exit_code, told.compared) == (GOOD, ("opgegeven",))
        assert plain.files == len(unpack(file))

    def test_incomplete(self, tmp_path: Path) -> None:
        """Consistent, and a slip says what is missing and why."""
        file, digest = sealed(tmp_path, media=(LOST_PHOTO,))
        found = verify(file, digest)

        assert (found.exit_code, found.missing) == (INCOMPLETE, (("media 0", "404"),))

    def test_packed_again_by_somebody_else(self, file: Path) -> None:
        """Unpacked and packed with another tool, folders and all: the content counts, not the box."""
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
            archive.mkdir(ROOT)
            archive.mkdir(f"{ROOT}/data")
            for name, body in unpack(file).items():
                archive.writestr(f"{ROOT}/{name}", body)
        file.write_bytes(made.getvalue())

        assert verify(file).exit_code == GOOD

    def test_sha256sum_agrees(self, file: Path, tmp_path: Path) -> None:
        """Without Nabij: the lists of fingerprints hold for every file in the unpacked folder."""
        need("sha256sum")
        with zipfile.ZipFile(file) as archive:
            archive.extractall(tmp_path)
        for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
            called = ["sha256sum", "--strict", "-c", manifest]
            done = subprocess.run(called, cwd=tmp_path / ROOT, capture_output=True, check=False)
            assert done.returncode == 0, done.stdout
        listed = (tmp_path / ROOT / "manifest-sha256.txt").read_text().splitlines()
        on_disk = [path for path in (tmp_path / ROOT / "data").rglob("*") if path.is_file()]
        assert len(listed) == len(on_disk)


Meddle = Callable[[Files], object]
MEDDLED: dict[str, tuple[Meddle, str]] = {
    "a byte flipped in a text": (lambda f: f.update({"data/bron/v1/tekst.txt": b"x"}), "gewijzigd"),
    "a byte flipped in a picture": (lambda f: f.update({"data/media/0.png": b"\x89PNH"}), "gewijzigd"),
    "the page rewritten": (lambda f: f.update({"data/dossier.html": b"<p>niets</p>"}), "gewijzigd"),
    "a file removed": (lambda f: f.pop("data/media/0.png"), "verdwenen"),
    "a needed file removed": (lambda f: f.pop("data/nonce.bin"), "verdwenen"),
    "a file added in data": (lambda f: f.update({"data/extra.txt": b"x"}), "toegevoegd"),
    "a file added in the root": (lambda f: f.update({"extra.txt": b"x"}), "toegevoegd"),
    "bag-info edited": (lambda f: f.update({"bag-info.txt": f["bag-info.txt"] + b"X: y\n"}), "gewijzigd"),
    "bagit.txt edited": (lambda f: f.update({"bagit.txt": b"BagIt-Version: 0.1\n"}), "gewijzigd"),
    "tagmanifest removed": (lambda f: f.pop("tagmanifest-sha256.txt"), "verdwenen"),
    "tagmanifest removed and bag-info edited": (
        lambda f: (f.pop("tagmanifest-sha256.txt"), f.update({"bag-info.txt": b"x"})),
        "verdwenen",
    ),
    "manifest removed": (lambda f: f.pop("manifest-sha256.txt"), "verdwenen"),
    "a line of the manifest twice": (lambda f: _edit(f, lambda m: m + m), "manifest"),
    "a line that is none": (lambda f: _edit(f, lambda m: b"x\n" + m), "manifest"),
    "a manifest that points outside": (
        lambda f: _edit(f, lambda m: m + b"0" * 64 + b"  ../../etc/passwd\n"),
        "verdwenen",
    ),
    "a manifest without its last line end": (lambda f: _edit(f, lambda m: m[:-1]), "toegevoegd"),
    "a manifest in bad ASCII": (lambda f: _edit(f, lambda m: b"\xff" + m), "onleesbaar"),
    "everything gone": (lambda f: f.clear(), "nummer"),
}


def _edit(files: Files, change: Callable[[bytes], bytes]) -> None:
    files["manifest-sha256.txt"] = change(files["manifest-sha256.txt"])


def _json(files: Files, name: str, **over: object) -> None:
    files[f"data/{name}"] = json.dumps({**json.loads(files[f"data/{name}"]), **over}).encode()


def _beside(files: Files) -> None:
    told = json.loads(files["data/bron/v1/01/http.json"])
    _json(files, "bron/v1/01/http.json", naast={**told["naast"], "source": "https://elders.example/"})


def _listed(files: Files) -> None:
    listed = [{"pad": "media/7.png", "sha256": "0" * 64, "ontbreekt": ""}]
    files["data/media/media.json"] = json.dumps(listed).encode()


def _lines(files: Files, change: Callable[[list[bytes]], list[bytes]]) -> None:
    path = "data/register/uittreksel.jsonl"
    files[path] = b"".join(line + b"\n" for line in change(files[path].splitlines()))


def _other(line: bytes) -> bytes:
    return line.replace(b'"automatisch":true', b'"automatisch":false')


def _redigest(lines: list[bytes]) -> list[bytes]:
    def other(line: bytes) -> bytes:
        told = json.loads(line)
        if told["gebeurtenis"] == "vastgelegd":
            told["vingerafdrukken"]["bewijs"] = "0" * 64
        return json.dumps(told).encode()

    return [other(line) for line in lines]


REMADE: dict[str, tuple[Meddle, str]] = {
    "JSON that is none": (lambda f: f.update({"data/dossier.json": b"{"}), "onleesbaar"),
    "JSON as deep as a well": (lambda f: f.update({"data/dossier.json": b"[" * 100_000}), "onleesbaar"),
    "JSON in bad UTF-8": (lambda f: f.update({"data/dossier.json": b'"\xff"'}), "onleesbaar"),
    "JSON of another shape": (lambda f: f.update({"data/dossier.json": b"[]"}), "onleesbaar"),
    "another number": (lambda f: _json(f, "dossier.json", nummer="SMD-2026-000002"), "nummer"),
    "an unknown schema": (lambda f: _json(f, "dossier.json", schema=2), "nummer"),
    "another case": (lambda f: _json(f, "dossier.json", geval="NB-2026-000009"), "inhoud"),
    "a short nonce": (lambda f: f.update({"data/nonce.bin": b"x"}), "inhoud"),
    "raw bytes exchanged": (lambda f: f.update({"data/bron/v1/02/body.bin": b"liever dit"}), "inhoud"),
    "how they were obtained, exchanged": (_beside, "inhoud"),
    "a picture that media.json does not know": (lambda f: f.update({"data/media/9.png": b"x"}), "inhoud"),
    "a picture that is not there": (_listed, "inhoud"),
    "a part that dossier.json says is there": (lambda f: f.pop("data/context/bericht.json"), "onleesbaar"),
    "bag-info of another dossier": (
        lambda f: f.update({"bag-info.txt": f["bag-info.txt"].replace(b"-000001", b"-000002")}),
        "inhoud",
    ),
    "a line of the register left out": (lambda f: _lines(f, lambda lines: lines[:1] + lines[2:]), "inhoud"),
    "the register turned round": (lambda f: _lines(f, lambda lines: lines[::-1]), "inhoud"),
    "a line of the register changed": (lambda f: _lines(f, lambda lines: [_other(lines[0]), *lines[1:]]), "inhoud"),
    "the digest in the register changed": (lambda f: _lines(f, _redigest), "inhoud"),
}


class TestMeddled:
    """Content, lists and parts that do not belong together."""

    @pytest.mark.parametrize("what", MEDDLED)
    def test_found(self, file: Path, what: str) -> None:
        """By the lists of fingerprints, which must be complete."""
        change, kind = MEDDLED[what]
        files = unpack(file)
        change(files)
        found = verify(repack(file, files))

        assert found.exit_code == TAMPERED
        assert kind in whats(found)

    @pytest.mark.parametrize("what", REMADE)
    def test_found_though_the_lists_were_made_anew(self, file: Path, what: str) -> None:
        """By what the parts say of each other."""
        change, kind = REMADE[what]
        files = unpack(file)
        change(files)
        found = verify(repack(file, anew(files)))

        assert found.exit_code == TAMPERED
        assert kind in whats(found)

    def test_made_anew_with_care(self, good: tuple[Path, str], file: Path) -> None:
        """The page alone, all lists made anew: the file looks sound, the digest that was read out shows it."""
        files = unpack(file)
        files["data/dossier.html"] = b"<p>heel anders</p>"
        made = repack(file, anew(files))

        assert verify(made).exit_code == GOOD
        found = verify(made, good[1])
        assert (found.exit_code, whats(found)) == (TAMPERED, {"vingerafdruk"})

    def test_another_register(self, good: tuple[Path, str]) -> None:
        """The same against the digest in the register; 1 wins over 2."""
        verdict = verify(good[0])

        assert compare(verdict, good[1], "register").exit_code == GOOD
        assert whats(compare(verdict, "0" * 64, "register")) == {"register"}
        unfinished = Verdict(INCOMPLETE, ROOT, good[1], missing=(("media 0", "404"),))
        assert compare(unfinished, good[1], "register").exit_code == INCOMPLETE
        assert compare(unfinished, "0" * 64, "register").exit_code == TAMPERED

    def test_many_faults_are_counted_not_kept(self, file: Path) -> None:
        """A file full of rubbish gives a short list."""
        files = unpack(file) | {f"data/r{number}": b"" for number in range(200)}

        assert len(verify(repack(file, files)).faults) == 50


def _zip(path: Path, *entries: tuple[zipfile.ZipInfo | str, bytes]) -> Path:
    with zipfile.ZipFile(path, "a") as archive:
        for entry, body in entries:
            archive.writestr(entry, body)
    return path


def _link() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(f"{ROOT}/data/koppeling")
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return entry


def _folder_with_bytes() -> zipfile.ZipInfo:
    return zipfile.ZipInfo(f"{ROOT}/data/map/")


NAMES: dict[str, tuple[zipfile.ZipInfo | str, str]] = {
    "up": (f"{ROOT}/../../buiten.txt", "naam"),
    "absolute": ("/etc/passwd", "naam"),
    "drive": ("C:/boot.ini", "naam"),
    "backslash": (f"{ROOT}/data/a\\b", "naam"),
    "hidden": (f"{ROOT}/data/.verborgen", "naam"),
    "not ASCII": (f"{ROOT}/data/é.txt", "naam"),
    "direction": (f"{ROOT}/data/a\u202egnp.txt", "naam"),
    "endless": (f"{ROOT}/data/{'x' * 300}", "naam"),
    "link": (_link(), "naam"),
    "folder that holds bytes": (_folder_with_bytes(), "naam"),
    "empty folder": (f"{ROOT}/leeg/", "toegevoegd"),
    "twice in other letters": (f"{ROOT}/DATA/nonce.bin", "dubbel"),
    "another folder": ("anders/data/x.txt", "nummer"),
}


class TestBox:
    """Tricks with the ZIP itself are refused before a member is read."""

    @pytest.mark.parametrize("what", NAMES)
    def test_names(self, file: Path, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """Paths that lead out, links, names in other letters, strange folders."""
        entry, kind = NAMES[what]
        _zip(file, (entry, b"" if what == "empty folder" else b"x"))
        monkeypatch.setattr(dossier_verify, "_bytes", _never)
        found = verify(file)

        assert (found.exit_code, whats(found)) == (TAMPERED, {kind})

    @pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
    def test_the_same_name_twice(self, file: Path) -> None:
        """Whichever of the two a reader would take."""
        _zip(file, (f"{ROOT}/data/nonce.bin", b"x"))

        assert whats(verify(file)) == {"dubbel"}

    def test_one_folder_with_the_number_of_a_dossier(self, file: Path) -> None:
        """Any other folder is none of ours; a ZIP without anything neither."""
        assert whats(verify(repack(file, unpack(file), root="dossier"))) == {"nummer"}
        assert whats(verify(repack(file, {}))) == {"nummer"}

    def test_another_number_on_the_folder(self, file: Path) -> None:
        """What is inside must be the same dossier."""
        assert "nummer" in whats(verify(repack(file, unpack(file), root="SMD-2026-000002")))

    def test_too_large(self, file: Path) -> None:
        """More bytes than a dossier can have, told beforehand."""
        assert whats(verify(file, limit=1000)) == {"te_groot"}

    def test_too_many(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """More names than a dossier can have."""
        monkeypatch.setattr(dossier_verify, "MAX_FILES", 5)

        assert whats(verify(file)) == {"te_groot"}

    def test_a_bomb_that_lies_about_its_size(self, file: Path) -> None:
        """A member that unpacks to far more than it says is never unpacked beyond that."""
        bomb = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = bomb.compress(bytes(50_000_000)) + bomb.flush()
        path = _zip(file, (f"{ROOT}/data/bom.bin", b"x" * len(packed)))
        raw = path.read_bytes().replace(b"x" * len(packed), packed)
        entry = raw.rindex(f"{ROOT}/data/bom.bin".encode()) - 46
        local = raw.index(f"{ROOT}/data/bom.bin".encode()) - 30
        raw = raw[: local + 8] + b"\x08\x00" + raw[local + 10 :]
        raw = raw[: entry + 10] + b"\x08\x00" + raw[entry + 12 :]
        path.write_bytes(raw)

        assert verify(path).exit_code == TAMPERED

    @pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    def test_packed_in_a_way_that_is_not_read_in_pieces(self, file: Path, way: int) -> None:
        """Such a member is refused by its name."""
        with zipfile.ZipFile(file, "a", way) as archive:
            archive.writestr(f"{ROOT}/data/x.txt", b"x")

        assert whats(verify(file)) == {"naam"}

    def test_locked(self, file: Path) -> None:
        """A member behind a password cannot be judged."""
        raw = bytearray(file.read_bytes())
        place = raw.rindex(b"PK\x01\x02")
        raw[place + 8] |= 1
        file.write_bytes(bytes(raw))

        assert verify(file).exit_code == TAMPERED

    @pytest.mark.parametrize("body", [b"", b"geen zip", b"PK\x03\x04", b"PK\x05\x06" + bytes(18)])
    def test_no_zip(self, tmp_path: Path, body: bytes) -> None:
        """Whatever else it is, it is not what was sealed."""
        (tmp_path / "a.zip").write_bytes(body)

        assert verify(tmp_path / "a.zip").exit_code == TAMPERED

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_any_flip_of_any_bit(self, good: tuple[Path, str], tmp_path: Path, data: st.DataObject) -> None:
        """A changed file is never good, unless nothing that anybody reads was changed."""
        raw = bytearray(good[0].read_bytes())
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place] ^= 1 << data.draw(st.integers(0, 7))
        changed = tmp_path / "om.zip"
        changed.write_bytes(bytes(raw))
        found = verify(changed, good[1])

        if found.exit_code == GOOD:
            assert unpack(changed) == unpack(good[0])
        else:
            assert found.exit_code == TAMPERED


def _never(*_: object) -> bytes:
    raise AssertionError("a member was read before its name was judged")


class TestCannot:
    """What cannot be judged at all."""

    @pytest.mark.parametrize("digest", ["zo", "0" * 63, "0" * 65, "g" * 64])
    def test_a_digest_that_is_none(self, good: tuple[Path, str], digest: str) -> None:
        """A typing error is no tampering."""
        found = verify(good[0], digest)

        assert (found.exit_code, found.why) == (UNVERIFIABLE, "vingerafdruk")

    def test_no_such_file(self, tmp_path: Path) -> None:
        """Nor is a wrong name, or a folder."""
        assert verify(tmp_path / "weg.zip").why == "afwezig"
        assert verify(tmp_path).why == "onleesbaar"
        assert verify(tmp_path / "a\x00b").exit_code == UNVERIFIABLE


class TestAlone:
    """The module is handed over with the dossier, and runs by itself."""

    def run(self, tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The one file, in an empty folder, without any package."""
        alone = shutil.copy(dossier_verify.__file__, tmp_path / "los.py")
        called = [sys.executable, "-I", "-S", str(alone), *arguments]
        return subprocess.run(called, cwd=tmp_path, capture_output=True, text=True, check=False)

    def test_verifies(self, good: tuple[Path, str], tmp_path: Path) -> None:
        """JSON and the exit code."""
        done = self.run(tmp_path, str(good[0]), "--digest", good[1])

        assert done.returncode == GOOD, done.stderr
        assert json.loads(done.stdout)["vingerafdruk"] == good[1]

    def test_called_wrongly(self, tmp_path: Path) -> None:
        """3, never 2: that means incomplete."""
        assert self.run(tmp_path).returncode == UNVERIFIABLE
        assert self.run(tmp_path, "a", "b").returncode == UNVERIFIABLE

    def test_names_out_of_a_file_are_harmless(self, file: Path) -> None:
        """ASCII, whatever a stranger called a member."""
        _zip(file, (f"{ROOT}/\x1b[2J\u202e", b"x"))
        told = as_json(verify(file))

        assert told.isascii()
        assert "\x1b" not in told
