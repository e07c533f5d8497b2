"""The entries, in SQLite."""

import sqlite3
import threading
from importlib.resources import files


class Book:
    """A guest book in a database file, or in memory for the path ":memory:". Threads may share it."""

    def __init__(self, path):
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False)
        self._db.executescript(files(__package__).joinpath("schema.sql").read_text(encoding="utf-8"))

    def sign(self, name, message):
        with self._lock, self._db:
            self._db.execute("INSERT INTO entry (name, message) VALUES (?, ?)", (name, message))

    def entries(self):
        """Returns (name, message) pairs, the newest first."""
        with self._lock:
            return self._db.execute("SELECT name, message FROM entry ORDER BY id DESC").fetchall()
