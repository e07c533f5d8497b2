package config

import (
	"path"
	"regexp"
	"strings"

	"github.com/oxgen/oxgen/internal/diag"
)

// checkExtensions reports what is wrong with each [[extension]].
func (d *document) checkExtensions(c *Config) {
	names := make(map[string]bool, len(c.Extensions))
	for i := range c.Extensions {
		e := &c.Extensions[i]
		at := place{d, extensionTable, i}
		switch {
		case e.Name == "":
			at.wrong("name", `a dotted name, such as "pkg.mod"`, "an extension module has no name")
		case !moduleName.MatchString(e.Name):
			at.wrong("name", `a dotted name of ASCII letters, digits and underscores, such as "pkg.mod"`,
				"extension.name %q is not the name of an extension module", e.Name)
		case names[e.Name]:
			at.wrong("name", "", "two extension modules are named %q", e.Name)
		}
		names[e.Name] = true
		at.checkSources(e.Sources)
		for _, name := range e.Libraries {
			if !libraryName.MatchString(name) {
				at.wrong("libraries", `"z" stands for -lz; a path or a flag goes into cflags`, "%q is not the name of a library", name)
			}
		}
		for _, define := range e.Defines {
			if name, _, _ := strings.Cut(define, "="); !macroName.MatchString(name) {
				at.wrong("defines", `"NAME" or "NAME=VALUE"`, "%q does not define a macro", define)
			}
		}
	}
}

func (at place) checkSources(sources []string) {
	if len(sources) == 0 {
		at.wrong("sources", "name the files in C or C++", "an extension module has no sources")
	}
	for _, s := range sources {
		if _, err := path.Match(s, ""); err != nil {
			at.wrong("sources", `a "[" of a name is written "\\["`, "%q is not a pattern: a bracket is left open", s)
		} else if err := noGoMod(s); err != nil {
			at.wrong("sources", "the path of a file", "%s", diag.Errorf("", "", "%w", err))
		}
	}
}

var (
	moduleName  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$`)
	libraryName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.+-]*$`)
	macroName   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)
