"""A hub and a subscriber that we did not write (Flask-WebSub): they judge our subscriber and our hub."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from flask_websub.hub import Hub, SQLite3HubStorage
from flask_websub.subscriber import (
    SQLite3SubscriberStorage,
    SQLite3TempSubscriberStorage,
    Subscriber,
    discover,
)
from werkzeug.serving import WSGIRequestHandler, make_server


class _Task:
    """Something for later: here at once, in a thread, and a delivery that fails is not made again."""

    def __init__(self, work: Callable[..., Any], *, bind: bool) -> None:
        self._work = work
        self._own = (self,) if bind else ()

    def delay(self, *given: Any) -> None:
        threading.Thread(target=self._work, args=(*self._own, *given), daemon=True).start()

    def retry(self, **_: Any) -> None:
        raise AssertionError("the subscriber did not take a delivery")

    @property
    def request(self) -> Any:
        return type("Request", (), {"retries": 0})


class _Queue:
    """In the place of Celery, which it would have its work done by."""

    def task(self, *, bind: bool = False, **_: Any) -> Callable[[Callable[..., Any]], _Task]:
        return lambda work: _Task(work, bind=bind)


class _Quiet(WSGIRequestHandler):
    """Its log would quote addresses whole, with what is a secret in them."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextlib.contextmanager
def _served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class ForeignHub:
    """Flask-WebSub's hub, at `url`."""

    def __init__(self, folder: Path) -> None:
        self.url = ""
        self._storage = SQLite3HubStorage(str(folder / "hub.db"))
        self._hub = Hub(self._storage, _Queue())

    @contextlib.contextmanager
    def serving(self) -> Iterator[None]:
        app = Flask(__name__)
        app.register_blueprint(self._hub.build_blueprint(url_prefix="/hub"))
        with _served(app) as base:
            self.url = f"{base}/hub"
            yield

    def subscribers(self, topic: str) -> list[tuple[str, str]]:
        """Where those are reached whose wish it verified, and by which secret."""
        return [(callback, secret) for callback, secret in self._storage.get_callbacks(topic)]

    def publish(self, topic: str) -> None:
        """It fetches the feed and hands it to its subscribers, signed."""
        self._hub.send_change_notification.delay(topic)


class ForeignSubscriber:
    """Flask-WebSub's subscriber; what happened to it is in `told`."""

    def __init__(self, folder: Path) -> None:
        path = str(folder / "subscriber.db")
        self._own = Subscriber(SQLite3SubscriberStorage(path), SQLite3TempSubscriberStorage(path))
        self._app = Flask(__name__)
        self._app.register_blueprint(self._own.build_blueprint(url_prefix="/callbacks"))
        self._base = ""
        self.told: queue.Queue[tuple[str, str, object]] = queue.Queue()
        self._own.add_listener(lambda topic, id, body: self.told.put(("news", topic, body)))
        self._own.add_success_handler(lambda topic, id, mode: self.told.put(("done", topic, mode)))
        self._own.add_error_handler(lambda topic, id, reason: self.told.put(("denied", topic, reason)))

    @contextlib.contextmanager
    def serving(self) -> Iterator[None]:
        with _served(self._app) as self._base:
            yield

    async def subscribe(self, address: str, *, secret: str, certificate: Path) -> str:
        """Find the hub of a feed and ask it; the subscription's id."""
        found = await asyncio.to_thread(discover, address)
        verified = {"verify": str(certificate)}
        asked = {**found, "secret": secret, "lease_seconds": 600, "requests_opts": verified}
        return str(await self._does(self._own.subscribe, **asked))

    async def hears(self) -> tuple[str, str, object]:
        return await asyncio.to_thread(self.told.get, timeout=30)

    async def _does(self, what: Callable[..., Any], *given: Any, **named: Any) -> Any:
        def done() -> Any:
            with self._app.test_request_context(base_url=self._base):
                return what(*given, **named)

        return await asyncio.to_thread(done)
