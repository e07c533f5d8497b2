package main

import (
	"context"
	"fmt"

	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/pyexec"
)

// enginePython is a Python that all engines can carry: it has a shared and a static library. Where it is missing, the
// benchmark is left out.
const enginePython = "/usr/bin/python3.11"

const enginesText = "The start and the end of a program whose code is `pass`, by all ways in which libpython comes into the " +
	"process ([linking.md](linking.md)), against the interpreter of the same version: Debian's Python 3.11, whose own executable is " +
	"linked statically. `mapped` is the default, with the loader that `OXGEN_LOADER` forces; the cache is filled before."

// engines are the rows of the table: how the program is linked, and the loader that is forced, "" for none.
var engines = []struct{ link, loader string }{
	{"mapped", ""},
	{"mapped", "memfd"},
	{"mapped", "cache"},
	{"static", ""},
	{"shared", ""},
}

// newEngines compares the engines. It returns nil where there is no Python for it.
func newEngines(ctx context.Context, w *workshop) (*benchmark, error) {
	store := &dist.Store{CacheDir: w.path("cache"), Env: environment()}
	d, err := store.Resolve(ctx, dist.Want{Flag: enginePython})
	if err != nil || d.Static().Archive == "" {
		w.tell("engines: left out, there is no %s with a shared and a static library", enginePython)
		return nil, ctx.Err()
	}
	const bare = "`python3.11 -I -S -c pass`"
	b := &benchmark{
		name:       "engines",
		title:      "Engines",
		text:       enginesText,
		contenders: []contender{{name: bare, turn: w.turn(enginePython, "-I", "-S", "-c", "pass")}},
	}
	built := map[string]string{}
	for _, e := range engines {
		if built[e.link] == "" {
			if built[e.link], err = w.engine(ctx, e.link); err != nil {
				return nil, err
			}
		}
		name := "`" + e.link + "`"
		if e.loader != "" {
			name += ", `" + e.loader + "`"
		}
		b.contenders = append(b.contenders, contender{name: name, turn: w.loaderTurn(built[e.link], e.loader)})
	}
	for _, m := range []measure{wall, cpu, peak} {
		for _, c := range b.contenders {
			r := row{contender: c.name, measure: m, against: bare}
			switch {
			case c.name == bare:
				r.against = ""
			case c.name == "`static`" && m == wall:
				r.goal = 1.2
			}
			b.rows = append(b.rows, r)
		}
	}
	return b, nil
}

// engine builds the program that is linked in a way.
func (w *workshop) engine(ctx context.Context, link string) (string, error) {
	return w.program(ctx, "engine-"+link, "pass", fmt.Sprintf("link = %q\npython = %q\n", link, enginePython))
}

// loaderTurn returns a turn that runs a program with a loader.
func (w *workshop) loaderTurn(path, loader string) func(context.Context) (sample, error) {
	return func(ctx context.Context) (sample, error) {
		env := w.environ(w.path("cache"))
		if loader != "" {
			env = append(env, "OXGEN_LOADER="+loader, "XDG_CACHE_HOME="+w.path("engine-cache"))
		}
		s, _, err := w.measure(ctx, pyexec.Command{Path: path, Env: env})
		return s, err
	}
}
