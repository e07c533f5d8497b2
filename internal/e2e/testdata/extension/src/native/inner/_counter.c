/* Single-phase initialisation, a name that another module has too, and a library. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <zlib.h>

static PyObject *checksum(PyObject *module, PyObject *args) {
	const char *text;
	Py_ssize_t size;
	if (!PyArg_ParseTuple(args, "y#", &text, &size))
		return NULL;
	return PyLong_FromUnsignedLong(crc32(0, (const Bytef *)text, (uInt)size));
}

static PyMethodDef methods[] = {{"checksum", checksum, METH_VARARGS, "CRC-32."}, {NULL}};
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "_counter", NULL, -1, methods};

PyMODINIT_FUNC PyInit__counter(void) { return PyModule_Create(&def); }
