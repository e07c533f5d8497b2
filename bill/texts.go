package bill

import (
	"path"
	"strings"

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
