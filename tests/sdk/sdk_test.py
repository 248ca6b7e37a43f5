"""The official Plivo SDK against `callreel emulator`.

    .venv/bin/python tests/sdk/sdk_test.py PATH/TO/callreel ERA PAGING [unittest arguments]

ERA is current or legacy, PAGING is offset, cursor or hybrid. The SDK was written by others from the real API, so it is a
witness for the emulator that knows nothing of this project's own client. The only thing changed in it is where it sends its
requests: `plivo.rest.client.API_VOICE_BASE_URI` and its two fallbacks.

What a filter must return is never written down here: everything the account has is walked once, and each filtered list is
compared with the same choice made in Python.
"""

import json
import os
import queue
import re
import select
import subprocess
import sys
import threading
import unittest
from datetime import datetime, timedelta, timezone
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlparse

# A proxy in the environment must not come between the SDK and loopback.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"

import plivo
import plivo.base
import plivo.rest.client
from plivo.exceptions import (
    AuthenticationError,
    PlivoRestError,
    ResourceNotFoundError,
    ValidationError,
)
from plivo.utils import validate_v3_signature
from plivo.utils.signature_v3 import construct_get_url, construct_post_url, get_signature_v3

RECORDINGS = 1204
DAYS = 400
# The account that the emulator makes from this seed, and its subaccounts.
SEED = 1
SUBACCOUNTS = ("SA0TDB4GUCZLUKISJ34W", "SAGRLTH5NK1XKSH2WNQM")
# The API's own limits today: without add_time the last 7 days, with it at most 30.
DEFAULT_DAYS, LONGEST_DAYS = 7, 30

CALLREEL = ERA = PAGING = None


class Emulator:
    """An emulator on a free port, and an SDK client that is pointed at it."""

    def __init__(self, *options):
        self.process = subprocess.Popen(
            [CALLREEL, "emulator", "--port", "0", "--output", "json"]
            + ["--era", ERA, "--paging", PAGING, "--recordings", str(RECORDINGS), "--seed", str(SEED)]
            + list(options),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        ready, _, _ = select.select([self.process.stdout], [], [], 30)
        line = self.process.stdout.readline() if ready else ""
        if not line:
            self.close()
            raise RuntimeError("callreel emulator did not print where it listens")
        told = json.loads(line)
        assert sorted(told) == ["api_url", "auth_id", "auth_token"], told
        self.auth_id, self.auth_token = told["auth_id"], told["auth_token"]
        base = told["api_url"].rstrip("/") + "/v1/Account"
        for name in ("", "_FALLBACK_1", "_FALLBACK_2"):
            name = "API_VOICE_BASE_URI" + name
            assert hasattr(plivo.rest.client, name), f"this SDK has no {name}"
            setattr(plivo.rest.client, name, base)
        self.client = self.client_with(self.auth_id, self.auth_token)

    @staticmethod
    def client_with(auth_id, auth_token):
        return plivo.RestClient(auth_id, auth_token, timeout=30)

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=10)
        self.process.stdout.close()


class Receiver:
    """What stands behind a callback_url."""

    def __init__(self):
        came = self.came = queue.Queue()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                url = f"http://{self.headers['Host']}{self.path}"
                came.put((self.command, url, self.headers, body))
                self.send_response(200)
                self.end_headers()

            do_GET = do_POST

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/plivo/hook?tenant=7"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def next(self, token):
        """The method and the answer of the next delivery, whose signature the SDK must accept."""
        method, url, headers, body = self.came.get(timeout=30)
        if method == "GET":
            fields, params = parse_qs(urlparse(url).query), None
        elif headers["Content-Type"] == "application/json":
            fields, params = None, json.loads(body)
        else:
            fields = parse_qs(body)
            params = {name: values[0] for name, values in fields.items()}
        text = params["response"] if params else fields["response"][0]
        nonce, signature = headers["X-Plivo-Signature-V3-Nonce"], headers["X-Plivo-Signature-V3"]

        def accepts(token):
            return validate_v3_signature(method, url, nonce, token, signature, params and dict(params))

        assert accepts(token), f"{method} {url} is not signed as the SDK has it"
        assert not accepts(token + "x"), "the SDK accepts any signature"
        return method, json.loads(text)


