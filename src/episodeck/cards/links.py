"""Links to a moment of a recording."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_WITH_TIME = ("youtube.com", "youtu.be", "vimeo.com")


def at_second(url: str | None, start: float | None) -> str | None:
    """The address at `start` seconds: `t=` where the site reads it, a media fragment elsewhere.

    None for anything but http and https.
    """
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    if start is None:
        return url
    second = int(start)
    host = parts.netloc.lower()
    if any(host == site or host.endswith("." + site) for site in _WITH_TIME):
        query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k != "t"]
        return urlunsplit(parts._replace(query=urlencode([*query, ("t", str(second))])))
    return urlunsplit(parts._replace(fragment=f"t={second}"))
