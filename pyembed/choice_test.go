package pyembed

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	programs := []Choice{{Name: "serve", Module: "app.serve", Argv: []string{"-q"}}, {Name: "app", Command: "pass"}}
	tests := []struct {
		name string
		args string // separated by |
		run  string // module of the Config itself
		want string // what runs and its arguments; "" when it is undecided
	}{
		{"argument", "./tool|serve|x", "", "module app.serve [-q] ./tool serve|x"},
		{"name", "/usr/bin/serve|x", "", "module app.serve [-q] /usr/bin/serve|x"},
		{"name of a program that was chosen", "./tool serve|x", "", "module app.serve [-q] ./tool serve|x"},
		{"name with blanks", "./My serve tool|x", "", ""},
		{"name before argument", "serve|app", "", "module app.serve [-q] serve|app"},
		{"ending", `serve.EXE`, "", "module app.serve [-q] serve.EXE"},
		{"only an ending", ".exe", "", ""},
		{"of the executable itself", "app|serve", "", "command pass [] app|serve"},
		{"not the second argument", "./tool|-v|serve", "", ""},
		{"nothing", "./tool", "", ""},
		{"no name", "", "", ""},
		{"default", "./tool|-v|serve", "main", "module main [] ./tool|-v|serve"},
		{"argument before default", "./tool|serve", "main", "module app.serve [-q] ./tool serve"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := &Config{Module: test.run, Programs: programs}
			config, args, err := c.choose(strings.Split(test.args, "|"))
			if test.want == "" {
				if !errors.Is(err, errUndecided) || errorStatus(err) != 2 || strings.Contains(err.Error(), "\n") {
					t.Errorf("got %v, want one line of error", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			mode, what := config.mode()
			got := mode + " " + what + " [" + strings.Join(config.Argv, " ") + "] " + strings.Join(args, "|")
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestSpawned(t *testing.T) {
	got := strings.Join(spawned([]string{"app", "--multiprocessing-fork", "a=1"}), "|")
	if !strings.HasPrefix(got, "app|-c|from multiprocessing.spawn ") || !strings.HasSuffix(got, "|--multiprocessing-fork|a=1") {
		t.Errorf("got %s", got)
	}
	for _, args := range []string{"app", "app|x|--multiprocessing-fork"} {
		if got := strings.Join(spawned(strings.Split(args, "|")), "|"); got != args {
			t.Errorf("%s became %s", args, got)
		}
	}
}

// TestLinkBesideItself installs links into the directory of the executable, which has the name of one of its programs.
func TestLinkBesideItself(t *testing.T) {
	dir := t.TempDir()
	exe := filepath.Join(dir, "app")
	if err := os.WriteFile(exe, nil, 0o700); err != nil {
		t.Fatal(err)
	}
	c := &Config{Programs: []Choice{{Name: "app"}, {Name: "serve"}}}
	var out bytes.Buffer
	if err := c.link(dir, exe, &out); err != nil || out.String() != exe[:len(exe)-3]+"serve -> "+exe+"\n" {
		t.Errorf("%v, %q", err, out.String())
	}
	if info, err := os.Lstat(exe); err != nil || !info.Mode().IsRegular() {
		t.Errorf("the executable is %v, %v", info, err)
	}
}
