package config

import (
	"fmt"
	"strings"
	"unicode"
)

// TemplateValues are the values that a new oxgen.toml starts with. What is zero is left as a comment.
type TemplateValues struct {
	Name, Python    string
	Sources, Wheels []string
	Run             Run // of the zero Run comes a file that Parse refuses: it does not say what to run
}

// Template returns the oxgen.toml that `oxgen init` writes: every key with its one-line doc, those without a value in
// values commented out. Parse reads the same values back; bytes that are not UTF-8, which TOML can't hold, come back as
// U+FFFD.
func Template(values TemplateValues) []byte {
	set := values.literals()
	var b strings.Builder
	b.WriteString("# The configuration of oxgen. A line that starts with #key shows a default or an example.\n")
	for _, table := range append([]string{""}, Tables()...) {
		b.WriteByte('\n')
		if table != "" {
			b.WriteString(tableLine(table))
		}
		for _, k := range keys {
			if t, _ := k.Split(); t == table {
				writeKey(&b, k, set[k.Path])
			}
		}
	}
	return []byte(b.String())
}

// tableLine returns the header of a table. An array of tables has none of its own in a new file.
func tableLine(table string) string {
	if IsArray(table) {
		return fmt.Sprintf("%-*s # once for each %s\n", docColumn, "#[["+table+"]]", each[table])
	}
	return "[" + table + "]\n"
}

// each says how often arrays of tables have their header.
var each = map[string]string{
	programTable:   "program, where the executable holds several",
	ruleTable:      "exception from how files are chosen and stored",
	extensionTable: "extension module of your own in C",
}

// writeKey writes the line of a key; literal is its value, "" if it has none.
func writeKey(b *strings.Builder, k Key, literal string) {
	_, name := k.Split()
	line := name + " = " + literal
	switch {
	case literal != "":
	case k.Example != "":
		line = "#" + name + " = " + k.Example
	default:
		line = "#" + name + " = " + k.Default
	}
	fmt.Fprintf(b, "%-*s # %s\n", docColumn, line, k.Doc)
}

// docColumn is where the docs start; what is longer pushes its own to the right.
const docColumn = 36

// literals returns the values that are set, by path, as TOML writes them.
func (v TemplateValues) literals() map[string]string {
	set := make(map[string]string)
	for path, s := range map[string]string{
		"name":        v.Name,
		"python":      v.Python,
		"run.module":  v.Run.Module,
		"run.entry":   v.Run.Entry,
		"run.command": v.Run.Command,
		"run.file":    v.Run.File,

		"run.console-script": v.Run.ConsoleScript,
	} {
		if s != "" {
			set[path] = quote(s)
		}
	}
	for path, list := range map[string][]string{
		"sources":  v.Sources,
		"wheels":   v.Wheels,
		"run.argv": v.Run.Argv,
	} {
		if len(list) > 0 {
			set[path] = quoteAll(list)
		}
	}
	if v.Run.REPL {
		set["run.repl"] = "true"
	}
	return set
}

func quoteAll(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = quote(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// quote returns s as a TOML basic string. strconv.Quote knows escapes (\x00, \a) that TOML does not.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\U%08X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
