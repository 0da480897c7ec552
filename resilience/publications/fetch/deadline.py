"""An end to waiting: after so many seconds the connection is shut, whatever part of an answer is still to come.

A time-out of the socket starts anew with each byte, so a server that sends a header's bytes one by one, or one
"100 Continue" after another, can hold its caller for ever. Only somebody outside can end that.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from weakref import WeakSet

import urllib3.connection
import urllib3.connectionpool
from requests import Session
from requests.adapters import HTTPAdapter

from resilience.publications.fetch.download_rules import AgainError, DiskFullError, TooLargeError

_LATE = "it was still coming when time ran out"


class _Adapter(HTTPAdapter):
    """Keep hold of every socket that a session opens."""

    def init_poolmanager(self, *given: Any, **named: Any) -> None:
        super().init_poolmanager(*given, **named)
        sockets: WeakSet[socket.socket] = WeakSet()
        self.sockets = sockets

        class Plain(urllib3.connection.HTTPConnection):
            def connect(self) -> None:
                super().connect()
                sockets.add(self.sock)

        class Secure(urllib3.connection.HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                sockets.add(self.sock)

        class PlainPool(urllib3.connectionpool.HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(urllib3.connectionpool.HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}


def session() -> Session:
    """Return a session whose connections `ends_after` can shut."""
    made = Session()
    adapter = _Adapter()
    made.mount("http://", adapter)
    made.mount("https://", adapter)
    return made


@contextmanager
def ends_after(session: Session, seconds: float) -> Iterator[None]:
    """Shut the connections of a session when the block has not ended after some seconds.

    Parameters
    ----------
    session : Session
        One that `session` made; others are left alone.
    seconds : float
        How long the block may take.

    Raises
    ------
    AgainError
        If it took longer, whatever the shut connection then made of it.
    """
    sockets = {id(a): a.sockets for a in session.adapters.values() if isinstance(a, _Adapter)}.values()
    end = time.monotonic() + seconds
    over = threading.Event()

    def shut() -> None:
        # A connection may be in the making as time runs out: go on shutting until the block has ended.
        while not over.wait(0.05 if time.monotonic() >= end else end - time.monotonic()):
            for opened in [s for held in sockets for s in list(held)]:
                with suppress(OSError):
                    opened.shutdown(socket.SHUT_RDWR)

    watch = threading.Thread(target=shut, daemon=True)
    watch.start()
    try:
        yield
    except (DiskFullError, TooLargeError):
        raise
    except Exception as error:
        if time.monotonic() >= end:
            raise AgainError(_LATE) from error
        raise
    else:  # headers that are cut short look like headers that are over
        if time.monotonic() >= end:
            raise AgainError(_LATE)
    finally:
        over.set()
        watch.join()
