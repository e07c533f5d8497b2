//go:build linux

package e2e

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A Tcl without its library, which the default distribution does not have: what Tk needs of it to start.
var tclLibrary = map[string]string{"init.tcl": "proc tcl_findLibrary args {}\n", "tk.tcl": ""}

// window is Python code that opens a window.
const window = `
import tkinter
root = tkinter.Tk()
frame, label = tkinter.Frame(root, width=123, height=45), tkinter.Label(root, text="x" * 30)
frame.pack()
label.pack()
root.update()
print(frame.winfo_width(), label.winfo_width(), root.winfo_ismapped(), root.tk.eval("info patchlevel"), root.winfo_server())
root.destroy()
`

// TestTkinter imports _tkinter with the two libraries that it is linked with, which the distribution has beside libpython, and
// opens a window.
func TestTkinter(t *testing.T) {
	t.Parallel()
	p := native(t)
	twin, err := natives()
	if err != nil {
		t.Fatal(err)
	}
	p.code("import _tkinter, os; print(_tkinter.TCL_VERSION, _tkinter.TK_VERSION, os.path.relpath(_tkinter.__file__, os.sys.executable))").run(t).
		wantOutput(t, "9.0 9.0 _tkinter.cpython-314-x86_64-linux-gnu.so\n")

	tcl := t.TempDir()
	for name, text := range tclLibrary {
		if err := os.WriteFile(filepath.Join(tcl, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := []string{"DISPLAY=" + display(t), "TCL_LIBRARY=" + tcl, "TK_LIBRARY=" + tcl}
	plain := (&call{path: twin.python, args: []string{"-I", "-c", window}}).with(env...).run(t)
	if plain.status != 0 || plain.stdout == "" {
		t.Fatalf("python: status %d\n%s", plain.status, plain.stderr)
	}
	p.code(window).with(env...).run(t).wantOutput(t, plain.stdout)
}

// display starts an X server for the test, and returns its name.
func display(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("Xvfb")
	if err != nil {
		t.Skip("Xvfb is not installed")
	}
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	server := exec.CommandContext(t.Context(), path, "-displayfd", "3", "-screen", "0", "640x480x24", "-nolisten", "tcp")
	server.ExtraFiles = []*os.File{writer}
	err = server.Start()
	writer.Close()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Wait() }) // the context has ended it
	number, err := bufio.NewReader(reader).ReadString('\n')
	if err != nil {
		t.Skip("Xvfb does not start:", err)
	}
	return ":" + strings.TrimSpace(number)
}
