"""A dossier as people read it: the same page in the browser channel and in the sealed file, and what its reader must
know. Texts of strangers are literal, isolated, and spelled out beside; serious ones stand behind a click.
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from babel.dates import format_datetime
from markupsafe import Markup

from bot.letters.drawer import template
from bot.texts import N_, Words, labels
from domain.clock import BRUSSELS
from domain.dossier import Contents, Slip

PARTS = {
    "tekst": N_("Text"),
    "bron": N_("Raw bytes"),
    "gelezen_bij_platform": N_("Read back from the platform"),
    "bericht": N_("Post above it"),
    "voorafgaande_reacties": N_("Comments before it"),
    "media": N_("Photo or film"),
    "link": N_("Direct link to the comment"),
    "tijdstip": N_("Time at which it was posted"),
    "auteur": N_("Id of the author"),
}
"""First word of a part → its name."""

REASONS = {
    "niet_opgehaald": N_("could not be fetched"),
    "niet_heel": N_("the kept bytes no longer have their fingerprint"),
    "niet_meegegeven_door_platform": N_("not given by the platform"),
}
"""Why a part is missing; anything else is the code of whoever did not give it."""

MOMENTS = {"aankomst": N_("at arrival"), "bedenktijd": N_("before deletion")}
"""When a capture was made, beside command words."""
_POWERSHELL = (
    "  Get-Content manifest-sha256.txt, tagmanifest-sha256.txt | ForEach-Object {\n"
    "    $sum, $path = $_ -split '  ', 2\n"
    "    if ((Get-FileHash -Algorithm SHA256 $path).Hash -ne $sum) { $path } }\n"
    "  (Get-FileHash -Algorithm SHA256 tagmanifest-sha256.txt).Hash.ToLower()"
)
_WORDS = re.compile(r"\s+|[^\s]+")
_DIFFERENT = 4000
"""Words beyond which two texts are shown whole only: comparing takes time that grows with their square."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of two texts compared. kind: `zelfde`, `weg` or `nieuw`."""

    kind: str
    text: str


def files(contents: Contents, words: Words) -> Mapping[str, bytes]:
    """What people read in the file: the page, and what it proves."""
    page = template("dossier_file.html")
    drawn = page.render(number=contents.view.number, body=body(contents, words, linked=True), _=words)
    return {"dossier.html": drawn.encode(), "LEESMIJ.txt": read_me(contents, words).encode()}


def body(contents: Contents, words: Words, *, linked: bool = False) -> Markup:
    """Everything in a dossier, for a page. linked: pictures can be opened, because they lie beside the page."""
    drawn = template("dossier_body.html")
    values = {"view": contents.view, "data": contents.data, "slips": contents.slips, "linked": linked}
    tools = {
        "_": words,
        "labels": labels,
        "moment": lambda text: moment(text, words),
        "part": lambda slip: part(slip, words),
        "reason": lambda slip: words(REASONS.get(slip.missing, slip.missing)),
        "missing": [slip for slip in contents.slips if slip.missing],
        "changes": list(_changes(contents)),
        "captured": lambda word: _captured(word, words),
        "event": lambda word: word.replace("_", " ").capitalize(),
    }
    return Markup(drawn.render(**values, **tools))  # noqa: S704 - drawn with autoescape, a line above


def moment(text: str | None, words: Words) -> str:
    """`17 nov 2026 10:00:05 (09:00:05 UTC)`; empty without a moment."""
    if not text:
        return ""
    at = datetime.fromisoformat(text)
    there = format_datetime(at, "d MMM yyyy HH:mm:ss", tzinfo=BRUSSELS, locale=words.language)
    return f"{there} ({at:%H:%M:%S} UTC)"


def _captured(word: str, words: Words) -> str:
    return words({**labels.COMMANDS, **MOMENTS}.get(word, word))


def part(slip: Slip, words: Words) -> str:
    """The name of a part: `media 0` → `Foto of film 1`."""
    name, _, place = slip.part.partition(" ")
    shown = str(int(place) + 1) if name == "media" and place.isdigit() else place
    return " ".join(each for each in (words(PARTS.get(name, name)), shown) if each)


def _changes(contents: Contents) -> Iterator[tuple[int, Sequence[Piece]]]:
    """(version, what it changed) of every text after the first."""
    for old, new in pairwise(contents.texts):
        yield new.version, compare(old.text, new.text)


def compare(old: str, new: str) -> Sequence[Piece]:
    """Two texts, word by word."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if len(before) + len(after) > _DIFFERENT:
        return (Piece("weg", old), Piece("nieuw", new))
    found: list[Piece] = []
    for kind, start, end, first, last in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Piece("zelfde", "".join(before[start:end])))
            continue
        pieces = (Piece("weg", "".join(before[start:end])), Piece("nieuw", "".join(after[first:last])))
        found.extend(piece for piece in pieces if piece.text)
    return tuple(found)


# ---------------------------------------------------------------- what its reader must know


def read_me(contents: Contents, words: Words) -> str:
    """How to check the file, what that proves and what it does not."""
    number = contents.view.number
    parts: Sequence[str] = (
        words("PV dossier {number}", number=number),
        words(
            "This folder was made by Nabij when a second reader sealed it. Open dossier.html to read it; dossier.json "
            "holds the same for machines."
        ),
        _list(words("What is proven"), _proven(words)),
        _list(words("What is not proven"), _not_proven(words)),
        words("How to check it with Nabij:"),
        f"  python3 dev.py run dossier verify {number}.zip --digest …",
        words("How to check it without Nabij, on Linux or a Mac, in the unpacked folder:"),
        "  sha256sum -c manifest-sha256.txt && sha256sum -c tagmanifest-sha256.txt\n  sha256sum tagmanifest-sha256.txt",
        words("And in Windows PowerShell, where nothing may be printed before the fingerprint:"),
        _POWERSHELL,
        words(
            "Both compare every file that is listed; a file that somebody added is only noticed by dossier verify, or "
            "by counting."
        ),
        words(
            "The last line gives the fingerprint of the whole dossier. It must be the one that was read out, or that "
            "stands in the register of the force with the line dossier_nagekeken. It cannot stand in this file itself."
        ),
        _list(words("What lies where"), _layout(words)),
    )
    return "\n\n".join(parts) + "\n"


def _list(title: str, lines: Sequence[str]) -> str:
    return "\n".join((title, "-" * len(title), *(f"- {line}" for line in lines)))


def _proven(words: Words) -> Sequence[str]:
    return (
        words("No byte was changed, added or taken away since the sealing, when the fingerprint is the one read out."),
        words("The place of this dossier in the register: the line that seals it holds the fingerprint."),
        words("How each raw byte was obtained: with address, status and headers beside it (http.json)."),
    )


def _not_proven(words: Words) -> Sequence[str]:
    return (
        words("Who is behind the account: the identity was not verified."),
        words("That what the platform answered was true."),
        words("That nothing existed which was not captured; what is missing is listed in dossier.html."),
        words("The time of sealing by somebody else: there is no time stamp of a third party and no signature yet."),
        words("An offence: Nabij qualifies nothing, that is for whoever draws up the PV."),
    )


def _layout(words: Words) -> Sequence[str]:
    return (
        words("data/bron: texts and raw bytes, per version; a delivery of the platform may hold other comments too."),
        words("data/context: the post above it, the comments before it, the house rules in force."),
        words("data/media: photos and films, with media.json for what is missing."),
        words("data/register: the lines of the register about this case; colleagues stand there under a pseudonym."),
        words(
            "In texts, a character that cannot be stored was replaced by U+FFFD; the raw bytes hold what was received."
        ),
    )
