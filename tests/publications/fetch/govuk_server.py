"""A local server that speaks GOV.UK's content API, with pages shaped as the real ones and faults on demand."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import openpyxl

KINDS = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".xls": "application/vnd.ms-excel",
    ".csv": "text/csv",
}
BASE = "government/statistics/local-authority-revenue-expenditure-and-financing-england-"


def workbook(text: str = "RS", rows: int = 40) -> bytes:
    """Return a small real workbook that differs with its text."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in range(rows):
        sheet.append([text, row, row * 1.5])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def outturn_page(outturn_year: str) -> str:
    """Return the path of a year's page of individual figures, as GOV.UK words it."""
    start = int(outturn_year[:4])
    return f"{BASE}{start}-to-{start + 1}-individual-local-authority-data-outturn"


class GovUk:
    """The server. `answers[path]` holds faults: each is used up once, then the real answer follows."""

    def __init__(self) -> None:
        self.pages: dict[str, dict] = {}
        self.files: dict[str, bytes] = {}
        self.answers: dict[str, list[Callable]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.validators = True
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def end_headers(self) -> None:
                self.send_header("Connection", "close")
                super().end_headers()

            def do_GET(self) -> None:
                owner.asked.append((self.path, dict(self.headers)))
                with suppress(ConnectionError):
                    queue = owner.answers.get(self.path)
                    (queue.pop(0) if queue else owner.serve)(self)

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()

    def page(self, path: str, files: dict[str, bytes], *, day: str = "2024-12-12", titles: dict | None = None) -> None:
        """Put up a publication page that offers files, by name, on an asset host of its own."""
        offered = []
        for number, (name, data) in enumerate(files.items()):
            asset = f"/media/{day.replace('-', '')}{number}/{name}"
            self.files[asset] = data
            offered.append(
                {
                    "title": (titles or {}).get(name, name.split("_")[0].join(["Revenue outturn (", ")"])),
                    "url": f"https://assets.publishing.service.gov.uk{asset}",
                    "content_type": KINDS["." + name.rsplit(".", 1)[-1]],
                    "file_size": len(data),
                    "filename": name,
                }
            )
        self.pages[path] = {
            "base_path": f"/{path}",
            "document_type": "official_statistics",
            "first_published_at": "2024-08-29T09:30:00.000+01:00",
            "public_updated_at": f"{day}T09:30:00.000+00:00",
            "details": {
                "attachments": offered,
                "change_history": [
                    {"public_timestamp": f"{day}T09:30:00.000+00:00", "note": "Second release."},
                    {"public_timestamp": "2024-08-29T09:30:00.000+01:00", "note": "First published."},
                ],
            },
        }

    def collection(self, path: str, documents: list[str]) -> None:
        links = {"documents": [{"base_path": f"/{document}", "title": document} for document in documents]}
        self.pages[path] = {"base_path": f"/{path}", "document_type": "document_collection", "links": links}

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        if handler.path.startswith("/api/content/"):
            page = self.pages.get(handler.path.removeprefix("/api/content/"))
            if page is None:
                return status(404)(handler)
            return send(handler, 200, json.dumps(page).encode(), {"Content-Type": "application/json"})
        data = self.files.get(handler.path)
        if data is None:
            return status(404)(handler)
        kind = KINDS["." + handler.path.rsplit(".", 1)[-1]]
        etag = f'"{hash(data) & 0xFFFFFFFF:x}"'
        headers = {"Content-Type": kind, **({"ETag": etag} if self.validators else {})}
        if self.validators and handler.headers.get("If-None-Match") == etag:
            return send(handler, 304, b"", headers)
        span = handler.headers.get("Range")
        if span and handler.headers.get("If-Range") == etag:
            start = int(span.removeprefix("bytes=").removesuffix("-"))
            if start >= len(data):
                return send(handler, 416, b"", {})
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
            return send(handler, 206, data[start:], headers)
        return send(handler, 200, data, headers)


def send(handler: BaseHTTPRequestHandler, code: int, body: bytes, headers: dict[str, str]) -> None:
    handler.send_response(code)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def status(code: int, **headers: str) -> Callable:
    """Answer with a status."""
    return lambda handler: send(handler, code, b"", {k.replace("_", "-"): v for k, v in headers.items()})


def moved(to: str, code: int = 301) -> Callable:
    return status(code, Location=to)


def body(data: bytes, **headers: str) -> Callable:
    """Answer 200 with something of one's own."""
    return lambda handler: send(handler, 200, data, {k.replace("_", "-"): v for k, v in headers.items()})


def cut(data: bytes, after: int) -> Callable:
    """Promise the whole file and hang up after some bytes."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(data)))
        handler.send_header("ETag", f'"{hash(data) & 0xFFFFFFFF:x}"')
        handler.end_headers()
        handler.wfile.write(data[:after])

    return answer


def drip(data: bytes, pause: float = 0.02) -> Callable:
    """Send a byte at a time."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        for place in range(len(data)):
            handler.wfile.write(data[place : place + 1])
            time.sleep(pause)

    return answer


def endless(head: bytes, piece: bytes, pause: float = 0.02) -> Callable:
    """Send something, then one piece after another for as long as anybody listens."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(head)
        for _ in range(3_000):
            handler.wfile.write(piece)
            time.sleep(pause)

    return answer


def silence(seconds: float) -> Callable:
    """Say nothing for a while, then hang up."""
    return lambda handler: time.sleep(seconds)
