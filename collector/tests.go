package collector

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A testDir is a directory of a distribution that seems to hold its tests.
type testDir struct {
	*folder
	name string // dotted, as it is imported
	kept bool   // something else needs it
}

// setTestsAside marks the tests of the distributions in site-packages and wheels: directories called test or tests with a
// file in them that is one of tests by its name. Not so:
//
//   - those of a distribution that is about testing: it has the word in its name;
//   - one without which nothing of the package that it lies in, or of the distribution, would be left;
//   - one that a file outside of such directories imports, or names in a string or as an entry point (django.test).
func setTestsAside(ctx context.Context, trees []*tree, opts Options) error {
	s := search{endings: opts.endings()}
	for _, t := range trees {
		switch t.input.Kind {
		case SitePackages, Wheel:
			s.collect(&t.root, &t.root, "")
		case Stdlib:
		default:
			s.queue = append(s.queue, t.entries...)
		}
	}
	for _, code := range opts.Code {
		s.keep(named(code, "__main__", false))
	}
	if err := s.read(ctx); err != nil {
		return err
	}
	for _, d := range s.dirs {
		d.each(func(e *entry) {
			if e.left == "" && !d.kept {
				e.left = ruleOwnTests
			}
		})
	}
	return nil
}

// A search looks for tests, and for what needs them.
type search struct {
	endings
	dirs  []*testDir
	kept  int      // how many of them are
	queue []*entry // files outside of those directories, that are still to be read
}

// collect finds directories of tests below f, whose dotted name is prefix without its last dot.
func (s *search) collect(root, f *folder, prefix string) {
	s.queue = append(s.queue, f.files...)
	for _, sub := range f.folders {
		if isTestName(sub.name) && sub.holdsTests() && !isTestTool(sub.owner()) && s.dispensable(root, f, sub) {
			s.dirs = append(s.dirs, &testDir{folder: sub, name: prefix + sub.name})
		} else {
			s.collect(root, sub, prefix+sub.name+".")
		}
	}
}

func isTestName(name string) bool { return name == "test" || name == "tests" }

// isTestTool tells whether a distribution is about testing by its name: its directory of tests may be what it is for.
func isTestTool(distribution string) bool {
	switch distribution {
	case "nose", "nose2", "hypothesis", "mock":
		return true
	}
	return strings.Contains(distribution, "test")
}

// testFile matches the names by which unittest and pytest find tests.
var testFile = regexp.MustCompile(`^(test_.*|.*_tests?|tests?|conftest)\.pyc?$`)

// holdsTests tells whether a file of tests lies in f or below.
func (f *folder) holdsTests() bool {
	for _, e := range f.files {
		if testFile.MatchString(e.name) {
			return true
		}
	}
	for _, sub := range f.folders {
		if sub.holdsTests() {
			return true
		}
	}
	return false
}

// owner returns the distribution of the first file in f that has one, "" if none has.
func (f *folder) owner() (distribution string) {
	f.each(func(e *entry) {
		if distribution == "" {
			distribution = e.Distribution
		}
	})
	return distribution
}

// dispensable tells whether something importable is left of the directory around a directory of tests when that is gone. At
// the top of the input it is the distribution that must have something else.
func (s *search) dispensable(root, around, tests *folder) bool {
	owner := tests.owner()
	if around != root {
		return s.holdsMore(around, func(*entry) bool { return true })
	}
	return owner != "" && s.holdsMore(around, func(e *entry) bool { return e.Distribution == owner })
}

// holdsMore tells whether f has a module that counts, is no test, and is more than an empty file.
func (s *search) holdsMore(f *folder, counts func(*entry) bool) bool {
	for _, e := range f.files {
		if _, _, ok := s.split(e.name); ok && e.Size > 0 && e.left == "" && counts(e) {
			return true
		}
	}
	for _, sub := range f.folders {
		if !isTestName(sub.name) && s.holdsMore(sub, counts) {
			return true
		}
	}
	return false
}

// read looks through the files in the queue. The files of a directory that turns out to be needed come into it.
func (s *search) read(ctx context.Context) error {
	for len(s.dirs) > s.kept && len(s.queue) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		e := s.queue[0]
		s.queue = s.queue[1:]
		isSource := strings.HasSuffix(e.name, sourceEnding)
		if e.verdict != 0 || e.left != "" || !isSource && e.name != entryPoints {
			continue
		}
		data, err := e.Read()
		if err != nil || !bytes.Contains(data, []byte("test")) {
			continue // a file that can't be read is reported when it is compiled
		}
		if isSource {
			s.keep(named(string(data), s.module(e.Path), e.name == "__init__"+sourceEnding))
		} else {
			s.keep(func(name string) bool { return mentions(string(data), "= "+name) || mentions(string(data), "="+name) })
		}
	}
	return nil
}

// keep keeps the directories that are named somewhere. Their files come into the queue.
func (s *search) keep(isNamed func(name string) bool) {
	for _, d := range s.dirs {
		if !d.kept && isNamed(d.name) {
			d.kept = true
			s.kept++
			d.each(func(e *entry) { s.queue = append(s.queue, e) })
		}
	}
}

const entryPoints = "entry_points.txt"

// named returns whether a source names a package: in an import, or in a string.
func named(text, module string, isPackage bool) func(name string) bool {
	imported := importedNames(text, module, isPackage)
	return func(name string) bool {
		return mentions(text, `"`+name) || mentions(text, "'"+name) || slices.ContainsFunc(imported, func(full string) bool {
			return full == name || strings.HasPrefix(full, name+".")
		})
	}
}

// mentions tells whether text holds what, and what follows is no part of the same name.
func mentions(text, what string) bool {
	for {
		_, behind, ok := strings.Cut(text, what)
		if !ok {
			return false
		}
		if r, _ := utf8.DecodeRuneInString(behind); r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return true
		}
		text = behind
	}
}
