// Package rule decides by a list of rules, the tables [[rule]] of the configuration, what becomes of single files: whether
// they are in the program, and how they are stored.
package rule

import "fmt"

// A Rule says something about the files that it matches.
type Rule struct {
	// One of the two is set.
	Match        Pattern
	Distribution string // normalised name (PEP 503): all files of it

	Settings
}

// Settings are what a rule can say about a file; what is nil or "" is not said.
type Settings struct {
	Include  *bool  // whether it is in the program
	Source   *bool  // whether the source of a module is
	Optimize []int  // levels of bytecode of a module
	Location string // Memory or Extract, of a package
	Compress string // None, Zlib or Zstd
}

// The places of a package at run time, and the ways to store bytes.
const (
	Memory  = "memory"
	Extract = "extract"

	None = "none"
	Zlib = "zlib"
	Zstd = "zstd"
)

// A File is what rules look at.
type File struct {
	Path         string // slash path in the program
	Module       string // dotted name under which it can be imported; "" for data
	Distribution string // normalised name; "" when it belongs to none
}

// A List is the rules of a program. Of several that match a file, the last one that says something about a setting counts
// for it.
type List []Rule

// A Decision is what a list says about one file.
type Decision struct {
	Settings
	By map[string]int // by the name of a setting ("include"): the place of the rule that it comes from
}

// matches tells whether the rule is about the file.
func (r *Rule) matches(f File) bool {
	if r.Distribution != "" {
		return r.Distribution == f.Distribution
	}
	return r.Match.Match(f)
}

// Decide returns what the list says about the file, and has seen called with the place of each rule that matches it.
// nil is nobody.
func (l List) Decide(f File, seen func(place int)) Decision {
	var d Decision
	take := func(name string, place int) {
		if d.By == nil {
			d.By = map[string]int{}
		}
		d.By[name] = place
	}
	for i := range l {
		r := &l[i]
		if !r.matches(f) {
			continue
		}
		if seen != nil {
			seen(i)
		}
		if r.Include != nil {
			d.Include = r.Include
			take("include", i)
		}
		if r.Source != nil {
			d.Source = r.Source
			take("source", i)
		}
		if r.Optimize != nil {
			d.Optimize = r.Optimize
			take("optimize", i)
		}
		if r.Location != "" {
			d.Location = r.Location
			take("location", i)
		}
		if r.Compress != "" {
			d.Compress = r.Compress
			take("compress", i)
		}
	}
	return d
}

// Name returns what messages and verdicts call the rule at a place: "rule 2".
func (l List) Name(place int) string { return fmt.Sprintf("rule %d", place+1) }

// Describe returns what the rule at a place looks for, in the notation of the configuration.
func (l List) Describe(place int) string {
	if d := l[place].Distribution; d != "" {
		return fmt.Sprintf("distribution = %q", d)
	}
	return fmt.Sprintf("match = %q", l[place].Match)
}

// Includes tells whether any rule takes files in.
func (l List) Includes() bool {
	for i := range l {
		if r := &l[i]; r.Include != nil && *r.Include {
			return true
		}
	}
	return false
}
