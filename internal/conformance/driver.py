"""Runs test modules of CPython's and writes a line of JSON for each test; see outcome.go.

python -m conformance_driver RESULTS SECONDS MODULE ...

A test that already has a line in the file RESULTS is not run, so that after a crash the rest can be. A test that takes more
than SECONDS ends the process.
"""

import faulthandler
import importlib
import json
import os
import sys
import traceback
import unittest

LONGEST = 300  # characters of a reason


class Results:
    """The file of results. It is opened anew for each line: tests close descriptors that are not theirs."""

    def __init__(self, path):
        self.path = path
        self.process = os.getpid()
        self.open, self.write, self.close, self.getpid = os.open, os.write, os.close, os.getpid
        self.seen = set()
        if os.path.exists(path):
            with open(path, encoding="utf-8") as lines:
                self.seen = {json.loads(line).get("id") for line in lines}

    def add(self, **record):
        if self.getpid() != self.process:
            return  # a test's child that has come back from its fork
        file = self.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            self.write(file, json.dumps(record).encode() + b"\n")
        finally:
            self.close(file)

    def fault(self, test, outcome, error):
        kind, value, trace = error
        try:
            lines = str(value).strip().splitlines() or [""]
        except Exception:
            lines = ["?"]
        try:
            text = "".join(traceback.format_exception(kind, value, trace))
        except Exception as e:  # the test may have left behind what tracebacks can't be made with
            text = f"no traceback: {e!r}"
        self.add(id=test, outcome=outcome, reason=f"{kind.__name__}: {lines[0]}"[:LONGEST], trace=text[-6000:])


class Result(unittest.TestResult):
    """Keeps the worst of what a test and its subtests come to."""

    RANK = ["pass", "skip", "expected failure", "unexpected success", "fail", "error"]

    def __init__(self, results, seconds):
        super().__init__()
        self.results = results
        self.seconds = seconds
        self.outcome = None

    def startTest(self, test):
        super().startTest(test)
        self.outcome = None
        self.results.add(id=test.conformance_id, outcome="started")
        faulthandler.dump_traceback_later(self.seconds, exit=True, file=sys.__stderr__)

    def stopTest(self, test):
        super().stopTest(test)
        faulthandler.dump_traceback_later(self.seconds, exit=True, file=sys.__stderr__)
        if self.outcome is None:
            self.outcome = "pass", "", None
        outcome, reason, error = self.outcome
        if error:
            self.results.fault(test.conformance_id, outcome, error)
        else:
            self.results.add(id=test.conformance_id, outcome=outcome, reason=reason)
        self.outcome = None

    def note(self, test, outcome, reason="", error=None):
        if not hasattr(test, "test_case") and not hasattr(test, "conformance_id"):
            # What stands for a class or a module whose set-up failed or is skipped (unittest.suite._ErrorHolder).
            if error:
                self.results.fault(test.id(), outcome, error)
            else:
                self.results.add(id=test.id(), outcome=outcome, reason=reason)
            return
        if self.outcome is None or self.RANK.index(outcome) > self.RANK.index(self.outcome[0]):
            self.outcome = outcome, reason, error

    def addSuccess(self, test):
        self.outcome = self.outcome or ("pass", "", None)

    def addFailure(self, test, err):
        self.note(test, "fail", error=err)

    def addError(self, test, err):
        self.note(test, "error", error=err)

    def addSkip(self, test, reason):
        if not hasattr(test, "test_case"):  # a subtest's
            self.note(test, "skip", reason=str(reason)[:LONGEST])

    def addExpectedFailure(self, test, err):
        self.note(test, "expected failure")

    def addUnexpectedSuccess(self, test):
        self.note(test, "unexpected success")

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.note(test, "fail" if issubclass(err[0], test.failureException) else "error", error=err)

    def addDuration(self, test, elapsed):
        pass


def flatten(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flatten(test)
        elif test is not None:
            yield test


def load(name, results):
    """Returns the tests of a module. One that can't be imported, or is to be skipped, gets a line of its own."""
    try:
        return list(flatten(unittest.defaultTestLoader.loadTestsFromModule(importlib.import_module(name))))
    except unittest.SkipTest as skip:
        results.add(id=name, outcome="skip", reason=str(skip)[:LONGEST])
    except BaseException:
        results.fault(name, "error", sys.exc_info())
    return []


def number(tests):
    """Gives each test a name of its own: a class made twice has its tests twice."""
    times = {}
    for test in tests:
        name = test.id()
        times[name] = times.get(name, 0) + 1
        test.conformance_id = name if times[name] == 1 else f"{name} #{times[name]}"


def prepare():
    """Does of what regrtest does before the tests (test/libregrtest/setup.py) that on which outcomes depend."""
    from test import support
    support.use_resources = []  # none that cost time, the network or a screen
    support.verbose = 0
    support.record_original_stdout(sys.stdout)
    sys.path[:] = [entry for entry in sys.path if entry not in ("", os.getcwd())]  # -m has put it there


def main():
    path, seconds, *names = sys.argv[1:]
    sys.argv[1:] = []
    results = Results(path)
    prepare()
    faulthandler.dump_traceback_later(float(seconds), exit=True, file=sys.__stderr__)
    tests = []
    for name in names:
        tests += load(name, results)
    number(tests)
    left = unittest.TestSuite(test for test in tests if test.conformance_id not in results.seen)
    del tests
    left.run(Result(results, float(seconds)))
    results.add(outcome="ended")


if __name__ == "__main__":
    main()
