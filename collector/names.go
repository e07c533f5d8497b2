package collector

import (
	"regexp"
	"strings"

	"github.com/oxgen/oxgen/internal/pyname"
)

// endings are the file name endings that make a module, in the order that importlib tries them
// (_get_supported_file_loaders): extension modules, source, bytecode.
type endings []string

const (
	sourceEnding   = ".py"
	bytecodeEnding = ".pyc"
)

func (o *Options) endings() endings {
	var all endings
	if o.Extensions {
		all = append(all, o.ExtensionSuffixes...)
	}
	return append(all, sourceEnding, bytecodeEnding)
}

// split returns the module name that a file name stands for and the place of its ending in the order of trying.
// ok is false when no import finds the file: a name with a dot is taken for a path through packages.
func (s endings) split(name string) (stem string, rank int, ok bool) {
	for i, ending := range s {
		stem, found := strings.CutSuffix(name, ending)
		if found && stem != "" && !strings.Contains(stem, ".") && !isLibrary(name) {
			return stem, i, true
		}
	}
	return "", 0, false
}

// isExtension says whether the ending at rank is one of extension modules.
func (s endings) isExtension(rank int) bool { return rank < len(s)-2 }

// isPackageName says whether a directory with an __init__ is a package under this name. Import statements want
// identifiers; importlib.import_module finds my-plugin too. Names of templates, {{name}}, are nobody's package.
func isPackageName(name string) bool {
	return name != "" && pyname.IsIdentifier("_"+strings.ReplaceAll(name, "-", "_"))
}

// library matches the names of shared libraries: libx.so, x.so.1.2, x.dylib, x.dll. A plain x.so is an extension module.
var library = regexp.MustCompile(`(?i:^lib[^.]*\.so|.\.so(\.[0-9]+)+|.\.dylib|.\.dll)$`)

func isLibrary(name string) bool {
	return library.MatchString(name) || strings.HasPrefix(name, "lib") && strings.HasSuffix(name, ".so") && !tagged.MatchString(name)
}

// tagged matches the endings of extension modules that name what they are built for.
var tagged = regexp.MustCompile(`\.((cpython|pypy|graalpy)[-0-9][^.]*|abi[0-9]+t?|cp[0-9]+[^.]*)\.(so|pyd)$`)

// isShared says whether name looks like compiled code that can be loaded, of whichever platform.
func isShared(name string) bool {
	return strings.HasSuffix(name, ".so") || strings.HasSuffix(name, ".pyd") || isLibrary(name)
}

// distributionOf returns the normalised name of the distribution whose metadata a directory or file called name holds,
// "" if it holds none. The name ends at the first dash, as for importlib.metadata.
func distributionOf(name string) string {
	stem, ok := strings.CutSuffix(name, ".dist-info")
	if !ok {
		stem, ok = strings.CutSuffix(name, ".egg-info")
	}
	if !ok {
		return ""
	}
	stem, _, _ = strings.Cut(stem, "-")
	return pyname.Normalize(stem)
}
