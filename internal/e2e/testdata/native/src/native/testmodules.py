"""The modules that CPython's own tests are about: Lib/test/test_importlib/extension/test_loader.py, Lib/test/test_import."""
import importlib.machinery
import importlib.util
import os
import sys

import native
from native import attempt

MULTIPHASE = """_testmultiphase _testmultiphase_nonmodule _testmultiphase_nonmodule_with_methods
_testmultiphase_nonmodule_with_exec_slots _testmultiphase_null_slots _testmultiphase_bad_slot_large
_testmultiphase_bad_slot_negative _testmultiphase_create_int_with_state _testmultiphase_negative_size
_testmultiphase_export_uninitialized _testmultiphase_export_null _testmultiphase_export_raise
_testmultiphase_export_unreported_exception _testmultiphase_multiple_create_slots _testmultiphase_create_null
_testmultiphase_create_raise _testmultiphase_create_unreported_exception _testmultiphase_exec_err
_testmultiphase_exec_raise _testmultiphase_exec_unreported_exception _testmultiphase_meth_state_access
_test_module_state_shared _testmultiphase_multiple_multiple_interpreters_slots _test_non_isolated
_test_shared_gil_only _test_no_multiple_interpreter_slot x _testmultiphase_zkouška_načtení インポートテスト
_testmultiphase_no_such""".split()

SINGLEPHASE = """_testsinglephase _testsinglephase_basic_wrapper _testsinglephase_basic_copy _testsinglephase_with_reinit
_testsinglephase_with_state _testsinglephase_check_cache_first _testsinglephase_with_reinit_check_cache_first
_testsinglephase_with_state_check_cache_first _testsinglephase_circular _testsinglephase_raise_exception""".split()


def picture():
    return {
        "multiphase": {name: attempt(load, "_testmultiphase", name) for name in MULTIPHASE},
        "singlephase": {name: attempt(load, "_testsinglephase", name) for name in SINGLEPHASE},
        "again": {name: attempt(load, "_testsinglephase", name) for name in SINGLEPHASE},
        "multiple": {name: attempt(load, "_testimportmultiple", name) for name in ("_testimportmultiple", "_testimportmultiple_foo", "_testimportmultiple_bar", "no")},
        "functions": attempt(functions),
        "state": attempt(state),
        "capi": attempt(capi),
        "limited": attempt(limited),
        "ctypes": attempt(by_ctypes),
    }


def file(home):
    return os.path.join(native.ROOT, home + ".cpython-314-x86_64-linux-gnu.so")


def load(home, name):
    """As test_loader.py does: a module of a library by its own loader."""
    loader = importlib.machinery.ExtensionFileLoader(name, file(home))
    spec = importlib.util.spec_from_loader(name, loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    facts = [type(module).__name__, sorted(vars(module)) if hasattr(module, "__dict__") else dir(module)[:3]]
    for key in ("__name__", "__file__", "__doc__"):
        facts.append(str(getattr(module, key, None)))
    facts.append(module.state_initialized() is not None if hasattr(module, "state_initialized") else "")
    return facts


def functions():
    import _testmultiphase as m

    ex = m.Example()
    return [m.foo(1, 2), m.int_const, m.str_const, str(m.error), ex.demo(), ex.demo("abcd"), attempt(ex.demo, 1),
            m.call_state_registration_func(0) is m, m.__file__, m.__spec__.origin]


def state():
    import _testsinglephase as m

    first = m.initialized_count()
    del sys.modules["_testsinglephase"]
    import _testsinglephase as again

    return [first, again.initialized_count(), m is again, m.look_up_self() is again, again.sum(2, 3), again.int_const]


def capi():
    import _testcapi

    return [_testcapi.__file__, _testcapi.INT_MAX, _testcapi.meth_varargs(1, 2) [1:], len(vars(_testcapi)), str(_testcapi.error)]


def limited():
    import _testlimitedcapi

    return [_testlimitedcapi.__file__, len(vars(_testlimitedcapi))]


def by_ctypes():
    import ctypes
    import _ctypes_test

    library = ctypes.CDLL(_ctypes_test.__file__)
    library.my_sqrt.restype, library.my_sqrt.argtypes = ctypes.c_double, [ctypes.c_double]
    count = ctypes.c_int.in_dll(library, "an_integer")
    pydll = ctypes.PyDLL(_ctypes_test.__file__)
    return [library.my_sqrt(4.0), count.value, library._name, ctypes.c_int.in_dll(pydll, "an_integer").value,
            ctypes.addressof(ctypes.c_int.in_dll(pydll, "an_integer")) == ctypes.addressof(count)]
