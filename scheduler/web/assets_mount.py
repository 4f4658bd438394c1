"""The files that pages link to, at `/static`: what was built (`static/`, may be absent), then `assets/`."""

import functools
import os
from pathlib import Path
from typing import Final

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

ROOM: Final = Path(__file__).parent
ASSETS: Final = ROOM / "assets"
BUILT: Final = ROOM / "static"


@functools.cache
def bundles() -> tuple[str, ...]:
    """Return the names of npm's bundles that were built: pages do without the others."""
    return tuple(sorted(path.stem for path in BUILT.glob("*.js")))


class Assets(StaticFiles):
    """Files that a browser keeps and asks about each time, so that a new version counts at once."""

    def __init__(self) -> None:
        """Look into both folders."""
        super().__init__(directory=ASSETS)
        self.all_directories = [*([BUILT] if BUILT.is_dir() else []), ASSETS]

    def file_response(
        self, full_path: os.PathLike[str] | str, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Return a file, or that it has not changed."""
        answer = super().file_response(full_path, stat_result, scope, status_code)
        answer.headers["Cache-Control"] = "no-cache"
        return answer
