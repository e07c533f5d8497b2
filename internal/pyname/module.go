package pyname

import "strings"

// ModuleOf returns the dotted name of the source file at a slash path and whether it is the __init__ of a package:
// "json/decoder.py" is json.decoder, "json/__init__.py" is json. ok is false for a path that does not end in .py, or that
// no import finds because a part is empty or holds a dot; parts that are no identifiers are importable (importlib).
func ModuleOf(path string) (name string, isPackage, ok bool) {
	stem, found := strings.CutSuffix(path, ".py")
	if !found {
		return "", false, false
	}
	parts := strings.Split(stem, "/")
	for _, p := range parts {
		if p == "" || strings.Contains(p, ".") {
			return "", false, false
		}
	}
	if last := len(parts) - 1; last > 0 && parts[last] == "__init__" {
		return strings.Join(parts[:last], "."), true, true
	}
	return strings.Join(parts, "."), false, true
}

// PathOf returns the slash path of the source file of a module: the reverse of ModuleOf.
func PathOf(name string, isPackage bool) string {
	path := strings.ReplaceAll(name, ".", "/")
	if isPackage {
		return path + "/__init__.py"
	}
	return path + ".py"
}
