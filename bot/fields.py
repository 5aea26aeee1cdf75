"""What a dialog is made of, neutral like the card: every channel draws these in its own way.

What a person typed comes back by the names of the fields; the options of `Ticks` come back as `name.option`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

REASON_MAX = 500
"""Code points of a typed reason."""
SHOWN = "getoond"
"""Hidden field of a form that can be drawn anew: which text was on the screen."""

Options = tuple[tuple[str, str], ...]
Typed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """A field with one answer out of a few. options: (key of data, label) · chosen: empty = the person must choose ·
    optional: no answer is an answer too · redraw: label of a button that draws the form anew for what is chosen.
    """

    name: str
    label: str
    options: Options
    chosen: str
    optional: bool = False
    redraw: str = ""


@dataclass(frozen=True, slots=True)
class TextField:
    """A field to type in. limit: code points · lines: how high it is, 1 = one line only."""

    name: str
    label: str
    help: str
    limit: int = REASON_MAX
    text: str = ""
    lines: int = 3
    required: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """Yes or no. redraws: the form looks different afterwards."""

    name: str
    label: str
    on: bool
    help: str = ""
    redraws: bool = False


@dataclass(frozen=True, slots=True)
class Ticks:
    """Any of a few. options: (key of data, label)."""

    name: str
    label: str
    options: Options
    chosen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """A text to read or to copy, not to change."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """Where another part of the form begins."""

    text: str
    note: str = ""


Field = Choice | TextField | Tick | Ticks | Lines | Heading


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do by hand; url: where."""

    text: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class FaultLine:
    """What is wrong with what was typed, where, and whether it must be mended first."""

    text: str
    where: str
    blocks: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A dialog. act: the order that its submit gives · seen: text version on the card it was opened from · hidden:
    fields that go back unchanged · badge: what this is, in two words · faults: what must be mended first.
    """

    case_id: int
    act: str
    seen: int
    title: str
    about: str
    submit: str
    fields: tuple[Field, ...] = ()
    steps: tuple[Step, ...] = ()
    explain: tuple[str, ...] = ()
    warning: str = ""
    take_over: bool = False
    hidden: Options = ()
    badge: str = ""
    faults: tuple[FaultLine, ...] = ()

    @property
    def blocked(self) -> bool:
        """True while something must be mended first."""
        return any(fault.blocks for fault in self.faults)

    @property
    def parts(self) -> tuple[tuple[Heading | None, tuple[Field, ...]], ...]:
        """The fields under their headings; one part without a heading when there is none."""
        found: list[tuple[Heading | None, tuple[Field, ...]]] = []
        for field in self.fields:
            if isinstance(field, Heading) or not found:
                found.append((field, ()) if isinstance(field, Heading) else (None, (field,)))
            else:
                heading, fields = found[-1]
                found[-1] = (heading, (*fields, field))
        return tuple(found)

    def shows(self, typed: Typed) -> bool:
        """True if every text that was typed stands in this form as it was typed."""
        return all(field.text == typed.get(field.name, field.text) for field in self._texts())

    def _texts(self) -> Iterator[TextField]:
        return (field for field in self.fields if isinstance(field, TextField))


def ticked(typed: Typed, name: str) -> tuple[str, ...]:
    """The options of a `Ticks` field that came back ticked."""
    return tuple(key.removeprefix(f"{name}.") for key in typed if key.startswith(f"{name}."))
