/* A module at the top, with a type and an exception. */
#include <Python.h>

static PyTypeObject Thing = {
	PyVarObject_HEAD_INIT(NULL, 0)
	.tp_name = "_plain.Thing",
	.tp_basicsize = sizeof(PyObject),
	.tp_flags = Py_TPFLAGS_DEFAULT,
	.tp_new = PyType_GenericNew,
};

static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "_plain", "A plain module.", -1};

PyMODINIT_FUNC PyInit__plain(void) {
	PyObject *module = PyModule_Create(&def);
	if (module == NULL || PyType_Ready(&Thing) < 0 || PyModule_AddType(module, &Thing) < 0)
		return NULL;
	PyModule_AddObject(module, "Error", PyErr_NewException("_plain.Error", PyExc_ValueError, NULL));
	return module;
}
