package wheel

import (
	"fmt"
	"strings"

	"github.com/oxgen/oxgen/internal/pep440"
	"github.com/oxgen/oxgen/internal/pyname"
	"github.com/oxgen/oxgen/internal/tag"
)

// A Filename is what the name of a wheel says (packaging.python.org, "Binary distribution format").
type Filename struct {
	Distribution string   // as it is written: "typing_extensions"
	Version      string   // as it is written; a valid version (PEP 440)
	Build        string   // build tag, starts with a digit; "" as a rule
	Pythons      []string // python tags, never empty: "py2", "py3"
	ABIs         []string // ABI tags, never empty: "none", "abi3", "cp314"
	Platforms    []string // platform tags, never empty: "any", "manylinux_2_17_x86_64"
}

// Name returns the normalised name of the distribution (PEP 503).
func (f Filename) Name() string { return pyname.Normalize(f.Distribution) }

// Pure says whether the wheel claims to run on every platform.
func (f Filename) Pure() bool {
	return len(f.Platforms) == 1 && f.Platforms[0] == "any" && len(f.ABIs) == 1 && f.ABIs[0] == "none"
}

// Tags returns the compatibility tags (PEP 425) that the compressed sets stand for, in the order of the sets.
func (f Filename) Tags() []tag.Tag { return tag.Expand(f.Pythons, f.ABIs, f.Platforms) }

// ParseFilename reads a file name, without directories.
func ParseFilename(name string) (Filename, error) {
	stem, ok := strings.CutSuffix(name, ".whl")
	if !ok {
		return Filename{}, fmt.Errorf("the name does not end in .whl")
	}
	parts := strings.Split(stem, "-")
	if len(parts) != 5 && len(parts) != 6 {
		return Filename{}, fmt.Errorf("the name has %d parts between dashes, and not 5 or 6", len(parts))
	}
	f := Filename{Distribution: parts[0], Version: parts[1]}
	if !pyname.IsDistribution(f.Distribution) {
		return Filename{}, fmt.Errorf("%q is not the name of a distribution", f.Distribution)
	}
	if _, ok := pep440.ParseEscaped(f.Version); !ok || strings.TrimSpace(f.Version) != f.Version {
		return Filename{}, fmt.Errorf("%q is not a version", f.Version)
	}
	if len(parts) == 6 {
		f.Build = parts[2]
		if f.Build == "" || f.Build[0] < '0' || f.Build[0] > '9' {
			return Filename{}, fmt.Errorf("the build tag %q does not start with a digit", f.Build)
		}
		if !isTag(strings.ReplaceAll(f.Build, ".", "_")) {
			return Filename{}, fmt.Errorf("%q is not a build tag", f.Build)
		}
	}
	tags := parts[len(parts)-3:]
	for i, set := range []*[]string{&f.Pythons, &f.ABIs, &f.Platforms} {
		*set = strings.Split(tags[i], ".")
		for _, tag := range *set {
			if !isTag(tag) {
				return Filename{}, fmt.Errorf("%q is not a tag", tag)
			}
		}
	}
	return f, nil
}

// isTag says whether s consists of what tags are made of: ASCII letters, digits and underscores.
func isTag(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return s != ""
}
