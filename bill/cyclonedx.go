package bill

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/oxgen/oxgen/internal/licence"
	"github.com/oxgen/oxgen/internal/manifest"
)

// CycloneDX returns the bill as a CycloneDX 1.6 document.
func (b *Bill) CycloneDX() (*cdx.BOM, error) {
	bom := cdx.NewBOM()
	bom.Metadata = &cdx.Metadata{
		Tools:     &cdx.ToolsChoice{Components: &[]cdx.Component{cycloneComponent(b.Tool)}},
		Component: pointer(cycloneComponent(b.Program)),
	}
	bom.Components = pointer(cycloneComponents(b.Components))
	var deps []cdx.Dependency
	depend := func(c *Component) bool {
		d := cdx.Dependency{Ref: c.Ref}
		if len(c.Needs) > 0 {
			d.Dependencies = pointer(slices.Clone(c.Needs))
		}
		deps = append(deps, d)
		return true
	}
	depend(b.Program)
	b.All(depend)
	bom.Dependencies = &deps
	text, err := json.Marshal(bom)
	if err != nil {
		return nil, err
	}
	bom.SerialNumber = "urn:uuid:" + uuid(text)
	return bom, nil
}

// WriteCycloneDX writes the bill as CycloneDX 1.6 in JSON.
func (b *Bill) WriteCycloneDX(w io.Writer) error {
	bom, err := b.CycloneDX()
	if err != nil {
		return err
	}
	return cdx.NewBOMEncoder(w, cdx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false).EncodeVersion(bom, cdx.SpecVersion1_6)
}

// uuid returns a UUID that stands for contents (RFC 9562, version 8).
func uuid(contents []byte) string {
	sum := sha256.Sum256(contents)
	u := sum[:16]
	u[6] = u[6]&0x0f | 0x80
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

func pointer[T any](v T) *T { return &v }

func cycloneComponents(list []*Component) []cdx.Component {
	out := make([]cdx.Component, len(list))
	for i, c := range list {
		out[i] = cycloneComponent(c)
	}
	return out
}

func cycloneComponent(c *Component) cdx.Component {
	if c.merged != nil {
		out := *c.merged
		out.BOMRef = c.Ref
		out.Components = inside(c)
		return out
	}
	out := cdx.Component{
		BOMRef: c.Ref, Type: cdx.ComponentType(c.Kind), Name: c.Name, Version: c.Version, Description: c.Summary, CPE: c.CPE, PackageURL: c.PURL,
		Licenses: cycloneLicences(&c.Licence), Components: inside(c),
	}
	if c.SHA256 != "" {
		out.Hashes = &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: c.SHA256}}
	}
	var refs []cdx.ExternalReference
	if address(c.Homepage) {
		refs = append(refs, cdx.ExternalReference{Type: cdx.ERTypeWebsite, URL: c.Homepage})
	}
	if c.SHA256 != "" && c.Kind != File { // the wheel that it came as
		refs = append(refs, cdx.ExternalReference{
			Type: cdx.ERTypeDistribution, URL: escapePath(c.Filename), Hashes: &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: c.SHA256}},
		})
	}
	for _, r := range c.References {
		refs = append(refs, cdx.ExternalReference{
			Type: cdx.ExternalReferenceType(r.Type), URL: r.URL, Comment: r.Comment, Hashes: &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: r.SHA256}},
		})
	}
	if len(refs) > 0 {
		out.ExternalReferences = &refs
	}
	if len(c.Properties) > 0 {
		properties := make([]cdx.Property, len(c.Properties))
		for i, p := range c.Properties {
			properties[i] = cdx.Property{Name: p.Name, Value: p.Value}
		}
		out.Properties = &properties
	}
	return out
}

func inside(c *Component) *[]cdx.Component {
	if len(c.Inside) == 0 {
		return nil
	}
	return pointer(cycloneComponents(c.Inside))
}

// cycloneLicences returns nil when nothing is known. What the maker says is declared; what texts and classifiers made us
// think is concluded.
func cycloneLicences(l *manifest.Licence) *cdx.Licenses {
	how := cdx.LicenseAcknowledgementDeclared
	if l.From != licence.FromExpression && l.From != licence.FromField && l.From != licenceKnown {
		how = cdx.LicenseAcknowledgementConcluded
	}
	switch {
	case l.Expression == "" && l.Stated == "":
		return nil
	case l.Expression == "":
		return &cdx.Licenses{{License: &cdx.License{Name: l.Stated, Acknowledgement: cdx.LicenseAcknowledgementDeclared}}}
	case strings.ContainsAny(l.Expression, " ") || strings.HasPrefix(l.Expression, "LicenseRef-") || strings.HasPrefix(l.Expression, "DocumentRef-"):
		return &cdx.Licenses{{Expression: l.Expression, Acknowledgement: &how}}
	}
	return &cdx.Licenses{{License: &cdx.License{ID: l.Expression, Acknowledgement: how}}}
}

// address tells whether text is an address of the web.
func address(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// escapePath returns a path as a relative reference (RFC 3986).
func escapePath(path string) string { return (&url.URL{Path: path}).String() }
