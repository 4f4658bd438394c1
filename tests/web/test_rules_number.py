"""Above the practice's limit a plan is published only with the number of new and moved texts typed."""

from pathlib import Path

from scheduler.publishing.revisions import current_revision
from tests.storage.identifying import add_user
from tests.storage.simulated_practice import PRACTICE, Office, opened, take_in_everything
from tests.web.rules_room import PAYMENTS, SETTINGS, change, press, publish_shipped
from tests.web.web_room import WebRoom


def current(office: Office) -> str | None:
    with office.database.read() as connection:
        return current_revision(connection, PRACTICE)


def test_many_texts_need_their_number_typed(database_url: str, tmp_path: Path) -> None:
    with opened(database_url, tmp_path) as office:
        take_in_everything(office)
        add_user(office.database)
        before = publish_shipped(office.database, {SETTINGS: ("confirm_above: 500", "confirm_above: 0")})
        maya = WebRoom(office.database, office.clock).browser()
        maya.enter()
        change(maya, PAYMENTS, 'before: 3 business days, at: "10:00"', 'before: 3 business days, at: "11:00"')
        plan = press(maya, "/rules", "/rules/plan").headers["location"]
        page = maya.get(plan).text
        count = page.partition('id="moved">')[2].partition("<")[0]
        missing, other = press(maya, plan, plan), press(maya, plan, plan, count="1234567", note="mine")
        still = current(office)
        done = press(maya, plan, plan, count=count)
        after = current(office)
        again = press(maya, plan, plan, count=count)
    assert int(count) > 0
    assert ("Type the number" in missing.text, "This is not the number" in other.text) == (True, True)
    assert 'value="mine"' in other.text
    assert (still, done.status_code, after != before) == (before, 303, True)
    assert (again.status_code, "published already" in again.text) == (409, True)
