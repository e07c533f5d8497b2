// The extension module NAME, whose function call calls FUNCTION of a library, or of another extension module.
#define Py_LIMITED_API 0x030a0000
#include <Python.h>

#define PASTE(a, b) a##b
#define INIT(name) PASTE(PyInit_, name)
#define STRING(x) #x
#define TEXT(x) STRING(x)

extern int FUNCTION(void);

#ifdef DEFINES
int DEFINES(void) { return 11; }
#endif

static PyObject *call(PyObject *module, PyObject *none) { return PyLong_FromLong(FUNCTION()); }

static PyMethodDef methods[] = {{"call", call, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
static PyModuleDef_Slot slots[] = {{0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, TEXT(NAME), NULL, 0, methods, slots, NULL, NULL, NULL};

PyMODINIT_FUNC INIT(NAME)(void) { return PyModuleDef_Init(&definition); }
