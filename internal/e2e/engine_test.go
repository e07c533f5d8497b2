//go:build linux

package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// An engine is a way in which programs carry Python. The tests are the same for all.
type engine struct {
	link   string // the key of oxgen.toml
	python string // a SPEC of `oxgen python info`
	minor  int    // of its version
}

// engines are those that OXGEN_E2E_LINK may name.
var engines = map[string]engine{
	"mapped": {"mapped", "3.14", 14},
	"static": {"static", staticPython, 11},
}

// used is the engine of this run of the tests.
var used = engines["mapped"]

// chooseEngine sets the engine by the environment. The reason is "" when programs can be built with it.
func chooseEngine() (reason string, err error) {
	const variable = "OXGEN_E2E_LINK"
	name := os.Getenv(variable)
	if name == "" {
		return "", nil
	}
	e, ok := engines[name]
	if !ok {
		return "", fmt.Errorf("%s=%q: the engines are mapped, static", variable, name)
	}
	if e.link == "static" {
		reason = noStatic(context.Background())
	}
	used = e
	return reason, nil
}

// environ is the environment of the oxgen command.
func (e engine) environ() []string {
	env := append(os.Environ(), "GOWORK=off")
	if e.link != "mapped" {
		env = append(env, "OXGEN_PYTHON="+e.python)
	}
	return env
}

// configure has a program carry Python in the engine's way.
func (e engine) configure(p *program) error {
	if e.link == "mapped" {
		return nil
	}
	if err := p.configure(fmt.Sprintf("link = %q", e.link)); err != nil {
		return err
	}
	return p.edit(e.simplify)
}

// simplify takes out of a configuration what the engine's Python does not know.
func (e engine) simplify(text string) string {
	if e.minor < 12 {
		text = strings.ReplaceAll(text, "int-max-str-digits = 1000\n", "")
	}
	if e.minor >= 14 {
		return text
	}
	before, command, found := strings.Cut(text, "command = \"\"\"\n")
	if !found {
		return text
	}
	command, after, _ := strings.Cut(command, "\"\"\"")
	return before + "command = \"\"\"\n" + dedent.ReplaceAllString(command, "") + "\"\"\"" + after
}

// dedent matches what Python 3.14 takes off the lines of a command.
var dedent = regexp.MustCompile(`(?m)^    `)

// only skips a test of what one engine alone does.
func only(t *testing.T, link string) {
	t.Helper()
	if used.link != link {
		t.Skipf("link = %q has no such thing", used.link)
	}
}

// configure puts a line at the head of the program's oxgen.toml.
func (p *program) configure(line string) error {
	return p.edit(func(text string) string { return line + "\n" + text })
}

// edit changes the program's oxgen.toml.
func (p *program) edit(change func(string) string) error {
	file := filepath.Join(p.dir, "oxgen.toml")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(change(string(text))), 0o600)
}
