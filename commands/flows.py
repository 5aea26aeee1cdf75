"""Every flow there is, found again by the key in the trouble of a case, or by what an open intent says."""

from commands import delete, hide, unhide, warn
from commands.flow import Flow

FLOWS: dict[str, Flow] = {
    flow.key: flow
    for flow in (
        hide.FLOW,
        unhide.FLOW,
        delete.FIRST,
        delete.EXPLAIN,
        delete.SECOND,
        delete.CANCEL,
        warn.FIRST,
        warn.SEND,
    )
}
"""By key."""

BY_ACT: dict[tuple[str, str], Flow] = {(flow.word, flow.act.name): flow for flow in FLOWS.values()}
"""By command word and act: what an intent of an order belongs to."""
