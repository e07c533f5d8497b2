// An extension module that catches, by its type and by that of the standard library, what another library throws.
#define Py_LIMITED_API 0x030a0000
#include <Python.h>

#include "thrower.h"

static PyObject *caught(PyObject *, PyObject *)
{
	long found = 0;
	try {
		throws(7);
	} catch (const Trouble &e) {
		found += e.code;
	}
	try {
		throws(8);
	} catch (const std::exception &e) {
		found += 100;
	}
	return PyLong_FromLong(found);
}

static PyMethodDef methods[] = {{"caught", caught, METH_NOARGS, nullptr}, {nullptr, nullptr, 0, nullptr}};
static PyModuleDef_Slot slots[] = {{0, nullptr}};
static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "catcher", nullptr, 0, methods, slots, nullptr, nullptr, nullptr};

PyMODINIT_FUNC PyInit_catcher() { return PyModuleDef_Init(&definition); }
