"""Asks Casebook what wrk cannot, for deploy/bench.

ask.py change ADDRESS KEY COUNT < BODY  opens COUNT tickets, and prints in ms how long after its answer each change came
                                        over the live stream: median, 95th, 99th percentile, and the 99th counted from
                                        when the request was sent
ask.py idle ADDRESS KEY COUNT PID       opens COUNT streams on which little happens, and prints the seconds it took and
                                        the resident MB of the process before and after
ask.py sign-in ADDRESS MAIL...          guesses at a workspace's accounts and at as many that are not there, in turn,
                                        and prints the median in ms of both
ask.py pace ADDRESS KEY COUNT PATH      asks COUNT times, 40 times a second, and prints the median and the 99th
                                        percentile in ms
"""

import http.client
import json
import selectors
import socket
import sys
import threading
import time
import uuid
from urllib.parse import urlsplit


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))] * 1000


def opening(address, key):
    host = urlsplit(address).netloc
    return f"GET /v1/events HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n\r\n".encode()


def connect(address):
    place = urlsplit(address)
    return socket.create_connection((place.hostname, place.port), timeout=30)


class Reader(threading.Thread):
    """Notes when each record's change arrives."""

    def __init__(self, address, key):
        super().__init__(daemon=True)
        self.arrived, self.opened = {}, threading.Event()
        self.connection = connect(address)
        self.connection.sendall(opening(address, key))

    def run(self):
        self.connection.settimeout(None)
        for line in self.connection.makefile("rb"):
            if line.startswith(b"retry:"):
                self.opened.set()
            if line.startswith(b"data: "):
                self.arrived.setdefault(json.loads(line[6:]).get("id"), time.monotonic())


def change(address, key, count):
    reader, body = Reader(address, key), sys.stdin.buffer.read()
    reader.start()
    if not reader.opened.wait(30):
        sys.exit("The live stream did not open.")
    writer, written = http.client.HTTPConnection(urlsplit(address).netloc), {}
    for _ in range(count):
        fields = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
            "Idempotency-Key": str(uuid.uuid4()),
        }
        sent = time.monotonic()
        writer.request("POST", "/v1/tickets", body, fields)
        answer = writer.getresponse()
        text = answer.read()
        if answer.status != 201:
            sys.exit(f"A ticket was not opened: {answer.status} {text[:300]}")
        written[json.loads(text)["id"]] = (sent, time.monotonic())
        time.sleep(0.03)
    deadline = time.monotonic() + 30
    while len(reader.arrived.keys() & written.keys()) < count and time.monotonic() < deadline:
        time.sleep(0.05)
    if missing := count - len(reader.arrived.keys() & written.keys()):
        sys.exit(f"{missing} of {count} changes never arrived.")
    after = [max(0, reader.arrived[id] - answered) for id, (_, answered) in written.items()]
    whole = [reader.arrived[id] - sent for id, (sent, _) in written.items()]
    print(*(f"{percentile(after, share):.1f}" for share in (0.5, 0.95, 0.99)), f"{percentile(whole, 0.99):.1f}")


def resident(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def idle(address, key, count, pid):
    before, began = resident(pid), time.monotonic()
    waiting, streams, opened, started = selectors.DefaultSelector(), [], 0, 0
    request = opening(address, key)
    while opened < count:
        # So many at once that opening is what takes the time, and no backlog runs over.
        while started < count and started - opened < 200:
            stream = connect(address)
            stream.sendall(request)
            stream.setblocking(False)
            waiting.register(stream, selectors.EVENT_READ, bytearray())
            streams.append(stream)
            started += 1
        ready = waiting.select(30)
        if not ready:
            sys.exit(f"Only {opened} of {count} streams opened.")
        for stream, _ in ready:
            text = stream.data
            text += stream.fileobj.recv(65536)
            if b"retry:" in text:
                waiting.unregister(stream.fileobj)
                opened += 1
            elif text and not text.startswith(b"HTTP/1.1 200"):
                sys.exit(f"A stream was refused: {bytes(text[:300])}")
    took = time.monotonic() - began
    print(f"{took:.1f} {before:.0f} {resident(pid):.0f}")


def sign_in(address, mails):
    identity, taken = http.client.HTTPConnection(urlsplit(address).netloc), ([], [])
    for mail in mails:
        for place, name in enumerate((mail, f"nobody-{uuid.uuid4()}@example.com")):
            body = json.dumps({"workspace": "main", "email": name, "password": "not the password"})
            began = time.monotonic()
            identity.request("POST", "/v1/sessions", body, {"Content-Type": "application/json"})
            answer = identity.getresponse()
            answer.read()
            if answer.status != 401:
                sys.exit(f"A guess was answered {answer.status}.")
            taken[place].append(time.monotonic() - began)
    print(*(f"{percentile(times, 0.5):.1f}" for times in taken))


def pace(address, key, count, path):
    asker, taken, fields = http.client.HTTPConnection(urlsplit(address).netloc), [], {"Authorization": f"Bearer {key}"}
    began = time.monotonic()
    for number in range(count):
        time.sleep(max(0, began + number * 0.025 - time.monotonic()))
        sent = time.monotonic()
        asker.request("GET", path, headers=fields)
        answer = asker.getresponse()
        answer.read()
        if answer.status != 200:
            sys.exit(f"{path} was answered {answer.status}.")
        taken.append(time.monotonic() - sent)
    print(f"{percentile(taken, 0.5):.1f} {percentile(taken, 0.99):.1f}")


def main():
    what, address, *more = sys.argv[1:]
    if what == "change":
        change(address, more[0], int(more[1]))
    elif what == "idle":
        idle(address, more[0], int(more[1]), int(more[2]))
    elif what == "pace":
        pace(address, more[0], int(more[1]), more[2])
    else:
        sign_in(address, more)


main()
