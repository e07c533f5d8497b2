package dist

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/inputs"
	"github.com/oxgen/oxgen/internal/target"
)

// platform finds what belongs to the interpreter that gave the answer, for the platform tgt that it runs on. With static
// it may have no shared library. The error is a *probeError.
func (a *answer) platform(interpreter string, tgt target.Target, full *record, static bool) (*Platform, error) {
	libpython, err := a.libpython(tgt, full)
	if err != nil && !static {
		return nil, err
	}
	if !isFile(filepath.Join(a.Stdlib, "os.py")) {
		return nil, &probeError{
			problem: fmt.Sprintf("has no standard library: there is no os.py in %s", a.Stdlib),
			mend:    fmt.Sprintf("install it (Debian: apt-get install libpython%s-stdlib)", minorOf(a.Version)),
		}
	}
	p := &Platform{Target: tgt, Libpython: libpython, Stdlib: a.Stdlib}
	for _, dir := range []string{filepath.Join(a.Stdlib, "lib-dynload"), a.Dynload, filepath.Join(a.BasePrefix, "DLLs")} {
		if p.LibDynload == "" && isDir(dir) {
			p.LibDynload = dir
		}
	}
	if site := a.sitePackages(interpreter); isDir(site) {
		p.SitePackages = site
	}
	p.Libraries = shippedLibraries(a.BasePrefix, libpython)
	return p, nil
}

// libpython finds the shared library of the interpreter and makes sure that it is of the same version.
func (a *answer) libpython(tgt target.Target, full *record) (string, error) {
	for _, path := range a.candidates(tgt, full) {
		resolved, err := inputs.EvalSymlinks(path)
		if err != nil || !isFile(resolved) {
			continue
		}
		return resolved, checkLibpython(resolved, a, tgt)
	}
	minor := minorOf(a.Version)
	return "", &probeError{
		problem: fmt.Sprintf("has no shared library: there is no %s", layoutOf(tgt.GOOS, a.Version).missing(minor)),
		mend: fmt.Sprintf("install it (Debian: apt-get install libpython%s;"+
			" pyenv: build with PYTHON_CONFIGURE_OPTS=--enable-shared);"+
			" or link its static library: `link = \"static\"` in oxgen.toml (docs/linking.md)", minor),
	}
}

// missing names the library that was not found, the way people know it.
func (l layout) missing(minor string) string {
	name := filepath.Base(l.libpython[0])
	if before, ok := strings.CutSuffix(name, ".so.1.0"); ok {
		return before + ".so"
	}
	return name
}

// candidates returns the paths where the shared library may be, the likeliest first. What sysconfig says comes first;
// it is wrong for trees that were moved after they were built.
func (a *answer) candidates(tgt target.Target, full *record) []string {
	var paths []string
	if full != nil && full.sharedLibrary() != "" {
		paths = append(paths, full.sharedLibrary())
	}
	l := layoutOf(tgt.GOOS, a.Version)
	flagged := "libpython" + minorOf(a.Version) + a.ABIFlags
	names := []string{a.InstSoname, a.LDLibrary, flagged + ".so.1.0", flagged + ".so", flagged + ".dylib"}
	for _, dir := range []string{
		a.Libdir, filepath.Join(a.Libdir, a.Multiarch), filepath.Join(a.BasePrefix, "lib"),
		filepath.Join(a.BasePrefix, "lib64"), filepath.Join(a.BasePrefix, "lib", a.Multiarch), a.Libpl, a.FrameworkPrefix,
	} {
		for _, name := range names {
			if dir != "" && name != "" && !strings.HasSuffix(name, ".a") {
				paths = append(paths, filepath.Join(dir, name))
			}
		}
	}
	for _, name := range l.libpython {
		paths = append(paths, filepath.Join(a.BasePrefix, filepath.FromSlash(name)))
	}
	return paths
}

// sitePackages returns the directory that packages are installed into. Before 3.14 only the module site knows that an
// interpreter belongs to a virtual environment (PEP 405), and the interpreter was asked without it.
func (a *answer) sitePackages(interpreter string) string {
	config := venvConfig(interpreter)
	if config == "" {
		return a.Purelib
	}
	if filepath.Base(a.Stdlib) == "Lib" {
		return filepath.Join(filepath.Dir(config), "Lib", "site-packages")
	}
	return filepath.Join(filepath.Dir(config), "lib", "python"+minorOf(a.Version), "site-packages")
}

// venvConfig returns the pyvenv.cfg of the virtual environment that an interpreter belongs to: PEP 405 has it beside the
// interpreter or one directory above. "" if there is none.
func venvConfig(interpreter string) string {
	dir := filepath.Dir(interpreter)
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if name := filepath.Join(d, "pyvenv.cfg"); isFile(name) {
			return name
		}
	}
	return ""
}

// shippedLibraries returns the shared libraries in prefix/lib and one directory below, without libpython itself and
// without those of the standard library's directory. A prefix of the system ships nothing: what lies in its lib is the
// system's.
func shippedLibraries(prefix, libpython string) []string {
	switch filepath.Clean(prefix) {
	case "/", "/usr", "/usr/local":
		return nil
	}
	var libraries []string
	for _, pattern := range []string{"lib/*", "lib/*/*", "*.dll", "DLLs/*.dll"} {
		found, _ := inputs.Glob(filepath.Join(globQuote(prefix), filepath.FromSlash(pattern)))
		for _, name := range found {
			if isLibrary(filepath.ToSlash(name)) && name != libpython && isPlainFile(name) &&
				!strings.HasPrefix(filepath.Base(filepath.Dir(name)), "python") {
				libraries = append(libraries, name)
			}
		}
	}
	slices.Sort(libraries)
	return slices.Compact(libraries)
}

// globQuote makes a pattern that matches dir alone. On Windows, where a backslash quotes nothing, brackets in a path
// are left to match nothing.
func globQuote(dir string) string {
	if filepath.Separator == '\\' {
		return dir
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}

func isFile(name string) bool {
	info, err := inputs.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

func isPlainFile(name string) bool {
	info, err := inputs.Lstat(name)
	return err == nil && info.Mode().IsRegular()
}

func isDir(name string) bool {
	info, err := inputs.Stat(name)
	return name != "" && err == nil && info.IsDir()
}
