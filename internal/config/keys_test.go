package config_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/pelletier/go-toml/v2"

	"github.com/oxgen/oxgen/internal/config"
)

var update = flag.Bool("update", false, "write the tables of docs/configuration.md and docs/oxgen.schema.json")

const (
	schemaFile = "../../docs/oxgen.schema.json"
	pageFile   = "../../docs/configuration.md"
)

// fields returns the fields of a configuration by the path of their key.
func fields(v reflect.Value, table string) map[string]reflect.Value {
	all := make(map[string]reflect.Value)
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag.Get("toml")
		switch {
		case tag == "-":
		case v.Type().Field(i).Anonymous:
			for path, f := range fields(v.Field(i), table) {
				all[path] = f
			}
		case v.Field(i).Kind() == reflect.Slice && v.Field(i).Type().Elem().Kind() == reflect.Struct:
			for path, f := range fields(reflect.New(v.Field(i).Type().Elem()).Elem(), tag+".") {
				all[path] = f
			}
		case v.Field(i).Kind() == reflect.Struct:
			for path, f := range fields(v.Field(i), tag+".") {
				all[path] = f
			}
		default:
			all[table+tag] = v.Field(i)
		}
	}
	return all
}

// Keys and the fields of Config are the same, with the same types, and Parse fills in the defaults that Keys tells.
func TestKeysAreFields(t *testing.T) {
	t.Parallel()
	c, err := config.Parse("oxgen.toml", []byte("run.entry = 'a:b'"))
	if err != nil {
		t.Fatal(err)
	}
	c.Run = config.Run{}
	all := fields(reflect.ValueOf(c).Elem(), "")
	for _, k := range config.Keys() {
		f, ok := all[k.Path]
		if !ok {
			t.Errorf("%s is no field", k.Path)
			continue
		}
		delete(all, k.Path)
		if got := typeOf(f.Type()); got != k.Type {
			t.Errorf("%s is of type %q, its field of %q", k.Path, k.Type, got)
		}
		want := defaultOf(t, k, f.Type())
		if k.Path == "interpreter.optimize" || k.Path == "interpreter.use-environment" {
			want = reflect.Zero(f.Type()).Interface() // what they follow from is zero here
		}
		if !cmp.Equal(want, f.Interface(), cmpopts.EquateEmpty()) {
			t.Errorf("%s is %v by default, want %v", k.Path, f, want)
		}
	}
	for path := range all {
		t.Errorf("%s is no key", path)
	}
}

func typeOf(t reflect.Type) config.Type {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Bool:
		return config.Bool
	case reflect.Int, reflect.Uint32:
		return config.Integer
	case reflect.Int64:
		return config.Size
	case reflect.String:
		return config.String
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Int {
			return config.Integers
		}
		return config.Strings
	}
	return ""
}

// defaultOf returns the default of k as a value of type t.
func defaultOf(t *testing.T, k config.Key, typ reflect.Type) any {
	t.Helper()
	v := reflect.New(typ)
	if size, ok := v.Interface().(*config.ByteSize); ok && k.Default != "" {
		var err error
		if *size, err = config.ParseByteSize(strings.Trim(k.Default, `"`)); err != nil {
			t.Errorf("%s: default %s: %v", k.Path, k.Default, err)
		}
	} else if k.Default != "" {
		if err := json.Unmarshal([]byte(k.Default), v.Interface()); err != nil {
			t.Errorf("%s: default %s: %v", k.Path, k.Default, err)
		}
	}
	return v.Elem().Interface()
}

func TestKeys(t *testing.T) {
	t.Parallel()
	for _, k := range config.Keys() {
		for _, literal := range []string{k.Default, k.Example} {
			var asJSON, asTOML struct{ V any }
			if literal == "" {
				continue
			}
			if err := json.Unmarshal([]byte(`{"V": `+literal+`}`), &asJSON); err != nil {
				t.Errorf("%s: %s: %v", k.Path, literal, err)
			}
			if err := toml.Unmarshal([]byte("V = "+literal), &asTOML); err != nil || fmt.Sprint(asJSON) != fmt.Sprint(asTOML) {
				t.Errorf("%s: %s is %v in JSON, but %v in TOML, error %v", k.Path, literal, asJSON, asTOML, err)
			}
		}
		table, name := k.Split()
		switch {
		case k.Default == "" && k.Example == "":
			t.Errorf("%s has neither default nor example", k.Path)
		case (table == "interpreter" && k.Path != "interpreter.act-as-python" && !strings.HasPrefix(name, "sys-")) != (k.Option != ""):
			t.Errorf("%s: option %q in table %q", k.Path, k.Option, table)
		case k.Doc == "" || strings.HasSuffix(k.Doc, ".") || strings.Contains(k.Doc, "|") || len(k.Doc) > 90:
			t.Errorf("%s: doc %q", k.Path, k.Doc)
		}
	}
}

func TestSchema(t *testing.T) {
	t.Parallel()
	compare(t, schemaFile, schema(t))
}

func TestPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(pageFile)
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	for _, table := range append([]string{""}, config.Tables()...) {
		start, end := "<!-- keys ["+table+"] -->\n", "<!-- end -->\n"
		before, rest, ok := strings.Cut(text, start)
		_, after, closed := strings.Cut(rest, end)
		if !ok || !closed {
			t.Fatalf("%s has no %q", pageFile, start)
		}
		text = before + start + markdown(table) + end + after
	}
	compare(t, pageFile, []byte(text))
}

