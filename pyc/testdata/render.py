# Compiles the standard library of the interpreter and writes, for every file, the marshalled code object and what
# render_test.go reads out of it: three frames (path, code, text), each a length of four bytes and the bytes.
# sys.argv[1] is n: every nth file is taken.
import dis
import hashlib
import marshal
import os
import struct
import sys
import types
import warnings

warnings.simplefilter("ignore")


def text(s):
    return "'" + s.encode("utf-8", "surrogatepass").hex()


def texts(names):
    return ",".join(map(text, names))


def const(v):
    if v is None or v is ...:
        return "None" if v is None else "..."
    if isinstance(v, bool):
        return str(v).lower()
    if isinstance(v, int):
        return "%x" % v
    if isinstance(v, float):
        return "f" + struct.pack(">d", v).hex()
    if isinstance(v, complex):
        return "j" + struct.pack(">dd", v.real, v.imag).hex()
    if isinstance(v, str):
        return text(v)
    if isinstance(v, bytes):
        return "b" + v.hex()
    if isinstance(v, slice):
        return "slice(%s,%s,%s)" % (const(v.start), const(v.stop), const(v.step))
    if isinstance(v, tuple):
        return "(" + ",".join(map(const, v)) + ")"
    if isinstance(v, frozenset):
        return "{" + ",".join(sorted(map(const, v))) + "}"
    if isinstance(v, types.CodeType):
        return "code " + text(v.co_name)
    raise TypeError(type(v))


def imports(code):
    loaded = []
    for i in dis.get_instructions(code):
        if i.opname in ("LOAD_CONST", "LOAD_SMALL_INT"):
            loaded.append(i.argval)
        elif i.opname == "IMPORT_NAME":
            level, names = loaded[-2:]
            yield "%s/%d/%s" % (text(i.argval), level, "None" if names is None else texts(names))


def render(code):
    tables = code.co_code + code.co_linetable + getattr(code, "co_exceptiontable", b"")
    yield "%s %s %s %d args %d %d %d stack %d flags %d names %s vars %s cells %s free %s consts %s code %s imports %s\n" % (
        text(code.co_name), text(getattr(code, "co_qualname", code.co_name)), text(code.co_filename), code.co_firstlineno,
        code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_stacksize, code.co_flags,
        texts(code.co_names), texts(code.co_varnames), texts(code.co_cellvars), texts(code.co_freevars),
        ",".join(map(const, code.co_consts)), hashlib.sha256(tables).hexdigest()[:16], ";".join(imports(code)),
    )
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield from render(inner)


def files(root):
    for directory, names, members in os.walk(root):
        names[:] = [n for n in names if n not in ("site-packages", "dist-packages", "test", "tests", "idlelib", "lib2to3")]
        yield from (os.path.join(directory, m) for m in members if m.endswith(".py"))


def frame(data):
    sys.stdout.buffer.write(struct.pack("<I", len(data)) + data)


root = os.path.dirname(os.__file__)
for path in sorted(files(root))[:: int(sys.argv[1])]:
    name = os.path.relpath(path, root).replace(os.sep, "/")
    with open(path, "rb") as f:
        source = f.read()
    try:
        code = compile(source, name, "exec", dont_inherit=True, optimize=0)
    except (SyntaxError, ValueError):
        continue
    frame(name.encode())
    frame(marshal.dumps(code))
    frame("".join(render(code)).encode())
