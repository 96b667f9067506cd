"""A server on this machine that speaks OpenAI's chat protocol as a script has it, well or badly."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from episodeck.writers.model import ModelWriter


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]

    @property
    def said(self) -> str:
        """What the user's message says."""
        return str(self.body["messages"][-1]["content"])

    @property
    def lines(self) -> list[tuple[int, str, str]]:
        """The numbered sentences that it shows: number, speaker, text."""
        return [
            (int(n), who, text)
            for n, who, mark, text in re.findall(
                r"^\[(\d+)\] ([^(:]*?)(?: \(\w+\))?( \(not for cards\))?: (.*)$", self.said, re.M
            )
            if not mark
        ]

    @property
    def cards(self) -> int:
        return int(re.search(r"Write (\d+) card", self.said)[1])  # type: ignore[index]


@dataclass(frozen=True, slots=True)
class Reply:
    body: object = ""
    """JSON, or text as it is."""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False
    """Break off in the middle of it."""
    wait: threading.Event | None = None
    """Only when this is set."""


Script = Callable[[Request, int], Reply]
"""What is answered to a request; the number counts from 0."""
Serve = Callable[..., "Server"]
"""Starts a server with a script."""
Writing = Callable[..., ModelWriter]
"""A writer at a server, with settings of its own."""


def item(n: int, who: str, text: str) -> dict[str, Any]:
    return {
        "kind": "claim",
        "question": f"According to {who}, what is it that sentence number {n} of the talk is about?",
        "answer": text,
        "sentences": [n, n],
        "speaker": who,
        "topic": "Glass",
    }


def items(request: Request, most: int | None = None) -> list[dict[str, Any]]:
    """A proposal for each of the first sentences shown, as many as were wanted."""
    return [item(*line) for line in request.lines[: request.cards if most is None else most]]


def said(text: object, finish: str = "stop", **message: object) -> Reply:
    """An answer with this text."""
    content = text if isinstance(text, str) or text is None else json.dumps(text)
    return Reply(
        {
            "id": "chat-1",
            "object": "chat.completion",
            "created": 1,
            "model": "script",
            "choices": [
                {
                    "index": 0,
                    "finish_reason": finish,
                    "message": {"role": "assistant", "content": content, **message},
                }
            ],
            "usage": {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100},
        }
    )


def fault(status: int, message: str, headers: Mapping[str, str] | None = None, **more: object) -> Reply:
    return Reply({"error": {"message": message, **more}}, status, headers or {})


def well(request: Request, number: int = 0) -> Reply:
    return said({"proposals": items(request)})


def in_turn(*replies: Reply | Script) -> Script:
    """These, one after the other; after the last, well."""

    def script(request: Request, number: int) -> Reply:
        if number >= len(replies):
            return well(request)
        reply = replies[number]
        return reply if isinstance(reply, Reply) else reply(request, number)

    return script


class Server:
    """What is asked, and what is answered; may be stopped and started again at the same address."""

    def __init__(self, script: Script = well):
        self.script = script
        self.requests: list[Request] = []
        self.most_at_once = 0
        self._at_once = 0
        self._lock = threading.Lock()
        self._http: ThreadingHTTPServer | None = None
        self._port = 0
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    def start(self) -> None:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                server._handle(self)

            do_GET = do_POST  # noqa: N815
            do_CONNECT = do_POST  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        class Http(ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, *_: object) -> None:
                pass  # whoever asked has gone away

        self._http = Http(("127.0.0.1", self._port), Handler)
        self._port = self._http.server_port
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
            self._http = None

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        data = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        request = Request(handler.path, dict(handler.headers.items()), json.loads(data or b"{}"))
        with self._lock:
            number = len(self.requests)
            self.requests.append(request)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            self._reply(handler, self.script(request, number))
        finally:
            with self._lock:
                self._at_once -= 1
            handler.close_connection = True

    def _reply(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        if reply.wait is not None:
            reply.wait.wait(30)
        text = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
        data = text.encode()
        handler.send_response(reply.status)
        handler.send_header(
            "Content-Type", "text/html" if isinstance(reply.body, str) else "application/json"
        )
        handler.send_header("Content-Length", str(len(data)))
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        if reply.drop:
            handler.wfile.write(data[: len(data) // 2])
            handler.wfile.flush()
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        handler.wfile.write(data)


@contextmanager
def serving(script: Script = well) -> Iterator[Server]:
    server = Server(script)
    try:
        yield server
    finally:
        server.stop()


def texts(requests: Sequence[Request]) -> str:
    return "\n".join(json.dumps(r.body, ensure_ascii=False) for r in requests)
