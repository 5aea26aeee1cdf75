"""Facebook pages. The same files stand in every platform.

`receiver` reads pushes · `reader` reads the account · `actor` acts on it · `lookup` finds what the page sent ·
`account` joins them · `client` speaks HTTP · `errors` is the table of codes · `shapes` turns payloads into values of
the domain.
"""

from platforms.facebook.account import CAPABILITIES, Facebook
from platforms.facebook.receiver import FacebookReceiver

__all__ = ["CAPABILITIES", "Facebook", "FacebookReceiver"]
