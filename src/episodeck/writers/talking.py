"""Talking to a server that speaks OpenAI's chat protocol: one question, one answer, nothing asked twice.

Nothing goes anywhere but to the address in the settings: no proxy is used, no redirection followed, and of the headers only
those are sent that are needed. No tools are ever offered. The key stands in the `Authorization` header alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .. import entries
from ..errors import TokenLimitError, WriterError
from ..writer_settings import WriterSettings
from .keys import Key, key_of, where_keys_go
from .parts import tokens
from .protocol import SCHEMA

_HEADERS = frozenset(
    {
        "accept", "accept-encoding", "connection", "content-length", "content-type", "host", "user-agent",
        "x-stainless-raw-response",
    }
)  # fmt: skip
"""The last says nothing but `true`; the client looks at it when the answer comes."""
_LOGGERS = ("openai", "httpx", "httpx2", "httpcore", "httpcore2")
_CONTEXT = (
    "context length", "context size", "context window", "maximum context", "context_length", "exceed_context", "too many tokens",
)  # fmt: skip
_MODES = {"auto": ("schema", "json", "none"), "schema": ("schema",), "json": ("json",), "none": ("none",)}
_OPTIONAL = ("temperature", "seed")
_SHOWN = 200
"""So many letters of what a server says of an error are shown."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is sent: the same for every episode, and about this one."""

    rules: str
    asked: str
    cards: int
    """How many proposals the answer may have."""

    @property
    def size(self) -> int:
        """In tokens, about."""
        return tokens(self.rules) + tokens(self.asked)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came."""

    text: str
    ended: bool = True
    """False if it was cut off for its length."""
    refusal: str = ""
    """Why the model, or a filter of its server's, wouldn't answer."""
    sent: int = 0
    answered: int = 0
    """Tokens, as the server counts them; about, where it doesn't."""


class TooLong(Exception):
    """The server says that a question doesn't fit its model."""


@dataclass(slots=True)
class Pace:
    """Requests begun no faster than so many a minute, evenly spaced; shared by all threads."""

    a_minute: int | None
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _next: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def wait(self) -> None:
        """Return when another may begin."""
        if self.a_minute is None:
            return
        with self._lock:
            begin = max(self.now(), self._next)
            self._next = begin + 60 / self.a_minute
        while (left := begin - self.now()) > 0:
            self.sleep(left)


@dataclass(slots=True)
class Purse:
    """How many tokens may be used, and have been; shared by all threads."""

    limit: int | None = None
    sent: int = 0
    answered: int = 0
    requests: int = 0
    _reserved: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def reserve(self, most: int) -> None:
        """Before a request that may use so many. Raises `TokenLimitError`."""
        with self._lock:
            used = self.sent + self.answered
            if self.limit is not None and used + self._reserved + most > self.limit:
                what = (
                    f"stopped so as not to use more than {self.limit:,} tokens: about {used:,} are used, and the next request may "
                    f"need {most:,}"
                )
                mend = "what was answered is kept, and the next build goes on from it; --limit-tokens sets the limit"
                raise TokenLimitError(what, mend=mend)
            self._reserved += most

    def spend(self, most: int, answer: Answer | None) -> None:
        """After it, with what came."""
        with self._lock:
            self._reserved -= most
            self.requests += 1
            if answer is not None:
                self.sent += answer.sent
                self.answered += answer.answered


