package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/oxgen/oxgen/bill"
	"github.com/oxgen/oxgen/gen"
	"github.com/oxgen/oxgen/internal/archive"
	"github.com/oxgen/oxgen/internal/atomicfile"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/program"
	"github.com/oxgen/oxgen/internal/pyname"
	"github.com/oxgen/oxgen/internal/target"
)

// allTargets is the value of --target that stands for every target of the configuration, or without any, for every one there is.
const allTargets = "all"

// A buildOutput is where executables for several platforms go.
type buildOutput struct {
	dir  string // of the executables; "" is the current one
	dist string // directory for archives instead; "" for none
}

// buildSeveral generates once and builds for several platforms at the same time.
func (a *app) buildSeveral(c *cobra.Command, dir string, conf *config.Config, flags *generateFlags, targets []target.Target, to buildOutput) error {
	flags.targets = nil
	for _, t := range targets {
		flags.targets = append(flags.targets, t.String())
	}
	out, err := a.output(c, conf, flags)
	if err != nil {
		return err
	}
	if err := a.commit(out, a.console.Infof); err != nil {
		return err
	}
	if to.dist != "" {
		if to.dir, err = os.MkdirTemp("", "oxgen-dist-"); err != nil {
			return err
		}
		defer os.RemoveAll(to.dir)
	}
	files, err := a.buildEach(c, dir, out, targets, to.dir)
	if err != nil {
		return err
	}
	if to.dist != "" {
		return a.writeArchives(out, targets, files, to.dist)
	}
	for _, f := range files {
		a.console.Infof("%s: built", f)
	}
	return nil
}

// buildEach returns the executables, in the order of the targets. The go command uses all CPUs for one already, but not all of the time.
func (a *app) buildEach(c *cobra.Command, dir string, out *gen.Output, targets []target.Target, to string) ([]string, error) {
	a.console.Progress("go build", 0, 0)
	defer a.console.Done()
	files := make([]string, len(targets))
	said := make([]bytes.Buffer, len(targets))
	problems := make([]error, len(targets))
	var group errgroup.Group
	group.SetLimit(max(2, runtime.GOMAXPROCS(0)/2))
	for i, t := range targets {
		files[i] = filepath.Join(to, outputFile("", out.Config.Name+"-"+t.GOOS+"-"+t.GOARCH, t))
		group.Go(func() error {
			problems[i] = goBuildTo(c.Context(), dir, out, t, files[i], "", &said[i])
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for i, t := range targets {
		if problems[i] != nil || said[i].Len() > 0 {
			a.console.Done()
			fmt.Fprintf(a.console.Err, "# %s\n%s", t, said[i].Bytes())
		}
		if problems[i] != nil {
			return nil, problems[i]
		}
	}
	return files, nil
}

// writeArchives writes an archive for each executable, with its bill of materials, and the list of their checksums.
func (a *app) writeArchives(out *gen.Output, targets []target.Target, files []string, dist string) error {
	if err := os.MkdirAll(dist, 0o777); err != nil {
		return diag.Errorf(dist, "name a directory that you may write to", "%w", err)
	}
	name := out.Config.Name
	var archives []archive.File
	for i, t := range targets {
		contents, version, err := a.releaseFiles(name, t, files[i])
		if err != nil {
			return err
		}
		base := name
		if version != "" {
			base += "_" + version
		}
		file, data, err := archive.Pack(base+"_"+t.Suffix(), t.GOOS, contents)
		if err != nil {
			return err
		}
		archives = append(archives, archive.File{Name: file, Data: data})
	}
	for _, f := range append(archives, archive.File{Name: "checksums.txt", Data: archive.Checksums(archives)}) {
		place := filepath.Join(dist, f.Name)
		if err := atomicfile.Write(place, f.Data, 0o644); err != nil {
			return diag.Errorf(place, "name a directory that you may write to", "can't be written: %w", err)
		}
		a.console.Infof("%s: written (%s)", place, size(int64(len(f.Data))))
	}
	return nil
}

// releaseFiles returns what goes into the archive of an executable, and the version of the program: that of the distribution
// of its name, "" when the program has none.
func (a *app) releaseFiles(name string, t target.Target, file string) (contents []archive.File, version string, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, "", err
	}
	programs, err := program.Open(file)
	if err != nil {
		return nil, "", err
	}
	p, err := choose(file, programs, "")
	if err != nil {
		return nil, "", err
	}
	p.File = filepath.Base(outputFile("", name, t)) // and not the place where it was built
	b, err := a.bill(&subject{program: p, modules: bill.ModulesOf(p.Build), goes: p.Go})
	if err != nil {
		return nil, "", err
	}
	var text bytes.Buffer
	if err := b.WriteCycloneDX(&text); err != nil {
		return nil, "", err
	}
	for _, d := range p.Installed {
		if d.Normalized == pyname.Normalize(name) {
			version = d.Version
		}
	}
	return []archive.File{
		{Name: p.File, Data: data, Executable: true},
		{Name: name + ".cdx.json", Data: text.Bytes()},
	}, version, nil
}
