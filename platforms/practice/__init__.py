"""Practice platforms: stateful stand-ins of the real ones on this machine, for the demo, for training and for tests.

`world` is what is true (posts, comments, private messages) · `contract` is which calls exist · `facebook` answers
them · `faults` spoils answers on request · `sender` and `deliveries` push signed webhooks · `scenario` plays invented
comments · `letterbox` gets what is sent to colleagues · `control` and `pages` serve tests and people · `server` ties
them together.
"""

from platforms.practice.server import Practice, PracticeServer

__all__ = ["Practice", "PracticeServer"]
