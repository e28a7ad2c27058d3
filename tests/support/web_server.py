#!/usr/bin/env python3
"""A web server that misbehaves on demand, for the tests: web_server.py FOLDER

Prints its port, serves 127.0.0.1 until stdin ends. Paths:
  /files/NAME            a file of FOLDER, with ETag, ranges and conditions
  /status/CODE[/NAME]    that status, with a short body
  /busy/N/NAME           503 for the first N requests, then the file
  /hops/N/NAME           N redirects, then the file
  /loop                  redirects to itself
  /to/URL                redirects to whatever follows
  /stall/NAME            half of the file, then nothing more
  /silent                takes the request and says nothing
  /dies/N/NAME           the connection breaks in the middle, for the first N requests; ranges are served
  /changes/NAME          breaks once; what is served afterwards has another ETag and other bytes
  /skips/NAME            breaks once; a range is answered with another one
  /short/NAME            announces more than it sends
  /long/NAME             sends more than it announces
  /endless               a body that never ends
  /headers               headers that never end
  /packed/NAME           says that it is gzip
  /slow/NAME             sleeps a moment before it answers
  /count/PATH            how often /PATH was asked for, this time not counted
"""

import hashlib
import http.server
import os
import sys
import threading
import time

FOLDER = sys.argv[1]
counts = {}
counts_lock = threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def content(self, name):
        path = os.path.join(FOLDER, name)
        if ".." in name or not os.path.isfile(path):
            return None
        with open(path, "rb") as file:
            return file.read()

    def head(self, status, headers):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def text(self, status, text):
        body = text.encode()
        self.head(status, [("Content-Length", str(len(body)))])
        self.wfile.write(body)

    def serve(self, data, tag=None):
        """The file with ranges and conditions, as a good server does."""
        if data is None:
            return self.text(404, "there is no such file")
        tag = tag or '"' + hashlib.sha256(data).hexdigest()[:16] + '"'
        if self.headers.get("If-None-Match") == tag:
            return self.head(304, [("ETag", tag)])
        wanted = self.headers.get("Range")
        if wanted and self.headers.get("If-Range") in (None, tag):
            first = int(wanted[len("bytes="):].split("-")[0])
            if first >= len(data):
                return self.head(416, [("Content-Range", f"bytes */{len(data)}"), ("Content-Length", "0")])
            rest = data[first:]
            self.head(206, [("ETag", tag), ("Content-Length", str(len(rest))),
                            ("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")])
            return self.wfile.write(rest)
        self.head(200, [("ETag", tag), ("Content-Length", str(len(data)))])
        self.wfile.write(data)

    def half(self, data, tag):
        """The first half, and an end that nobody expects."""
        self.head(200, [("ETag", tag), ("Content-Length", str(len(data)))])
        self.wfile.write(data[:len(data) // 2])
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(2)

    def do_GET(self):
        path = self.path.split("?")[0]
        if not path.startswith("/count/"):
            with counts_lock:
                count = counts[path] = counts.get(path, 0) + 1
        kind, _, rest = path[1:].partition("/")
        handler = getattr(self, "do_" + kind, None)
        if handler is None:
            return self.text(404, "no such kind")
        try:
            handler(rest, count if kind != "count" else 0)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def do_files(self, name, count):
        self.serve(self.content(name))

    def do_status(self, rest, count):
        self.text(int(rest.split("/")[0]), "as you wished")

    def do_busy(self, rest, count):
        times, _, name = rest.partition("/")
        if count <= int(times):
            return self.head(503, [("Content-Length", "0"), ("Retry-After", "0")])
        self.serve(self.content(name))

    def do_hops(self, rest, count):
        times, _, name = rest.partition("/")
        # Relative and absolute by turns, as real servers do.
        left = int(times) - 1
        where = f"/files/{name}" if left == 0 else f"../{left}/{name}" if left % 2 else f"/hops/{left}/{name}"
        self.head(302, [("Location", where), ("Content-Length", "0")])

    def do_loop(self, rest, count):
        self.head(301, [("Location", "loop"), ("Content-Length", "0")])

    def do_to(self, rest, count):
        self.head(307, [("Location", rest), ("Content-Length", "0")])

    def do_stall(self, name, count):
        data = self.content(name)
        self.head(200, [("Content-Length", str(len(data)))])
        self.wfile.write(data[:len(data) // 2])
        self.wfile.flush()
        time.sleep(20)

    def do_silent(self, rest, count):
        time.sleep(20)

    def do_dies(self, rest, count):
        times, _, name = rest.partition("/")
        data = self.content(name)
        tag = '"one"'
        if count > int(times):
            return self.serve(data, tag)
        if "Range" not in self.headers:
            return self.half(data, tag)
        first = int(self.headers["Range"][len("bytes="):].split("-")[0])
        rest = data[first:]
        self.head(206, [("ETag", tag), ("Content-Length", str(len(rest))),
                        ("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")])
        self.wfile.write(rest[:len(rest) // 2])
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(2)

    def do_changes(self, name, count):
        data = self.content(name)
        if count == 1:
            return self.half(bytes(255 - byte for byte in data), '"old"')
        self.serve(data, '"new"')

    def do_skips(self, name, count):
        data = self.content(name)
        if "Range" not in self.headers:
            return self.half(data, '"one"') if count == 1 else self.serve(data, '"one"')
        rest = data[1:]
        self.head(206, [("ETag", '"one"'), ("Content-Length", str(len(rest))),
                        ("Content-Range", f"bytes 1-{len(data) - 1}/{len(data)}")])
        self.wfile.write(rest)

    def do_short(self, name, count):
        data = self.content(name)
        self.head(200, [("Content-Length", str(len(data) + 1000))])
        self.wfile.write(data)
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(2)

    def do_long(self, name, count):
        data = self.content(name)
        self.head(200, [("Content-Length", str(len(data) - 5))])
        self.wfile.write(data)
        self.close_connection = True

    def do_endless(self, rest, count):
        self.head(200, [("Connection", "close")])
        self.close_connection = True
        while True:
            self.wfile.write(b"x" * 65536)

    def do_headers(self, rest, count):
        self.send_response(200)
        self.end_headers_so_far()
        while True:
            self.wfile.write(b"X-More: " + b"y" * 1000 + b"\r\n")

    def end_headers_so_far(self):
        self.wfile.write(b"".join(self._headers_buffer))
        self._headers_buffer = []

    def do_packed(self, name, count):
        data = self.content(name)
        self.head(200, [("Content-Encoding", "gzip"), ("Content-Length", str(len(data)))])
        self.wfile.write(data)

    def do_slow(self, name, count):
        time.sleep(0.3)
        self.serve(self.content(name))

    def do_count(self, rest, count):
        with counts_lock:
            number = counts.get("/" + rest, 0)
        self.text(200, str(number))


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass


server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
os._exit(0)
