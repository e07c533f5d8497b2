package gen

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/klauspost/compress/zstd"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/config"
)

// A Manifest is what a program carries for people and tools: where its files come from, and what became of the files that
// are not in it. The table holds it as zstd-compressed JSON; the program itself never reads it.
type Manifest struct {
	Name         string   `json:"name"`
	Distribution string   `json:"distribution"`  // "cpython-3.14.6"
	Python       string   `json:"python"`        // "3.14.6"
	Targets      []string `json:"targets"`       // "GOOS/GOARCH"
	Run          string   `json:"run,omitempty"` // what the program does: "module app", "entry app.cli:main", "command …", "file …", "repl"
	Argv         []string `json:"argv,omitempty"`

	Choices []ManifestChoice `json:"choices,omitempty"` // the programs of [[program]], in their order

	Files    []ManifestFile    `json:"files"`    // by path
	Verdicts []ManifestVerdict `json:"verdicts"` // of the files of the inputs, in the order of the inputs
}

// A ManifestChoice is one of several programs.
type ManifestChoice struct {
	Name string   `json:"name"`
	Run  string   `json:"run"`
	Argv []string `json:"argv,omitempty"`
}

// A ManifestFile says of one file of the program where it comes from.
type ManifestFile struct {
	Path         string `json:"path"`
	Kind         string `json:"kind"`
	Distribution string `json:"distribution,omitempty"` // normalised name; "" when it belongs to none
	Origin       string `json:"origin"`
	Extracted    bool   `json:"extracted,omitempty"` // put into the user's cache directory at run time
}

// A ManifestVerdict says what became of one file of the inputs.
type ManifestVerdict struct {
	Origin  string `json:"origin"`
	Verdict string `json:"verdict"`
	Path    string `json:"path,omitempty"`
	Rule    string `json:"rule,omitempty"`
	Reason  string `json:"reason,omitempty"`
}

func (p *plan) manifest(prog *program) *Manifest {
	m := &Manifest{
		Name:         p.config.Name,
		Distribution: p.python.Name,
		Python:       p.python.Version,
	}
	for _, l := range prog.launches {
		if l.name == "" {
			m.Run, m.Argv = l.text, l.argv
		} else {
			m.Choices = append(m.Choices, ManifestChoice{Name: l.name, Run: l.text, Argv: l.argv})
		}
	}
	for _, platform := range p.platforms {
		m.Targets = append(m.Targets, platform.Target.String())
	}
	slices.Sort(m.Targets)
	for i := range prog.units {
		u := &prog.units[i]
		m.Files = append(m.Files, ManifestFile{
			Path:         u.Path,
			Kind:         u.Kind.String(),
			Distribution: u.Distribution,
			Origin:       u.Origin.String(),
			Extracted:    u.extracted,
		})
	}
	m.Verdicts = manifestVerdicts(p.collection.Verdicts)
	return m
}

// runText says in a line what a program does.
func runText(run config.Run) string {
	for _, mode := range []struct{ key, value string }{
		{"module", run.Module}, {"entry", run.Entry}, {"console-script", run.ConsoleScript}, {"command", run.Command}, {"file", run.File},
	} {
		if mode.value != "" {
			return mode.key + " " + mode.value
		}
	}
	return "repl"
}

// manifestVerdicts leaves out the files whose coming and going does not change the program.
func manifestVerdicts(verdicts []collector.Verdict) []ManifestVerdict {
	list := make([]ManifestVerdict, 0, len(verdicts))
	for _, v := range verdicts {
		if !v.Passing() {
			list = append(list, ManifestVerdict{
				Origin: v.Origin.String(), Verdict: v.Kind.String(), Path: v.Path, Rule: v.Rule, Reason: v.Reason,
			})
		}
	}
	return list
}

func (m *Manifest) encode() ([]byte, error) {
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

// ReadManifest reads the manifest section of a table.
func ReadManifest(section string) (*Manifest, error) {
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
