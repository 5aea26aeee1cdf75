"""Is the register what was written? Reads every line once, in pages, with a memory that does not grow with it.

Exit  Meaning
0     good
1     tampered: a line changed, gone, put in, moved or unreadable, or the register is not the one of a checkpoint
2     consistent, but a *voornemen* waits too long for its *uitkomst*: an act whose result nobody wrote down
3     cannot verify: no register here, the database went away, or the checkpoint given cannot be read

1 wins over 2. What a chain alone cannot show (the last lines cut off, everything rewritten) only a checkpoint that was
kept elsewhere shows. Lines that other processes add while we read are followed, and are no fault.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from storage.merkle import Checkpoint, Tree, leaf_hash
from storage.register import COLUMNS, ENTRY, HEAD
from storage.register_entry import GENESIS, VERSION, Event, decode, moment

GOOD, TAMPERED, INCOMPLETE, UNVERIFIABLE = range(4)
PATIENCE = timedelta(minutes=15)
"""An intent younger than this, seen from the last line, may still be under way: an act with its retries takes less."""

_PAGE = 2_000
_MANY = 20
Progress = Callable[[int, int], None]
"""Called with lines done and lines in all."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. msgid: English sentence with {placeholders}, translated at the edge · seq: the line."""

    msgid: str
    seq: int
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying found. size and root (hex): of the lines read · first, last: times as written · faults: the first
    twenty · waiting: intents without outcome for too long · under_way: younger ones · clock_back: lines marked
    `klok_afwijking` · checkpoint: size of the checkpoint that was compared, None without one.
    """

    exit_code: int
    size: int = 0
    root: str = ""
    first: str = ""
    last: str = ""
    faults: tuple[Fault, ...] = ()
    waiting: tuple[int, ...] = ()
    under_way: tuple[int, ...] = ()
    clock_back: int = 0
    checkpoint: int | None = None


def verify(
    connection: sa.Connection, checkpoint: str | None = None, *, origin: str = "", progress: Progress | None = None
) -> Verdict:
    """Judge the register. checkpoint: text of one that was kept · origin: name this register should have, if known.
    Never raises for what it finds in the database.
    """
    try:
        kept = Checkpoint.read(checkpoint) if checkpoint is not None else None
    except ValueError:
        return _cannot("The checkpoint cannot be read: it has three lines, a name, a size and a root.")
    if kept and origin and kept.origin != origin:
        return _cannot("The checkpoint belongs to another register.")
    walk = _Walk(kept)
    try:
        if not sa.inspect(connection).has_table(ENTRY.name):
            return _absent(kept)
        walk.read(connection, progress or _silent)
    except DBAPIError as error:
        if error.connection_invalidated:
            return _cannot("The database went away while it was read.")
        walk.fault("Lines after {seq} cannot be read ({why}).", why=type(error).__name__)
    except Exception as error:  # noqa: BLE001 - the facts demand it: what cannot be read was tampered with
        walk.fault("Lines after {seq} cannot be read ({why}).", why=type(error).__name__)
    return walk.verdict()


def checkpoint(connection: sa.Connection, origin: str) -> str:
    """The text of a checkpoint of the register as it is now; origin: its name, without spaces or +."""
    tree = Tree()
    for page in _pages(connection, (ENTRY.c.seq, ENTRY.c.leaf)):
        for row in page:
            tree.add(row.leaf)
    return str(Checkpoint(origin, tree.size, tree.root()))


class _Walk:
    """One reading, from the first line to the last."""

    def __init__(self, kept: Checkpoint | None) -> None:
        self._kept = kept
        self._tree = Tree()
        self._leaf = GENESIS
        self._seq = 0
        self._first = self._last = ""
        self._open: dict[int, str] = {}
        self._clock_back = 0
        self._faults: list[Fault] = []

    def fault(self, msgid: str, **params: str | int) -> None:
        """Remember what is wrong with the line we are at."""
        if len(self._faults) < _MANY:
            self._faults.append(Fault(msgid, self._seq, {"seq": self._seq, **params}))

    def read(self, connection: sa.Connection, progress: Progress) -> None:
        """Everything: the head, the lines, the head again, as others may have added lines in between."""
        before = _head(connection)
        self._compare(0)
        for page in _pages(connection, _WANTED):
            for row in page:
                self._line(row)
                self._compare(self._tree.size)
                if before and row.seq == before.seq and bytes(before.leaf) != row.leaf:
                    self.fault("The head does not fit line {seq}.")
            progress(self._tree.size, max(before.seq if before else 0, self._tree.size))
        self._ends(before, _head(connection))

    def _ends(self, before: Any, after: Any) -> None:  # noqa: ANN401 - rows of HEAD
        """The lines must reach the head of before; the head of now must reach the lines."""
        if self._tree.size == 0 and after is None:
            return
        if after is None or (before and self._seq < before.seq) or after.seq < self._seq:
            self.fault("The register ends at line {seq}, its head at another.")
        elif after.seq == self._seq and (after.leaf != self._leaf or _text(after.at) != self._last):
            self.fault("The head does not fit line {seq}.")

    def _compare(self, size: int) -> None:
        if self._kept and self._kept.size == size and self._tree.root() != self._kept.root:
            self.fault("The first {size} lines are not those of the checkpoint: they were rewritten.", size=size)

    def _line(self, row: Any) -> None:  # noqa: ANN401 - a row of ENTRY
        if row.seq != self._seq + 1:
            self.fault("After line {seq} comes line {next}.", next=row.seq)
        self._seq = row.seq
        if type(row.body) is not bytes or type(row.prev) is not bytes or type(row.leaf) is not bytes:
            self.fault("Line {seq} does not hold bytes.")
            self._leaf = row.leaf
            return
        leaf = leaf_hash(row.body)
        self._tree.add(leaf)
        if row.leaf != leaf:
            self.fault("Line {seq} was changed: its bytes do not give its fingerprint.")
        if row.prev != self._leaf:
            self.fault("Line {seq} does not follow the line before it.")
        self._leaf = row.leaf
        self._content(row)

    def _content(self, row: Any) -> None:  # noqa: ANN401 - a row of ENTRY
        try:
            line = decode(row.body)
        except ValueError:
            self.fault("Line {seq} is not in canonical form.")
            return
        if line.get("v") != VERSION:
            self.fault("Line {seq} has a form that this release does not know.")
        if (line.get("seq"), line.get("prev")) != (row.seq, row.prev.hex()):
            self.fault("Line {seq} stands in another place than it says.")
        for name, key in COLUMNS.items():
            if getattr(row, name) != line.get(key):
                self.fault("Column {column} of line {seq} differs from its bytes.", column=name)
        self._time(row, line)
        self._intent(line)

    def _time(self, row: Any, line: dict[str, Any]) -> None:  # noqa: ANN401 - a row of ENTRY
        time = line.get("tijd", "")
        if _text(row.at) != time:
            self.fault("Column {column} of line {seq} differs from its bytes.", column="at")
        if moment(datetime.fromisoformat(time)) != time:
            self.fault("Line {seq} writes its time in another form.")
        back = line.get("klok_afwijking", False)
        self._clock_back += back is True
        if (time < self._last) is not back:
            self.fault("Line {seq} is earlier than the line before it, or says so wrongly.")
        self._first = self._first or time
        self._last = time

    def _intent(self, line: dict[str, Any]) -> None:
        if line["gebeurtenis"] == Event.VOORNEMEN:
            self._open[self._seq] = line["tijd"]
        elif line["gebeurtenis"] == Event.UITKOMST:
            self._open.pop(line["bij"], None)

    def verdict(self) -> Verdict:
        """What it comes to."""
        if self._kept and self._tree.size < self._kept.size:
            self.fault("The register ends at line {seq}; the checkpoint knows {size}.", size=self._kept.size)
        waiting, under_way = self._waiting()
        code = TAMPERED if self._faults else INCOMPLETE if waiting else GOOD
        return Verdict(
            code,
            self._tree.size,
            self._tree.root().hex(),
            self._first,
            self._last,
            tuple(self._faults),
            waiting,
            under_way,
            self._clock_back,
            self._kept.size if self._kept else None,
        )

    def _waiting(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        if not self._open or self._faults:
            return (), ()
        edge = moment(datetime.fromisoformat(self._last) - PATIENCE)
        waiting = tuple(seq for seq, time in self._open.items() if time <= edge)
        return waiting, tuple(seq for seq in self._open if seq not in waiting)


# The time is read as the driver gives it, because parsing would forgive other spellings of the same moment.
_AT = sa.type_coerce(ENTRY.c.at, sa.String).label("at")
_WANTED = (ENTRY.c.seq, ENTRY.c.prev, ENTRY.c.leaf, ENTRY.c.body, _AT, *(ENTRY.c[name] for name in COLUMNS))


def _text(at: object) -> str:
    """A stored time as lines write it: SQLite gives text without a zone, PostgreSQL a moment."""
    if isinstance(at, datetime):
        return moment(at)
    return f"{at}Z".replace(" ", "T", 1)


def _pages(connection: sa.Connection, columns: tuple[Any, ...]) -> Iterator[list[Any]]:
    query = sa.select(*columns).order_by(ENTRY.c.seq).limit(_PAGE)
    page = list(connection.execute(query))
    while page:
        yield page
        page = list(connection.execute(query.where(ENTRY.c.seq > page[-1].seq)))


def _head(connection: sa.Connection) -> Any:  # noqa: ANN401 - a row of HEAD
    at = sa.type_coerce(HEAD.c.at, sa.String).label("at")
    return connection.execute(sa.select(HEAD.c.seq, HEAD.c.leaf, at).where(HEAD.c.id == 1)).one_or_none()


def _cannot(msgid: str) -> Verdict:
    return Verdict(UNVERIFIABLE, faults=(Fault(msgid, 0),))


def _absent(kept: Checkpoint | None) -> Verdict:
    if kept and kept.size:
        fault = Fault("The register is gone; the checkpoint knows {size} lines.", 0, {"size": kept.size})
        return Verdict(TAMPERED, faults=(fault,), checkpoint=kept.size)
    return _cannot("There is no register in this database.")


def _silent(_done: int, _total: int) -> None:
    return None
