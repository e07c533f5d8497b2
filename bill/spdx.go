package bill

import (
	"encoding/json"
	"io"
	"regexp"
	"strconv"
	"strings"

	spdxjson "github.com/spdx/tools-golang/json"
	"github.com/spdx/tools-golang/spdx/v2/common"
	"github.com/spdx/tools-golang/spdx/v2/v2_3"

	"github.com/oxgen/oxgen/internal/licence"
	"github.com/oxgen/oxgen/internal/manifest"
)

const (
	noAssertion = "NOASSERTION"
	// epoch stands where SPDX wants a time: a bill says when nothing was made, so that it is the same on every day.
	epoch = "1970-01-01T00:00:00Z"
)

// A speller gives components their names in an SPDX document.
type speller struct {
	doc  *v2_3.Document
	ids  map[string]common.ElementID // by Ref
	used map[common.ElementID]bool
	refs map[string]bool // LicenseRefs that are explained
}

// SPDX returns the bill as an SPDX 2.3 document.
func (b *Bill) SPDX() (*v2_3.Document, error) {
	s := &speller{ids: map[string]common.ElementID{}, used: map[common.ElementID]bool{}, refs: map[string]bool{}}
	s.doc = &v2_3.Document{
		SPDXVersion: v2_3.Version, DataLicense: v2_3.DataLicense, SPDXIdentifier: "DOCUMENT", DocumentName: b.Program.Name,
		CreationInfo: &v2_3.CreationInfo{
			Creators: []common.Creator{{CreatorType: "Tool", Creator: strings.TrimSuffix(b.Tool.Name+"-"+b.Tool.Version, "-")}}, Created: epoch,
		},
	}
	s.name(b.Program)
	b.All(func(c *Component) bool { s.name(c); return true })
	s.add(b.Program)
	s.relate("DOCUMENT", "DESCRIBES", s.ids[b.Program.Ref])
	b.All(func(c *Component) bool { s.add(c); return true })
	for _, c := range b.Components {
		s.relate(s.ids[b.Program.Ref], "CONTAINS", s.ids[c.Ref])
	}
	b.All(func(c *Component) bool {
		for _, in := range c.Inside {
			s.relate(s.ids[c.Ref], "CONTAINS", s.ids[in.Ref])
		}
		for _, need := range c.Needs {
			if id, ok := s.ids[need]; ok {
				s.relate(s.ids[c.Ref], "DEPENDS_ON", id)
			}
		}
		return true
	})
	text, err := json.Marshal(s.doc)
	if err != nil {
		return nil, err
	}
	s.doc.DocumentNamespace = "https://spdx.org/spdxdocs/" + escapePath(idString(b.Program.Name)) + "-" + uuid(text)
	return s.doc, nil
}

// WriteSPDX writes the bill as SPDX 2.3 in JSON.
func (b *Bill) WriteSPDX(w io.Writer) error {
	doc, err := b.SPDX()
	if err != nil {
		return err
	}
	return spdxjson.Write(doc, w, spdxjson.Indent("  "), spdxjson.EscapeHTML(false))
}

var notID = regexp.MustCompile(`[^A-Za-z0-9.-]+`)

// idString makes of text what may stand in an SPDX identifier.
func idString(text string) string {
	return strings.Trim(notID.ReplaceAllString(text, "-"), "-")
}

// name gives a component an identifier of its own.
func (s *speller) name(c *Component) {
	base := "Package-"
	if c.Kind == File {
		base = "File-"
	}
	base += idString(c.Ref)
	id := common.ElementID(base)
	for i := 2; s.used[id]; i++ {
		id = common.ElementID(base + "-" + strconv.Itoa(i))
	}
	s.used[id] = true
	s.ids[c.Ref] = id
}

func (s *speller) relate(a common.ElementID, how string, b common.ElementID) {
	s.doc.Relationships = append(s.doc.Relationships, &v2_3.Relationship{
		RefA: common.DocElementID{ElementRefID: a}, RefB: common.DocElementID{ElementRefID: b}, Relationship: how,
	})
}

