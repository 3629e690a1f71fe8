"""MiniStack on one address, in a folder of its own. It ends with whoever started it: its standard input closes then."""

import os
import shutil
import signal
import sys
import threading
import time

from hypercorn.__main__ import main

PATIENCE_SECONDS = 5


def end_with_parent():
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE_SECONDS)
    os._exit(1)


threading.Thread(target=end_with_parent, daemon=True).start()
# Its own command binds the very address that it tells others; a proxy in front of it needs two.
options = ["--bind", sys.argv[1], "--workers", "0", "--log-level", "WARNING", "--keep-alive", "75"]
try:
    main(["ministack.app:app", *options])
finally:
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
