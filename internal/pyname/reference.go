package pyname

import (
	"fmt"
	"strings"
)

// A Reference names an object in a module: what an entry point or the run entry of oxgen.toml points at.
type Reference struct {
	Module string   // dotted name
	Object string   // dotted attribute path in it; "" is the module itself
	Extras []string // extras that the entry point asks for, in the order given; a relic, nil as a rule
}

// String returns "module:object", or "module".
func (r Reference) String() string {
	if r.Object == "" {
		return r.Module
	}
	return r.Module + ":" + r.Object
}

// ParseReference reads "module", "module:object.attr" or "module:object [extra, …]", the object reference of the entry
// points specification (packaging.python.org).
func ParseReference(s string) (Reference, error) {
	ref, extras, hasExtras := strings.Cut(s, "[")
	var r Reference
	module, object, hasObject := strings.Cut(ref, ":")
	r.Module, r.Object = strings.TrimSpace(module), strings.TrimSpace(object)
	switch {
	case !IsModule(r.Module):
		return Reference{}, fmt.Errorf("object reference %q: %q is not the name of a module", s, r.Module)
	case hasObject && !IsModule(r.Object):
		return Reference{}, fmt.Errorf("object reference %q: %q is not the name of an object", s, r.Object)
	case !hasExtras:
		return r, nil
	}
	extras, closed := strings.CutSuffix(strings.TrimSpace(extras), "]")
	if !closed {
		return Reference{}, fmt.Errorf("object reference %q: the extras want a closing bracket", s)
	}
	for e := range strings.SplitSeq(extras, ",") {
		if e = strings.TrimSpace(e); !IsDistribution(e) {
			return Reference{}, fmt.Errorf("object reference %q: %q is not the name of an extra", s, e)
		}
		r.Extras = append(r.Extras, e)
	}
	return r, nil
}
