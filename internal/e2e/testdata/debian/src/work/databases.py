"""psycopg2 with libpq, OpenLDAP and Kerberos; apsw and sqlite3, which share libsqlite3."""
import sqlite3

import apsw
import psycopg2
import psycopg2.extensions
import psycopg2.extras


def libpq():
    return [psycopg2.__libpq_version__, psycopg2.extensions.libpq_version(), psycopg2.__version__]


def refused():
    found = []
    for mode in ("disable", "require"):
        try:
            psycopg2.connect(host="127.0.0.1", port=1, user="nobody", dbname="none", sslmode=mode, gssencmode="disable")
        except psycopg2.OperationalError as e:
            found.append(str(e))
    try:
        psycopg2.connect("host=127.0.0.1 nonsense=1")
    except psycopg2.ProgrammingError as e:
        found.append(str(e))
    return found


def adapted():
    from psycopg2.extensions import QuotedString, adapt, parse_dsn
    return [adapt(b"\x00'").getquoted().decode(), adapt([1, None]).getquoted().decode(), str(QuotedString("it's")), parse_dsn("user=a host='b c'")]


def password():
    return psycopg2.extensions.encrypt_password("secret", "name", algorithm="md5")


def apsw_is_a_package():
    """Its __init__ is the extension module."""
    return [apsw.apswversion(), apsw.sqlitelibversion() == sqlite3.sqlite_version, apsw.__file__.rpartition("/")[2], apsw.__spec__.name,
            apsw.__package__, len(apsw.__path__)]


def queries():
    c = apsw.Connection(":memory:")
    c.createscalarfunction("twice", lambda x: 2 * x)
    rows = list(c.cursor().execute("create table t(a, b); insert into t values(1, 'x'), (2, null); select twice(a), b, typeof(b) from t"))
    try:
        c.cursor().execute("select nothing")
    except apsw.SQLError as e:
        rows.append(str(e))
    with sqlite3.connect(":memory:") as other:
        rows += other.execute("select sqlite_version() = ?, json_extract('[1,2]', '$[1]')", (apsw.sqlitelibversion(),)).fetchall()
    return rows


def sqlite_modules():
    import apsw.shell
    out = __import__("io").StringIO()
    apsw.shell.Shell(stdout=out, args=[":memory:", "select 6*7"], db=apsw.Connection(":memory:"))
    return out.getvalue()
