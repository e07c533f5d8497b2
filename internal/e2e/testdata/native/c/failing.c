// Extension modules with something wrong: WRONG says what.
#define Py_LIMITED_API 0x030a0000
#include <Python.h>

#define RAISES 1
#define SILENT 2
#define UNDEFINED 3

extern int nobody_defines_this(void);

static PyModuleDef_Slot slots[] = {{0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "failing", NULL, 0, NULL, slots, NULL, NULL, NULL};

#define PASTE(a, b) a##b
#define INIT(name) PASTE(PyInit_, name)

PyMODINIT_FUNC INIT(NAME)(void)
{
#if WRONG == RAISES
	PyErr_SetString(PyExc_ImportError, "the module does not want to");
	return NULL;
#elif WRONG == SILENT
	return NULL;
#elif WRONG == UNDEFINED
	if (nobody_defines_this())
		return NULL;
#endif
	return PyModuleDef_Init(&definition);
}
