"""What goes into the file of a dossier, out of the rows: always the same for the same rows.

    bron/v1/tekst.txt       the text as it was                    context/bericht.json       the post it stood under
    bron/v1/01/body.bin     raw bytes of a capture                context/voorafgaand.json   the comments before it
    bron/v1/01/http.json    how they were obtained, their digest  context/huisregels.json    the rules in force
    media/0.png             pictures, and media.json for all      register/uittreksel.jsonl  the register lines
    dossier.json            everything, for machines              tijdbronnen.json           which clocks said what
    nonce.bin               makes digests of a short comment unguessable

Keys and words in these files are data. What people read (`dossier.html`, `LEESMIJ.txt`) the scribe draws from the same.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from commands.dossier_data import Sealing, before, data_of, http_of, parts, pictures, post_of, time_sources
from commands.dossier_material import LAST, Material, gather
from commands.house import House
from storage.paper_tables import DossierRow

PAGE = "dossier.json"


@dataclass(frozen=True, slots=True)
class Assembled:
    """files: path below `data/` → bytes, without what people read · data: `dossier.json` · basis: changes whenever the
    form or the evidence does.
    """

    files: Mapping[str, bytes]
    data: Mapping[str, Any]
    basis: str


def assemble(session: Session, house: House, row: DossierRow, sealing: Sealing | None = None) -> Assembled:
    """Everything of one dossier. sealing: None while it is a concept."""
    made = gather(session, row, sealing.upto if sealing else LAST)
    data = data_of(house, made, sealing)
    files = {**_sources(made), **_around(made, data), **_pictures(made, data)}
    files["nonce.bin"] = made.nonce
    files["register/uittreksel.jsonl"] = b"".join(each.body + b"\n" for each in made.lines)
    files["tijdbronnen.json"] = _json(time_sources(made, sealing))
    sums = {path: hashlib.sha256(body).hexdigest() for path, body in files.items()}
    data["stukken"] = parts(made, sums)
    files[PAGE] = _json(data)
    return Assembled(files, data, made.basis)


def _sources(made: Material) -> dict[str, bytes]:
    files = {f"bron/v{each.version}/tekst.txt": each.text.encode() for each in made.texts}
    for each in made.captures:
        files[f"{each.path}/http.json"] = _json(http_of(each))
        files[f"{each.path}/body.bin"] = each.body
    return files


def _around(made: Material, data: Mapping[str, Any]) -> dict[str, bytes]:
    found = {"huisregels": data["huisregel"], "bericht": post_of(made), "voorafgaand": before(made)}
    return {f"context/{name}.json": _json(value) for name, value in found.items() if value is not None}


def _pictures(made: Material, data: Mapping[str, Any]) -> dict[str, bytes]:
    files = {each.path: each.body for each in pictures(made) if each.path}
    return {**files, "media/media.json": _json(data["media"])}


def _json(value: Any) -> bytes:  # noqa: ANN401 - plain data
    """ASCII: nothing in a text can then change how the file itself reads."""
    return (json.dumps(value, indent=1) + "\n").encode("ascii")
