"""What people do in the console all day, in a real browser over a practice at work whose texts the carrier takes.

With QUIETBELL_SCREENSHOTS=1 the pictures of the documentation are taken on the way.
"""

import datetime as dt
import os
import re
from pathlib import Path
from typing import Final

from playwright.sync_api import expect
from sqlalchemy import update

from jobs.records import jobs
from jobs.states import State
from tests.storage.builders import put_in
from tests.web.chromium import PHONE, Chromium, Tab
from tests.web.living import START, Living

PICTURES: Final = Path(__file__).parents[2] / "docs" / "images"
SECONDS: Final = 1000
FAILED: Final = 500


def picture(tab: Tab, name: str) -> None:
    """Take a picture for the documentation, where pictures are wanted."""
    if os.environ.get("QUIETBELL_SCREENSHOTS"):  # noqa: TID251 - no setting of the product
        PICTURES.mkdir(exist_ok=True)
        tab.page.screenshot(path=PICTURES / f"{name}.png")


def number_of(tab: Tab, selector: str) -> int:
    """Return the number that stands there."""
    return int(re.sub(r"\D", "", tab.page.inner_text(selector)))


def test_an_admin_breaks_a_rule_mends_it_and_publishes_another_time(practice: Living, chromium: Chromium) -> None:
    with chromium.tab(practice.address) as tab:
        page = tab.page
        tab.sign_in("admin", practice.passwords["admin"], "/rules")
        tab.open("/rules/files/rules/northlight/appointments.yaml")
        page.click(".editor .cm-content")
        page.keyboard.press("Control+Home")
        page.keyboard.type("rulez: 1\n")
        expect(page.locator("[data-problems]")).to_contain_text("rulez")
        expect(page.locator("[data-kept]")).to_contain_text("Draft kept")
        picture(tab, "rules-editor")
        page.keyboard.press("Control+Home")
        page.keyboard.press("Shift+ArrowDown")
        page.keyboard.press("Delete")
        expect(page.locator("[data-problems]")).not_to_contain_text("rulez")
        for _ in range(40):  # until the draft is kept as it is now
            if "rulez" not in page.request.get(page.url).text():
                break
            page.wait_for_timeout(0.5 * SECONDS)
        tab.open("/rules/form/rules/northlight/appointments.yaml")
        page.locator("input[value='16:00']").first.fill("16:20")
        page.get_by_role("button", name="Keep in the draft").click()
        tab.open("/rules/changes")
        before = page.inner_text("main")
        assert "16:20" in before
        page.click("#plan")
        expect(page.locator("#publish")).to_be_visible()
        assert number_of(tab, "#moved") > 0
        if page.locator("#count").count():
            page.fill("#count", str(number_of(tab, "#new") + number_of(tab, "#moved")))
        page.fill("#note", "A little later")
        page.locator("#publish button").click()
        tab.open("/rules/revisions")
        expect(page.locator("main")).to_contain_text("A little later")


def test_staff_write_and_are_answered(practice: Living, chromium: Chromium) -> None:
    with chromium.tab(practice.address) as tab:
        page = tab.page
        tab.sign_in("staff", practice.passwords["staff"], "/conversations")
        page.get_by_role("link", name=re.compile("Sofia Marchetti")).first.click()
        expect(page.locator("#lines")).to_contain_text("Is there parking near the office?")
        page.locator("#box #text").press_sequentially("See you at nine, then.")
        expect(page.locator("#bill .count")).to_contain_text("/160")
        expect(page.locator("#bill")).to_contain_text("1 segment")
        picture(tab, "conversation")
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.locator("#lines")).to_contain_text("See you at nine, then.")
        mine = page.locator("#lines li", has_text="See you at nine, then.").last
        expect(mine.locator("[data-ticks='delivered']")).to_be_visible(timeout=90 * SECONDS)
        carrier = practice.stage.carrier
        assert carrier is not None
        [text] = [text for text in carrier.accepted() if "See you at nine" in text.body]
        carrier.send_inbound(text.to_number, text.from_number, "Perfect, thank you")
        expect(page.locator("#lines")).to_contain_text("Perfect, thank you")


def lay_failures(practice: Living) -> None:
    """Put jobs that failed, all for one cause, into the past; until then ahead, or its workers would send them."""
    database, now = practice.stage.parts.database, START.astimezone(dt.UTC)
    ahead, days = now + dt.timedelta(days=2), dt.timedelta(days=3)
    times = {"planned_for": ahead, "due_at": ahead, "useful_until": ahead + days}
    to = {"sender": "urgent", "provider": "messagebird", "to_number": "+14165550199"}
    for _ in range(FAILED):
        put_in(database, State.FAILED, **times, **to)
    dated = update(jobs).where(jobs.c.state == State.FAILED.value).values(due_at=now - dt.timedelta(hours=1))
    database.write(lambda connection: connection.execute(dated))


def test_operations_find_what_failed_and_send_five_hundred_again(practice: Living, chromium: Chromium) -> None:
    lay_failures(practice)
    with chromium.tab(practice.address) as tab:
        page = tab.page
        tab.sign_in("ops", practice.passwords["ops"], "/jobs/errors")
        page.get_by_role("link", name=str(FAILED), exact=True).first.click()
        picture(tab, "jobs")
        page.get_by_role("button", name="Change all that match").click()
        page.select_option("#did", "retry")
        page.fill("#reason", "the account works again")
        page.get_by_role("button", name="Count them").click()
        assert number_of(tab, "#meant") == FAILED
        page.locator("#confirm button").click()
        expect(page.get_by_text("It is done.")).to_be_visible(timeout=60 * SECONDS)
        assert number_of(tab, "#done") == FAILED


def test_a_clinic_adds_an_appointment_and_moves_it(practice: Living, chromium: Chromium) -> None:
    with chromium.tab(practice.address, size=PHONE) as tab:
        page = tab.page
        tab.sign_in("admin", practice.passwords["admin"], "/calendar/add?kind=appointment")
        page.fill("#contact", "C-106")
        page.fill("#start", "2026-12-15T10:00")
        page.fill("#type", "consultation")
        page.fill("#ref", "A-900")
        page.click("#preview")
        expect(page.locator("#plan")).to_be_visible()
        picture(tab, "calendar-phone")
        page.click("#save")
        tab.open("/calendar/find?kind=appointment&ref=A-900")
        page.locator("#move-form [name=start]").fill("2026-12-16T11:30")
        page.locator("#move-form button").click()
        expect(page.locator("#plan")).to_contain_text("Dec")
        page.click("#save")
        tab.open("/calendar/find?kind=appointment&ref=A-900")
        expect(page.locator("main")).to_contain_text("Dec 16")


def test_the_overview_names_who_must_be_phoned(practice: Living, chromium: Chromium) -> None:
    with chromium.tab(practice.address) as tab:
        tab.sign_in("staff", practice.passwords["staff"])
        expect(tab.page.locator("main")).to_contain_text("Grace Mensah")
        expect(tab.page.locator("main canvas").first).to_be_visible()
        picture(tab, "overview")
