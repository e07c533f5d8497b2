"""Packages with one or two extension modules each, and pyzmq, all of whose modules are linked with libzmq."""
import datetime


def simple_json():
    import simplejson
    import simplejson._speedups
    assert simplejson.encoder.c_make_encoder is simplejson._speedups.make_encoder
    return simplejson.dumps({"a": [1.5, None, "ü"], "b": simplejson.loads("[1e3]")}, sort_keys=True)


def message_pack():
    import msgpack
    from msgpack import _cmsgpack
    assert msgpack.Packer is _cmsgpack.Packer
    data = msgpack.packb([1, -2, "x", b"y", None, 2.5, {"k": [True]}, datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)], datetime=True)
    return [data.hex(), repr(msgpack.unpackb(data, timestamp=3))]


def regular_expressions():
    import regex
    return [regex.findall(r"(?V1)\p{Lu}\w++(?<!x)", "Über Zwei x"), regex.fullmatch(r"(?:cats|dog){e<=1}", "cat").fuzzy_counts]


def processes():
    import os
    import psutil
    return [psutil.Process().pid == os.getpid(), psutil.Process().ppid() == os.getppid(), psutil.cpu_count() > 0, psutil.virtual_memory().total > 0]


def sockets():
    import zmq
    from zmq.backend import cython
    with zmq.Context() as context, context.socket(zmq.REP) as server, context.socket(zmq.REQ) as client:
        server.bind("inproc://here")
        client.connect("inproc://here")
        client.send_json({"ask": 1})
        question = server.recv_json()
        server.send_multipart([b"a", b"b"])
        answer = [part.decode() for part in client.recv_multipart()]
    try:
        zmq.Context().socket(zmq.REQ).bind("nonsense://")
    except zmq.ZMQError as e:
        return [zmq.zmq_version(), cython.__name__, question, answer, str(e), zmq.has("curve"), len(zmq.curve_keypair())]


def socket_loop():
    import asyncio
    import zmq.asyncio

    async def talk():
        context = zmq.asyncio.Context()
        one, two = context.socket(zmq.PAIR), context.socket(zmq.PAIR)
        one.bind("inproc://pair")
        two.connect("inproc://pair")
        _, got = await asyncio.gather(one.send(b"hello"), two.recv())
        context.destroy()
        return got.decode()

    return asyncio.run(talk())


def switches():
    import greenlet
    order = []

    def one():
        order.append(1)
        order.append(b.switch("to two"))
        raise KeyError("from one")

    def two(got):
        order.append(got)
        try:
            a.switch("back")
        finally:
            order.append("two ends")

    a, b = greenlet.greenlet(one), greenlet.greenlet(two)
    try:
        a.switch()
    except KeyError as e:
        order.append(str(e))
    b.throw(greenlet.GreenletExit)
    many = [greenlet.greenlet(lambda i=i: i) for i in range(1000)]
    return [order, sum(g.switch() for g in many), a.dead, b.dead]


def messages():
    from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory, struct_pb2
    from google.protobuf.internal import api_implementation
    file = descriptor_pb2.FileDescriptorProto(name="t.proto", package="t", syntax="proto3")
    kind = file.message_type.add(name="Pair")
    kind.field.add(name="key", number=1, type=9, label=1)
    kind.field.add(name="values", number=2, type=5, label=3)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    pair = message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName("t.Pair"))(key="ä", values=[1, 300])
    data = pair.SerializeToString()
    try:
        type(pair).FromString(b"\xff")
    except Exception as e:
        failed = type(e).__name__
    s = struct_pb2.Struct()
    s.update({"a": [1, True, None]})
    return [api_implementation.Type(), data.hex(), json_format.MessageToJson(s), type(pair).FromString(data) == pair, failed]
