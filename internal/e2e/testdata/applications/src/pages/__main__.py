"""Serves one page, whose template lies beside this file, says where, and ends with the first request for /end."""
import importlib.metadata
import threading

import flask
from werkzeug.serving import make_server

app = flask.Flask("pages")


@app.get("/hello/<name>")
def hello(name):
    versions = [f"{d} {importlib.metadata.version(d)}" for d in ("Flask", "jinja2")]
    return flask.render_template("page.html", name=name, versions=versions)


@app.get("/end")
def end():
    threading.Thread(target=server.shutdown).start()
    return "ended"


server = make_server("127.0.0.1", 0, app)
print(f"http://127.0.0.1:{server.port}/", flush=True)
server.serve_forever()