func (s *speller) add(c *Component) {
	if c.Kind == File && c.SHA256 != "" {
		s.addFile(c)
		return
	}
	p := &v2_3.Package{
		PackageName: c.Name, PackageSPDXIdentifier: s.ids[c.Ref], PackageVersion: c.Version, PackageFileName: c.Filename,
		PackageDownloadLocation: noAssertion, PackageHomePage: "", PackageCopyrightText: noAssertion, PackageSummary: c.Summary,
		PackageLicenseConcluded: noAssertion, PackageLicenseDeclared: noAssertion, PackageComment: comment(c),
		PrimaryPackagePurpose: purpose(c.Kind),
	}
	if address(c.Homepage) {
		p.PackageHomePage = c.Homepage
	}
	if c.SHA256 != "" {
		p.PackageChecksums = []common.Checksum{{Algorithm: common.SHA256, Value: c.SHA256}}
	}
	p.PackageLicenseDeclared, p.PackageLicenseConcluded, p.PackageLicenseComments = s.licences(&c.Licence)
	if c.CPE != "" {
		p.PackageExternalReferences = append(p.PackageExternalReferences, &v2_3.PackageExternalReference{
			Category: common.CategorySecurity, RefType: common.TypeSecurityCPE23Type, Locator: c.CPE,
		})
	}
	if c.PURL != "" {
		p.PackageExternalReferences = append(p.PackageExternalReferences, &v2_3.PackageExternalReference{
			Category: common.CategoryPackageManager, RefType: common.TypePackageManagerPURL, Locator: c.PURL,
		})
	}
	s.doc.Packages = append(s.doc.Packages, p)
}

// addFile adds machine code. SPDX wants SHA-1 of a file, which nobody should go by any more; it is left out.
func (s *speller) addFile(c *Component) {
	s.doc.Files = append(s.doc.Files, &v2_3.File{
		FileName: "./" + c.Name, FileSPDXIdentifier: s.ids[c.Ref], FileTypes: []string{"BINARY"},
		Checksums:        []common.Checksum{{Algorithm: common.SHA256, Value: c.SHA256}},
		LicenseConcluded: noAssertion, FileCopyrightText: noAssertion, FileComment: comment(c),
	})
}

func purpose(k Kind) string {
	switch k {
	case Application:
		return "APPLICATION"
	case File:
		return "FILE"
	}
	return "LIBRARY"
}

// comment says in lines what SPDX has no field for.
func comment(c *Component) string {
	var b strings.Builder
	for _, p := range c.Properties {
		b.WriteString(p.Name + ": " + p.Value + "\n")
	}
	for _, r := range c.References {
		b.WriteString(r.Type + ": " + r.URL + " sha256:" + r.SHA256 + ": " + r.Comment + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// licences returns what is declared, what we conclude, and a comment. The document explains every LicenseRef.
func (s *speller) licences(l *manifest.Licence) (declared, concluded, comments string) {
	if l.Expression == "" {
		if l.Stated != "" {
			return noAssertion, noAssertion, "the metadata say: " + l.Stated
		}
		return noAssertion, noAssertion, ""
	}
	for _, term := range licence.Terms(l.Expression) {
		id, _, _ := strings.Cut(term, " ")
		if !strings.HasPrefix(id, "LicenseRef-") || s.refs[id] {
			continue
		}
		s.refs[id] = true
		s.doc.OtherLicenses = append(s.doc.OtherLicenses, &v2_3.OtherLicense{LicenseIdentifier: id, ExtractedText: noAssertion, LicenseName: strings.TrimPrefix(id, "LicenseRef-")})
	}
	switch l.From {
	case licence.FromExpression, licence.FromField, licenceKnown, embeddedFrom:
		return l.Expression, l.Expression, ""
	}
	return noAssertion, l.Expression, "concluded from " + l.From
}
