"""Where the API hangs in a server's application: a mount that passes every address below it on, whatever is in it."""

import re

from starlette.routing import Mount
from starlette.types import ASGIApp


class MountedWhole(Mount):
    """A mount whose addresses may hold an encoded line break, which the framework's own does not know."""

    def __init__(self, path: str, app: ASGIApp) -> None:
        """Hang `app` at `path`."""
        super().__init__(path, app)
        self.path_regex = re.compile(self.path_regex.pattern, re.DOTALL)
