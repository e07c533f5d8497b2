package bill

import (
	"bufio"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode"

	"github.com/oxgen/oxgen/internal/bundled"
	"github.com/oxgen/oxgen/internal/licence"
	"github.com/oxgen/oxgen/internal/manifest"
)

// embeddedFrom is where the licence of a merged component was found.
const embeddedFrom = "its distribution's bill of materials"

// expressionOf joins licences that hold together. Words that are no expression make it unknown.
func expressionOf(ids, words []string) manifest.Licence {
	for i, id := range ids {
		e, ok := licence.Parse(id)
		if !ok {
			words = append(words, id)
		}
		ids[i] = e
	}
	if len(words) > 0 || len(ids) == 0 {
		return manifest.Licence{Stated: strings.Join(words, ", ")}
	}
	return manifest.Licence{Expression: licence.And(ids), From: embeddedFrom}
}

// Licensed returns the components that come under a licence of their own, in the order of All: a file comes under that of its
// distribution or library, unless it belongs to none.
func (b *Bill) Licensed() []*Component {
	var list []*Component
	held := map[string]bool{}
	b.All(func(c *Component) bool {
		for _, p := range c.Properties {
			if p.Name == "oxgen:in" {
				held[p.Value] = true
			}
		}
		return true
	})
	b.All(func(c *Component) bool {
		if c.Kind != File {
			list = append(list, c)
		}
		return true
	})
	for _, c := range b.Components {
		if c.Kind == File && !held[c.Name] {
			list = append(list, c)
		}
	}
	return list
}

// WriteTexts writes the licences of all components into one text. A text that several have is written once; a component
// without one says so.
func (b *Bill) WriteTexts(w io.Writer) error {
	out := bufio.NewWriter(w)
	line := strings.Repeat("=", 80) + "\n"
	fmt.Fprintf(out, "Licences of what %s is made of\n", printable(b.Program.Name))
	first := map[string]string{} // text → component
	for _, c := range b.Licensed() {
		name := printable(strings.TrimSpace(c.Name + " " + c.Version))
		fmt.Fprintf(out, "\n%s%s\n", line, name)
		switch {
		case c.Licence.Known():
			fmt.Fprintf(out, "Licence: %s\n", c.Licence.Expression)
		case c.Licence.Stated != "":
			fmt.Fprintf(out, "Licence: not known; it says: %s\n", printable(c.Licence.Stated))
		default:
			fmt.Fprintf(out, "Licence: not known\n")
		}
		if address(c.Homepage) {
			fmt.Fprintf(out, "Homepage: %s\n", printable(c.Homepage))
		}
		out.WriteString(line)
		if len(c.Texts) == 0 {
			fmt.Fprintf(out, "\n(Its text is not at hand.)\n")
		}
		for _, t := range c.Texts {
			fmt.Fprintf(out, "\n--- %s\n\n", printable(t.Path))
			if other, seen := first[string(t.Text)]; seen {
				fmt.Fprintf(out, "(The same text as that of %s.)\n", other)
				continue
			}
			first[string(t.Text)] = name
			out.WriteString(strings.TrimRight(strings.ToValidUTF8(strings.ReplaceAll(string(t.Text), "\r\n", "\n"), "\uFFFD"), "\n") + "\n")
		}
	}
	return out.Flush()
}

// printable returns text without what would break a line or a terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '\uFFFD'
	}, text)
}

// addTexts gives the components the texts of their licences that are in the program, or that oxgen has.
func (m *maker) addTexts() error {
	var failed error
	m.bill.All(func(c *Component) bool {
		for _, file := range c.Licence.Files {
			data, ok, err := m.Contents(file)
			if err != nil {
				failed = err
				return false
			}
			if ok {
				c.Texts = append(c.Texts, Text{Path: file, Text: data})
			}
		}
		return true
	})
	if failed != nil {
		return failed
	}
	if data, ok, err := m.Contents("LICENSE.txt"); err != nil {
		return err
	} else if ok && m.fileOf("LICENSE.txt") == "python" {
		m.cpython.Texts = append(m.cpython.Texts, Text{Path: "LICENSE.txt", Text: data})
	}
	for _, c := range m.cpython.Inside {
		if known := bundled.Find(c.Name); known != nil && c.Kind == Library {
			if text := known.Text(c.Version); text != nil {
				c.Texts = append(c.Texts, Text{Path: "oxgen: " + path.Base(c.Name) + ".txt", Text: text})
			}
		}
	}
	return nil
}

// fileOf returns the distribution of the file at a path, "" for none.
func (m *maker) fileOf(path string) string {
	for i := range m.Files {
		if m.Files[i].Path == path {
			return m.Files[i].Distribution
		}
	}
	return ""
}
