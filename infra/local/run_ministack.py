"""MiniStack on one address, in a folder of its own. It ends with whoever started it: its standard input closes then."""

import json
import os
import shutil
import signal
import sys
import threading
import time

from hypercorn.__main__ import main
from ministack.services import lambda_svc

PATIENCE_SECONDS = 5


def end_with_parent():
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE_SECONDS)
    os._exit(1)


execute = lambda_svc._execute_function


def execute_with_failures(function, event):
    """MiniStack reads which records of a queue failed, but not which of a table's stream: here that batch is delivered again."""
    result = execute(function, event)
    records = event.get("Records") if isinstance(event, dict) else None
    body = result.get("body")
    answer = json.loads(body) if isinstance(body, str) and body.startswith("{") else body
    is_stream = bool(records) and records[0].get("eventSource") == "aws:dynamodb"
    if is_stream and isinstance(answer, dict) and answer.get("batchItemFailures"):
        return {**result, "error": True}
    return result


lambda_svc._execute_function = execute_with_failures
threading.Thread(target=end_with_parent, daemon=True).start()
# MiniStack's own command binds the address that it hands out in URLs; with a proxy in front of it, these differ.
options = ["--bind", sys.argv[1], "--workers", "0", "--log-level", "WARNING", "--keep-alive", "75"]
try:
    main(["ministack.app:app", *options])
finally:
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
