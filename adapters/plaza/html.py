"""What Plaza's pages are written with."""

from __future__ import annotations

from bridgebot.html import Child as Child
from bridgebot.html import Html as Html
from bridgebot.html import element as element
from bridgebot.html import joined as joined
