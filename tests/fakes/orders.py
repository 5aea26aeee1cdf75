"""Any order, with what it cannot do without: for what holds of every command."""

from dataclasses import MISSING, fields
from typing import Any

from domain.orders import Order


def an_order(kind: type[Order], **given: Any) -> Order:
    """An order of this kind. given: fields that matter to the test; those it does not have are left out, and every
    other one that it needs is 1 or `x`.
    """
    known = {field.name: field for field in fields(kind)}
    needed = {name: _something(field.type) for name, field in known.items() if field.default is MISSING}
    return kind(**{**needed, **{name: value for name, value in given.items() if name in known}})


def _something(kind: Any) -> Any:
    return 1 if kind in (int, "int") else "x"
