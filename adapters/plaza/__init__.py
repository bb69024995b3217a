"""Plaza, the microblog built into bridgebot: a social network like any other, whose server is this house.

The core knows nothing of it. Its posts stand in tables of its own (`store/`, `migrations/`), its
pages are served by the house's web server (`pages`, `feeds`, `live`), its accounts are made by
`link`. It does not federate.
"""

from adapters.plaza.adapter import Adapter
from adapters.plaza.settings import Config

__all__ = ["Adapter", "Config"]
