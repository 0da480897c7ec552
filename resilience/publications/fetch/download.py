"""Downloads with a short leash: which hosts, how large, how long, how often tried again."""

from __future__ import annotations

import hashlib
import json
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from resilience.errors import PublicationError
from resilience.publications.fetch.download_rules import (
    HOSTS,
    MOVED,
    AgainError,
    Limits,
    TooLargeError,
    TooLongError,
    UnreachableError,
    disk,
    is_loopback,
    refuse_status,
    refuse_type,
    split,
    why,
)
from resilience.publications.fetch.manifest import plain

if TYPE_CHECKING:
    import requests


@dataclass(frozen=True)
class Got:
    """What a download brought. `path` is None where the server said that nothing changed."""

    path: Path | None
    size: int = 0
    sha256: str = ""
    etag: str = ""
    last_modified: str = ""


@dataclass
class Client:
    """Asks GOV.UK, or one mirror of it, and nobody else.

    Parameters
    ----------
    base_url : str, optional
        A mirror. GOV.UK's addresses are then looked for there, under the same paths.
    limits : Limits
        How much, how long and how often.
    sleep : callable
        Waits; given by tests.
    """

    base_url: str | None = None
    limits: Limits = field(default_factory=Limits)
    sleep: Callable[[float], None] = time.sleep
    _session: requests.Session | None = field(default=None, repr=False)
    _answered: bool = field(default=False, repr=False)
    _began: float = field(default_factory=time.monotonic, repr=False)

    def __post_init__(self) -> None:
        if self.base_url is not None:
            parts = split(self.base_url)
            if not parts.hostname or not (
                parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))
            ):
                raise PublicationError(f"'{plain(self.base_url)}' is not a mirror's address; give one with https://.")
            self.base_url = self.base_url.rstrip("/")

    def address(self, url: str) -> str:
        """Return the address to ask for `url` (a path of GOV.UK's or a whole address), if it may be asked.

        Raises
        ------
        PublicationError
            If it leads to another host, or is not HTTPS.
        """
        whole = url if "://" in url else urljoin("https://www.gov.uk/", "/" + url.lstrip("/"))
        parts = split(whole)
        official = parts.hostname in HOSTS and not parts.username and parts.port in (None, 443)
        if official and parts.scheme == "https" and not self.base_url:
            return whole
        if self.base_url:
            mirror = split(self.base_url)
            if official:
                return self.base_url + (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            if (parts.scheme, parts.netloc) == (mirror.scheme, mirror.netloc):
                return whole
        raise PublicationError(
            f"The address {plain(whole)} is not "
            f"{'the mirror' if self.base_url else 'GOV.UK over HTTPS'}; it is "
            "not followed."
        )

    def content(self, page: str) -> tuple[str, dict[str, Any]]:
        """Return what the content API says of a page, and the path the page stands at now.

        Parameters
        ----------
        page : str
            A path such as "government/statistics/…".

        Raises
        ------
        PublicationError
            If the page cannot be had.
        """
        for _ in range(6):
            data = self._tries(partial(self._json, f"/api/content/{page.lstrip('/')}"), f"page {page}")
            redirects = data.get("redirects")
            if data.get("document_type") != "redirect" or not isinstance(redirects, list) or not redirects:
                path = data.get("base_path")
                return (path if isinstance(path, str) else page).lstrip("/"), data
            target = redirects[0].get("destination") if isinstance(redirects[0], dict) else None
            page = split(self.address(str(target))).path
            if self.base_url:
                page = page.removeprefix(split(self.base_url).path)
        raise PublicationError(f"The page {plain(page)} redirects in a loop.")

    def download(
        self,
        url: str,
        part: Path,
        *,
        stated: int | None = None,
        etag: str = "",
        last_modified: str = "",
        tell: Callable[[int, int | None], None] = lambda done, total: None,
    ) -> Got:
        """Bring a file to `part`, going on where an earlier try (or run) stopped.

        Parameters
        ----------
        url : str
            The asset's address.
        part : Path
            Where to put it; it stays there, unfinished, if the download fails in a way that may be resumed.
        stated : int, optional
            Its size as the page states it.
        etag, last_modified : str
            Of the file at hand: if the server still has that one, nothing is brought.
        tell : callable
            Called with the bytes brought and expected.

        Raises
        ------
        PublicationError
            If it cannot be had whole, is too large, or is a web page.
        """
        if stated is not None and stated > self.limits.file_bytes:
            raise TooLargeError(self._too_large(stated))
        asked = {}
        if etag or last_modified:
            asked = {"If-None-Match": etag} if etag else {"If-Modified-Since": last_modified}
        try:
            got = self._tries(lambda: self._piece(url, part, asked, tell), "file")
        except TooLargeError:
            part.unlink(missing_ok=True)
            raise
        if got.path and stated is not None and got.size < stated:
            part.unlink()
            raise PublicationError(f"It is cut short ({got.size:,} of {stated:,} bytes).")
        return got

    def _too_large(self, size: int) -> str:
        most = f"{self.limits.file_bytes / 1e6:,.0f} MB"
        return f"It is too large ({size / 1e6:,.0f} MB; at most {most} are taken)."

    def _tries(self, work: Callable[[], Any], what: str) -> Any:
        """Do something until it works, with longer and longer pauses, for as long as one file may take."""
        from resilience.publications.fetch.deadline import ends_after

        left = self._began + self.limits.run_seconds - time.monotonic()
        if left <= 0:
            raise TooLongError("The run has taken too long; run it again to go on (what has come is kept).")
        end = time.monotonic() + min(self.limits.file_seconds, left)
        for attempt in range(1, self.limits.tries + 1):
            try:
                with ends_after(self._connected(), max(end - time.monotonic(), 0)):
                    return work()
            except AgainError as trouble:
                pause = 2 ** (attempt - 1) * (0.75 + random.random() / 2)
                if trouble.wait is not None and trouble.wait > self.limits.longest_wait:
                    raise PublicationError(
                        f"The server asks to wait {trouble.wait:,.0f} seconds; try again later."
                    ) from None
                pause = trouble.wait if trouble.wait is not None else pause
                if time.monotonic() + pause >= end:
                    allowed = f"{self.limits.file_seconds:,.0f} seconds"
                    raise PublicationError(
                        f"The {plain(what)} could not be downloaded in {allowed} ({trouble})."
                    ) from None
                if attempt == self.limits.tries:
                    kind = PublicationError if self._answered else UnreachableError
                    raise kind(f"The {plain(what)} could not be downloaded in {attempt} tries ({trouble}).") from None
                self.sleep(pause)
        raise AssertionError  # pragma: no cover

    def _connected(self) -> requests.Session:
        """Return the session, made when it is first needed."""
        if self._session is None:
            from importlib.metadata import version

            from resilience.publications.fetch.deadline import session

            self._session = session()
            self._session.headers["User-Agent"] = f"council-resilience/{version('council-resilience')}"
        return self._session

    @contextmanager
    def _ask(self, url: str, headers: dict[str, str]) -> Iterator[requests.Response]:
        """Send a request, following redirects by hand so that each target is looked at first."""
        import requests
        import urllib3

        headers = {"Accept-Encoding": "identity", **headers}
        target = self.address(url)
        try:
            for _ in range(6):
                with self._connected().get(
                    target, headers=headers, stream=True, timeout=self.limits.timeout, allow_redirects=False
                ) as response:
                    self._answered = True
                    if response.status_code in MOVED and "Location" in response.headers:
                        target = self.address(urljoin(target, response.headers["Location"]))
                        continue
                    refuse_status(response)
                    yield response
                    return
            raise PublicationError("It redirects in a loop.")
        except requests.exceptions.SSLError as error:
            raise PublicationError(f"The server's certificate is not trusted ({plain(error, 80)}).") from error
        except (
            requests.RequestException,
            urllib3.exceptions.HTTPError,
            ConnectionError,
            TimeoutError,
        ) as error:
            raise AgainError(why(error)) from error

    def _pieces(self, response: requests.Response) -> Iterator[bytes]:
        """Yield what arrives as it arrives, giving up on a trickle."""
        start, done = time.monotonic(), 0
        while piece := response.raw.read1(65_536, decode_content=False):
            done += len(piece)
            yield piece
            elapsed = time.monotonic() - start
            if elapsed > self.limits.slow_after and done < elapsed * self.limits.slow_bytes:
                raise AgainError(f"only {done:,} bytes came in {elapsed:,.0f} seconds")

    def _json(self, path: str) -> dict[str, Any]:
        with self._ask(path, {"Accept": "application/json"}) as response:
            body = b""
            for piece in self._pieces(response):
                body += piece
                if len(body) > self.limits.answer_bytes:
                    raise PublicationError("The page's description is larger than any real one.")
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            data = None
        if not isinstance(data, dict):
            raise PublicationError("The server answered with something other than a page's description (JSON).")
        return data

    def _piece(self, url: str, part: Path, asked: dict[str, str], tell: Callable[[int, int | None], None]) -> Got:
        """Try once to bring a file, or what is still missing of it."""
        mark = part.with_name(part.name + ".mark")
        with disk(part):
            for path in (part, mark):  # what stands there in another's name is not written through
                if path.is_symlink() or (path.is_file() and path.stat().st_nlink > 1):
                    path.unlink()
            have, same = 0, mark.read_text(encoding="utf-8") if mark.is_file() and part.is_file() else ""
        headers = dict(asked)
        if same and (have := part.stat().st_size):
            headers = {"Range": f"bytes={have}-", "If-Range": same}
        with self._ask(url, headers) as response:
            if response.status_code == 304:
                return Got(None)
            if response.status_code == 416:
                mark.unlink(missing_ok=True)
                raise AgainError("the server now has another file", 0)
            refuse_type(response)
            etag, modified = (plain(response.headers.get(name, "")) for name in ("ETag", "Last-Modified"))
            span = re.match(r"bytes (\d+)-\d+/(\d+|\*)$", response.headers.get("Content-Range", ""))
            if response.status_code != 206:
                have = 0
            elif not span or int(span[1]) != have or same not in (etag, modified):
                mark.unlink(missing_ok=True)
                raise AgainError("the server sent a part of another file", 0)
            length = response.headers.get("Content-Length", "")
            total = have + int(length) if length.isdecimal() else None
            if max(total or 0, have) > self.limits.file_bytes:
                raise TooLargeError(self._too_large(total or have))
            with disk(part):
                part.parent.mkdir(parents=True, exist_ok=True)
                strong = modified if etag.startswith("W/") else etag or modified
                mark.write_text(strong, encoding="utf-8")
                with part.open("ab" if have else "wb") as out:
                    for piece in self._pieces(response):
                        have += len(piece)
                        if have > self.limits.file_bytes:
                            raise TooLargeError(self._too_large(have))
                        out.write(piece)
                        tell(have, total)
        if total is not None and have < total:
            raise AgainError(f"the connection broke after {have:,} of {total:,} bytes")
        with part.open("rb") as handle:
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
        mark.unlink(missing_ok=True)
        return Got(part, have, digest, etag, modified)
