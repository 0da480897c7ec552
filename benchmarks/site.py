"""How long the whole site takes, step by step, and how large its pages are: ``python -m benchmarks.site``."""

from __future__ import annotations

import logging
import os
import resource
import tempfile
import time
from pathlib import Path

from joblib.externals.loky import get_reusable_executor

from resilience.report.site import build_site

SECONDS = 180
BYTES = 300_000


class Steps(logging.Handler):
    """Keeps what the site says it is doing, and when."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[float, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        self.found.append((time.perf_counter(), record.getMessage()))


def main() -> int:
    told, log = Steps(), logging.getLogger("resilience.report.site")
    log.setLevel(logging.INFO)
    log.addHandler(told)
    start, steps = time.perf_counter(), told.found
    with tempfile.TemporaryDirectory() as folder:
        site = build_site(Path(folder) / "site")
        end = time.perf_counter()
        sizes = {path.relative_to(site).as_posix(): path.stat().st_size for path in site.rglob("*.html")}
    for (begun, text), (done, _) in zip(steps, [*steps[1:], (end, "")], strict=True):
        print(f"{done - begun:7.1f} s  {text}")
    get_reusable_executor().shutdown(wait=True)  # only processes that have ended are counted
    used = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"{end - start:7.1f} s  in all, of {SECONDS} allowed, on {os.cpu_count()} cores (load {load})")
    print(f"{used:7.1f} s  of processor time, all processes")
    councils = {name: size for name, size in sizes.items() if name.startswith("councils/")}
    for title, group in (("pages", sizes), ("councils' pages", councils)):
        name = max(group, key=group.__getitem__)
        print(
            f"{len(group):4} {title}: {sum(group.values()) / 1e6:.1f} MB, the largest {name} {group[name]:,} bytes"
            f" of {BYTES:,} allowed"
        )
    return int(end - start > SECONDS or max(sizes.values()) >= BYTES)


if __name__ == "__main__":
    raise SystemExit(main())
