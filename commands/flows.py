"""Every flow there is, found again by the key in the trouble of a case, or by what an open intent says."""

from commands import delete, hide, unhide
from commands.flow import Flow

FLOWS: dict[str, Flow] = {
    flow.key: flow for flow in (hide.FLOW, unhide.FLOW, delete.FIRST, delete.SECOND, delete.CANCEL)
}
"""By key."""

BY_ACT: dict[tuple[str, str], Flow] = {(flow.word, flow.act.name): flow for flow in FLOWS.values()}
"""By command word and act: what an intent of an order belongs to."""

BY_HAND: dict[str, Flow] = {
    "verbergen": hide.FLOW,
    "terug_zichtbaar": unhide.FLOW,
    "verwijderen": delete.SECOND,
    "annuleren": delete.CANCEL,
}
"""By command word: what is true once a person has done it on the platform. Who deletes by hand needs no grace."""
