package cpython

import "errors"

// AddExtension makes an extension module that is part of the executable one that is built into Python: symbol is its
// initialiser, which the executable exports. It is called before initialisation.
func (a *API) AddExtension(name, symbol string) error {
	initialise := a.symbol(symbol)
	if a.missing != nil {
		return errors.New("the executable lacks the extension module " + name + " (was it linked without -rdynamic?)")
	}
	if int32(a.call("PyImport_AppendInittab", builtinStrings.C(name), initialise)) != 0 { // a C int
		return errors.New("PyImport_AppendInittab: out of memory")
	}
	return nil
}
