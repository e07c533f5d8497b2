"""The web server and its command line."""

import argparse
import signal
import threading
from html import escape
from importlib.resources import files
from socketserver import ThreadingMixIn
from string import Template
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from guestbook.book import Book

MAX_FORM = 64 * 1024


def resource(*path):
    return files("guestbook").joinpath(*path)


class Application:
    """The WSGI application."""

    def __init__(self, book):
        self.book = book

    def __call__(self, environ, start_response):
        route = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if route == ("GET", "/"):
            return self.respond(start_response, "200 OK", "text/html", self.page())
        if route == ("POST", "/"):
            self.sign(environ)
            start_response("303 See Other", [("Location", "/")])
            return []
        if route == ("GET", "/style.css"):
            return self.respond(start_response, "200 OK", "text/css", resource("static", "style.css").read_text("utf-8"))
        return self.respond(start_response, "404 Not Found", "text/plain", "Not found\n")

    def respond(self, start_response, status, kind, text):
        body = text.encode()
        start_response(status, [("Content-Type", f"{kind}; charset=utf-8"), ("Content-Length", str(len(body)))])
        return [body]

    def page(self):
        template = Template(resource("templates", "page.html").read_text("utf-8"))
        entries = "\n".join(
            f"<li><b>{escape(name)}</b> {escape(message)}</li>" for name, message in self.book.entries()
        )
        return template.substitute(entries=entries)

    def sign(self, environ):
        size = min(int(environ.get("CONTENT_LENGTH") or 0), MAX_FORM)
        form = parse_qs(environ["wsgi.input"].read(size).decode("utf-8", "replace"))
        name, message = (form.get(key, [""])[0].strip() for key in ("name", "message"))
        if name and message:
            self.book.sign(name, message)


class QuietHandler(WSGIRequestHandler):
    """Logs nothing."""

    def log_message(self, format, *args):
        pass


class Server(ThreadingMixIn, WSGIServer):
    """Serves each connection in a thread, so that one that says nothing holds nobody up."""

    daemon_threads = True


def stop_on_signals(server):
    """Ends serve_forever on Ctrl-C and SIGTERM. A KeyboardInterrupt would end the program with a traceback."""

    def stop(signum, frame):
        threading.Thread(target=server.shutdown).start()  # waits for serve_forever, which runs in this thread

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)


def main():
    parser = argparse.ArgumentParser(prog="guestbook", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1, 0 for a free one (default 8000)")
    parser.add_argument("--database", default=":memory:", help="SQLite file (default: in memory)")
    options = parser.parse_args()
    application = Application(Book(options.database))
    with make_server("127.0.0.1", options.port, application, Server, QuietHandler) as server:
        stop_on_signals(server)
        print(f"serving on http://127.0.0.1:{server.server_port}/", flush=True)
        server.serve_forever()
