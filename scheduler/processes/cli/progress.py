"""A progress bar on stderr where a person watches; nothing elsewhere."""

import contextlib
from collections.abc import Callable, Iterator

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from scheduler.processes.cli.screen import is_watched, remarks

Tell = Callable[[int, int | None], None]
"""Told how much is done, and of how much where that is known."""


@contextlib.contextmanager
def bar(words: str) -> Iterator[Tell]:
    """Show a bar while the block runs; it is gone afterwards."""
    if not is_watched():
        yield lambda _done, _total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=40), MofNCompleteColumn())
    with Progress(*columns, console=remarks(), transient=True) as shown:
        task = shown.add_task(words, total=None)

        def tell(done: int, total: int | None) -> None:
            shown.update(task, completed=done, total=total)

        yield tell
