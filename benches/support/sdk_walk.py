"""Lists everything of the last so many days with the official Plivo SDK, as its users do: page after page, month after month.

    .venv/bin/python benches/support/sdk_walk.py API_URL AUTH_ID AUTH_TOKEN DAYS

Prints the recordings' ids in order and the seconds that the walk took, without the start of Python, as one line of JSON.
"""

import json
import os
import sys
import time
from datetime import datetime, timedelta, timezone

os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"

import plivo
import plivo.base
import plivo.rest.client

WINDOW_DAYS = 30


def walk(client, lower, upper):
    params = {"limit": 20}
    while True:
        page = client.recordings.list(add_time__gte=lower, add_time__lt=upper, **params)
        yield from (recording.recording_id for recording in page)
        # The SDK's own reading of meta.next, in all three paging modes.
        following = plivo.base._next_page_params(page, 20)
        if following is plivo.base._END_OF_PAGES:
            return
        params = following


def main():
    url, auth_id, auth_token, days = sys.argv[1:]
    for name in ("", "_FALLBACK_1", "_FALLBACK_2"):
        setattr(plivo.rest.client, "API_VOICE_BASE_URI" + name, url.rstrip("/") + "/v1/Account")
    client = plivo.RestClient(auth_id, auth_token, timeout=30)
    until = datetime.now(timezone.utc).replace(tzinfo=None)
    begun = time.monotonic()
    ids = []
    for start in range(0, int(days), WINDOW_DAYS):
        length = min(WINDOW_DAYS, int(days) - start)
        upper = until - timedelta(days=start)
        ids += walk(client, upper - timedelta(days=length), upper)
    print(json.dumps({"seconds": time.monotonic() - begun, "ids": ids}))


main()
