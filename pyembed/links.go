package pyembed

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
)

// installLinksOption is the only option that an executable knows by itself, and only where Config.InstallLinks is set.
const installLinksOption = "--oxgen-install-links"

// linksFor tells whether a command line asks for links, and where: dir is "" when it does not say.
func (c *Config) linksFor(args []string) (dir string, ok bool) {
	if !c.InstallLinks || len(args) < 2 || args[1] != installLinksOption {
		return "", false
	}
	if len(args) == 3 {
		dir = args[2]
	}
	return dir, true
}

// installLinks makes the links in dir and returns the exit status.
func (p *Program) installLinks(dir string, stdout, stderr io.Writer) int {
	if dir == "" {
		fmt.Fprintf(stderr, "%s: usage: %s DIR\n", p.Name, installLinksOption)
		return 2
	}
	exe, err := os.Executable()
	if err == nil {
		err = p.Config.link(dir, exe, stdout)
	}
	if err != nil {
		fmt.Fprintf(stderr, "%s: %v\n", p.Name, err)
		return 1
	}
	return 0
}

// link makes a symbolic link to the executable exe in dir for every program, and prints each that it has made. A link that
// is there already stays; whatever else has the name of one is an error, and then nothing is made. On Windows links have the
// ending of executables, and are hard links where that is possible: not every user may make symbolic ones.
func (c *Config) link(dir, exe string, stdout io.Writer) error {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("installing links: %s is not a directory", quoted(dir))
	}
	var missing []string
	var problems []error
	for i := range c.Programs {
		name := filepath.Join(dir, withExe(c.Programs[i].Name))
		switch made, err := isLinkTo(name, exe); {
		case err != nil:
			problems = append(problems, err)
		case !made:
			missing = append(missing, name)
		}
	}
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	for _, name := range missing {
		// Either the whole link is made or none, and it replaces nothing that has come there meanwhile.
		if err := makeLink(exe, name); err != nil {
			return fmt.Errorf("installing links: %w", err)
		}
		fmt.Fprintf(stdout, "%s -> %s\n", name, exe)
	}
	return nil
}

func makeLink(exe, name string) error {
	if runtime.GOOS == "windows" && os.Link(exe, name) == nil {
		return nil
	}
	return os.Symlink(exe, name)
}

// isLinkTo tells whether name is a link to exe. It is an error when it is something else, and no error when there is nothing.
func isLinkTo(name, exe string) (bool, error) {
	info, err := os.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("installing links: %w", err)
	}
	if self, err := os.Stat(exe); err == nil && os.SameFile(self, info) {
		return true, nil // the executable itself, which has the name of one of its programs
	}
	target, err := os.Readlink(name)
	switch {
	case info.Mode()&fs.ModeSymlink == 0 || err != nil:
		return false, fmt.Errorf("installing links: %s is there already and no link of this program: remove it, or choose another directory", quoted(name))
	case target != exe:
		return false, fmt.Errorf("installing links: %s is a link to %s: remove it, or choose another directory", quoted(name), quoted(target))
	}
	return true, nil
}

// quoted quotes a name from outside, so that a message stays on its line.
func quoted(s string) string { return strconv.Quote(s) }
