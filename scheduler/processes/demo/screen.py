"""How the demo looks: a line for each thing that happened and, below it, live, the counts and what is due next."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from jobs.states import State
from scheduler.processes.cli.screen import clean
from scheduler.processes.demo.watch import Due, News, Watch

TONES = {
    State.SENT: "green",
    State.DELIVERED: "green",
    State.UNDELIVERED: "red",
    State.HELD: "yellow",
    State.RETRYING: "yellow",
    State.IN_DOUBT: "bold red",
    State.BLOCKED: "red",
    State.FAILED: "red",
    State.CANCELLED: "magenta",
    State.EXPIRED: "magenta",
}
MOST_DUE = 6
SAID_AT = 15
"""The column at which a text or a reason begins, under what happened."""


def news_line(news: News, zone: ZoneInfo) -> RenderableType:
    """Return one thing that happened: when, what, to whom, about what, and the text or the reason."""
    line = Text(f"{news.at.astimezone(zone):%a %H:%M:%S}  ", style="dim")
    line.append(f"{news.what:<10}", style=TONES.get(news.state, "cyan"))
    line.append(f" {clean(news.whom)}", style="bold")
    line.append(f"  {news.about}", style="dim")
    return Group(line, Padding(Text(clean(news.said)), (0, 0, 0, SAID_AT))) if news.said else line


def panel(watch: Watch, heading: str, zone: ZoneInfo) -> RenderableType:
    """Return what stands below the news: the counts, and what is due next."""
    return Group(Text(""), Text(heading, style="bold"), _counts(watch), *_due(watch.due_next(MOST_DUE), zone))


def summary(watch: Watch) -> RenderableType:
    """Return the counts and why what did not go stands where it stands."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for state, reason, count in watch.reasons():
        table.add_row(
            Text(str(count), justify="right"), Text(state.replace("_", " "), style=TONES.get(state, "")), clean(reason)
        )
    return Group(Text(""), _counts(watch), table)


def _counts(watch: Watch) -> Text:
    line = Text()
    for state, count in watch.counts().items():
        line.append(f"{count} {state.replace('_', ' ')}   ", style=TONES.get(state, ""))
    return line


def _due(due: Sequence[Due], zone: ZoneInfo) -> list[RenderableType]:
    if not due:
        return [Text("Nothing waits.", style="dim")]
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for each in due:
        table.add_row(
            Text(f"{each.at.astimezone(zone):%a %d %b %H:%M}", style="cyan"),
            clean(each.whom),
            Text(each.about, style="dim"),
            Text(clean(each.reason), style="yellow"),
        )
    return [Text("Due next", style="dim"), table]
