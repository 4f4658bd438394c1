"""Every page of the console in a real browser, over a practice at work: reached by links, whole, and open to everybody.

What is looked at: no error of a script, no request to another host, no finding of axe in either theme, nothing that
scrolls sideways on a phone.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from html import unescape
from typing import Final

import pytest

from tests.web.chromium import PHONE, Chromium
from tests.web.living import Living

FEWEST_PAGES: Final = 25
MOST_OF_A_KIND: Final = 2
"""Of pages that differ in an id only, such as a job's, so many are looked at."""
_IDS: Final = re.compile(r"/(?:[0-9a-f]{8,}[0-9a-f-]*|[A-Z]+-\d+|%2B\d+|\+\d+|r-[0-9a-f]+|\d{4}-\d\d-\d\d)(?=/|$)")
_LINK: Final = re.compile(r'<a [^>]*?href="(/[^"]*)"')
_NOT_PAGES: Final = ("/static/", "/sign-", "/language/", "/v1/")


def links_in(page: str) -> list[str]:
    """Return where a page's links to other pages lead."""
    found = [unescape(href).partition("#")[0] for href in _LINK.findall(page)]
    return [href for href in found if not href.startswith(_NOT_PAGES) and "." not in _path_of(href).rpartition("/")[2]]


def walk(page_at: Callable[[str], str]) -> Iterator[str]:
    """Open every page that links lead to from the first one, MOST_OF_A_KIND of each kind; yield the address of each."""
    waiting, seen, kinds = ["/"], {"/"}, Counter[str]()
    while waiting:
        address = waiting.pop(0)
        kind = _IDS.sub("/*", _path_of(address))
        kinds[kind] += 1
        if kinds[kind] > MOST_OF_A_KIND:
            continue
        page = page_at(address)
        yield address
        new = [each for each in dict.fromkeys(links_in(page)) if each not in seen]
        seen.update(new)
        waiting += new


def _path_of(address: str) -> str:
    return address.partition("?")[0]


def test_every_page_is_whole_and_open_to_everybody(practice: Living, chromium: Chromium) -> None:
    with chromium.tab(practice.address) as tab:
        tab.sign_in("admin", practice.passwords["admin"])

        def open_page(address: str) -> str:
            tab.open(address)
            return tab.page.content()

        pages, wrong = 0, list[str]()
        for address in walk(open_page):
            pages += 1
            if tab.page.locator("h1").count() != 1:
                wrong.append(f"{address}: has {tab.page.locator('h1').count()} headings of the first rank")
            for theme in ("light", "dark"):
                tab.page.emulate_media(color_scheme=theme)
                wrong += [f"{address}, {theme}: {finding}" for finding in tab.findings()]
        assert wrong == []
        assert pages >= FEWEST_PAGES


def test_in_french_on_a_phone_every_page_is_whole_and_none_scrolls_sideways(
    practice: Living, chromium: Chromium
) -> None:
    with chromium.tab(practice.address, size=PHONE, tongue="fr") as tab:
        tab.sign_in("admin", practice.passwords["admin"])

        def open_page(address: str) -> str:
            tab.open(address)
            return tab.page.content()

        wide = [address for address in walk(open_page) if tab.scrolls_sideways()]
        assert wide == []


@pytest.mark.parametrize("role", ["staff", "ops", "viewer"])
def test_no_link_leads_somebody_to_where_they_may_not_go(practice: Living, chromium: Chromium, role: str) -> None:
    with chromium.tab(practice.address) as tab:
        tab.sign_in(role, practice.passwords[role])
        refused: list[str] = []

        def ask(address: str) -> str:
            answer = tab.page.request.get(practice.address + address)
            if not answer.ok:
                refused.append(f"{answer.status} {address}")
            return answer.text()

        assert sum(1 for _ in walk(ask)) > FEWEST_PAGES // 2
        assert refused == []
