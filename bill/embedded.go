package bill

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"path"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/manifest"
)

// maxEmbedded bounds a bill that a distribution brings, in bytes.
const maxEmbedded = 64 << 20

// addEmbedded merges the bills that distributions bring in .dist-info/sboms (PEP 770). The components of CycloneDX as JSON
// are put below their distribution; a document of another form is referred to, with its digest.
func (m *maker) addEmbedded() error {
	for i := range m.Manifest.Distributions {
		d := &m.Manifest.Distributions[i]
		owner := m.byName[d.Normalized]
		prefix := d.Info + "/sboms/"
		for k := range m.Files {
			f := &m.Files[k]
			if !strings.HasPrefix(f.Path, prefix) {
				continue
			}
			data, ok, err := m.Contents(f.Path)
			if err != nil {
				return err
			}
			if ok {
				m.embedded(owner, f.Path, data)
			}
		}
	}
	return nil
}

func (m *maker) embedded(owner *Component, file string, data []byte) {
	sum := sha256.Sum256(data)
	ref := Reference{Type: "bom", URL: escapePath(file), SHA256: hex.EncodeToString(sum[:]), Comment: "brought by the distribution (PEP 770)"}
	bom, ok := decode(data)
	if ok {
		ref.Comment += ", merged"
		m.merge(owner, path.Base(file), bom)
	} else if strings.HasSuffix(file, ".cdx.json") {
		m.warnings = append(m.warnings, diag.Errorf(file, "tell the makers of "+owner.Name, "is no CycloneDX document that can be read: it is referred to and not merged"))
	}
	owner.References = append(owner.References, ref)
}

// decode reads a CycloneDX document; ok is false for anything else.
func decode(data []byte) (bom *cdx.BOM, ok bool) {
	var head struct {
		BOMFormat string `json:"bomFormat"`
	}
	if len(data) > maxEmbedded || json.Unmarshal(data, &head) != nil || head.BOMFormat != "CycloneDX" {
		return nil, false
	}
	bom = new(cdx.BOM)
	if err := cdx.NewBOMDecoder(bytes.NewReader(data), cdx.BOMFileFormatJSON).Decode(bom); err != nil {
		return nil, false
	}
	return bom, true
}

// merge puts the components of a document below its distribution. Their names in the document get the distribution's and
// the document's in front, because another document may use the same.
func (m *maker) merge(owner *Component, document string, bom *cdx.BOM) {
	r := renaming{maker: m, prefix: owner.Ref + "#" + document + "#", names: map[string]string{}}
	var roots []cdx.Component
	if bom.Metadata != nil && bom.Metadata.Component != nil {
		root := *bom.Metadata.Component
		if root.BOMRef != "" { // the distribution itself
			r.names[root.BOMRef] = owner.Ref
		}
		roots = append(roots, nested(&root)...)
	}
	if bom.Components != nil {
		roots = append(roots, *bom.Components...)
	}
	byRef := map[string]*Component{owner.Ref: owner}
	for i := range roots {
		c := r.component(&roots[i], byRef, 0)
		owner.Inside = append(owner.Inside, c)
		owner.Needs = append(owner.Needs, c.Ref)
	}
	if bom.Dependencies == nil {
		return
	}
	for _, d := range *bom.Dependencies {
		c := byRef[r.names[d.Ref]]
		if c == nil || d.Dependencies == nil {
			continue
		}
		for _, need := range *d.Dependencies {
			if other := r.names[need]; other != "" && other != c.Ref && byRef[other] != nil {
				c.Needs = append(c.Needs, other)
			}
		}
	}
}

func nested(c *cdx.Component) []cdx.Component {
	if c.Components == nil {
		return nil
	}
	return *c.Components
}

// A renaming makes components of a document's.
type renaming struct {
	*maker
	prefix string
	names  map[string]string // bom-ref in the document → Ref
}

// maxDepth bounds how deep components of foreign documents are nested.
const maxDepth = 64

func (r *renaming) component(from *cdx.Component, byRef map[string]*Component, depth int) *Component {
	name := from.BOMRef
	if name == "" {
		name = strings.Trim(from.PackageURL+" "+from.Name+"@"+from.Version, " ")
	}
	c := &Component{
		Ref: r.unique(r.prefix + name), Kind: Kind(from.Type), Name: from.Name, Version: from.Version, PURL: from.PackageURL, CPE: from.CPE,
		Summary: from.Description, Licence: licenceOf(from), merged: from,
	}
	if from.Hashes != nil {
		for _, h := range *from.Hashes {
			if h.Algorithm == cdx.HashAlgoSHA256 {
				c.SHA256 = h.Value
			}
		}
	}
	byRef[c.Ref] = c
	if from.BOMRef != "" {
		r.names[from.BOMRef] = c.Ref
	}
	if depth < maxDepth {
		inside := nested(from)
		for i := range inside {
			c.Inside = append(c.Inside, r.component(&inside[i], byRef, depth+1))
		}
	}
	return c
}

// licenceOf returns what a component of a document says about its licence.
func licenceOf(c *cdx.Component) manifest.Licence {
	if c.Licenses == nil {
		return manifest.Licence{}
	}
	var ids, names []string
	for _, l := range *c.Licenses {
		switch {
		case l.Expression != "":
			ids = append(ids, l.Expression)
		case l.License != nil && l.License.ID != "":
			ids = append(ids, l.License.ID)
		case l.License != nil && l.License.Name != "":
			names = append(names, l.License.Name)
		}
	}
	return expressionOf(ids, names)
}
