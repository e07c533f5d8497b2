package main

import (
	"flag"
	"go/format"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

var update = flag.Bool("update", false, "write doc.go and the golden parts of scripts")

// TestManual keeps the package comment, which is the manual, in step with the help.
func TestManual(t *testing.T) {
	t.Parallel()
	want := manual(t)
	if *update {
		if err := os.WriteFile("doc.go", []byte(want), 0o666); err != nil { // a source file
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("doc.go is not the help; `go test -run TestManual -update .` writes it (-want +got)\n%s", diff)
	}
}

// manual returns doc.go: the help of all commands as a package comment.
func manual(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	root := (&app{}).rootCommand()
	root.InitDefaultHelpCmd()
	section(&b, root)
	lines := strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight("// "+l, " ")
	}
	source, err := format.Source([]byte(strings.Join(lines, "\n") + "\npackage main\n"))
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}

// section writes about c and the commands below it.
func section(b *strings.Builder, c *cobra.Command) {
	if c.HasParent() {
		b.WriteString("# " + c.CommandPath() + "\n\n")
	}
	for line := range strings.Lines(c.Long) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "  ") {
			line = "\t" + strings.TrimSpace(line) // code, as go doc knows it
		}
		b.WriteString(line + "\n")
	}
	b.WriteString("\nUsage:\n\n\t" + c.UseLine() + "\n")
	code(b, "Examples", c.Example)
	if flags := c.LocalFlags(); flags.HasAvailableFlags() {
		code(b, "Flags", flags.FlagUsagesWrapped(100))
	}
	if c.HasAvailableSubCommands() {
		b.WriteString("\nCommands:\n\n")
		for _, below := range c.Commands() {
			if below.IsAvailableCommand() {
				b.WriteString("\t" + below.CommandPath() + strings.Repeat(" ", max(1, 22-len(below.CommandPath()))) + below.Short + "\n")
			}
		}
	}
	b.WriteString("\n")
	for _, below := range c.Commands() {
		if below.IsAvailableCommand() {
			section(b, below)
		}
	}
}

// code writes lines that keep their form.
func code(b *strings.Builder, title, text string) {
	if text == "" {
		return
	}
	b.WriteString("\n" + title + ":\n\n")
	for line := range strings.Lines(text) {
		b.WriteString("\t" + strings.TrimPrefix(strings.TrimRight(line, "\n"), "  ") + "\n")
	}
}
