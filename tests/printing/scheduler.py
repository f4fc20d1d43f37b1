"""A CUPS scheduler of a test's own, in a folder of its own; what its queue prints comes out of a pipe."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

CUPSD = shutil.which("cupsd") or "/usr/sbin/cupsd"
LPADMIN = shutil.which("lpadmin") or "/usr/sbin/lpadmin"
SERVERBIN = Path("/usr/lib/cups")
HAS_CUPS = all(Path(part).exists() for part in (CUPSD, LPADMIN, SERVERBIN)) and shutil.which("lp") is not None
PATIENCE_S = 20

CUPSD_CONF = """
Listen {home}/sock
<Location />
Order allow,deny
Allow all
</Location>
<Policy default>
<Limit All>
Order allow,deny
Allow all
</Limit>
</Policy>
"""
FILES_CONF = """
ServerRoot {home}
ServerBin {home}/bin
RequestRoot {home}/spool
TempDir {home}/spool
CacheDir {home}/cache
StateDir {home}/state
AccessLog {home}/log
ErrorLog {home}/log
PageLog {home}/log
FileDevice Yes
"""
GENERIC = "drv:///sample.drv/generic.ppd"
KEEP = """#!/bin/sh
[ $# -eq 0 ] && exit 0
cat ${6:+"$6"} > "${DEVICE_URI#keep:}"
"""


@dataclass(frozen=True)
class Scheduler:
    """A scheduler that runs; programs find it by ``environment``."""

    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a program that prints must know."""
        return {"CUPS_SERVER": str(self.home / "sock")}

    def add_queue(self, name: str, device: str = "", model: str = "raw") -> None:
        """Make a queue; without a device its papers come out of ``printed``. Skip where that cannot be."""
        device = device or f"keep:{self.home}/printed"
        add = [LPADMIN, "-p", name, "-E", "-v", device, "-m", model]
        environ = os.environ | self.environment
        end = time.monotonic() + PATIENCE_S
        while (done := subprocess.run(add, env=environ, capture_output=True, check=False)).returncode:
            if time.monotonic() > end:
                pytest.skip(f"the CUPS scheduler does not start here: {done.stderr.decode()}")

    def printed(self, size: int) -> bytes:
        """Return the next bytes that came out of the queue."""
        pipe = os.open(self.home / "printed", os.O_RDWR | os.O_NONBLOCK)
        got = b""
        with contextlib.closing(os.fdopen(pipe, "rb", buffering=0)) as reading:
            while len(got) < size:
                ready, _, _ = select.select([reading], [], [], PATIENCE_S)
                assert ready, f"nothing came out of the queue; {(self.home / 'log').read_text()[-2000:]}"
                got += reading.read(size) or b""
        return got

    def wait_for_log(self, words: str) -> None:
        """Wait until the scheduler has written these words down."""
        end = time.monotonic() + PATIENCE_S
        while words not in (written := (self.home / "log").read_text()):
            assert time.monotonic() < end, written[-2000:]


@contextlib.contextmanager
def running_scheduler() -> Iterator[Scheduler]:
    """Run a scheduler until the end of the block; skip where CUPS is not installed."""
    if not HAS_CUPS:
        pytest.skip("CUPS is not installed here")
    home = Path(f"/tmp/shiplabel-cups-{os.getpid()}")  # noqa: S108  # a socket's path is short, and ours alone
    for folder in ("bin/backend", "spool", "cache", "state"):
        (home / folder).mkdir(parents=True)
    (home / "bin/filter").symlink_to(SERVERBIN / "filter")
    (home / "bin/daemon").symlink_to(SERVERBIN / "daemon")
    backend = home / "bin/backend/keep"
    backend.write_text(KEEP)
    backend.chmod(0o700)
    (home / "cupsd.conf").write_text(CUPSD_CONF.format(home=home))
    (home / "cups-files.conf").write_text(FILES_CONF.format(home=home))
    os.mkfifo(home / "printed")
    command = [CUPSD, "-f", "-c", str(home / "cupsd.conf"), "-s", str(home / "cups-files.conf")]
    with subprocess.Popen(command) as running:
        try:
            yield Scheduler(home)
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(PATIENCE_S)
            shutil.rmtree(home)
