"""Writers in the settings: what is understood, and every fault at once, with its line and without what may be a key."""

from __future__ import annotations

from pathlib import Path

import pytest

from episodeck.errors import Problems, SettingsError
from episodeck.settings import Settings, load
from episodeck.writer_settings import BUILTIN, WriterSettings, is_loopback

LOCAL = "kind: openai, base_url: 'http://127.0.0.1:11434/v1/', model: 'gemma3:4b'"


def loaded(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "episodeck.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def complaints(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(Problems) as found:
        loaded(tmp_path, text)
    return [str(problem).removeprefix(f"{tmp_path}/") for problem in found.value.problems]


def test_without_a_word_of_it_the_program_writes_itself(tmp_path: Path) -> None:
    assert loaded(tmp_path, "deck: Mine").writer_named() == WriterSettings()
    assert Settings().writer_named(BUILTIN).kind == BUILTIN


def test_a_writer_may_stand_right_there_or_by_name(tmp_path: Path) -> None:
    there = loaded(tmp_path, f"writer: {{{LOCAL}}}").writer_named()
    assert (there.name, there.model, there.base_url) == (
        "gemma3:4b",
        "gemma3:4b",
        "http://127.0.0.1:11434/v1",
    )
    assert there.loopback and there.host == "127.0.0.1:11434"
    several = loaded(
        tmp_path, f"writer: small\nwriters:\n  small: {{{LOCAL}, seed: 3}}\n  other: {{{LOCAL}}}"
    )
    assert several.writer_named().seed == 3
    assert several.writer_named("other") == WriterSettings(
        name="other", kind="openai", base_url="http://127.0.0.1:11434/v1", model="gemma3:4b"
    )
    assert several.writer_named(BUILTIN).kind == BUILTIN
    with pytest.raises(SettingsError, match=r"no writer `large` \(known: builtin, small, other\)"):
        several.writer_named("large")


def test_every_fault_is_said_at_once_with_its_line(tmp_path: Path) -> None:
    assert complaints(
        tmp_path,
        """\
deck: Mine
writer:
  kind: claude
  modle: x
  timeout: .inf
writers:
  builtin: {}
  one: 3
  two:
    kind: openai
    base_url: ftp://models.example
    model: m
    structured: yes
  three:
    kind: openai
    base_url: https://models.example/v1
    model: m
    context_tokens: 5000
    price_in: 3
    name: four
cards_per_hour: 0
""",
    ) == [
        "episodeck.yaml:3: `writer.kind` is 'claude'; it must be openai (any server that speaks OpenAI's chat protocol)",
        "episodeck.yaml:4: `writer.modle` is unknown (did you mean `model`?)",
        "episodeck.yaml:5: `writer.timeout` is inf; it must be a number from 1 to 86400",
        "episodeck.yaml:7: `writers.builtin` is the name of the program's own writer; choose another",
        "episodeck.yaml:8: `writers.one` is 3; it must be `kind: openai` and the like, on lines of their own",
        "episodeck.yaml:11: `writers.two.base_url` is 'ft…; write it like http://127.0.0.1:11434/v1",
        "episodeck.yaml:13: `writers.two.structured` is True; it must be one of auto, schema, json, none",
        "episodeck.yaml:20: `writers.three.name` is unknown (known: kind, base_url, model, key_env, keyring_service, "
        "keyring_user, unencrypted, temperature, seed, max_output_tokens, context_tokens, concurrency, "
        "requests_per_minute, retries, timeout, structured, price_in, price_out, currency)",
        "episodeck.yaml:21: `cards_per_hour` is 0; it must be a whole number from 1 to 500",
    ]


def test_values_that_do_not_go_together(tmp_path: Path) -> None:
    base = "kind: openai, base_url: 'https://models.example/v1', model: m"
    (narrow,) = complaints(tmp_path, f"writer: {{{base}, context_tokens: 5000}}")
    assert "`writer.context_tokens` is 5000; it must be 7096 or more with `max_output_tokens: 4096`" in narrow
    (half,) = complaints(tmp_path, f"writer: {{{base}, price_in: 5}}")
    assert "`writer.price_out` is missing" in half
    assert "`writer` is 'gone', which `writers` doesn't have" in complaints(tmp_path, "writer: gone")[0]
    (twice,) = complaints(tmp_path, f"writer: {{{base}, name: a}}\nwriters: {{a: {{{base}}}}}")
    assert "`writer.name` is 'a', which `writers` has too" in twice
    assert "`writer.name` is builtin" in complaints(tmp_path, f"writer: {{{base}, name: builtin}}")[0]
    assert len(complaints(tmp_path, "writer: {kind: openai}")) == 2


@pytest.mark.parametrize(
    "line",
    [
        "api_key: sk-Zanzibar-7713",
        "key: sk-Zanzibar-7713",
        "API-Key: sk-Zanzibar-7713",
        "token: sk-Zanzibar-7713",
        "key_env: sk-Zanzibar-7713",
        "base_url: https://user:sk-Zanzibar-7713@models.example/v1",
        "base_url: https://models.example/v1?key=sk-Zanzibar-7713",
        "kind: sk-Zanzibar-7713-and-longer",
        "seed: sk-Zanzibar-7713-and-longer",
    ],
)
def test_a_key_in_the_settings_is_refused_and_not_shown(tmp_path: Path, line: str) -> None:
    rest = {"kind": "openai", "base_url": "https://models.example/v1", "model": "m"}
    rest.pop(line.split(":")[0], None)
    others = "".join(f"  {name}: {value}\n" for name, value in rest.items())
    (said,) = complaints(tmp_path, f"writer:\n  {line}\n{others}")
    assert said.startswith("episodeck.yaml:2: `writer.")
    assert "Zanzibar" not in said


def test_words_do_not_leave_the_machine_unencrypted_unless_that_is_said(tmp_path: Path) -> None:
    far = "kind: openai, base_url: 'http://192.168.1.9:8000/v1', model: m"
    (said,) = complaints(tmp_path, f"writer: {{{far}}}")
    assert "would send transcripts, and the key, unencrypted to 192.168.1.9:8000" in said
    assert loaded(tmp_path, f"writer: {{{far}, unencrypted: true}}").writer_named().unencrypted


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost", "LOCALHOST."])
def test_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "10.0.0.1", "localhost.example", "127.0.0.1.example", "0.0.0.0", "::2"])
def test_other_machines(host: str) -> None:
    assert not is_loopback(host)


def test_who_writes_changes_nothing_that_is_packed_or_printed(tmp_path: Path) -> None:
    """The settings' fingerprint is made of how they are shown."""
    assert repr(loaded(tmp_path, f"writer: {{{LOCAL}}}")) == repr(Settings())