// compare holds a file to what it should be, or makes it so.
func compare(t *testing.T, file string, want []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, want, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got = bytes.ReplaceAll(got, []byte("\r\n"), []byte("\n"))
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is not what Keys says; to mend it: go test ./internal/config -update (-want +got)\n%s", file, diff)
	}
}

// markdown returns the keys of a table as a table.
func markdown(table string) string {
	var b strings.Builder
	option := table == "interpreter"
	if option {
		b.WriteString("| key | type | default | meaning | PyInitConfig option |\n|---|---|---|---|---|\n")
	} else {
		b.WriteString("| key | type | default | meaning |\n|---|---|---|---|\n")
	}
	for _, k := range config.Keys() {
		home, name := k.Split()
		if home != table {
			continue
		}
		def := "–"
		if k.Default != "" {
			def = "`" + k.Default + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |", name, typeCell(k), def, docCell(k))
		switch {
		case option && k.Option == "":
			b.WriteString(" – |")
		case option:
			fmt.Fprintf(&b, " `%s` |", k.Option)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func typeCell(k config.Key) string {
	switch {
	case k.Type == config.Bool:
		return "boolean"
	case k.Type == config.Integer && k.Max > 0:
		return fmt.Sprintf("integer, 0 to %d", k.Max)
	case k.Type == config.Integer:
		return "integer"
	case k.Type == config.Integers:
		return fmt.Sprintf("integer, 0 to %d, or array of integers", k.Max)
	case k.Type == config.Strings:
		return "array of strings"
	case k.Type == config.Size:
		return "string or integer"
	}
	return "string"
}

func docCell(k config.Key) string {
	doc := k.Doc
	if k.Values != nil {
		doc += ": `\"" + strings.Join(k.Values, "\"`, `\"") + "\"`"
	}
	if k.Since != "" {
		doc += " (Python " + k.Since + " or later)"
	}
	return doc
}

// schema returns the JSON schema (draft 2020-12) of an oxgen.toml, its properties in the order of Keys.
func schema(t *testing.T) []byte {
	t.Helper()
	tables := make(map[string][]string) // members of "properties", as `"name": {…}`
	for _, k := range config.Keys() {
		table, name := k.Split()
		tables[table] = append(tables[table], quoteJSON(t, name)+": "+property(t, k))
	}
	for _, table := range config.Tables() {
		const modes = `, "oneOf": [{"required": ["module"]}, {"required": ["entry"]}, {"required": ["console-script"]},
			{"required": ["command"]}, {"required": ["file"]}, {"required": ["repl"], "properties": {"repl": {"const": true}}}]`
		s := object(tables[table])
		switch {
		case table == "extension":
			s = `{"type": "array", "items": ` + s + `, "required": ["name", "sources"]}}`
		case table == "rule":
			s = `{"type": "array", "items": ` + s + `, "oneOf": [{"required": ["match"]}, {"required": ["distribution"]}]}}`
		case config.IsArray(table):
			s = `{"type": "array", "items": ` + s + `, "required": ["name"]` + modes + "}}"
		case table == "run":
			s += modes + "}"
		default:
			s += "}"
		}
		tables[""] = append(tables[""], quoteJSON(t, table)+": "+s)
	}
	text := `{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "oxgen.toml",` +
		object(tables[""])[1:] + `, "anyOf": [{"required": ["run"]}, {"required": ["program"]}]}`
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(text), "", "  "); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// object returns the schema of a table, without the closing brace.
func object(members []string) string {
	return `{"type": "object", "additionalProperties": false, "properties": {` + strings.Join(members, ", ") + "}"
}

func property(t *testing.T, k config.Key) string {
	t.Helper()
	s := `{"description": ` + quoteJSON(t, docCell(config.Key{Doc: k.Doc, Since: k.Since}))
	switch k.Type {
	case config.Bool:
		s += `, "type": "boolean"`
	case config.Integer:
		s += fmt.Sprintf(`, "type": "integer", "minimum": 0, "maximum": %d`, k.Limit())
	case config.Integers:
		one := fmt.Sprintf(`{"type": "integer", "minimum": 0, "maximum": %d}`, k.Limit())
		s += `, "oneOf": [` + one + `, {"type": "array", "minItems": 1, "uniqueItems": true, "items": ` + one + `}]`
	case config.String:
		s += `, "type": "string"`
		if k.Values == nil {
			s += `, "minLength": 1`
		} else {
			s += `, "enum": ["` + strings.Join(k.Values, `", "`) + `"]`
		}
	case config.Size:
		s += `, "oneOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": "^[0-9]+(\\.[0-9]+)? ?(B|[kKMG]B|[KMG]iB)?$"}]`
	case config.Strings:
		s += `, "type": "array", "items": {"type": "string"`
		if !strings.HasSuffix(k.Path, ".argv") {
			s += `, "minLength": 1`
		}
		s += "}"
	}
	if k.Default != "" {
		s += `, "default": ` + k.Default
	}
	if k.Example != "" {
		s += `, "examples": [` + k.Example + `]`
	}
	return s + "}"
}

func quoteJSON(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}
