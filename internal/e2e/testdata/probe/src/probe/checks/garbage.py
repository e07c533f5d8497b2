"""The garbage collector's threshold: imports do not count, and nothing of that lasts."""
import gc

from . import equal

USUAL = 700  # of the program's own, so that the checks hold for every version


def imports_do_not_count():
    gc.collect()
    gc.set_threshold(USUAL)
    collections = sum(s["collections"] for s in gc.get_stats())
    import asyncio  # makes some ten thousand objects
    equal(sum(s["collections"] for s in gc.get_stats()), collections)
    count, threshold = gc.get_count()[0], gc.get_threshold()[0]
    equal(count > USUAL, True)
    equal(0 <= threshold - count <= 5 * USUAL, True)  # some for what importlib makes of each module


def a_collection_sets_back():
    gc.collect()
    gc.set_threshold(USUAL, 7, 8)
    import asyncio
    gc.collect()
    equal(gc.get_threshold()[:2], (USUAL, 7))


def set_by_the_program():
    import asyncio
    gc.set_threshold(123)
    gc.collect()
    equal(gc.get_threshold()[0], 123)
    import unittest.mock
    gc.collect()
    equal(gc.get_threshold()[0], 123)


def switched_off():
    gc.set_threshold(0)
    import asyncio
    equal(gc.get_threshold()[0], 0)
    gc.collect()
    equal(gc.get_threshold()[0], 0)


def failed_import():
    gc.collect()
    gc.set_threshold(USUAL)
    try:
        import broken
    except ZeroDivisionError:
        pass
    equal(gc.get_threshold()[0] < 2 * USUAL, True)
