package wheel

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/oxgen/oxgen/internal/pep440"
	"github.com/oxgen/oxgen/internal/pyname"
	"github.com/oxgen/oxgen/internal/tag"
)

// Metadata is what oxgen reads of METADATA (packaging.python.org, "Core metadata specifications").
type Metadata struct {
	MetadataVersion string
	Name            string
	Version         string
	RequiresPython  string   // version specifier; "" for any
	RequiresDist    []string // dependency specifiers, in order

	Summary           string
	HomePage          string   // of Home-page, or of the Project-URL that is called so
	LicenseExpression string   // SPDX (PEP 639)
	License           string   // free text: a name, or a whole licence
	LicenseFiles      []string // slash paths of texts, relative to the directory licenses of the metadata (PEP 639), in order
	Classifiers       []string // in order
}

// ParseMetadata reads METADATA. Name and Version are there and valid when the error is nil.
func ParseMetadata(data []byte) (Metadata, error) {
	fields, err := parseFields(data)
	if err != nil {
		return Metadata{}, err
	}
	if err := fields.once("Metadata-Version", "Name", "Version", "Requires-Python"); err != nil {
		return Metadata{}, err
	}
	m := fields.metadata()
	if major, _, ok := strings.Cut(m.MetadataVersion, "."); !ok || major != "1" && major != "2" {
		return Metadata{}, fmt.Errorf("Metadata-Version %q is unknown; 1.x and 2.x are read here", m.MetadataVersion)
	}
	if !pyname.IsDistribution(m.Name) {
		return Metadata{}, fmt.Errorf("%q is not the name of a distribution", m.Name)
	}
	if _, ok := pep440.ParseEscaped(m.Version); !ok {
		return Metadata{}, fmt.Errorf("%q is not a version", m.Version)
	}
	return m, nil
}

// ReadMetadata reads METADATA, or PKG-INFO, of what is installed already: whatever stands there is taken. The error is that
// of bytes that are no text.
func ReadMetadata(data []byte) (Metadata, error) {
	fields, err := parseFields(data)
	if err != nil {
		return Metadata{}, err
	}
	return fields.metadata(), nil
}

func (f fields) metadata() Metadata {
	return Metadata{
		MetadataVersion: f.first("Metadata-Version"),
		Name:            f.first("Name"),
		Version:         f.first("Version"),
		RequiresPython:  f.first("Requires-Python"),
		RequiresDist:    f["requires-dist"],

		Summary:           f.first("Summary"),
		HomePage:          homePage(f),
		LicenseExpression: f.first("License-Expression"),
		License:           f.first("License"),
		LicenseFiles:      f["license-file"],
		Classifiers:       f["classifier"],
	}
}

// homePage returns the address of the project's page, "" when there is none. Home-page is the old field for it, and
// packaging.python.org, "Well-known Project URLs in Metadata", has the labels of Project-URL.
func homePage(f fields) string {
	known := map[string]bool{"homepage": true, "home": true, "repository": true, "source": true, "sourcecode": true, "github": true}
	page := f.first("Home-page")
	if page == "UNKNOWN" {
		page = ""
	}
	for _, entry := range f["project-url"] {
		label, url, ok := strings.Cut(entry, ",")
		label = strings.ToLower(strings.NewReplacer(" ", "", "-", "", "_", "").Replace(label))
		switch {
		case !ok || !known[label]:
		case strings.HasPrefix(label, "home"):
			return strings.TrimSpace(url)
		case page == "":
			page = strings.TrimSpace(url)
		}
	}
	return page
}

// wheelFile is what the file WHEEL says (PEP 427).
type wheelFile struct {
	minor   int  // of the Wheel-Version, whose major is 1
	purelib bool // the root goes to purelib
	tags    []string
}

// otherTags says in words how the tags differ from those of the file's name, "" when they don't. The name counts, as it does
// for pip: a wheel that was renamed fits other targets.
func (f *wheelFile) otherTags(name []tag.Tag) string {
	var of []string
	for _, t := range name {
		of = append(of, t.String())
	}
	listed := slices.Clone(f.tags)
	slices.Sort(of)
	slices.Sort(listed)
	of, listed = slices.Compact(of), slices.Compact(listed)
	if len(listed) == 0 || slices.Equal(of, listed) {
		return ""
	}
	return "its name says " + strings.Join(of[:min(3, len(of))], ", ") + ", and its file WHEEL " + strings.Join(listed[:min(3, len(listed))], ", ")
}

func parseWheelFile(data []byte) (wheelFile, error) {
	fields, err := parseFields(data)
	if err != nil {
		return wheelFile{}, err
	}
	if err := fields.once("Wheel-Version", "Root-Is-Purelib"); err != nil {
		return wheelFile{}, err
	}
	text := fields.first("Wheel-Version")
	major, minor, _ := strings.Cut(text, ".")
	x, errMajor := strconv.ParseUint(major, 10, 16)
	y, errMinor := strconv.ParseUint(minor, 10, 16)
	switch {
	case errMajor != nil || errMinor != nil:
		return wheelFile{}, fmt.Errorf("the Wheel-Version %q is not a version", text)
	case x != 1:
		return wheelFile{}, fmt.Errorf("Wheel-Version %s is unknown; 1.0 is read here", text)
	}
	switch root := strings.ToLower(fields.first("Root-Is-Purelib")); root {
	case "true", "false":
		f := wheelFile{minor: int(y), purelib: root == "true"}
		for _, text := range fields["tag"] {
			tags, err := tag.Parse(text)
			if err != nil {
				return wheelFile{}, err
			}
			for _, t := range tags {
				f.tags = append(f.tags, t.String())
			}
		}
		return f, nil
	default:
		return wheelFile{}, fmt.Errorf("Root-Is-Purelib is %q, and not true or false", root)
	}
}

// fields are the header fields of a file, by lower case name, in their order.
type fields map[string][]string

func (f fields) first(name string) string {
	if v := f[strings.ToLower(name)]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// once refuses fields that are there twice: readers would take the first, or the last.
func (f fields) once(names ...string) error {
	for _, name := range names {
		if len(f[strings.ToLower(name)]) > 1 {
			return fmt.Errorf("the field %s is there twice", name)
		}
	}
	return nil
}

// parseFields reads fields as of RFC 822 in UTF-8. They end with the first line that is blank or no field; what follows
// is the description.
func parseFields(data []byte) (fields, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("is not UTF-8")
	}
	f := fields{}
	last := ""
	for line := range bytes.Lines(data) {
		text := strings.TrimRight(string(line), "\r\n")
		if text != "" && (text[0] == ' ' || text[0] == '\t') {
			if last == "" {
				return f, nil
			}
			v := f[last]
			v[len(v)-1] += "\n" + strings.TrimSpace(text)
			continue
		}
		name, value, ok := strings.Cut(text, ":")
		if !ok || name == "" || strings.ContainsAny(name, " \t") {
			return f, nil
		}
		last = strings.ToLower(name)
		f[last] = append(f[last], strings.TrimSpace(value))
	}
	return f, nil
}
