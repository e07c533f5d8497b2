// Three extension modules in one library: its own, one of another name, and one whose name is not ASCII (PEP 489).
#define Py_LIMITED_API 0x030a0000
#include <Python.h>

static PyModuleDef_Slot slots[] = {{0, NULL}};
static struct PyModuleDef several = {PyModuleDef_HEAD_INIT, "several", NULL, 0, NULL, slots, NULL, NULL, NULL};
static struct PyModuleDef second = {PyModuleDef_HEAD_INIT, "second", NULL, 0, NULL, slots, NULL, NULL, NULL};
static struct PyModuleDef third = {PyModuleDef_HEAD_INIT, "größe", NULL, 0, NULL, slots, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_several(void) { return PyModuleDef_Init(&several); }
PyMODINIT_FUNC PyInit_second(void) { return PyModuleDef_Init(&second); }
PyMODINIT_FUNC PyInitU_gre_6ka8i(void) { return PyModuleDef_Init(&third); }
