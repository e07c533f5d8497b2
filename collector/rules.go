package collector

import (
	"bytes"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/inputs"
)

// The rules by which files are left out. Their names appear in verdicts, and so in the scan command's output.
const (
	ruleBytecode = "bytecode-cache" // what Python compiled beside the source: oxgen compiles again
	ruleVCS      = "version-control"
	ruleVenv     = "virtual-environment"
	ruleTool     = "tool-cache"
	ruleMade     = "build-directory" // of an editable install, which has files of it
	ruleEditor   = "editor-file"
	ruleLoop     = "symlink-loop"
	ruleOxgen    = "oxgen-output" // what oxgen generates, and the Go side of the program it is generated into
	ruleTests    = "stdlib-tests"
	ruleBuild    = "stdlib-build"   // what C extensions are built with
	ruleInstall  = "stdlib-site"    // where distributions are installed in: an input of its own
	ruleUnlinked = "stdlib-library" // DLLs beside the extension modules: an input of the distribution's own
	ruleBundled  = "stdlib-wheels"
	ruleShadowed = "shadowed"
	ruleOwnTests = "tests"
	ruleLocalURL = "local-url" // names a directory of this machine
	rulePathFile = "path-file" // what changes sys.path when Python starts

	ruleOtherWheel = "other-wheel" // the distribution's wheel is another one
)

// ruleReasons says each rule in words.
var ruleReasons = map[string]string{
	ruleBytecode: "bytecode that Python left beside the source",
	ruleVCS:      "version control",
	ruleVenv:     "virtual environment",
	ruleTool:     "cache of a development tool",
	ruleMade:     "build directory of an editable install",
	ruleEditor:   "left by an editor or a file manager",
	ruleLoop:     "symbolic link back to a directory it lies in",
	ruleOxgen:    "built by oxgen, or the Go side of the program",
	ruleTests:    "tests of the standard library",
	ruleBuild:    "needed only to build C extensions",
	ruleUnlinked: "taken where a module is linked with it",
	ruleInstall:  "installed distributions: name the directory under site-packages in oxgen.toml",
	ruleOwnTests: "tests of a distribution, which nothing else imports",
	ruleLocalURL: "says from which directory of this machine the distribution was installed",
	rulePathFile: "read for what it adds to sys.path",
	ruleBundled:  "wheels that ensurepip installs from",
}

// venvMarker is the file that makes a directory a virtual environment (PEP 405).
const venvMarker = "pyvenv.cfg"

// anyTreeDirs are the directories left out of every tree, by name.
var anyTreeDirs = map[string]string{
	"__pycache__": ruleBytecode, // PEP 3147
	".git":        ruleVCS, ".hg": ruleVCS, ".svn": ruleVCS, ".bzr": ruleVCS,
}

// sourceDirs are left out of source trees and packages besides.
var sourceDirs = map[string]string{
	"node_modules": ruleTool, ".tox": ruleTool, ".nox": ruleTool, ".eggs": ruleTool,
	".mypy_cache": ruleTool, ".ruff_cache": ruleTool, ".pytest_cache": ruleTool, ".hypothesis": ruleTool,
	".idea": ruleEditor, ".vscode": ruleEditor,
}

// stdlibDirs are left out of the standard library. Test packages lie at several places: test, unittest/test,
// idlelib/idle_test, and in 3.10 and 3.11 also ctypes/test, distutils/tests, lib2to3/tests, sqlite3/test, tkinter/test.
var stdlibDirs = map[string]string{
	"test": ruleTests, "tests": ruleTests, "idle_test": ruleTests,
	"site-packages": ruleInstall, "dist-packages": ruleInstall,
}

// stdlibTestModules begin the names of the extension modules of lib-dynload that only CPython's tests need.
var stdlibTestModules = []string{"_test", "_ctypes_test", "_xxtest", "xxlimited", "xxsubtype"}

