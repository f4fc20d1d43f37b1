"""Many threads read sessions at once, the first of the program: it must not come down."""

from __future__ import annotations

import subprocess
import sys

FIRST_READS = """
import json, sys, threading
from shiplabel.storage.codec import from_document, to_document
from tests.storage.records import bought

sys.setswitchinterval(1e-6)
document = json.loads(json.dumps(to_document(bought(1)), default=str))
together, read = threading.Barrier(16), []

def go():
    together.wait()
    read.append(from_document(document))

threads = [threading.Thread(target=go) for _ in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(read))
"""


def test_first_reads_side_by_side_all_end() -> None:
    for _ in range(12):
        done = subprocess.run(
            [sys.executable, "-c", FIRST_READS], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (0, "16\n"), done.stderr
