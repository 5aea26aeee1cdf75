"""`dossier verify` in words: what was found as JSON on standard output, one sentence about it on standard error."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from bot.texts import N_, Words
from domain.errors import Param
from storage.dossier_verify import GOOD, INCOMPLETE, UNVERIFIABLE, Verdict, as_json, compare, verify

Registered = Callable[[str], str]
"""Number of a dossier → the digest that the register of this house holds, empty when it knows none."""

FAULTS = {
    "gewijzigd": N_("a file was changed"),
    "verdwenen": N_("a file is gone"),
    "toegevoegd": N_("a file was added"),
    "dubbel": N_("a name stands in it twice"),
    "naam": N_("a name in it is none of ours"),
    "te_groot": N_("it is larger than a dossier can be"),
    "onleesbaar": N_("it cannot be read"),
    "manifest": N_("a list of fingerprints is damaged"),
    "nummer": N_("the numbers in it differ"),
    "inhoud": N_("its parts contradict each other"),
    "vingerafdruk": N_("its fingerprint is not the one given"),
    "register": N_("its fingerprint is not the one in the register"),
}

REASONS = {
    "afwezig": N_("there is no such file"),
    "onleesbaar": N_("the file cannot be opened"),
    "vingerafdruk": N_("a fingerprint has 64 characters, 0 to 9 and a to f"),
}


def check(file: Path, digest: str, registered: Registered, words: Words) -> int:
    """Verify a file, say what was found, and give the exit code. registered: asked only for a file that is sound."""
    verdict = verify(file, digest)
    if verdict.exit_code in (GOOD, INCOMPLETE) and (known := registered(verdict.number)):
        verdict = compare(verdict, known, "register")
    sys.stdout.write(as_json(verdict) + "\n")
    sys.stderr.write(sentence(verdict, words) + "\n")
    return verdict.exit_code


def sentence(verdict: Verdict, words: Words) -> str:
    """The verdict for people, on one line; names out of the file in ASCII."""
    if verdict.exit_code == UNVERIFIABLE:
        return words("Cannot be verified: {why}.", why=words(REASONS[verdict.why]))
    if verdict.faults:
        first = verdict.faults[0]
        where = f" ({json.dumps(first.path)[1:-1]})" if first.path else ""
        return words("Not in order: {what}{where}.", what=words(FAULTS[first.what]), where=where)
    told: dict[str, Param] = {"number": verdict.number, "digest": verdict.digest, "n": len(verdict.missing)}
    if verdict.exit_code == INCOMPLETE and verdict.compared:
        return words("Dossier {number} is unchanged since it was sealed, but incomplete: parts missing {n}.", **told)
    if verdict.exit_code == INCOMPLETE:
        return words(
            "Dossier {number} fits together, but is incomplete: parts missing {n}. Compare this fingerprint with the "
            "one that was read out: {digest}",
            **told,
        )
    if verdict.compared:
        return words("In order: dossier {number} is unchanged since it was sealed.", **told)
    return words(
        "Dossier {number} fits together. Compare this fingerprint with the one that was read out: {digest}", **told
    )
