package collector

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/inputs"
)

// An InputKind says how an input is read.
type InputKind uint8

// The kinds of inputs.
const (
	SourceTree   InputKind = iota + 1 // directory that would stand in sys.path: what it holds is importable
	PackageDir                        // directory with an __init__.py: a package by the directory's name
	SingleFile                        // .py file: a top-level module
	SitePackages                      // directory that distributions are installed in
	Wheel                             // .whl archive
	Stdlib                            // standard library of a distribution; Classify never says so
	Assembled                         // editable install whose files lie in several places; Classify never says so
)

var inputKindNames = [...]string{"none", "source tree", "package", "file", "site-packages", "wheel", "standard library", "editable install"}

// String returns the kind in words.
func (k InputKind) String() string {
	if int(k) >= len(inputKindNames) {
		return inputKindNames[0]
	}
	return inputKindNames[k]
}

// An Input is one thing to collect from.
type Input struct {
	Kind  InputKind
	Path  string // on disk, absolute
	Label string // as the user wrote it: "app", "wheels/x.whl", "stdlib"; stands in origins, messages and the program

	as       string          // slash path in the program of a package or a file whose own name is another one; "" for its own
	optional bool            // it may hold nothing
	skips    map[string]bool // slash paths below a directory that belong to another input, or to none
	builds   map[string]bool // slash paths of build directories below a directory
	followed []string        // of SitePackages: the loaders in it that are followed

	// Of Assembled only. Path is that of the loader.
	parts        []part
	distribution string // normalised name
	joins        bool   // what it holds of a package and the user's sources do not is added to theirs
}

// at returns the slash path in the program of a PackageDir or a SingleFile.
func (in *Input) at() string {
	if in.as != "" {
		return in.as
	}
	return filepath.Base(in.Path)
}

// Classify decides what the file or directory at path is, which the user calls label. A *diag.Error says what is wrong
// with one that can't be collected from.
func Classify(path, label string) (Input, error) {
	in := Input{Path: path, Label: strings.TrimRight(filepath.ToSlash(label), "/")}
	if in.Label == "" {
		in.Label = label
	}
	info, err := inputs.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Input{}, diag.Errorf(label, "correct the path, or create what it names", "no such file or directory")
	case err != nil:
		return Input{}, unreadable(label, err)
	case info.IsDir():
		in.Kind, err = classifyDir(path, label)
	case info.Mode().IsRegular():
		in.Kind, err = classifyFile(path, label)
	default:
		err = diag.Errorf(label, "name a directory, a .py file or a wheel", "neither a file nor a directory")
	}
	if err != nil {
		return Input{}, err
	}
	return in, nil
}

func classifyFile(path, label string) (InputKind, error) {
	name := filepath.Base(path)
	stem, isSource := strings.CutSuffix(name, ".py")
	switch {
	case isWheelName(name):
		return Wheel, nil
	case isSource && stem != "" && !strings.Contains(stem, "."):
		return SingleFile, nil
	case isSource:
		return 0, diag.Errorf(label, "rename the file so that .py follows the only dot",
			"a module whose name has a dot can't be imported")
	}
	return 0, diag.Errorf(label, "name a directory, a .py file or a wheel", "not a Python source file")
}

func classifyDir(path, label string) (InputKind, error) {
	list, err := inputs.ReadDir(path)
	if err != nil {
		return 0, unreadable(label, err)
	}
	holds := func(name string) bool {
		return slices.ContainsFunc(list, func(e fs.DirEntry) bool { return e.Name() == name })
	}
	base := filepath.Base(path)
	switch {
	case len(list) == 0:
		return 0, emptyTree(label)
	case holds(venvMarker):
		return 0, diag.Errorf(label, "name it under `site-packages` in oxgen.toml",
			"a virtual environment, not a source tree")
	case base == "site-packages" || base == "dist-packages":
		return SitePackages, nil
	case !holds("__init__.py"):
		return SourceTree, nil
	case isPackageName(base):
		return PackageDir, nil
	}
	return 0, diag.Errorf(label, "rename the directory, or name the one above it",
		"holds an __init__.py, but no package can have the name %q", base)
}

// emptyTree is the error of a source tree without anything to embed.
func emptyTree(label string) error {
	return diag.Errorf(label, "put the Python sources there, or correct `sources` in oxgen.toml",
		"holds nothing to embed")
}

// emptyError is the error of an input that gave not one resource, nil where that is no mistake: what another input
// shadows altogether is not lost, and what the user's rules leave out is not missed.
func (in *Input) emptyError(entries []*entry) error {
	switch in.Kind {
	case SourceTree, PackageDir, Stdlib:
	default:
		return nil
	}
	if in.optional {
		return nil
	}
	for _, e := range entries {
		if e.rule == ruleShadowed || e.ruled {
			return nil
		}
	}
	return emptyTree(in.Label)
}

func isWheelName(name string) bool { return strings.HasSuffix(name, ".whl") }

// cause takes the operation and the path of this machine off an error of package os.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