func isTestModule(rel, name string) bool {
	// Those of Windows lie in a directory of their own, which is an input by itself.
	place := rel == dynload+"/"+name || rel == name && strings.HasSuffix(name, ".pyd")
	return place && slices.ContainsFunc(stdlibTestModules, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// sourceRootFiles are the files of a Go module that a source tree's top directory can hold, because the program's
// main package lies there ("sources = ["."]").
var sourceRootFiles = map[string]bool{
	"go.mod": true, "go.sum": true, "go.work": true, "go.work.sum": true, "oxgen.toml": true,
}

// sourceFiles are left out of source trees and packages wherever they lie. The .git of a submodule or a
// worktree is a file.
var sourceFiles = map[string]string{
	".git": ruleVCS, ".gitignore": ruleVCS, ".gitattributes": ruleVCS, ".gitmodules": ruleVCS, ".gitkeep": ruleVCS,
	".hgignore": ruleVCS, ".hgtags": ruleVCS,
}

// ruleForDir returns the rule that leaves out the directory at rel in an input by its name, "" if none does.
func (t *tree) ruleForDir(rel, name string) string {
	if r := anyTreeDirs[name]; r != "" {
		return r
	}
	if t.input.builds[rel] {
		return ruleMade
	}
	switch t.input.Kind {
	case SourceTree, PackageDir:
		return sourceDirs[name]
	case Stdlib:
		switch {
		case stdlibDirs[name] != "":
			return stdlibDirs[name]
		case strings.HasPrefix(rel, "config-") && rel == name:
			return ruleBuild
		case rel == "ensurepip/_bundled":
			return ruleBundled
		}
	}
	return ""
}

// ruleForContents returns the rule that leaves out the directory at rel for what it holds, "" if none does.
func (t *tree) ruleForContents(rel string, list []fs.DirEntry) string {
	if t.input.Kind != SourceTree && t.input.Kind != PackageDir {
		return ""
	}
	for _, e := range list {
		switch {
		case e.Name() == venvMarker:
			return ruleVenv
		case strings.HasSuffix(e.Name(), ".go") && isGenerated(t.disk(rel+"/"+e.Name())):
			return ruleOxgen
		}
	}
	return ""
}

// ruleForFile returns the rule that leaves out the regular file at rel, "" if none does. sourceBeside says that the
// directory also holds a .py file of the same stem.
func (t *tree) ruleForFile(rel, name string, info fs.FileInfo, sourceBeside bool) string {
	switch {
	case isEditorFile(name):
		return ruleEditor
	case sourceBeside && (strings.HasSuffix(name, ".pyc") || strings.HasSuffix(name, ".pyo")):
		return ruleBytecode
	case t.input.Kind == Stdlib && isTestModule(rel, name):
		return ruleTests
	case t.input.Kind == Stdlib && rel == name && strings.HasSuffix(name, ".dll"):
		return ruleUnlinked
	}
	if t.input.Kind != SourceTree && t.input.Kind != PackageDir {
		return ""
	}
	switch {
	case sourceFiles[name] != "":
		return sourceFiles[name]
	case strings.HasSuffix(name, ".oxtable"), strings.HasPrefix(name, "libpython_") && strings.HasSuffix(name, ".syso"):
		return ruleOxgen
	case rel != name: // below the top directory
		return ""
	case sourceRootFiles[name], strings.HasSuffix(name, ".go"), isBuiltProgram(t.disk(rel), info):
		return ruleOxgen
	}
	return ""
}

// isEditorFile knows backups (*~), lock files of Emacs (.#*), its autosaves (#*#), swap files of vi and
// what file managers leave behind.
func isEditorFile(name string) bool {
	switch name {
	case ".DS_Store", "Thumbs.db", "desktop.ini":
		return true
	}
	swap := strings.HasPrefix(name, ".") && (strings.HasSuffix(name, ".swp") || strings.HasSuffix(name, ".swo"))
	autosave := len(name) > 1 && strings.HasPrefix(name, "#") && strings.HasSuffix(name, "#")
	return swap || autosave || strings.HasSuffix(name, "~") || strings.HasPrefix(name, ".#")
}

// generatedHeader is the first line of every Go file that oxgen generates.
const generatedHeader = "// Code generated by oxgen. DO NOT EDIT."

// isGenerated says whether the file at path was generated by oxgen; a file that can't be read was not.
func isGenerated(path string) bool {
	head := make([]byte, len(generatedHeader))
	return readHead(path, head) == len(head) && string(head) == generatedHeader
}

// tableMagic is what every embedded table begins with (pyembed/table).
const tableMagic = "\x89OXTABLE"

// isBuiltProgram says whether the file at path is an executable with an embedded table in it. Only files that begin
// like an executable are read on.
func isBuiltProgram(path string, info fs.FileInfo) bool {
	var head [4]byte
	if info.Size() < 1<<16 || !info.Mode().IsRegular() || readHead(path, head[:]) != len(head) {
		return false
	}
	switch string(head[:]) {
	case "\x7fELF", "\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe": // ELF, Mach-O, Mach-O for several architectures
	default:
		if string(head[:2]) != "MZ" { // PE
			return false
		}
	}
	return contains(path, []byte(tableMagic))
}

// readHead fills head from the start of a file and returns how much there was.
func readHead(path string, head []byte) int {
	f, err := inputs.Open(path)
	if err != nil {
		return 0
	}
	defer f.Close()
	n, _ := io.ReadFull(f, head)
	return n
}

// contains searches a file for want in pieces of a megabyte. Errors count as not found.
func contains(path string, want []byte) bool {
	f, err := inputs.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	buf := make([]byte, 1<<20)
	kept := 0 // bytes of the last piece that could begin a match
	for {
		n, err := io.ReadFull(f, buf[kept:])
		if bytes.Contains(buf[:kept+n], want) {
			return true
		}
		if err != nil {
			return false
		}
		kept = copy(buf, buf[len(buf)-len(want)+1:])
	}
}

// disk returns where the file or directory at rel lies.
func (t *tree) disk(rel string) string {
	if rel == "" {
		return t.input.Path
	}
	return filepath.Join(t.input.Path, filepath.FromSlash(rel))
}
