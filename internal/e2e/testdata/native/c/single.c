// An extension module of the old kind, single-phase: NAME is that of the module.
#define Py_LIMITED_API 0x030a0000
#include <Python.h>

#define PASTE(a, b) a##b
#define INIT(name) PASTE(PyInit_, name)
#define STRING(x) #x
#define TEXT(x) STRING(x)

static long initialized; // in the process

static PyObject *initializations(PyObject *module, PyObject *none) { return PyLong_FromLong(initialized); }

static PyMethodDef methods[] = {
	{"initializations", initializations, METH_NOARGS, NULL},
	{NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, TEXT(NAME), NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC INIT(NAME)(void)
{
	initialized++;
	return PyModule_Create(&definition);
}
