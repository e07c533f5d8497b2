"""Import much of the standard library, and print how long that took.

The output is one line: wall seconds, CPU seconds, how many modules sys.modules gained, and what kind of loader they
came from. The argument, if there is one, is the zip file to import from.
"""

import sys
import time

# Modules and submodules that import on a machine without a display, say nothing and start nothing.
NAMES = """
__future__ abc annotationlib argparse ast asyncio asyncio.base_events asyncio.base_futures asyncio.base_subprocess
asyncio.base_tasks asyncio.constants asyncio.coroutines asyncio.events asyncio.exceptions asyncio.format_helpers
asyncio.futures asyncio.graph asyncio.locks asyncio.log asyncio.mixins asyncio.proactor_events asyncio.protocols
asyncio.queues asyncio.runners asyncio.selector_events asyncio.sslproto asyncio.staggered asyncio.streams
asyncio.subprocess asyncio.taskgroups asyncio.tasks asyncio.threads asyncio.timeouts asyncio.transports
asyncio.trsock asyncio.unix_events base64 bdb bisect bz2 cProfile calendar cmd code codecs codeop collections
colorsys compileall compression compression.bz2 compression.gzip compression.lzma compression.zlib compression.zstd
concurrent concurrent.futures concurrent.futures.interpreter concurrent.futures.process concurrent.futures.thread
concurrent.interpreters configparser contextlib contextvars copy copyreg csv ctypes ctypes.util ctypes.wintypes
curses curses.ascii curses.has_key curses.panel curses.textpad dataclasses datetime dbm dbm.dumb dbm.sqlite3
decimal difflib dis email email.base64mime email.charset email.contentmanager email.encoders email.errors
email.feedparser email.generator email.header email.headerregistry email.iterators email.message email.mime
email.mime.application email.mime.audio email.mime.base email.mime.image email.mime.message email.mime.multipart
email.mime.nonmultipart email.mime.text email.parser email.policy email.quoprimime email.utils enum filecmp
fileinput fnmatch fractions ftplib functools getopt getpass gettext glob graphlib gzip hashlib heapq hmac html
html.entities html.parser http http.client http.cookiejar http.cookies http.server imaplib importlib importlib.abc
importlib.machinery importlib.metadata importlib.metadata.diagnose importlib.readers importlib.resources
importlib.resources.abc importlib.resources.readers importlib.resources.simple importlib.simple importlib.util
inspect io ipaddress json json.decoder json.encoder json.scanner json.tool keyword linecache locale logging
logging.config logging.handlers lzma mailbox mimetypes modulefinder multiprocessing multiprocessing.connection
multiprocessing.context multiprocessing.dummy multiprocessing.dummy.connection multiprocessing.forkserver
multiprocessing.heap multiprocessing.managers multiprocessing.pool multiprocessing.popen_fork
multiprocessing.popen_forkserver multiprocessing.popen_spawn_posix multiprocessing.process multiprocessing.queues
multiprocessing.reduction multiprocessing.resource_sharer multiprocessing.resource_tracker
multiprocessing.shared_memory multiprocessing.sharedctypes multiprocessing.spawn multiprocessing.synchronize
multiprocessing.util netrc ntpath numbers opcode operator optparse os pathlib pathlib.types pdb pickle pickletools
pkgutil platform plistlib poplib posixpath pprint profile pstats pty py_compile pyclbr pydoc queue quopri random re
reprlib runpy sched secrets selectors shelve shlex shutil signal smtplib socket socketserver sqlite3 sqlite3.dbapi2
sqlite3.dump ssl stat statistics string string.templatelib stringprep struct subprocess symtable sysconfig tabnanny
tarfile tempfile textwrap threading timeit token tokenize tomllib trace traceback tracemalloc tty types typing
unittest unittest.async_case unittest.case unittest.loader unittest.main unittest.mock unittest.result
unittest.runner unittest.signals unittest.suite unittest.util urllib urllib.error urllib.parse urllib.request
urllib.response urllib.robotparser uuid venv warnings wave weakref webbrowser wsgiref wsgiref.handlers
wsgiref.headers wsgiref.simple_server wsgiref.types wsgiref.util wsgiref.validate xml xml.dom xml.dom.NodeFilter
xml.dom.domreg xml.dom.expatbuilder xml.dom.minicompat xml.dom.minidom xml.dom.pulldom xml.dom.xmlbuilder xml.etree
xml.etree.ElementInclude xml.etree.ElementPath xml.etree.ElementTree xml.etree.cElementTree xml.parsers
xml.parsers.expat xml.sax xml.sax.expatreader xml.sax.handler xml.sax.saxutils xml.sax.xmlreader xmlrpc
xmlrpc.client xmlrpc.server zipapp zipfile zipimport zoneinfo
""".split()

if sys.argv[1:]:
    sys.path.insert(0, sys.argv[1])

modules = len(sys.modules)
cpu = time.process_time()
wall = time.perf_counter()
for name in NAMES:
    __import__(name)
wall = time.perf_counter() - wall
cpu = time.process_time() - cpu
modules = len(sys.modules) - modules

print(wall, cpu, modules, type(sys.modules["argparse"].__spec__.loader).__name__)