class Listen:
    """`callreel listen` behind a callback_url, until it has printed so many deliveries."""

    def __init__(self, token, count, *options):
        self.process = subprocess.Popen(
            [CALLREEL, "listen", "--addr", "127.0.0.1:0", "--require-signature"]
            + ["--count", str(count), "--timeout", "60"]
            + list(options),
            env={**os.environ, "PLIVO_AUTH_TOKEN": token},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        line = self.process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert found, f"it does not say where it listens: {line!r}"
        self.url = found[0]

    def close(self):
        self.process.kill()
        self.process.communicate()

    def send(self, method, target, headers, body):
        """The status with which it answers a delivery."""
        connection = HTTPConnection(urlparse(self.url).netloc, timeout=30)
        connection.request(method, target, body, headers)
        status = connection.getresponse().status
        connection.close()
        return status

    def lines(self):
        """Everything it printed, once it has ended well."""
        out, err = self.process.communicate(timeout=90)
        assert self.process.returncode == 0, err
        return [json.loads(line) for line in out.splitlines()]


def utc_now():
    return datetime.now(timezone.utc).replace(tzinfo=None)


def moment(text):
    """An add_time in any of the forms the API writes, as naive UTC."""
    form = r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:Z|([+-])(\d\d):(\d\d))?"
    found = re.fullmatch(form, text)
    assert found, f"not a time of the API: {text!r}"
    day, clock, fraction, sign, hours, minutes = found.groups()
    at = datetime.strptime(f"{day} {clock}", "%Y-%m-%d %H:%M:%S")
    at += timedelta(microseconds=int((fraction or "").ljust(6, "0")))
    if sign:
        zone = timedelta(hours=int(hours), minutes=int(minutes))
        at += zone if sign == "-" else -zone
    return at


def plain(recording):
    """A recording's own fields, without what the SDK puts beside them."""
    return {name: value for name, value in vars(recording).items() if name not in ("client", "_name", "api_id")}


def ids(recordings):
    return [recording.recording_id for recording in recordings]


def pages(client, limit=20, **filters):
    """Every page of a list, following `meta.next` by the SDK's own reading of it."""
    params = {"limit": limit}
    for _ in range(RECORDINGS):
        page = client.recordings.list(**filters, **params)
        yield page
        following = plivo.base._next_page_params(page, limit)
        if following is plivo.base._END_OF_PAGES:
            return
        assert isinstance(following, dict), f"meta.next cannot be followed: {page.meta.next!r}"
        assert following != params, "meta.next leads back to the same page"
        params = following
    raise AssertionError("the pages do not end")


def walk(client, limit=20, **filters):
    return [recording for page in pages(client, limit, **filters) for recording in page]


class SdkTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator()
        cls.addClassCleanup(cls.emulator.close)
        cls.client = cls.emulator.client
        # A fixed upper bound: everything older than this moment stays what it is during the test.
        cls.until = utc_now() + timedelta(minutes=1)
        cls.everything = []
        windows = range((DAYS + 20) // LONGEST_DAYS) if ERA == "current" else []
        for window in windows:
            upper = cls.until - timedelta(days=LONGEST_DAYS * window)
            lower = upper - timedelta(days=LONGEST_DAYS)
            cls.everything += walk(cls.client, add_time__gte=lower, add_time__lt=upper)
        if ERA == "legacy":
            cls.everything = walk(cls.client)
        month = cls.until - timedelta(days=LONGEST_DAYS)
        cls.month = [r for r in cls.everything if moment(r.add_time) >= month]
        cls.in_month = {"add_time__gte": month, "add_time__lt": cls.until}

    # --- lists ---

    def test_windows_or_one_walk_give_every_recording_once_newest_first(self):
        self.assertEqual(len(self.everything), RECORDINGS)
        self.assertEqual(len(set(ids(self.everything))), RECORDINGS)
        times = [moment(r.add_time) for r in self.everything]
        self.assertEqual(times, sorted(times, reverse=True))
        self.assertGreater(len(self.month), 3 * 20, "too few for several pages")

    def test_the_sdk_iterates_over_what_a_bare_list_means(self):
        before = utc_now() - timedelta(days=DEFAULT_DAYS)
        walked = ids(self.client.recordings)
        after = utc_now() - timedelta(days=DEFAULT_DAYS)
        if ERA == "legacy":
            self.assertEqual(walked, ids(self.everything))
        else:
            # The edge of "the last 7 days" moves on while pages are fetched.
            surely = [r for r in self.everything if moment(r.add_time) >= after]
            perhaps = [r for r in self.everything if moment(r.add_time) >= before]
            self.assertGreater(len(surely), 0)
            self.assertIn(walked, [ids(perhaps[:n]) for n in range(len(surely), len(perhaps) + 1)])

    def test_pages_of_every_size_join_up(self):
        for limit in (1, 7, 19, 20):
            with self.subTest(limit=limit):
                wanted = self.month if limit > 1 else self.month[:25]
                filters = dict(self.in_month)
                if limit == 1:
                    filters["add_time__gte"] = moment(wanted[-1].add_time)
                got = list(pages(self.client, limit, **filters))
                self.assertEqual([r for page in got for r in ids(page)], ids(wanted))
                self.assertTrue(all(len(page) == limit for page in got[:-1]))
                self.assertTrue(all(page.meta.limit == limit for page in got))
                self.assertTrue(all(page.meta.total_count == len(wanted) for page in got))
                self.assertTrue(all(page.api_id for page in got))

    def test_meta_next_is_written_as_the_paging_mode_has_it(self):
        first = self.client.recordings.list(limit=5, **self.in_month)
        link = urlparse(first.meta.next)
        self.assertEqual(link.path, f"/v1/Account/{self.emulator.auth_id}/Recording/")
        self.assertEqual((link.scheme, link.netloc), ("", ""), "meta.next is a relative path")
        query = parse_qs(link.query)
        self.assertEqual(query["limit"], ["5"])
        self.assertEqual("cursor" in query, PAGING in ("cursor", "hybrid"))
        if PAGING == "offset":
            self.assertEqual(query["offset"], ["5"])
        self.assertIsNone(first.meta.previous)
        last = list(pages(self.client, 20, **self.in_month))[-1]
        self.assertIsNone(last.meta.next)

    def test_an_offset_counts_unless_the_mode_ignores_it(self):
        got = ids(self.client.recordings.list(limit=10, offset=25, **self.in_month))
        start = 0 if PAGING == "cursor" else 25
        self.assertEqual(got, ids(self.month[start : start + 10]))
        beyond = self.client.recordings.list(limit=10, offset=len(self.month) + 5, **self.in_month)
        self.assertEqual(len(beyond), 10 if PAGING == "cursor" else 0)

    def test_a_hybrid_server_counts_an_offset_even_beside_a_cursor(self):
        if PAGING != "hybrid":
            self.skipTest("only hybrid paging")
        first = self.client.recordings.list(limit=5, offset=0, **self.in_month)
        cursor = parse_qs(urlparse(first.meta.next).query)["cursor"][0]
        again = self.client.recordings.list(limit=5, offset=0, cursor=cursor, **self.in_month)
        self.assertEqual(ids(again), ids(first))

    # --- filters ---

    def test_each_add_time_bound_in_each_form(self):
        newer, older = self.month[10], self.month[-10]
        for lower in ("gt", "gte"):
            for upper in ("lt", "lte"):
                for cut in ("minute", "second", "microsecond"):
                    bounds, text = {}, {}
                    for name, recording in ((lower, older), (upper, newer)):
                        at = moment(recording.add_time)
                        at = at.replace(microsecond=0) if cut != "microsecond" else at
                        at = at.replace(second=0) if cut == "minute" else at
                        form = {"minute": "%Y-%m-%d %H:%M", "second": "%Y-%m-%d %H:%M:%S"}
                        bounds[name] = at
                        text["add_time__" + name] = at.strftime(form.get(cut, "%Y-%m-%d %H:%M:%S.%f"))
                    with self.subTest(**text):
                        wanted = [r for r in self.everything if inside(moment(r.add_time), bounds)]
                        self.assertEqual(ids(walk(self.client, **text)), ids(wanted))
                        times = {"add_time__" + name: at for name, at in bounds.items()}
                        self.assertEqual(ids(walk(self.client, **times)), ids(wanted), "given as datetime")

    def test_one_bound_alone(self):
        at = moment(self.month[20].add_time)
        self.assertEqual(
            ids(walk(self.client, add_time__gt=at)), ids(r for r in self.month if moment(r.add_time) > at)
        )
        if ERA == "legacy":
            oldest = moment(self.everything[-30].add_time)
            wanted = [r for r in self.everything if moment(r.add_time) < oldest]
            self.assertEqual(ids(walk(self.client, add_time__lt=oldest)), ids(wanted))

    def equal_filter(self, name, filters, among):
        values = [getattr(r, name, None) for r in among]
        values = [value for value in values if value not in (None, "", "noname")]
        self.assertTrue(values, f"no recording has a {name}")
        for value in dict.fromkeys((values[0], values[-1])):
            wanted = [r for r in among if getattr(r, name, None) == value]
            self.assertLess(len(wanted), len(among), f"{name}={value} chooses nothing")
            self.assertEqual(ids(walk(self.client, **{name: value}, **filters)), ids(wanted), f"{name}={value}")
        self.assertEqual(len(self.client.recordings.list(**{name: "nothing-has-this"}, **filters)), 0)

    def test_each_filter_by_equality(self):
        # The seed knew one of these, the others came in 2022.
        names = ["call_uuid"]
        if ERA == "current":
            names += ["from_number", "to_number", "conference_name", "conference_uuid", "mpc_name", "mpc_uuid"]
        for name in names:
            with self.subTest(name):
                filters, among = self.somewhere_with(name)
                self.equal_filter(name, filters, among)

    def somewhere_with(self, name):
        """A range of 30 days that holds something of that name, and what is in it."""
        has = [r for r in self.everything if getattr(r, name, None) not in (None, "", "noname")]
        self.assertTrue(has, f"no recording has a {name}")
        upper = moment(has[0].add_time) + timedelta(microseconds=1)
        bounds = {"gte": upper - timedelta(days=LONGEST_DAYS), "lt": upper}
        return (
            {"add_time__" + bound: at for bound, at in bounds.items()},
            [r for r in self.everything if inside(moment(r.add_time), bounds)],
        )

    def test_subaccount(self):
        # No field of a recording says whose it is, so what a list must hold cannot be computed here.
        theirs = [ids(walk(self.client, subaccount=subaccount, **self.in_month)) for subaccount in SUBACCOUNTS]
        month = ids(self.month)
        for some in theirs:
            self.assertGreater(len(some), 0)
            self.assertLess(len(some), len(month))
            self.assertEqual(some, [i for i in month if i in some], "a part of the month, in its order")
        self.assertFalse(set(theirs[0]) & set(theirs[1]))
        self.assertEqual(walk(self.client, subaccount="SA" + "X" * 18, **self.in_month), [])

    def test_recording_storage_duration(self):
        if ERA == "legacy":
            self.skipTest("the seed has no such filter")
        name = "recording_storage_duration"
        stored = lambda r: int(getattr(r, name))
        # A recording's days grow while the test runs: take a number that none reaches or leaves in the next hour.
        # From an hour before now, since `until` lies ahead of the emulator's clock: by it a day may seem to have begun.
        soon = lambda r: (utc_now() - timedelta(hours=1) - moment(r.add_time)) % timedelta(days=1) > timedelta(hours=22)
        moving = {stored(r) + n for r in self.everything if soon(r) for n in (0, 1)}
        pivot = next(stored(r) for r in self.everything[RECORDINGS // 2 :] if stored(r) not in moving)
        for suffix, choose in {
            "": lambda days: days == pivot,
            "__gt": lambda days: days > pivot,
            "__gte": lambda days: days >= pivot,
            "__lt": lambda days: days < pivot,
            "__lte": lambda days: days <= pivot,
        }.items():
            with self.subTest(name + suffix, days=pivot):
                wanted = [r for r in self.everything if choose(stored(r))]
                self.assertTrue(wanted)
                self.assertEqual(ids(walk(self.client, **{name + suffix: pivot})), ids(wanted))
        with self.assertRaises(ValidationError):
            self.client.recordings.list(**{name: pivot}, **self.in_month)

    def test_filters_together(self):
        if ERA == "legacy":
            self.skipTest("the seed has too few filters")
        one = next(r for r in self.month if r.from_number and r.to_number)
        filters = {"from_number": one.from_number, "to_number": one.to_number, "call_uuid": one.call_uuid}
        wanted = [r for r in self.month if all(getattr(r, n) == v for n, v in filters.items())]
        self.assertEqual(ids(walk(self.client, **filters, **self.in_month)), ids(wanted))

    # --- one recording ---

    def test_fields_of_the_era(self):
        seed = {
            "add_time", "call_uuid", "conference_name", "recording_format",
            "recording_id", "recording_type", "recording_url", "resource_uri",
        }  # fmt: skip
        for recording in self.everything:
            fields = set(plain(recording))
            self.assertLessEqual(seed, fields)
            if ERA == "legacy":
                self.assertEqual(fields, seed)
        if ERA == "current":
            self.assertIn("recording_duration_ms", plain(self.everything[0]))

    def test_get_gives_what_the_list_gave(self):
        for listed in (self.everything[0], self.everything[RECORDINGS // 2], self.everything[-1]):
            got = self.client.recordings.get(listed.recording_id)
            self.assertTrue(got.api_id)
            self.assertEqual(plain(got), plain(listed))
            self.assertEqual(got.id, listed.recording_id)

    def test_delete(self):
        # An emulator of its own: the others compare with what was there at the beginning.
        emulator = Emulator()
        self.addCleanup(emulator.close)
        self.addCleanup(self.point_back)
        client = emulator.client
        upper = utc_now() + timedelta(minutes=1)
        bounds = {"add_time__gte": upper - timedelta(days=LONGEST_DAYS), "add_time__lt": upper}
        before = walk(client, **bounds)
        by_id, by_itself = before[3], before[-4]
        client.recordings.delete(by_id.recording_id)
        client.recordings.get(by_itself.recording_id).delete()
        for gone in (by_id, by_itself):
            with self.assertRaises(ResourceNotFoundError):
                client.recordings.get(gone.recording_id)
            with self.assertRaises(ResourceNotFoundError):
                client.recordings.delete(gone.recording_id)
        gone = (by_id.recording_id, by_itself.recording_id)
        after = list(pages(client, **bounds))
        self.assertEqual([i for page in after for i in ids(page)], [i for i in ids(before) if i not in gone])
        self.assertEqual(after[0].meta.total_count, len(before) - 2)

    def point_back(self):
        """Requests go to the class's own emulator again."""
        client = self.client
        client.voice_retry_count = 0
        for name in ("", "_FALLBACK_1", "_FALLBACK_2"):
            setattr(plivo.rest.client, "API_VOICE_BASE_URI" + name, client.base_uri)

    # --- asynchronous mode ---

    def test_answers_come_by_callback_and_are_signed(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        self.addCleanup(self.point_back)
        for form in ("field", "text"):
            emulator = Emulator("--callback-form", form)
            self.addCleanup(emulator.close)
            recordings = emulator.client.recordings
            upper = utc_now() + timedelta(minutes=1)
            bounds = {"add_time__gte": upper - timedelta(days=LONGEST_DAYS), "add_time__lt": upper}
            wanted = ids(recordings.list(**bounds))
            for method in (None, "POST", "GET"):
                hook = {"callback_url": receiver.url}
                hook |= {"callback_method": method} if method else {}
                with self.subTest(form=form, method=method):

                    def called(accepted):
                        self.assertEqual(accepted.message, "async api spawned")
                        sent_by, answer = receiver.next(emulator.auth_token)
                        self.assertEqual(sent_by, method or "POST")
                        self.assertEqual(answer["api_id"], accepted.api_id)
                        return answer

                    listed = called(recordings.list(**bounds, **hook))
                    self.assertEqual([row["recording_id"] for row in listed["objects"]], wanted)
                    got = called(recordings.get(wanted[0], **hook))
                    self.assertEqual(got["recording_id"], wanted[0])
                    self.assertEqual(called(recordings.delete(wanted[0], **hook))["message"], "deleted")
                    self.assertIn("error", called(recordings.get(wanted[0], **hook)))
                    wanted = ids(recordings.list(**bounds))

    def test_callreel_listens_for_what_the_sdk_asked(self):
        emulator = Emulator()
        self.addCleanup(emulator.close)
        self.addCleanup(self.point_back)
        recordings = emulator.client.recordings
        upper = utc_now() + timedelta(minutes=1)
        bounds = {"add_time__gte": upper - timedelta(days=LONGEST_DAYS), "add_time__lt": upper}
        wanted = ids(recordings.list(**bounds))
        receiver = Listen(emulator.auth_token, 4)
        self.addCleanup(receiver.close)
        accepted = [
            recordings.list(callback_url=receiver.url, **bounds),
            recordings.get(wanted[1], callback_url=receiver.url, callback_method="GET"),
            recordings.delete(wanted[2], callback_url=receiver.url),
            recordings.get("no-such-id", callback_url=receiver.url),
        ]
        # Deliveries are independent of one another, and come in whatever order.
        came = {line["api_id"]: line for line in receiver.lines()}
        self.assertEqual(len(came), 4)
        listed, got, deleted, missing = (came[one.api_id] for one in accepted)
        self.assertEqual({line["signature"] for line in came.values()}, {"signed"})
        self.assertEqual([row["recording_id"] for row in listed["answer"]["objects"]], wanted)
        self.assertEqual((listed["method"], got["method"]), ("POST", "GET"))
        self.assertEqual(got["answer"]["recording_id"], wanted[1])
        self.assertEqual(deleted["answer"]["message"], "deleted")
        self.assertIn("no-such-id", missing["answer"]["error"])

    def test_callreel_takes_what_the_sdk_signs(self):
        token = "hunter22hunter22"
        # The URL that was given to the API, and what callreel is told of it.
        for hook, *public in (
            ("{here}",),
            ("{here}plivo?z=1&a=x+y&a=%26&e=",),
            ("https://hooks.example.net/plivo;v=1/hook;w", "https://hooks.example.net"),
            ("https://hooks.example.net:8443/plivo?z=1&a=b%20c", "https://hooks.example.net:8443/plivo"),
            ("https://Hooks.Example.net:443/a/../plivo", "https://Hooks.Example.net:443/a/../plivo"),
        ):
            with self.subTest(hook=hook):
                listen = Listen(token, 3, *(["--public-url", *public] if public else []))
                self.addCleanup(listen.close)
                hook = hook.format(here=listen.url)

                def deliver(method, url, params, kind=None, body=None, token=token):
                    signed = construct_get_url(url, {}) if method == "GET" else construct_post_url(url, params)
                    headers = {
                        "X-Plivo-Signature-V3": get_signature_v3(token.encode(), signed.decode(), "7").decode(),
                        "X-Plivo-Signature-V3-Nonce": "7",
                    }
                    # A proxy names itself, and not the host that was asked for.
                    headers |= {"Host": "inner.example.net:9"} if public else {}
                    headers |= {"Content-Type": kind} if kind else {}
                    asked = urlparse(url)
                    target = asked.path + (f";{asked.params}" if asked.params else "")
                    target += f"?{asked.query}" if asked.query else ""
                    return listen.send(method, target, headers, body)

                form = {"response": json.dumps({"api_id": "form", "name": "Zoë"}), "more": "a b&c"}
                as_form = ("POST", hook, form, "application/x-www-form-urlencoded", urlencode(form))
                flat = {"api_id": "flat", "limit": 20, "meta": {"z": "1", "inner": {"k": 1.5}}, "tags": ["b", "a", "10"]}
                answer = urlencode({"response": json.dumps({"api_id": "get", "name": "Zoë"})})
                as_get = ("GET", hook + ("&" if "?" in hook else "?") + answer, {})
                self.assertEqual(deliver(*as_form, token=token + "x"), 403)
                self.assertEqual(deliver(*as_get, token=token + "x"), 403)
                self.assertEqual(deliver(*as_form), 200)
                self.assertEqual(deliver("POST", hook, flat, "application/json", json.dumps(flat)), 200)
                self.assertEqual(deliver(*as_get), 200)
                came = {(line["api_id"], line["method"], line["signature"]) for line in listen.lines()}
                wanted = {("form", "POST", "signed"), ("flat", "POST", "signed"), ("get", "GET", "signed")}
                self.assertEqual(came, wanted)

    # --- errors ---

    def test_wrong_credentials(self):
        for auth_id, auth_token in (
            (self.emulator.auth_id, "wrong"),
            ("MA" + "X" * 18, self.emulator.auth_token),
        ):
            client = self.emulator.client_with(auth_id, auth_token)
            for call in (
                lambda: client.recordings.list(),
                lambda: client.recordings.get(self.month[0].recording_id),
                lambda: client.recordings.delete(self.month[0].recording_id),
            ):
                with self.assertRaises(AuthenticationError):
                    call()
        self.assertEqual(self.client.recordings.get(self.month[0].recording_id).id, self.month[0].recording_id)

    def test_not_found(self):
        with self.assertRaises(ResourceNotFoundError) as caught:
            self.client.recordings.get("00000000-0000-0000-0000-000000000000")
        self.assertTrue(str(caught.exception))
        with self.assertRaises(ResourceNotFoundError):
            self.client.recordings.delete("00000000-0000-0000-0000-000000000000")

    def test_bad_times_are_refused_with_the_name_of_the_parameter(self):
        for name in ("add_time__gt", "add_time__gte", "add_time__lt", "add_time__lte"):
            for bad in ("yesterday", "2026-13-01 00:00", "2026-11-01T00:00:00Z"):
                with self.subTest(name, bad=bad):
                    with self.assertRaises(ValidationError) as caught:
                        self.client.recordings.list(**{name: bad})
                    self.assertIn(name, str(caught.exception))

    def test_a_range_over_30_days(self):
        over = {"add_time__gte": self.until - timedelta(days=LONGEST_DAYS, seconds=1), "add_time__lt": self.until}
        if ERA == "current":
            with self.assertRaises(ValidationError) as caught:
                self.client.recordings.list(**over)
            self.assertIn("30", str(caught.exception))
        else:
            self.assertEqual(len(self.client.recordings.list(**over)), 20)

    def test_the_sdk_falls_back_when_the_server_fails_and_reports_a_429(self):
        emulator = Emulator("--fault", "500*2")
        self.addCleanup(emulator.close)
        self.addCleanup(self.point_back)
        self.assertEqual(len(emulator.client.recordings.list(**self.in_month).objects), 20)
        limited = Emulator("--fault", "429-bare*1")
        self.addCleanup(limited.close)
        with self.assertRaises(PlivoRestError) as caught:
            limited.client.recordings.list(**self.in_month)
        self.assertIn("429", str(caught.exception))
        self.assertEqual(len(limited.client.recordings.list(**self.in_month)), 20)

    # --- without totals ---

    def test_walks_without_total_count(self):
        emulator = Emulator("--no-total")
        self.addCleanup(emulator.close)
        self.addCleanup(self.point_back)
        upper = utc_now() + timedelta(minutes=1)
        got = list(
            pages(emulator.client, add_time__gte=upper - timedelta(days=LONGEST_DAYS), add_time__lt=upper)
        )
        self.assertTrue(all(getattr(page.meta, "total_count", None) is None for page in got))
        every = [i for page in got for i in ids(page)]
        self.assertEqual(len(every), len(set(every)))
        self.assertGreater(len(every), 3 * 20)


def inside(at, bounds):
    tests = {
        "gt": lambda bound: at > bound,
        "gte": lambda bound: at >= bound,
        "lt": lambda bound: at < bound,
        "lte": lambda bound: at <= bound,
    }
    return all(tests[name](bound) for name, bound in bounds.items())


if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[2] not in ("current", "legacy"):
        sys.exit(__doc__)
    CALLREEL, ERA, PAGING = sys.argv[1:4]
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]])
