// Package manifest is what a program carries about itself for people and tools: where its files come from, and what became
// of the files that are not in it. The table holds it as zstd-compressed JSON (docs/format.md); the program never reads it.
package manifest

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/oxgen/oxgen/internal/glibc"
	"github.com/oxgen/oxgen/internal/hooks"
)

// A Manifest describes one program.
type Manifest struct {
	Name         string   `json:"name"`
	Distribution string   `json:"distribution"`     // "cpython-3.14.6"
	Python       string   `json:"python"`           // "3.14.6"
	Targets      []string `json:"targets"`          // "GOOS/GOARCH"
	Target       string   `json:"target,omitempty"` // the one of Targets that this manifest is about; "" when there is one only
	Run          string   `json:"run,omitempty"`    // what the program does: "module app", "entry app.cli:main", "command …", "file …", "repl"
	Argv         []string `json:"argv,omitempty"`

	// Requires says for each target with glibc which symbol versions the program's machine code needs; in the order of Targets.
	Requires []Requirement `json:"requires,omitempty"`

	Settings []Setting `json:"settings,omitempty"` // that differ from what a configuration without them gives, in a fixed order

	Choices []Choice `json:"choices,omitempty"` // the programs of [[program]], in their order

	Distributions []Distribution `json:"distributions,omitempty"` // by normalised name
	Runtimes      []Runtime      `json:"runtimes,omitempty"`      // by target
	Bundled       []Bundled      `json:"bundled,omitempty"`       // the C libraries that CPython's modules are made with, by name

	Files    []File    `json:"files"`    // by path
	Verdicts []Verdict `json:"verdicts"` // of the files of the inputs, in the order of the inputs

	Imports *Imports `json:"imports,omitempty"` // nil in programs of earlier versions
}

// Imports is what the graph of a program's imports is made of, besides its modules.
type Imports struct {
	GOOS        string       `json:"goos"`
	Builtin     []string     `json:"builtin"`               // modules inside of the interpreter
	Roots       []Root       `json:"roots"`                 // what is in the program whether it is imported or not
	Hooks       []hooks.Hook `json:"hooks"`                 // what of hooks counts in the program
	EntryPoints []EntryPoint `json:"entryPoints,omitempty"` // that programs look up
	Own         []string     `json:"own,omitempty"`         // the inputs that are the user's own sources
}

// A Root is a module that is in the program whether it is imported or not.
type Root struct {
	Module string `json:"module"`        // or a pattern as hooks have them
	Kind   string `json:"kind"`          // one of the kinds of package graph
	Why    string `json:"why,omitempty"` // "run", "program NAME", the pattern or the file that asks for it
}

// An EntryPoint is one of a distribution's that a program can look up by importlib.metadata.
type EntryPoint struct {
	Distribution string `json:"distribution"`
	Group        string `json:"group"`
	Name         string `json:"name"`
	Module       string `json:"module"`
}

// A Requirement is what a target must have for the program to run, beside what the program brings.
type Requirement struct {
	Target string `json:"target"`
	glibc.Needs
}

// A Setting is an option of the program that does not show in its files.
type Setting struct {
	Name  string `json:"name"` // a key of oxgen.toml, or the name that PEP 741 has for an option of the interpreter
	Value string `json:"value"`
}

// A Choice is one of several programs.
type Choice struct {
	Name string   `json:"name"`
	Run  string   `json:"run"`
	Argv []string `json:"argv,omitempty"`
}

// A File says of one file of the program where it comes from.
type File struct {
	Path         string `json:"path"`
	Kind         string `json:"kind"`
	Distribution string `json:"distribution,omitempty"` // normalised name; "" when it belongs to none
	Origin       string `json:"origin"`
	Extracted    bool   `json:"extracted,omitempty"` // put into the user's cache directory at run time
}

// A Verdict says what became of one file of the inputs.
type Verdict struct {
	Origin  string `json:"origin"`
	Verdict string `json:"verdict"`
	Path    string `json:"path,omitempty"`
	Rule    string `json:"rule,omitempty"`
	Reason  string `json:"reason,omitempty"`
}

// Encode returns the manifest as a section of a table. The same manifest gives the same bytes.
func (m *Manifest) Encode() ([]byte, error) {
	text, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	return w.EncodeAll(text, nil), nil
}

// maxManifest bounds what a manifest may unpack to, in bytes.
const maxManifest = 1 << 30

// Decode reads what Encode wrote.
func Decode(section string) (*Manifest, error) {
	r, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxManifest), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	text, err := r.DecodeAll([]byte(section), nil)
	if err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	var m Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	return &m, nil
}

// scriptPrefix begins the names of modules that are scripts.
const scriptPrefix = "_oxgen_script "

// ScriptModule returns the name that the module of a script has in the table; path is the script's. No import statement can
// have such a name. templates/process.py, _script_code, knows the rule too.
func ScriptModule(path string) string {
	return scriptPrefix + strings.NewReplacer("%", "%25", ".", "%2E").Replace(path)
}

// ScriptPath returns the path of the script that a module of a table is; ok is false for any other module.
func ScriptPath(module string) (path string, ok bool) {
	path, ok = strings.CutPrefix(module, scriptPrefix)
	return strings.NewReplacer("%2E", ".", "%25", "%").Replace(path), ok
}

// IsScript tells whether a module of a table is a script.
func IsScript(module string) bool { return strings.HasPrefix(module, scriptPrefix) }
