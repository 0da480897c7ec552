"""The leash of `download`: hosts, limits, and what a server's answer means."""

from __future__ import annotations

import errno
import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from resilience.errors import PublicationError
from resilience.publications.fetch.manifest import plain
from resilience.publications.guard import MAX_BYTES

if TYPE_CHECKING:
    import requests

HOSTS = ("www.gov.uk", "assets.publishing.service.gov.uk")
AGAIN = (408, 429, 500, 502, 503, 504)
MOVED = (301, 302, 303, 307, 308)


class UnreachableError(PublicationError):
    """No server answered at all: there is no point in asking for the rest."""


class DiskFullError(PublicationError):
    """There is no room: there is no point in fetching the rest."""


class TooLongError(UnreachableError):
    """The whole run has taken as long as it may: there is no time for the rest."""


class NotThereError(PublicationError):
    """The server does not have it."""


class TooLargeError(PublicationError):
    """More is offered, or came, than any publication has."""


class AgainError(Exception):
    """Something passing went wrong; worth another try, after `wait` seconds if the server said so."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


@dataclass(frozen=True)
class Limits:
    """How much, how long and how often.

    Attributes
    ----------
    file_bytes, answer_bytes : int
        Largest file, and largest answer of the content API, that is taken.
    timeout : float
        Seconds to wait for a connection and for each piece.
    slow_after, slow_bytes : float, int
        A download that after so many seconds has brought fewer bytes a second than this is given up.
    tries : int
        How often in all.
    longest_wait : float
        Seconds of pause a server may ask for (Retry-After); if it asks for more, it is left alone.
    file_seconds, run_seconds : float
        How long one page or file, and a client in all, may take: tries, pauses and headers that drip included.
    """

    file_bytes: int = MAX_BYTES
    answer_bytes: int = 5_000_000
    timeout: float = 30.0
    slow_after: float = 60.0
    slow_bytes: int = 2_000
    tries: int = 5
    longest_wait: float = 120.0
    file_seconds: float = 900.0
    run_seconds: float = 7_200.0


def split(url: str) -> Any:
    """Split an address; one that is none is refused."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise PublicationError(f"'{plain(url)}' is not an address.") from error
    return parts


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine."""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def refuse_status(response: requests.Response) -> None:
    """Tell passing trouble, trouble for good, and success apart."""
    status = response.status_code
    if status in (200, 206, 304, 416):
        return
    if status in AGAIN:
        raise AgainError(f"the server answered {status}", retry_after(response.headers.get("Retry-After")))
    if status in (404, 410):
        raise NotThereError(f"It is not there (the server answered {status}).")
    raise PublicationError(f"The server would not give it (it answered {status}).")


def refuse_type(response: requests.Response) -> None:
    """Refuse web pages, and packing that was not asked for."""
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind in ("text/html", "application/xhtml+xml"):
        raise PublicationError("A web page (HTML) was sent instead of the file.")
    if response.headers.get("Content-Encoding", "identity").lower() not in ("identity", ""):
        raise PublicationError("It came packed in a way that was not asked for.")


def retry_after(text: str | None) -> float | None:
    """Read a Retry-After header: seconds or a date."""
    if text is None:
        return None
    if text.strip().isdecimal():
        return float(text.strip()[:9])
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def why(error: BaseException) -> str:
    """Say in a few words what went wrong with a connection."""
    name = type(error).__name__.lower()
    if "timeout" in name:
        return "no answer in time"
    return "the connection broke" if "name or service" not in str(error).lower() else "no such host"


@contextmanager
def disk(part: Path) -> Iterator[None]:
    """Say clearly when there is no room."""
    try:
        yield
    except OSError as error:
        if isinstance(error, ConnectionError | TimeoutError):
            raise
        if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise DiskFullError(
                f"The disk of {part.parent} is full; free some space and run it again (what was there is kept)."
            ) from error
        raise PublicationError(f"{part.parent} cannot be written ({error.strerror}).") from error
