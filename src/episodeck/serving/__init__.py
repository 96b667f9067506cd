"""A project offered to one's own agent over the Model Context Protocol: episodes to read, cards to propose and to edit.

`tools` is what an agent may do, `server` is the protocol around it. Nothing takes or gives a path: episodes and cards have
ids, and what isn't of the project can't be named. docs/agents.md tells a reader how to set it up.
"""

from __future__ import annotations

import signal

from ..errors import ProjectError
from ..project import Project


def serve(project: Project) -> None:
    """Serve a project on stdin and stdout until stdin ends. Raises `ProjectError` if the extra isn't installed."""
    try:
        import mcp.server  # noqa: F401 - only to see whether it is there
    except ModuleNotFoundError as error:
        raise ProjectError(
            "the Model Context Protocol needs an extra", mend="pip install 'episodeck[mcp]'"
        ) from error
    from .server import server

    # Ctrl-C ends the process there and then: a thread waits for stdin that nothing wakes, and what is written is whole.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    server(project).run("stdio")
