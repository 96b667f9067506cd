"""Keys of servers: from the environment or the system's keyring, and into nothing but the request's own header."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import WriterError
from ..writer_settings import KEY_VARIABLE, WriterSettings

SERVICE = "episodeck"
_OPENAI_VARIABLE = "OPENAI_API_KEY"
_TELLING = 8
"""So many characters of a key in a row are kept from being shown."""


class Key:
    """A key that shows itself nowhere by chance."""

    __slots__ = ("_value",)

    def __init__(self, value: str):
        self._value = value

    def __repr__(self) -> str:
        return "Key(…)"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a key is kept in one process, and written nowhere")

    @property
    def header(self) -> str:
        """As a request's `Authorization` has it."""
        return f"Bearer {self._value}"

    def scrubbed(self, text: str) -> str:
        """A text without the key, and without long pieces of it."""
        text = text.replace(self._value, "…")
        for at in range(len(self._value) - _TELLING + 1):
            text = text.replace(self._value[at : at + _TELLING], "…")
        return text


def key_of(settings: WriterSettings, environment: Mapping[str, str]) -> Key | None:
    """The key for a writer's server, if there is one. Raises `WriterError` for one that can't be right, without showing it.

    OpenAI's own variable is read for OpenAI's own address only. The keyring is asked where the environment has nothing, and
    for a server on this machine only if the settings name it there.
    """
    value = environment.get(settings.key_env, "").strip()
    place = f"the environment variable {settings.key_env}"
    if not value and settings.at_openai:
        value = environment.get(_OPENAI_VARIABLE, "").strip()
        place = f"the environment variable {_OPENAI_VARIABLE}"
    if not value and (settings.keyring_service or not settings.loopback):
        value = _from_keyring(settings)
        place = "the keyring"
    if not value:
        return None
    if not value.isascii() or not value.isprintable() or " " in value:
        raise WriterError(f"what {place} holds is no key", mend="see that it is the key alone, on one line")
    return Key(value)


def where_keys_go(settings: WriterSettings) -> str:
    """What to tell a reader whose key is missing or refused."""
    service = settings.keyring_service or SERVICE
    user = settings.keyring_user or settings.name
    return f"set {settings.key_env or KEY_VARIABLE}, or run `keyring set {service} {user}`"


def _from_keyring(settings: WriterSettings) -> str:
    try:
        import keyring
    except ModuleNotFoundError:
        return ""
    try:
        found = keyring.get_password(
            settings.keyring_service or SERVICE, settings.keyring_user or settings.name
        )
    except Exception:  # backends raise what they like: there is no keyring, or its owner wouldn't open it
        return ""
    return (found or "").strip()