class Talk:
    """One server, and what it has answered. For any number of threads.

    `answers` is the folder of what was answered before. `allowed` is asked once, right before the first request; where it says no,
    nothing is sent.
    """

    def __init__(
        self,
        settings: WriterSettings,
        answers: Path,
        allowed: Callable[[], bool],
        limit_tokens: int | None = None,
        environment: Mapping[str, str] | None = None,
    ):
        self.settings = settings
        self.purse = Purse(limit_tokens)
        self._answers = answers
        self._allowed = allowed
        self._environment = environment
        self._pace = Pace(settings.requests_per_minute)
        self._lock = threading.Lock()
        self._client: Any = None
        self._key: Key | None = None
        self._ended: WriterError | None = None
        """Why nothing more is asked of it."""
        self._turns: dict[Path, threading.Lock] = {}
        self._mode = 0
        self._left_out: frozenset[str] = frozenset()
        """Parameters that the server doesn't take."""

    def known(self, question: Question) -> Answer | None:
        """What was answered to it before, if anything."""
        stored = entries.read(self._entry(question))
        try:
            return Answer(
                str(stored["text"]),
                bool(stored["ended"]),
                str(stored["refusal"]),
                int(stored["sent"]),
                int(stored["answered"]),
            )
        except (KeyError, TypeError, ValueError):
            return None

    def answer(self, question: Question) -> Answer:
        """The answer to it, from before or from the server.

        Raises `TooLong`, and `WriterError` if none is to be had; once that is sure for every question, at once.
        """
        with self._lock:
            turn = self._turns.setdefault(self._entry(question), threading.Lock())
        with turn:  # two that ask the same at once get one answer
            return self.known(question) or self._sent(question)

    def _sent(self, question: Question) -> Answer:
        client = self._opened()
        most = question.size + self.settings.max_output_tokens
        self.purse.reserve(most)
        answer = None
        try:
            answer = self._ask(client, question)
        finally:
            self.purse.spend(most, answer)
        entries.write(self._entry(question), asdict(answer))
        return answer

    def close(self) -> None:
        """Let go of connections; nothing can be asked any more."""
        with self._lock:
            self._ended = self._ended or WriterError("was closed", where=self.settings.host)
            if self._client is not None:
                with contextlib.suppress(Exception):
                    self._client.close()

    def _entry(self, question: Question) -> Path:
        s = self.settings
        sent = (
            s.base_url, s.model, s.temperature, s.seed, s.max_output_tokens, s.structured, question.rules, question.asked,
            question.cards, _json(SCHEMA),
        )  # fmt: skip
        return (
            self._answers / f"{hashlib.sha256(repr(sent).encode('utf-8', 'surrogatepass')).hexdigest()}.json"
        )

    def _opened(self) -> Any:
        """The client, with the reader's leave to use it."""
        with self._lock:
            if self._ended is not None:
                raise self._ended
            if self._client is None:
                try:
                    self._client = self._made()
                    if not self._allowed():
                        raise WriterError("nothing was sent: nobody agreed to it", where=self.settings.host)
                except WriterError as error:
                    self._ended = error
                    raise
            return self._client

    def _made(self) -> Any:
        for name in _LOGGERS:  # they would tell of requests what is nobody's business
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        try:
            import openai
        except ModuleNotFoundError as error:
            what = f"the writer {self.settings.name} needs an extra"
            raise WriterError(what, mend="pip install 'episodeck[writer]'") from error
        for name in _LOGGERS:  # OPENAI_LOG would have it otherwise
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        self._key = key_of(self.settings, os.environ if self._environment is None else self._environment)
        if self._key is None and self.settings.at_openai:
            raise WriterError("there is no key", where=self.settings.host, mend=where_keys_go(self.settings))
        http = openai.DefaultHttpxClient(
            trust_env=False,
            follow_redirects=False,
            timeout=self.settings.timeout,
            event_hooks={"request": [self._before], "response": [_after]},
        )
        return openai.OpenAI(
            base_url=self.settings.base_url,
            api_key="none",  # `_before` puts in the true one
            max_retries=self.settings.retries,
            timeout=self.settings.timeout,
            http_client=http,
        )

    def _before(self, request: Any) -> None:
        """Every request, also one that is sent again: at its time, with our headers alone. Variables of the environment
        would add theirs for whatever server it is."""
        self._pace.wait()
        for name in list(request.headers):
            if name.lower() not in _HEADERS:
                del request.headers[name]
        request.headers["User-Agent"] = "episodeck"
        if self._key is not None:
            request.headers["Authorization"] = self._key.header

    def _ask(self, client: Any, question: Question) -> Answer:
        modes = _MODES[self.settings.structured]
        mode, left_out = self._mode, self._left_out
        while True:
            from openai import APIStatusError, OpenAIError

            try:
                raw = client.chat.completions.with_raw_response.create(
                    **self._body(question, modes[mode], left_out)
                )
                answer = self._read(raw.http_response.content, question)
            except APIStatusError as error:
                said = self._said(error)
                if error.status_code not in (400, 413, 415, 422, 501):
                    raise self._failed(error) from None
                if error.status_code == 413 or any(sign in said.lower() for sign in _CONTEXT):
                    raise TooLong(said) from None
                if "content_filter" in said or "content management policy" in said:
                    return Answer("", refusal=said, sent=question.size)
                if name := self._refused_parameter(error, said, left_out):
                    left_out |= {name}
                elif mode + 1 < len(modes):
                    mode += 1
                else:
                    raise self._failed(error) from None
                continue
            except OpenAIError as error:
                raise self._failed(error) from None
            self._mode, self._left_out = mode, left_out
            return answer

    def _body(self, question: Question, mode: str, left_out: frozenset[str]) -> dict[str, Any]:
        s = self.settings
        longer = s.at_openai != ("length" in left_out)
        body: dict[str, Any] = {
            "model": s.model,
            "messages": [
                {"role": "system", "content": question.rules},
                {"role": "user", "content": question.asked},
            ],
            "max_completion_tokens" if longer else "max_tokens": s.max_output_tokens,
        }
        for name in _OPTIONAL:
            value = getattr(s, name)
            if value is not None and name not in left_out:
                body[name] = value
        if mode == "schema":
            form = {"name": "proposals", "strict": True, "schema": _schema(question.cards)}
            body["response_format"] = {"type": "json_schema", "json_schema": form}
        elif mode == "json":
            body["response_format"] = {"type": "json_object"}
        return body

    def _refused_parameter(self, error: Any, said: str, left_out: frozenset[str]) -> str | None:
        """A parameter that the server complains of and that can be done without, or said otherwise."""
        names = [n for n in _OPTIONAL if getattr(self.settings, n) is not None]
        for name, sign in (
            *((n, n) for n in names),
            ("length", "max_tokens"),
            ("length", "max_completion_tokens"),
        ):
            named = error.param == sign or any(f"{q}{sign}{q}" in said for q in "'\"`")
            if named and name not in left_out:
                return name
        return None

    def _read(self, content: bytes, question: Question) -> Answer:
        """The answer in what the server sent; without the key, which it might repeat."""
        try:
            reply = json.loads(self._clean(content.decode("utf-8", "replace")))
        except (ValueError, RecursionError):
            raise self._foreign() from None
        if not isinstance(reply, dict):
            raise self._foreign()
        if isinstance(reply.get("error"), dict | str):
            error = reply["error"]
            said = str(error.get("message", "")) if isinstance(error, dict) else error
            raise WriterError(f"says: {_line(said)}", where=self.settings.host)
        choices = reply.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        message = choice.get("message") if isinstance(choice, dict) else None
        if not isinstance(choice, dict) or not isinstance(message, dict):
            raise self._foreign()
        text = _text(message.get("content"))
        refusal = _line(_text(message.get("refusal")))
        if choice.get("finish_reason") == "content_filter":
            refusal = refusal or "its server's filter stopped it"
        usage = reply.get("usage")
        counts = [
            usage.get(n) if isinstance(usage, dict) else None for n in ("prompt_tokens", "completion_tokens")
        ]
        sent, answered = (n if isinstance(n, int) and n >= 0 else None for n in counts)
        return Answer(
            text,
            choice.get("finish_reason") != "length",
            refusal,
            question.size if sent is None else sent,
            tokens(text) if answered is None else answered,
        )

    def _failed(self, error: Exception) -> WriterError:
        """What a reader is told of an error of the client's; remembered, if every other question would end like it."""
        import openai

        s = self.settings
        tries = f" after {s.retries + 1} tries" if s.retries else ""
        for_good = True
        if isinstance(error, openai.APITimeoutError):
            what, mend = (
                f"didn't answer in {s.timeout:g} seconds{tries}",
                "set a longer `timeout`, or see what it is busy with",
            )
            for_good = False
        elif isinstance(error, openai.APIConnectionError):
            what = f"can't be reached, or breaks off{tries}"
            mend = "start the server, or see whether `base_url` is right"
        elif isinstance(error, openai.APIStatusError):
            status, said = error.status_code, self._said(error)
            if status in (401, 403):
                # What it says is not shown: some servers repeat parts of the key.
                what = "refuses the key" if self._key else "wants a key"
                mend = where_keys_go(s)
            elif status == 404:
                what, mend = (
                    f"doesn't know the model `{s.model}`, or the address: {said}",
                    "see `model` and `base_url`",
                )
            elif status == 429:
                what, mend = (
                    f"is asked too much, or the account is empty{tries}: {said}",
                    "try later; set `requests_per_minute`",
                )
                for_good = "quota" in said or "billing" in said
            elif 300 <= status < 400:
                what, mend = (
                    "sends requests on to another address, which isn't followed",
                    "set `base_url` to that address",
                )
            else:
                what, mend = f"refuses the request ({status}): {said}", ""
                for_good = False
                if status >= 500:
                    what, mend = f"has a fault{tries} ({status}): {said}", "try later"
        else:
            what, mend, for_good = (
                f"answers what isn't understood: {_line(self._clean(str(error)))}",
                "",
                False,
            )
        told = WriterError(what, where=s.host, mend=mend)
        if for_good:
            with self._lock:
                self._ended = self._ended or told
        return told

    def _foreign(self) -> WriterError:
        return WriterError(
            "what answers there doesn't speak OpenAI's chat protocol",
            where=self.settings.host,
            mend="see `base_url`; most end in /v1",
        )

    def _said(self, error: Any) -> str:
        """What the server says of an error, on one line, without the key."""
        body = error.body
        if isinstance(body, dict):
            inner = body.get("error", body)
            body = inner.get("message", inner) if isinstance(inner, dict) else inner
        code = f" [{error.code}]" if getattr(error, "code", None) else ""
        return _line(self._clean(f"{body or error.message}{code}"))

    def _clean(self, text: str) -> str:
        return self._key.scrubbed(text) if self._key else text


def _after(response: Any) -> None:
    if response.status_code == 501:  # what isn't there won't be at a second try
        response.headers["x-should-retry"] = "false"


def _schema(cards: int) -> dict[str, Any]:
    """The schema of an answer with at most so many proposals: a model that doesn't know how to end is ended."""
    schema: dict[str, Any] = json.loads(_json(SCHEMA))
    schema["properties"]["proposals"]["maxItems"] = max(cards, 1)
    return schema


def _text(content: object) -> str:
    """A message's content, which may come in pieces."""
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _line(text: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
