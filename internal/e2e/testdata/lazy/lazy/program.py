"""Says when modules that wait are loaded."""

import sys
import threading

import heavy
import sqlite3

print("heavy" in sys.modules, "sqlite3.dbapi2" in sys.modules, type(heavy).__name__)
import heavy.sub

print("heavy.sub" in sys.modules)
values = []
threads = [threading.Thread(target=lambda: values.append(heavy.sub.VALUE)) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(set(values), type(heavy), sqlite3.connect(":memory:").execute("select 1").fetchone())
