package pyembed

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The parent of a test is the go command: another program, whatever the environment says.
func TestIsChildOfAnother(t *testing.T) {
	p := program(t)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	id := p.identity(exe)
	id.pid = os.Getppid()
	t.Setenv(envParent, id.String())
	if p.isChild(exe, true) {
		t.Error("the go command is taken for the program")
	}
}

// Where the kernel does not say what the parent runs, the environment decides: here the executable is not the one of this
// process.
func TestIsChildByToken(t *testing.T) {
	p := program(t)
	const exe = "/opt/app"
	id := func(pid int, fingerprint, path string) string { return identity{pid, fingerprint, path}.String() }
	parent, own := os.Getppid(), p.Fingerprint[:16]
	tests := []struct {
		name, env string
		want      bool
	}{
		{"typed by a person", "", false},
		{"told by the parent", id(parent, own, exe), true},
		{"the executable was moved", id(parent, own, "/opt/old"), true},
		{"the executable was replaced", id(parent, strings.Repeat("0", 16), exe), true},
		{"child of another program", id(parent, strings.Repeat("0", 16), "/opt/other"), false},
		{"grandchild", id(1<<30, own, exe), false},
		{"the process itself, become another", id(os.Getpid(), own, exe), false},
		{"nonsense", "x:y:z", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv(envParent, test.env)
			if got := p.isChild(exe, true); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestIsPython(t *testing.T) {
	tests := []struct {
		name, env string
		want      bool
	}{
		{"/usr/bin/app", "", false},
		{"/usr/bin/app", "1", true},
		{"/usr/bin/app", "3.11", false}, // for the oxgen command
		{"python", "", true},
		{"/usr/bin/python3", "", true},
		{"./python3.14", "", true},
		{"python-app", "", false},
		{"pythonic", "", false},
		{"ipython", "", false},
		{"", "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv(envPython, test.env)
			if got := isPython([]string{test.name, "-c"}); got != test.want {
				t.Errorf("with %s=%q: got %v, want %v", envPython, test.env, got, test.want)
			}
		})
	}
}

func TestParseCommandLine(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"file", "package/__main__.py", "directory/file"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	tests := []struct {
		args string
		want commandLine
	}{
		{"", commandLine{}},
		{"-c x", commandLine{python: true}},
		{"-m x -E", commandLine{python: true}},
		{"-", commandLine{python: true}},
		{"-V", commandLine{python: true, letters: "V"}},
		{"--version", commandLine{python: true}},
		{"--serve", commandLine{}},
		{"-y", commandLine{}},
		{"-uy", commandLine{letters: "u"}},
		{"--multiprocessing-fork x=1", commandLine{}},
		{"file a", commandLine{python: true, script: 1, path: dir + "/file"}},
		{"./package -c", commandLine{python: true, script: 1, path: dir + "/package"}},
		{"directory", commandLine{script: 1, path: dir + "/directory"}},
		{"serve", commandLine{script: 1, path: dir + "/serve"}},
		{"file/within.py", commandLine{python: true, script: 1, path: dir + "/file/within.py"}},
		{"nowhere/within.py", commandLine{script: 1, path: dir + "/nowhere/within.py"}},
		{"-u missing", commandLine{python: true, script: 2, path: dir + "/missing", letters: "u"}},
		{"-W error file", commandLine{python: true, script: 3, path: dir + "/file"}},
		{"-Werror -BX utf8 file", commandLine{python: true, script: 4, path: dir + "/file", letters: "B", utf8: true}},
		{"-Xutf8=0 -X utf8x -c x", commandLine{python: true, utf8: true}},
		{"-- file", commandLine{python: true, script: 2, path: dir + "/file"}},
		{"-BI file", commandLine{python: true, script: 2, path: dir + "/file", letters: "BI"}},
		{"--check-hash-based-pycs never -E -c x", commandLine{python: true, letters: "E"}},
		{"-OOcprint(1) -I", commandLine{python: true, letters: "OO"}},
	}
	for _, test := range tests {
		t.Run(test.args, func(t *testing.T) {
			got := parseCommandLine(append([]string{"app"}, strings.Fields(test.args)...))
			if got != test.want {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func TestRunsOneCommand(t *testing.T) {
	tests := []struct {
		line string
		want bool
	}{
		{`C:\windows\system32\cmd.exe /c "app.exe -c "x""`, true},
		{`"C:\Program Files\cmd.exe" /d /s /C"app.exe"`, true},
		{`cmd /q /r app`, true},
		{`cmd.exe`, false},
		{`cmd.exe `, false},
		{`"cmd.exe"`, false},
		{`cmd.exe /k app /c`, false},
		{`cmd.exe app /c`, false},
		{`cmd.exe /`, false},
		{`"cmd.exe /c app`, false},
		{``, false},
	}
	for _, test := range tests {
		if got := runsOneCommand(test.line); got != test.want {
			t.Errorf("%s: got %v, want %v", test.line, got, test.want)
		}
	}
}
