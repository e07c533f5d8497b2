// An extension module in the limited API, multi-phase: NAME is that of the module.
#define Py_LIMITED_API 0x030a0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#define PASTE(a, b) a##b
#define INIT(name) PASTE(PyInit_, name)
#define STRING(x) #x
#define TEXT(x) STRING(x)

typedef struct {
	long counted;
} State;

static long executed; // in the process

// count returns how often it was called, for this module object.
static PyObject *count(PyObject *module, PyObject *none)
{
	State *state = PyModule_GetState(module);
	return PyLong_FromLong(++state->counted);
}

// executions returns how many module objects were made of this library.
static PyObject *executions(PyObject *module, PyObject *none) { return PyLong_FromLong(executed); }

// address returns where the library lies.
static PyObject *address(PyObject *module, PyObject *none) { return PyLong_FromVoidPtr(&executed); }

static PyMethodDef methods[] = {
	{"count", count, METH_NOARGS, "count()\n--\n\nHow often it was called."},
	{"executions", executions, METH_NOARGS, NULL},
	{"address", address, METH_NOARGS, NULL},
	{NULL, NULL, 0, NULL},
};

static int execute(PyObject *module)
{
	executed++;
	return PyModule_AddStringConstant(module, "compiled_as", TEXT(NAME));
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, execute}, {0, NULL}};

static struct PyModuleDef definition = {
	PyModuleDef_HEAD_INIT, TEXT(NAME), "Made by a test.", sizeof(State), methods, slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC INIT(NAME)(void) { return PyModuleDef_Init(&definition); }
