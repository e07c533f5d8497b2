package tracefile

import (
	"strings"

	"github.com/oxgen/oxgen/internal/pyname"
)

// ParseNotes reads what traced processes have noted (templates/trace.py): lines of a kind and a name. What is no such line,
// as the last one of a process that was killed, is passed over.
func ParseNotes(text []byte) *Trace {
	var t Trace
	for line := range strings.Lines(string(text)) {
		kind, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch {
		case !ok || name == "" || !strings.HasSuffix(line, "\n") || strings.ContainsRune(name, 0):
		case kind == "module" && isDotted(name):
			t.Modules = append(t.Modules, name)
		case kind == "resource":
			if d := distributionOf(name); d != "" {
				t.Distributions = append(t.Distributions, d)
			} else {
				t.Resources = append(t.Resources, name)
			}
		}
	}
	t.Modules = dropOwn(t.Modules)
	t.Merge(&Trace{})
	return &t
}

func isDotted(name string) bool {
	for part := range strings.SplitSeq(name, ".") {
		if part == "" || strings.ContainsAny(part, " \t/") {
			return false
		}
	}
	return true
}

// dropOwn leaves out oxgen's own modules, which are in every program.
func dropOwn(modules []string) []string {
	kept := modules[:0]
	for _, m := range modules {
		if !strings.HasPrefix(m, "_oxgen_") {
			kept = append(kept, m)
		}
	}
	return kept
}

// distributionOf returns the normalised name of the distribution whose metadata a path leads to, "" for other files.
func distributionOf(path string) string {
	info, _, _ := strings.Cut(path, "/")
	for _, ending := range []string{".dist-info", ".egg-info"} {
		if stem, ok := strings.CutSuffix(info, ending); ok {
			name, _, _ := strings.Cut(stem, "-")
			return pyname.Normalize(name)
		}
	}
	return ""
}
