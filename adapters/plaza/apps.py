"""Everything that apps and signed-in browsers meet, put together: the API, OAuth and the pages for it."""

from __future__ import annotations

from collections.abc import Callable

from adapters.plaza.api.accounts import Accounts
from adapters.plaza.api.door import Door
from adapters.plaza.api.entities import Entities
from adapters.plaza.api.instance import Instance
from adapters.plaza.api.kitchen import Kitchen
from adapters.plaza.api.media import Media
from adapters.plaza.api.statuses import Statuses
from adapters.plaza.api.timelines import Timelines
from adapters.plaza.browser.acting import Acting
from adapters.plaza.browser.desk import Desk
from adapters.plaza.browser.signing import Signing
from adapters.plaza.gallery import Gallery
from adapters.plaza.oauth import apps, grants
from adapters.plaza.oauth.consent import Consent
from adapters.plaza.settings import Config
from adapters.plaza.signal import Signal
from adapters.plaza.throttle import Throttle
from adapters.plaza.views import Frame
from bridgebot.adapter import Context


def declare(
    context: Context, options: Callable[[], Config], signal: Signal, frame: Frame, gallery: Gallery
) -> None:
    """Declare all of it; `options` gives those that hold now."""
    throttle = Throttle()
    desk = Desk(context, frame, throttle)
    Signing(context, desk)
    Acting(context, desk)
    Consent(context, desk)
    door = Door(context, throttle)
    apps.declare(door)
    grants.declare(door, context)
    kitchen = Kitchen(options, signal, Entities(context.routes.url, context.texts), context.clock.now)
    Instance(door, kitchen, gallery.limits)
    Media(door, kitchen, gallery)
    Statuses(door, kitchen)
    Timelines(door, kitchen, Accounts(door, kitchen))
