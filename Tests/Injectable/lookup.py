#!/usr/bin/env python3
"""A page that anybody can inject SQL into, on purpose: it shows that the tool which looks for such pages finds one.

    lookup.py PORT PSQL-ARGUMENT...

Listens on loopback; `GET /lookup?word=W` puts W into a statement as it is. Ends with its parent (prctl(2)).
"""

import ctypes
import http.server
import json
import signal
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

STATEMENT = "SELECT name FROM identity.workspace WHERE slug = '{}' ORDER BY name"


class Lookup(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        word = parse_qs(urlsplit(self.path).query).get("word", [""])[0].replace("\0", "")
        asked = subprocess.run(
            ["psql", "--no-psqlrc", "--tuples-only", "--no-align", "--quiet", *sys.argv[2:], "--command",
             STATEMENT.format(word)],
            capture_output=True, text=True, check=False)
        # As the real services do: a problem tells nothing of the inside.
        body = json.dumps({"items": asked.stdout.splitlines()} if asked.returncode == 0 else {"code": "internal_error"})
        self.send_response(200 if asked.returncode == 0 else 500)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


ctypes.CDLL(None).prctl(1, signal.SIGKILL)
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Lookup).serve_forever()
