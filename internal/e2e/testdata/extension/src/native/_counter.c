/* Multi-phase initialisation, state of its own in each interpreter, and two other sources. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include "sums.h"

typedef struct { long count; } state;

static PyObject *step(PyObject *module, PyObject *unused) {
	state *s = PyModule_GetState(module);
	long numbers[] = {s->count, STEP};
	s->count = sum(numbers, 2);
	return PyLong_FromLong(half(2 * s->count));
}

static PyObject *file(PyObject *module, PyObject *unused) { return PyUnicode_FromString(__FILE__); }

static PyMethodDef methods[] = {
	{"step", step, METH_NOARGS, "Counts."},
	{"file", file, METH_NOARGS, "Where the source was."},
	{NULL},
};

static int execute(PyObject *module) {
	((state *)PyModule_GetState(module))->count = 1;
	return PyModule_AddIntConstant(module, "STEP", STEP);
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, execute}, {0, NULL}};
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "_counter", NULL, sizeof(state), methods, slots};

PyMODINIT_FUNC PyInit__counter(void) { return PyModuleDef_Init(&def); }
