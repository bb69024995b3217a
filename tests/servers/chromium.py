"""Headless Chromium, driven by Debian's chromedriver; for tests that must see what a reader sees."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from tests.servers import needed

BROWSER = "/usr/bin/chromium"
DRIVER = "/usr/bin/chromedriver"
_PACKAGES = {BROWSER: "chromium", DRIVER: "chromium-driver"}
_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


def required():
    """Skip, naming the Debian package that is missing; where CI is set that is a failure."""
    missing = [package for file, package in _PACKAGES.items() if shutil.which(file) is None]
    if missing:
        needed.missing(f"the Debian packages {' and '.join(missing)}")


@contextlib.contextmanager
def chromium(*, language="en-US"):
    """A fresh browser: no profile, no cookies, no cache."""
    required()
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = BROWSER
        for option in (*_OPTIONS, f"--user-data-dir={profile}"):
            options.add_argument(option)
        options.add_experimental_option("prefs", {"intl.accept_languages": language})
        # Pages with an open stream never end loading by some measures; the document is enough.
        options.page_load_strategy = "eager"
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(options=options, service=Service(DRIVER))
        try:
            driver.set_page_load_timeout(30)
            driver.set_script_timeout(30)
            yield Browser(driver)
        finally:
            driver.quit()


class Browser:
    """What the tests do with it."""

    def __init__(self, driver):
        self.driver = driver

    def open(self, address):
        self.driver.get(address)

    def run(self, script, *arguments):
        """Run a script in the page and give back what it returns."""
        return self.driver.execute_script(script, *arguments)

    def text(self, selector="body"):
        return self.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def command(self, name, **arguments):
        """A command of the Chrome DevTools protocol."""
        return self.driver.execute_cdp_cmd(name, arguments)

    def size(self, width, height=800):
        """The window, as a phone or a screen has it."""
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def scheme(self, value):
        """`dark` or `light`, as the reader prefers."""
        features = [{"name": "prefers-color-scheme", "value": value}]
        self.command("Emulation.setEmulatedMedia", features=features)

    def scripts(self, on):
        """Whether pages may run scripts, from the next one on."""
        self.command("Emulation.setScriptExecutionDisabled", value=not on)

    def problems(self):
        """What the browser complained about: refused scripts and styles, errors."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]


class Tab:
    """A browser that is asked without holding up the server that it asks."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    async def opens(self, address: str) -> str:
        await asyncio.to_thread(self.browser.open, address)
        return await self.reads()

    async def reads(self) -> str:
        text: str = await asyncio.to_thread(self.browser.text)
        return text

    async def address(self) -> str:
        return await asyncio.to_thread(lambda: self.browser.driver.current_url)
