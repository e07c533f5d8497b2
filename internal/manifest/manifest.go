// Package manifest is what a program carries about itself for people and tools: where its files come from, and what became
// of the files that are not in it. The table holds it as zstd-compressed JSON (docs/format.md); the program never reads it.
package manifest

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// A Manifest describes one program.
type Manifest struct {
	Name         string   `json:"name"`
	Distribution string   `json:"distribution"`  // "cpython-3.14.6"
	Python       string   `json:"python"`        // "3.14.6"
	Targets      []string `json:"targets"`       // "GOOS/GOARCH"
	Run          string   `json:"run,omitempty"` // what the program does: "module app", "entry app.cli:main", "command …", "file …", "repl"
	Argv         []string `json:"argv,omitempty"`

	Choices []Choice `json:"choices,omitempty"` // the programs of [[program]], in their order

	Distributions []Distribution `json:"distributions,omitempty"` // by normalised name
	Libraries     []Library      `json:"libraries,omitempty"`     // by name
	Runtimes      []Runtime      `json:"runtimes,omitempty"`      // by target

	Files    []File    `json:"files"`    // by path
	Verdicts []Verdict `json:"verdicts"` // of the files of the inputs, in the order of the inputs
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
