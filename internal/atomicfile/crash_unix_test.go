//go:build linux || darwin

package atomicfile

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/pyexec"
)

// TestMain is also the programs that the tests kill: this binary with one of these words as its first argument.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 {
		switch os.Args[1] {
		case "commit-for-ever":
			os.Exit(commitForEver(os.Args[2]))
		case "commit-limited":
			os.Exit(commitLimited(os.Args[2]))
		}
	}
	os.Exit(m.Run())
}

// setOf returns a set of which every file tells its version, and whose layout differs between odd and even ones.
func setOf(version int) (files []File, obsolete []string) {
	text := strings.Repeat(fmt.Sprintf("version %d\n", version), 2000)
	names := []string{"a.bin", "even/b.bin", "c.bin", "table.bin"}
	obsolete = []string{"odd.bin"}
	if version%2 == 1 {
		names = []string{"a.bin", "odd.bin", "c.bin", "table.bin"}
		obsolete = []string{"even/b.bin"}
	}
	for _, name := range names {
		files = append(files, File{Name: name, Data: []byte(text)})
	}
	return files, obsolete
}

// commitForEver commits one version after the other and says so on standard output, until it is killed.
func commitForEver(dir string) int {
	for version := 1; ; version++ {
		fmt.Println(version)
		files, obsolete := setOf(version)
		if _, err := Commit(dir, files, obsolete); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
}

// wholeVersion returns the version that the directory holds, and an error when it holds anything else than one set.
func wholeVersion(got map[string]string) (int, error) {
	line, _, _ := strings.Cut(got["table.bin"], "\n")
	version, err := strconv.Atoi(strings.TrimPrefix(line, "version "))
	if err != nil {
		return 0, fmt.Errorf("table.bin begins with %q", line)
	}
	files, _ := setOf(version)
	want := map[string]string{}
	for _, f := range files {
		want[f.Name] = string(f.Data)
	}
	seen := map[string]string{}
	for name, text := range got {
		if text != "dir" {
			seen[name] = text
		}
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		return 0, fmt.Errorf("not version %d (-want +got):\n%.600s", version, diff)
	}
	return version, nil
}

func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files, _ := setOf(0)
	if _, err := Commit(dir, files, nil); err != nil {
		t.Fatal(err)
	}
	rounds, broken := 60, 0
	if testing.Short() {
		rounds = 10
	}
	for range rounds {
		p, err := pyexec.Start(t.Context(), pyexec.Command{Path: exe, Args: []string{"commit-for-ever", dir}})
		if err != nil {
			t.Fatal(err)
		}
		said := bufio.NewReader(p.Stdout)
		if _, err := said.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		time.Sleep(rand.N(10 * time.Millisecond)) // any moment will do
		p.Kill()
		if len(globStages(t, dir)) > 0 {
			broken++
		} else if _, err := wholeVersion(contents(t, dir)); err != nil {
			t.Fatalf("no journal to follow, and %v", err)
		}
		checkInterrupted(t, dir)
		if err := Recover(dir); err != nil {
			t.Fatal(err)
		}
		if _, err := wholeVersion(contents(t, dir)); err != nil {
			t.Fatalf("after Recover: %v", err)
		}
	}
	t.Logf("%d of %d kills met a Commit at work", broken, rounds)
}

// checkInterrupted wants the old set whole in a directory whose Commit was killed before the journal was there.
func checkInterrupted(t *testing.T, dir string) {
	t.Helper()
	stages := globStages(t, dir)
	for _, s := range stages {
		if _, err := os.Stat(filepath.Join(s, "journal")); err == nil {
			return
		}
	}
	got := contents(t, dir)
	for name := range got {
		if strings.HasPrefix(name, stagePrefix) {
			delete(got, name)
		}
	}
	if _, err := wholeVersion(got); err != nil {
		t.Fatalf("killed before the journal, and %v", err)
	}
}

func globStages(t *testing.T, dir string) []string {
	t.Helper()
	stages, err := filepath.Glob(filepath.Join(dir, stagePrefix+"*"))
	if err != nil {
		t.Fatal(err)
	}
	return stages
}

// commitLimited commits what does not fit under a limit of the file size. Where a full disk can't be had without being
// root, this is the nearest thing: a write that stops in the middle.
func commitLimited(dir string) int {
	limit := syscall.Rlimit{Cur: 30000, Max: 30000}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return 3
	}
	files, obsolete := setOf(1)
	files[2].Data = make([]byte, 50000)
	_, err := Commit(dir, files, obsolete)
	if errors.Is(err, syscall.EFBIG) {
		return 0
	}
	fmt.Fprintln(os.Stderr, err)
	return 4
}

func TestWriteThatStops(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files, _ := setOf(0)
	if _, err := Commit(dir, files, nil); err != nil {
		t.Fatal(err)
	}
	before := contents(t, dir)
	if _, err := pyexec.Run(t.Context(), pyexec.Command{Path: exe, Args: []string{"commit-limited", dir}}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, contents(t, dir)); diff != "" {
		t.Errorf("directory (-want +got):\n%.600s", diff)
	}
}

// wantMendable asserts that err is one that tells the user about dir and has a hint.
func wantMendable(t *testing.T, err error, dir string) {
	t.Helper()
	var d *diag.Error
	if !errors.As(err, &d) || d.File != dir || d.Hint == "" {
		t.Errorf("error %v (%T), want a diag.Error about %s with a hint", err, err, dir)
	}
}
