# A compile worker of oxgen: reads sources from standard input and writes code objects to standard output until the
# input ends. worker.go has the frames.
import sys

sys.path[:] = [entry for entry in sys.path if entry]  # the working directory, out of which a codec might be imported

import gc
import importlib.util
import marshal


def error(problem, line=0, column=0):
    head = max(line or 0, 0).to_bytes(4, "little") + max(column or 0, 0).to_bytes(4, "little")
    return b"E", head + problem.encode("utf-8", "backslashreplace")


def byte_column(e, source):
    """The column in bytes of UTF-8, from 1.

    e.offset counts characters if the parser raised e, but before 3.13 only in sources that declare their encoding;
    the compiler, which knows no text, counts bytes.
    """
    if not e.offset or not isinstance(e.text, str):
        return e.offset
    head = b"".join(source.split(b"\n", 2)[:2])
    if sys.version_info < (3, 13) and b"coding" not in head and not head.startswith(b"\xef\xbb\xbf"):
        return e.offset
    return len(e.text[: max(e.offset - 1, 0)].encode("utf-8", "surrogatepass")) + 1


def translate(source, path, optimize):
    try:
        code = compile(source, path, "exec", dont_inherit=True, optimize=optimize)
        return b"C", marshal.dumps(code)
    except SyntaxError as e:
        return error(e.msg or "invalid syntax", e.lineno, byte_column(e, source))
    except (MemoryError, RecursionError):
        return b"M", b""
    except Exception as e:
        return error("%s: %s" % (type(e).__name__, e) if str(e) else type(e).__name__)


def serve(read, write, flush):
    answers = []  # wait for those of the requests that are on their way
    while True:
        head = read(9)
        if len(head) < 9:
            return
        path = read(int.from_bytes(head[1:5], "little")).decode("utf-8", "surrogateescape")
        kind, body = translate(read(int.from_bytes(head[5:], "little")), path, head[0] & 0x7F)
        answers += kind, len(body).to_bytes(4, "little"), body
        if not head[0] & 0x80:
            write(b"".join(answers))
            flush()
            answers.clear()


gc.disable()  # what a compilation leaves behind has no cycles
out = sys.stdout.buffer
out.write(importlib.util.MAGIC_NUMBER)
out.flush()
serve(sys.stdin.buffer.read, out.write, out.flush)
