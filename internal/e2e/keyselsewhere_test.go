//go:build linux

package e2e

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A keyGroup is effects of keys that are looked at in one run of a program.
type keyGroup struct {
	values  map[string]string // of keys, and of variables behind "$"; "" is one that is left out
	effects []keyEffect
	speaks  bool // of its standard error only parts are known
	asked   bool // by variables
}

// keyGroups puts effects of keys together in the order of the table. What one of them hides from another, it hides here too.
func keyGroups(effects []keyEffect) []*keyGroup {
	var groups []*keyGroup
	for _, e := range effects {
		at := slices.IndexFunc(groups, func(g *keyGroup) bool { return g.takes(e) })
		if at < 0 {
			at = len(groups)
			groups = append(groups, &keyGroup{values: map[string]string{}, speaks: e.stderr != "", asked: e.env != ""})
		}
		maps.Copy(groups[at].values, e.values())
		groups[at].effects = append(groups[at].effects, e)
	}
	return groups
}

// takes tells whether an effect has nothing else in mind for what others of the group set.
func (g *keyGroup) takes(e keyEffect) bool {
	for name, value := range e.values() {
		if had, ok := g.values[name]; ok && had != value {
			return false
		}
	}
	return g.speaks == (e.stderr != "") && g.asked == (e.env != "")
}

func (e keyEffect) values() map[string]string {
	values := map[string]string{e.key: e.toml}
	for line := range strings.Lines(e.also) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " = ")
		values[name] = value
	}
	for variable := range strings.FieldsSeq(e.env) {
		name, value, _ := strings.Cut(variable, "=")
		values["$"+name] = value
	}
	return values
}

// TestKeysElsewhere compares what programs see of the keys of [interpreter] with what they see here.
func TestKeysElsewhere(t *testing.T) {
	testElsewhere(t, func(t *testing.T, p platform) {
		effects := slices.DeleteFunc(slices.Clone(keyEffects), func(e keyEffect) bool {
			// Of a program that acts as python see TestActsAsPythonElsewhere.
			return e.key == "act-as-python" || p.goos == "windows" && e.unix != ""
		})
		for i, g := range keyGroups(effects) {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				if diff := cmp.Diff(onLinux.ofKeys(t, g), p.ofKeys(t, g)); diff != "" {
					t.Errorf("%v (-here +there):\n%s", g.values, diff)
				}
			})
		}
	})
}

// ofKeys runs the program that prints the effects of a group.
func (p platform) ofKeys(t *testing.T, g *keyGroup) ending {
	t.Helper()
	c := p.call(t, "keys")
	var lines []string
	for name, value := range g.values {
		if variable, ok := strings.CutPrefix(name, "$"); ok {
			c.env = append(c.env, variable+"="+value)
		} else if value != "" {
			lines = append(lines, name+" = "+value)
		}
	}
	for _, e := range g.effects {
		c.args = append(c.args, e.show)
	}
	c.env = append(c.env, keyOrder(t, lines))
	end := p.ended(t, c)
	for _, e := range g.effects {
		if e.stderr != "" && !strings.Contains(end.Stderr, e.stderr) {
			t.Errorf("%s: %q is not in\n%s", p.name(), e.stderr, end.Stderr)
		}
	}
	if g.speaks {
		end.Stderr = ""
	}
	return end
}
