"""Keys: where they come from, where they are sent, and that they are found nowhere else."""

from __future__ import annotations

import base64
import io
import logging
import traceback
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from chat_server import Reply, Request, Serve, Writing, fault, in_turn, said, well
from keyring.backend import KeyringBackend
from tasks import talk

from episodeck.errors import WriterError
from episodeck.writer_settings import KEY_VARIABLE, WriterSettings
from episodeck.writers.keys import key_of

KEY = "sk-Zanzibar-0xC0FFEE-Quince-7713"


class Drawer(KeyringBackend):
    """A keyring in memory."""

    priority = 1  # type: ignore[assignment]

    def __init__(self, held: dict[tuple[str, str], str]) -> None:
        super().__init__()
        self.held = held
        self.asked = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    def delete_password(self, service: str, username: str) -> None:
        raise NotImplementedError


@pytest.fixture
def drawer() -> Iterator[Drawer]:
    before = keyring.get_keyring()
    own = Drawer({("episodeck", "mine"): "from-keyring", ("work", "me"): "from-work"})
    keyring.set_keyring(own)
    yield own
    keyring.set_keyring(before)


def at(url: str, **more: object) -> WriterSettings:
    return WriterSettings(name="mine", kind="openai", base_url=url, model="m", **more)  # type: ignore[arg-type]


def header(settings: WriterSettings, **environment: str) -> str | None:
    key = key_of(settings, environment)
    return key.header if key else None


class TestWhereTheyComeFrom:
    def test_the_environment_comes_first(self, drawer: Drawer) -> None:
        far = at("https://models.example/v1")
        assert header(far, EPISODECK_WRITER_KEY=" one ") == "Bearer one"
        assert (
            header(
                at("https://models.example/v1", key_env="MY_KEY"), MY_KEY="two", EPISODECK_WRITER_KEY="one"
            )
            == "Bearer two"
        )
        assert drawer.asked == 0
        assert header(far) == "Bearer from-keyring"
        named = at("https://models.example/v1", keyring_service="work", keyring_user="me")
        assert header(named) == "Bearer from-work"

    def test_openais_own_variable_is_for_openai_alone(self, drawer: Drawer) -> None:
        drawer.held.clear()
        assert header(at("https://api.openai.com/v1"), OPENAI_API_KEY="theirs") == "Bearer theirs"
        for url in ("https://models.example/v1", "http://api.openai.com/v1", "http://127.0.0.1:1/v1",
                    "https://api.openai.com.models.example/v1"):  # fmt: skip
            assert header(at(url), OPENAI_API_KEY="theirs") is None

    def test_the_keyring_is_not_opened_for_this_machine_unless_the_settings_say_so(
        self, drawer: Drawer
    ) -> None:
        assert header(at("http://127.0.0.1:1/v1")) is None
        assert header(at("http://localhost:1/v1")) is None
        assert drawer.asked == 0
        assert header(at("http://127.0.0.1:1/v1", keyring_service="episodeck")) == "Bearer from-keyring"

    def test_a_keyring_that_fails_is_none(self, drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: str) -> str:
            raise RuntimeError("no bus")

        monkeypatch.setattr(drawer, "get_password", fail)
        assert header(at("https://models.example/v1")) is None

    @pytest.mark.parametrize("wrong", ["two words", "line\nbreak", "schlüssel"])
    def test_what_can_be_no_key_is_said_but_not_shown(self, wrong: str) -> None:
        with pytest.raises(WriterError, match="EPISODECK_WRITER_KEY holds is no key") as error:
            header(at("https://models.example/v1"), EPISODECK_WRITER_KEY=wrong)
        assert wrong not in str(error.value)

    def test_without_a_key_openai_is_not_asked(self, writer: Writing, drawer: Drawer) -> None:
        drawer.held.clear()
        with pytest.raises(WriterError) as error:
            writer("https://api.openai.com/v1").write(talk())
        assert str(error.value) == (
            "api.openai.com: there is no key (set EPISODECK_WRITER_KEY, or run `keyring set episodeck mine`)"
        )


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_said_with_the_mend(
    serve: Serve, writer: Writing, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(lambda request, n: fault(status, f"Incorrect API key provided: {KEY[:9]}****{KEY[-4:]}"))
    with pytest.raises(
        WriterError, match=r"wants a key \(set EPISODECK_WRITER_KEY, or run `keyring set episodeck"
    ):
        writer(server).write(talk())
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    writing = writer(server)
    for _ in range(2):
        with pytest.raises(WriterError, match="refuses the key") as error:
            writing.write(talk(line_3="Another."))
    assert KEY[:9] not in str(error.value) and KEY[-4:] not in str(error.value)
    assert len(server.requests) == 2


def test_no_file_log_or_error_holds_the_key(
    serve: Serve,
    writer: Writing,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    naps: list[float],
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    monkeypatch.setenv("OPENAI_LOG", "debug")
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    logging.getLogger().addHandler(handler)
    monkeypatch.setattr(logging.getLogger(), "level", logging.DEBUG)
    logging.getLogger("tests").debug("the log is heard")

    def echo(request: Request, number: int) -> Reply:
        told = well(request).body
        told["choices"][0]["message"]["content"] += f"\nYour key is {request.headers['Authorization']}"  # type: ignore[index]
        return Reply(told)

    def planted(request: Request, number: int) -> Reply:
        key = request.headers["Authorization"].removeprefix("Bearer ")
        item = {"kind": "claim", "question": f"What opens {key}?", "answer": key[5:], "sentences": [2, 2]}
        return said({"proposals": [{**item, "speaker": None, "topic": key}]})

    def loud(status: int) -> object:
        return lambda request, n: fault(status, f"with {request.headers['Authorization']}: no", code=KEY)

    scripts = [
        well, echo, planted, *map(loud, (400, 401, 403, 404, 418, 429, 500, 503, 200)),
        lambda request, n: Reply(f"<p>{request.headers['Authorization']}</p>"),
        lambda request, n: Reply(KEY, drop=True),
        lambda request, n: said(None, refusal=f"I won't tell {KEY}"),
        lambda request, n: Reply("", 307, {"Location": f"http://{KEY}.example/"}),
        in_turn(said(KEY), said(KEY)),
    ]  # fmt: skip
    told = [log]
    seen: list[str] = []
    for number, script in enumerate(scripts):
        server = serve(script)  # type: ignore[arg-type]
        writing = writer(server, retries=1)
        seen += [repr(writing), repr(vars(writing)), repr(vars(writing._talk)), str(writing.settings)]
        try:
            seen += map(repr, writing.write(talk(line_3=f"Talk {number}.")))
        except WriterError as error:
            seen += [str(error), repr(error), repr(error.args), "".join(traceback.format_exception(error))]
        seen += [str(writing.estimate([talk()])), repr(writing._talk._key)]
        assert all(r.headers["Authorization"] == f"Bearer {KEY}" for r in server.requests) and server.requests
    logging.getLogger().removeHandler(handler)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= 4
    seen += [path.read_text(encoding="utf-8", errors="replace") for path in files]
    seen += [str(path) for path in files]
    heard = told[0].getvalue()
    assert "the log is heard" in heard
    seen += [heard, *capfd.readouterr()]
    whole = "\n".join(seen)
    assert "Why" not in KEY and "What opens" in whole
    for piece in (KEY, KEY[:12], KEY[-12:], KEY[8:20], base64.b64encode(KEY.encode()).decode()[:16]):
        assert piece not in whole
