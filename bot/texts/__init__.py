"""What do we say, and in which words? gettext with English msgids; nl_BE is the language of the team.

The catalogue is `nl_BE/LC_MESSAGES/nabij.po`, read at first use: no compiled file to forget.
`python -m bot.texts update` re-reads the msgids from the whole house, and `tests/bot/test_texts.py` fails when one has
no Dutch. `Misconfigured` and `Refused` stay English: administrators read them, on the command line and in logs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from domain.errors import Param

LANGUAGE = "nl_BE"
FOLDER = Path(__file__).parent


def N_(msgid: str) -> str:  # noqa: N802 - the name gettext tools know for "translated later"
    """Mark a msgid in a table; it is translated where it is shown."""
    return msgid


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language. `plurals` holds the forms for one and for more."""

    language: str
    texts: Mapping[str, str]
    plurals: Mapping[str, tuple[str, str]]

    def __call__(self, msgid: str, /, **params: Param) -> str:
        """The text of a msgid with its {placeholders} filled in; an unknown msgid shows itself."""
        return _fill(self.texts.get(msgid, msgid), params)

    def ngettext(self, one: str, many: str, n: int, /, **params: Param) -> str:
        """The text for this number; `{n}` is filled in."""
        forms = self.plurals.get(one, (one, many))
        return _fill(forms[0] if n == 1 else forms[1], {"n": n, **params})


class _Known(dict[str, Param]):
    """Params of which a missing one stays visible: a message with a hole tells more than an error page."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _fill(text: str, params: Mapping[str, Param]) -> str:
    return text.format_map(_Known(params)) if params else text


def po_file(language: str = LANGUAGE) -> Path:
    """Where the catalogue of a language is."""
    return FOLDER / language / "LC_MESSAGES" / "nabij.po"


@cache
def catalogue(language: str = LANGUAGE) -> Words:
    """The words of a language, read once. English is the msgids themselves."""
    if language == "en":
        return Words(language, {}, {})
    with po_file(language).open("rb") as file:
        messages = [message for message in read_po(file, locale=language) if message.id and not message.fuzzy]
    single: dict[str, str] = {}
    plural: dict[str, tuple[str, str]] = {}
    for message in messages:
        forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
        if not all(forms) or not forms:
            continue
        if isinstance(message.id, str):
            single[message.id] = forms[0]
        else:
            plural[message.id[0]] = (forms[0], forms[-1])
    return Words(language, single, plural)


def translate(msgid: str, params: Mapping[str, Param] | None = None, language: str = LANGUAGE) -> str:
    """One text, for who has a msgid and params at hand."""
    return catalogue(language)(msgid, **(params or {}))
