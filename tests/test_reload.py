"""What a running bot takes over from its configuration, and what it only names."""

from __future__ import annotations

import dataclasses
import logging

import pytest
from cryptography.fernet import Fernet

from bridgebot.app import App
from bridgebot.config import LogSettings, Settings, WebSettings, adapter
from bridgebot.errors import ConfigError

SECRET = "123456:" + "A" * 35


def plaza(**options):
    return adapter("plaza", **options)


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(
        database=f"sqlite:///{tmp_path / 'a.db'}",
        secret_keys=(Fernet.generate_key().decode(),),
        adapters=(plaza(posts_per_hour=10, limit=100),),
        web=WebSettings(port=0),
    )


@pytest.fixture
async def app(settings):
    app = App(settings)
    await app.start()
    yield app
    await app.stop()


async def test_limits_of_an_adapter_count_at_once_and_its_other_options_do_not(app, settings):
    new = dataclasses.replace(settings, adapters=(plaza(posts_per_hour=3, limit=7, title="Agora"),))
    changes = app.reload(new)
    assert changes.taken == ("adapters.plaza.posts_per_hour",)
    assert changes.adapters == ("plaza",)
    assert changes.waiting == ("adapters.plaza.limit", "adapters.plaza.title")
    config = app.adapters["plaza"].config
    assert (config.posts_per_hour, config.limit, config.title) == (3, 100, "Plaza")
    again = app.reload(new)
    assert (again.taken, again.adapters) == ((), ())
    assert again.waiting == changes.waiting, "what waits for a restart is said each time"


async def test_who_may_use_it_changes_for_the_inbox(app, settings):
    changes = app.reload(
        dataclasses.replace(settings, access="open", operators=("chat:olga",), log=LogSettings(level="debug"))
    )
    assert changes.taken == ("access", "log.level", "operators")
    house = app.inbox._house
    assert (house.access, house.operators) == ("open", frozenset({"chat:olga"}))
    assert logging.getLogger().level == logging.DEBUG


async def test_new_keys_and_adapters_wait_and_no_value_is_named(app, settings):
    other = adapter("tg", "telegram", token=SECRET)
    changes = app.reload(
        dataclasses.replace(settings, adapters=(*settings.adapters, other), secret_keys=(SECRET,))
    )
    assert changes.waiting == ("secret_keys_file", "adapters.tg")
    assert SECRET not in repr(changes)
    assert "tg" not in app.adapters
    gone = app.reload(dataclasses.replace(settings, adapters=()))
    assert gone.waiting == ("adapters.plaza",)
    assert "plaza" in app.adapters


async def test_keys_in_the_file_that_the_bot_looks_at_count_at_once(app, settings, tmp_path):
    app.settings = dataclasses.replace(settings, keys_file=tmp_path / "keys")
    changes = app.reload(dataclasses.replace(app.settings, secret_keys=(SECRET,)))
    assert (changes.taken, changes.waiting) == (("secret_keys_file",), ())
    assert app.reload(app.settings).taken == ()


async def test_a_wrong_option_changes_nothing_at_all(app, settings):
    with pytest.raises(ConfigError):
        app.reload(dataclasses.replace(settings, access="open", adapters=(plaza(posts_per_hour="many"),)))
    assert app.settings is settings
    assert app.inbox._house.access == "invite"
