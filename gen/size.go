package gen

import (
	"cmp"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/target"
	"github.com/oxgen/oxgen/pyembed/table"
)

// A share is how much of a program something takes.
type share struct {
	name  string
	bytes int64
}

// shares adds up what the distributions of a program, or the top-level packages of what belongs to none, take in the table,
// the largest first.
func (prog *program) shares() []share {
	sums := map[string]int64{}
	for i := range prog.units {
		u := &prog.units[i]
		name := u.Distribution
		if name == "" {
			name, _, _ = strings.Cut(u.Path, "/")
		}
		sums[name] += u.stores()
	}
	list := make([]share, 0, len(sums))
	for name, bytes := range sums {
		if name == collector.StdlibDistribution {
			name = "the standard library"
		}
		list = append(list, share{name, bytes})
	}
	return sortShares(list)
}

func sortShares(list []share) []share {
	slices.SortFunc(list, func(a, b share) int { return cmp.Or(cmp.Compare(b.bytes, a.bytes), strings.Compare(a.name, b.name)) })
	return list
}

// stores returns how many bytes of the table are the unit's.
func (u *unit) stores() int64 {
	n := len(u.source.Bytes)
	for i, code := range u.code {
		if i == 0 || string(code) != string(u.code[i-1]) { // what levels have in common is stored once
			n += len(code)
		}
	}
	if u.stored.Bytes != nil {
		return int64(n + len(u.stored.Bytes))
	}
	if u.large {
		return int64(u.length)
	}
	return int64(n + len(u.data))
}

// payload returns how much the generated package adds to an executable for a target, in bytes.
func (o *Output) payload(t target.Target) int64 {
	var n int64
	for _, f := range o.Files {
		if o.isTable(f.Name, t) || isObject(f.Name, t) {
			n += int64(f.Size())
		}
	}
	return n
}

// isTable tells whether a file of the package is a table that executables for a target have, or what tables have in common.
func (o *Output) isTable(name string, t target.Target) bool {
	if path.Ext(name) != ".oxtable" {
		return false
	}
	for other := range o.shares {
		if other != t && strings.HasSuffix(name, "_"+other.Suffix()+".oxtable") {
			return false
		}
	}
	return true
}

// isObject tells whether a file of a generated package is linked into, or embedded in, executables for the target only.
func isObject(name string, t target.Target) bool {
	return strings.HasSuffix(name, t.Suffix()+".bin") || strings.HasSuffix(name, t.Suffix()+".syso")
}

// checkTable refuses a program whose table would reach the limit of the format.
func (prog *program) checkTable() error {
	shares := prog.shares()
	var n int64
	for _, s := range shares {
		n += s.bytes
	}
	if n <= table.MaxSize {
		return nil
	}
	return diag.Errorf(prog.plan.config.File, "leave out what the program does not need ([[rule]] with include = false), or ship it beside the executable",
		"the program for %s has %v, and an executable can carry no more than 2 GiB: %s", prog.plan.platform.Target, config.ByteSize(n), inWords(shares))
}

// checkSize holds the package to the configuration's max-size, for each target.
func (o *Output) checkSize(targets []target.Target) error {
	for _, t := range targets {
		if n := o.payload(t); o.Config.MaxSize > 0 && n > int64(o.Config.MaxSize) {
			return diag.Errorf(o.Config.File, mendSize, "max-size is %v, and the program for %s has %v without Go's code: %s",
				o.Config.MaxSize, t, config.ByteSize(n), o.largest(t, n))
		}
	}
	return nil
}

const mendSize = "leave out what the program does not need (`oxgen inspect` lists all of it), or raise `max-size`"

// largest names what takes the most of an executable of some size, in bytes.
func (o *Output) largest(t target.Target, size int64) string {
	list := slices.Clone(o.shares[t])
	var lib int64
	for _, f := range o.Files {
		if isObject(f.Name, t) {
			lib += int64(f.Size())
		}
	}
	return inWords(sortShares(append(list, share{"libpython", lib}, share{"Go's code", size - o.payload(t)})))
}

// inWords names the largest of some shares.
func inWords(list []share) string {
	var parts []string
	for _, s := range list[:min(4, len(list))] {
		if s.bytes > 0 {
			parts = append(parts, fmt.Sprintf("%s %v", s.name, config.ByteSize(s.bytes)))
		}
	}
	return strings.Join(parts, ", ")
}

// CheckExecutable holds an executable that was built from the package to the configuration's max-size and max-glibc.
func (o *Output) CheckExecutable(file string, t target.Target) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if n := info.Size(); o.Config.MaxSize > 0 && n > int64(o.Config.MaxSize) {
		return diag.Errorf(file, mendSize, "has %v, and max-size is %v: %s", config.ByteSize(n), o.Config.MaxSize, o.largest(t, n))
	}
	return o.checkLinked(file, t)
}
