package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/exectest"
	"github.com/oxgen/oxgen/internal/pyexec"
)

// TestConsole types the commands in the ```console blocks of the documentation into a shell, in a copy of the
// repository, and compares what comes out. In the expected output … stands for anything.
func TestConsole(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages, "README.md") {
		steps := consoleSteps(t, page)
		if len(steps) == 0 {
			continue
		}
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			runSteps(t, steps)
		})
	}
}

// A step is a command and what it prints.
type step struct{ command, output string }

// consoleSteps returns the steps of all console blocks of a page, in order.
func consoleSteps(t *testing.T, page string) []step {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var steps []step
	for _, block := range regexp.MustCompile("(?ms)^```console\n(.*?)^```").FindAllStringSubmatch(string(text), -1) {
		for line := range strings.Lines(block[1]) {
			if command, ok := strings.CutPrefix(line, "$ "); ok {
				steps = append(steps, step{command: strings.TrimSpace(command)})
			} else {
				steps[len(steps)-1].output += line
			}
		}
	}
	return steps
}

// runSteps runs all steps in one shell, so that cd lasts.
func runSteps(t *testing.T, steps []step) {
	const mark = "==== step "
	var script, want strings.Builder
	for _, s := range steps {
		script.WriteString("echo '" + mark + "'\n" + s.command + " 2>/dev/null\n")
		want.WriteString(mark + "\n" + s.output)
	}
	copied := copyRepository(t)
	bin := t.TempDir()
	env := append(pyexec.Environ("GOBIN", "PATH", "OXGEN_*", "PYTHON*"), "GOBIN="+bin, "PATH="+bin+":"+os.Getenv("PATH"))
	out, err := pyexec.Run(t.Context(), pyexec.Command{
		Path: "bash", Args: []string{"-ec", script.String()}, Dir: copied, Env: env, Timeout: 10 * time.Minute,
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	pattern := strings.ReplaceAll(regexp.QuoteMeta(want.String()), "…", ".*")
	if !regexp.MustCompile("^" + pattern + "$").Match(out) {
		t.Errorf("output (-want +got):\n%s", cmp.Diff(strings.Split(want.String(), "\n"), strings.Split(string(out), "\n")))
	}
}

// copyRepository copies the files that git knows or would add, and returns the directory.
func copyRepository(t *testing.T) string {
	t.Helper()
	list, err := pyexec.Run(t.Context(), pyexec.Command{
		Path: "git", Args: []string{"ls-files", "-co", "--exclude-standard", "-z"}, Env: os.Environ(),
	})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name := range strings.SplitSeq(strings.TrimRight(string(list), "\x00"), "\x00") {
		if _, err := os.Stat(name); os.IsNotExist(err) {
			continue // deleted, and git does not know yet
		}
		target := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := exectest.Copy(target, name, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestLinks has every relative link of the documentation lead to a file, and to a heading in it.
func TestLinks(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	links := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	for _, page := range append(pages, "README.md", "CONTRIBUTING.md", "CHANGELOG.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range links.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(link[1], "://") {
				continue
			}
			file, anchor, _ := strings.Cut(link[1], "#")
			target := page
			if file != "" {
				target = filepath.Join(filepath.Dir(page), file)
			}
			contents, err := os.ReadFile(target)
			if err != nil && !isDir(target) {
				t.Errorf("%s: link to %s: %v", page, link[1], err)
			}
			if anchor != "" && !headings(string(contents))[anchor] {
				t.Errorf("%s: link to %s: no such heading", page, link[1])
			}
		}
	}
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// headings returns the anchors that a forge makes of a page's headings.
func headings(text string) map[string]bool {
	anchors := map[string]bool{}
	for line := range strings.Lines(text) {
		if heading := strings.TrimLeft(line, "#"); heading != line {
			heading = strings.ToLower(strings.TrimSpace(heading))
			heading = regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(heading, "")
			anchors[strings.ReplaceAll(heading, " ", "-")] = true
		}
	}
	return anchors
}
