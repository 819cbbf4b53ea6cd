"""Laid as sitecustomize.py on a job's search path: the job dies before its n-th file operation, or in a write.

KILL_AT=3: no third opening for writing, renaming, removing or making of a file or folder under the working directory.
KILL_SIZE=100: SIGXFSZ in the middle of the write that makes a file longer than 100 bytes, also in C libraries.
"""

import os
import resource
import signal
import sys
from pathlib import Path

if size := os.environ.get("KILL_SIZE"):
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python would take the signal for an error
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(size), int(size)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

if left := int(os.environ.get("KILL_AT", "0")):
    results = f"{Path.cwd()}/results"

    def count(event, arguments):
        """An audit hook."""
        global left
        if event == "open":
            if not arguments[2] & (os.O_WRONLY | os.O_RDWR):
                return
        elif event not in ("os.rename", "os.remove", "os.mkdir", "os.rmdir"):
            return
        if isinstance(arguments[0], (str, bytes, os.PathLike)) and str(
            Path.cwd() / os.fsdecode(arguments[0])
        ).startswith(results):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
