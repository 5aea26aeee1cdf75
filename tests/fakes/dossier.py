"""A house with dossiers drawn as the real house draws them, and hands to pull a sealed file apart."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.scribe import HouseScribe
from bot.texts import catalogue
from domain.model import Answer
from domain.orders import Document, HandOver, Order, Review, WithdrawDossier
from storage.paper_tables import DossierFileRow, DossierFormRow, DossierRow
from tests.fakes.house import PHOTO, THREAT, World

LINK = "https://platform.example/reactie/1"
Files = dict[str, bytes]


class Paper(World):
    """A threat with a photo came in; people document it."""

    def __init__(self, folder: Path, text: str = THREAT, **more: Any) -> None:
        super().__init__(folder)
        self.house = replace(self.house, scribe=HouseScribe(self.settings, self.house.name, catalogue(), self.clock))
        self.arrives(text, **{"permalink": LINK, "media": (PHOTO,), **more})

    def document(self, by: str = "noor", **form: Any) -> Answer:
        """*Documenteren (PV)…*."""
        return self.press(Document, by=by, **form)

    def review(self, by: str = "ann", seen_form: int = 1) -> Answer:
        """*Nagekeken*."""
        return self.press(Review, by=by, seen_form=seen_form)

    def hand_over(self, by: str = "ann", **said: str) -> Answer:
        """*Overmaken…*."""
        return self.press(HandOver, by=by, **{"recipient": "insp. X", "purpose": "aanvankelijk PV", **said})

    def withdraw(self, by: str = "noor", reason: str = "dubbel werk") -> Answer:
        """*Intrekken…*."""
        return self.press(WithdrawDossier, by=by, reason=reason)

    def ask(self, kind: type[Order], by: str, **more: Any) -> str:
        """An order that waits to be carried out."""
        return self.give(kind, by=by, **more)

    @property
    def dossiers(self) -> list[DossierRow]:
        """All, oldest first."""
        return sorted(self.rows(DossierRow), key=lambda row: row.id)

    @property
    def forms(self) -> list[DossierFormRow]:
        """All versions of all forms."""
        return self.rows(DossierFormRow)

    def file(self, folder: Path, number: str = "SMD-2026-000001") -> Path:
        """The sealed file of a dossier, on disk."""
        (row,) = (each for each in self.dossiers if each.number == number)
        path = folder / f"{number}.zip"
        path.write_bytes(self.row(DossierFileRow, row.id).body)
        return path

    def data(self, folder: Path) -> dict[str, Any]:
        """`dossier.json` of the first dossier, as sealed."""
        return dict(json.loads(unpack(self.file(folder))["data/dossier.json"]))


def sealed(folder: Path, text: str = THREAT, **more: Any) -> tuple[Path, str]:
    """A sealed file and its digest."""
    folder.mkdir(exist_ok=True)
    world = Paper(folder, text, **more)
    assert world.document(note="Een nota.").ok
    assert world.review().ok
    file, digest = world.file(folder), world.dossiers[0].digest
    world.close()
    return file, digest


def unpack(path: Path) -> Files:
    """Path below the folder → bytes."""
    with zipfile.ZipFile(path) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def repack(path: Path, files: Files, *, root: str = "SMD-2026-000001", to: str = "anders.zip") -> Path:
    """Another file with this content, manifests as they are."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(f"{root}/{name}", body)
    made = path.with_name(to)
    made.write_bytes(stream.getvalue())
    return made


def anew(files: Files) -> Files:
    """All manifests made again, as somebody with patience would."""
    payload = {name: body for name, body in files.items() if name.startswith("data/")}
    tags = {"bagit.txt", "bag-info.txt", "manifest-sha256.txt"}
    info = files["bag-info.txt"].decode().splitlines()
    oxum = f"Payload-Oxum: {sum(map(len, payload.values()))}.{len(payload)}"
    lines = [oxum if line.startswith("Payload-Oxum") else line for line in info]
    made = {**files, "bag-info.txt": ("\n".join(lines) + "\n").encode(), "manifest-sha256.txt": _sums(payload)}
    return {**made, "tagmanifest-sha256.txt": _sums({name: made[name] for name in tags})}


def _sums(files: Files) -> bytes:
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()


Change = Callable[[Files], object]
