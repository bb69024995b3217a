"""Files on their way from where somebody put them to the networks that a post goes to.

`kinds` says what a file is by its content, `strip` takes out what says where and when a picture was taken,
`boxes` how large and long a film is; `pictures` and `films` make one that fits a network, and `shelf` keeps a
file on this machine while it is needed. `intake` looks at a picture that is handed to a network which is part
of the bot.
"""

from __future__ import annotations

from bridgebot.files.shelf import Shelf

__all__ = ["Shelf"]
