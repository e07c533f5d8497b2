//go:build linux

package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/oxgen/oxgen/internal/wheel/wheeltest"
)

// applications builds one executable of several programs, out of wheels that are made of Debian's packages.
var applications = sync.OnceValues(func() (*program, error) {
	p, err := newProgram(filepath.Join(workspace, "applications"), "testdata/applications")
	if err != nil {
		return nil, err
	}
	if err := p.addApplications(); err != nil {
		return nil, err
	}
	p.exe = filepath.Join(p.module, "bin", "applications")
	if out, err := oxgen(context.Background(), "--quiet", "build", p.dir, "-o", p.exe); err != nil {
		return nil, fmt.Errorf("building applications: %w\n%s", err, out)
	}
	return p, nil
})

// noWheels are the parts of the distribution of which no wheel can be made: Debian's metadata don't tell what belongs to it.
var noWheels = []string{"mercurial", "hgext", "hgdemandimport"}

// addApplications makes wheels of the Debian packages, and puts what is left into site.
func (p *program) addApplications() error {
	packages, err := debianPackages("applications")
	if err != nil {
		return err
	}
	files, err := packageFiles(packages)
	if err != nil {
		return err
	}
	site, installed := filepath.Join(p.dir, "site"), filepath.Join(p.dir, "installed")
	for _, rel := range files {
		top, _, _ := strings.Cut(rel, "/")
		to := installed
		if name, _, _ := strings.Cut(top, "-"); slices.Contains(noWheels, name) {
			to = site
		}
		if err := copyInto(to, rel, machinePackages); err != nil {
			return err
		}
	}
	wheels, err := wheeltest.Installed(installed, "cp311-cp311-linux_x86_64")
	if err != nil {
		return err
	}
	dir := filepath.Join(p.dir, "wheels")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for i := range wheels {
		if err := os.WriteFile(filepath.Join(dir, wheels[i].Filename()), wheels[i].Bytes(builders{}), 0o600); err != nil {
			return err
		}
	}
	return os.RemoveAll(installed)
}

// builders stand for a test where there is none yet.
type builders struct{}

func (builders) Helper()           {}
func (builders) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

// timezones are what Debian's pytz, and Django's settings, want of the system.
var timezones = []string{"/usr/share/zoneinfo/tzdata.zi", "/usr/share/zoneinfo/zone1970.tab", "/usr/share/zoneinfo/UTC"}

// TestApplications runs programs that others have written, where there is no Python: they find their templates, style
// sheets, plug-ins, extension modules and versions.
func TestApplications(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("left out by -short")
	}
	p, err := applications()
	if errors.Is(err, errNotHere) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	j := jail{Root: chroot(t, p.exe, "proc", "tmp", "dev"), Proc: true}
	for _, name := range timezones {
		place(t, name, filepath.Join(j.Root, name))
	}
	if err := unix.Mknod(filepath.Join(j.Root, "dev/urandom"), unix.S_IFCHR|0o666, int(unix.Mkdev(1, 9))); err != nil {
		t.Skip("needs the right to make devices:", err)
	}
	for _, test := range []struct {
		name  string
		args  []string
		stdin string
		want  []string
	}{
		{"http version", []string{"http", "--version"}, "", []string{"3.2.1\n"}},
		{"http request", []string{"http", "--offline", "--ignore-stdin", "--pretty=format", "POST", "example.org/x", "a=1"}, "", []string{"POST", "example.org", `"a"`}},
		{"highlighting", []string{"pygmentize", "-l", "python", "-f", "html"}, "import os\n", []string{`<span class="kn">import</span>`}},
		{"formatting", []string{"sqlformat", "-k", "upper", "-"}, "select 1 from x", []string{"SELECT 1 FROM x"}},
		{"templates of packages", []string{"django-admin", "startproject", "site1", "/tmp"}, "", nil},
		{"what templates made", []string{"django-admin", "help", "--pythonpath", "/tmp", "--settings", "site1.settings", "runserver"}, "", []string{"usage: "}},
		{"extension modules", []string{"hg", "--config", "ui.username=me", "init", "/tmp/repository"}, "", nil},
		{"its extensions", []string{"hg", "-R", "/tmp/repository", "--config", "extensions.churn=", "summary"}, "", []string{"parent: -1:000000000000 tip"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := &call{path: "/app", args: test.args, env: []string{"HOME=/tmp"}, stdin: strings.NewReader(test.stdin), jail: &j}
			r := c.run(t)
			if r.status != 0 {
				t.Errorf("status %d, signal %d\n%s", r.status, r.signal, r.stderr)
			}
			for _, text := range test.want {
				if !strings.Contains(r.stdout, text) {
					t.Errorf("the output lacks %q:\n%s", text, head(r.stdout, 40))
				}
			}
		})
	}
	t.Run("a page", func(t *testing.T) { servePages(t, &j) })
}

// servePages has the program pages serve a page.
func servePages(t *testing.T, j *jail) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/app", "pages")
	if err := j.prepare(cmd); err != nil {
		t.Fatal(err)
	}
	address, stderr := listening(t, cmd)
	page := get(t, address+"hello/"+url.PathEscape("Zoë <b>"))
	for _, want := range []string{"<title>Pages</title>", "<p>Hello Zoë &lt;b&gt;, of Flask 2.2.2 and jinja2 3.1.2</p>"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	get(t, address+"end")
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, stderr.String())
	}
}
