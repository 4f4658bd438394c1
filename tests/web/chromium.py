"""Debian's Chromium on the console, remembering what pages complain of and whatever they ask of another host."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, expect, sync_playwright

ARGUMENTS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE: Final = {"width": 390, "height": 844}
DESK: Final = {"width": 1366, "height": 900}
AXE: Final = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
PATIENCE: Final = 60_000
"""Milliseconds until something on a page is as expected: on a busy machine a server answers late, and rightly."""
expect.set_options(timeout=PATIENCE)
_RUN_AXE: Final = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.map(
    (found) => `${found.id}: ${found.help} (${found.nodes.map((node) => node.target.join(" ")).join("; ")})`)"""


@dataclass
class Tab:
    """One page of a browser, and what was wrong with it: console errors, exceptions, requests to another host."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Listen from the beginning."""
        self.page.on("console", self._on_console)
        self.page.on("pageerror", self._on_error)
        self.page.on("request", self._on_request)

    def open(self, path: str) -> None:
        """Open a page of the console."""
        self.page.goto(self.address + path)

    def sign_in(self, name: str, password: str, path: str = "/") -> None:
        """Sign in by the form, and go on to a page."""
        self.open(f"/sign-in?next={path}")
        self.page.fill("#name", name)
        self.page.fill("#password", password)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)

    def findings(self) -> list[str]:
        """Return what axe finds wrong with the page as it stands."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[str] = self.page.evaluate(_RUN_AXE)
        return found

    def scrolls_sideways(self) -> bool:
        """Tell whether the page is wider than its window."""
        wide: bool = self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        return wide

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _on_error(self, error: Error) -> None:
        self.complaints.append(f"{self.page.url}: {error.message}")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.complaints.append(f"{self.page.url} asks {request.url}")


@dataclass(frozen=True)
class Chromium:
    """A browser that runs; every tab is somebody's own, with nothing of another one's cookies."""

    browser: Browser

    @contextmanager
    def tab(
        self, address: str, *, size: dict[str, int] = DESK, theme: str = "light", tongue: str = "en"
    ) -> Iterator[Tab]:
        """Give a new tab with a window of that size, in that theme and language; nothing may have gone wrong in it."""
        context = self.browser.new_context(
            viewport={"width": size["width"], "height": size["height"]},
            color_scheme="dark" if theme == "dark" else "light",
            locale=f"{tongue}-CA",
            reduced_motion="reduce",
        )
        try:
            context.set_default_timeout(PATIENCE)
            tab = Tab(context.new_page(), address)
            yield tab
            assert not tab.complaints, "\n".join(tab.complaints)
        finally:
            context.close()


@contextmanager
def running_chromium() -> Iterator[Chromium]:
    """Run the browser that Debian brings."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found is not None, "no Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        try:
            yield Chromium(browser)
        finally:
            browser.close()
