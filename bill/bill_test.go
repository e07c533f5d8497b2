package bill_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/bill"
	"github.com/oxgen/oxgen/internal/manifest"
	"github.com/oxgen/oxgen/internal/program"
	"github.com/oxgen/oxgen/pyembed/table"
)

// embedded is a bill that a distribution brings, in the form of auditwheel's.
const embedded = `{
  "bomFormat": "CycloneDX", "specVersion": "1.4", "version": 1,
  "metadata": {"component": {"type": "library", "bom-ref": "root", "name": "shop", "version": "2.0"}},
  "components": [
    {"type": "library", "bom-ref": "jpeg", "name": "libjpeg-turbo", "version": "2.1.2", "purl": "pkg:rpm/almalinux/libjpeg-turbo@2.1.2"},
    {"type": "library", "bom-ref": "zip", "name": "zip", "version": "1", "licenses": [{"license": {"id": "MIT"}}],
     "components": [{"type": "library", "name": "inner", "version": "3"}]}
  ],
  "dependencies": [{"ref": "root", "dependsOn": ["jpeg"]}, {"ref": "jpeg", "dependsOn": ["zip", "nowhere"]}]
}`

// hostile is text that breaks out of whatever does not quote it.
const hostile = "</script><b>\"'\\\x01\u2028"

// encode returns the table of a program with a bit of everything.
func encode(t *testing.T) *program.Program {
	t.Helper()
	object, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		object = []byte("no object file")
	}
	m := &manifest.Manifest{
		Name: "shop & sons", Distribution: "cpython-3.14.6", Python: "3.14.6", Targets: []string{"linux/amd64"}, Run: "module shop",
		Distributions: []manifest.Distribution{
			{
				Name: "Base.Lib", Normalized: "base-lib", Version: "1.0+local", Info: "Base.Lib-1.0.dist-info", Input: "site",
				Licence: manifest.Licence{Stated: hostile}, Homepage: "javascript:alert(1)", Summary: hostile,
			},
			{
				Name: "shop", Normalized: "shop", Version: "2.0", Info: "shop-2.0.dist-info", Input: "shop-2.0-py3-none-any.whl",
				Wheel: "shop-2.0-py3-none-any.whl", SHA256: strings.Repeat("ab", 32),
				Licence:  manifest.Licence{Expression: "MIT OR Apache-2.0", From: "License-Expression", Files: []string{"shop-2.0.dist-info/licenses/LICENSE"}},
				Requires: []string{"base_lib>=1; python_version > '3'", "missing", "shop[extra]", "base-lib ; extra == 'x'"},
				Vendored: []manifest.Vendored{
					{Name: "six", Version: "1.17.0", List: "shop/_vendor/vendor.txt", Licence: manifest.Licence{Expression: "MIT", From: "texts"}},
					{Name: "Six", Version: "1.17.0", List: "shop/_vendor/vendored.txt"},
				},
			},
		},
		Bundled: []manifest.Bundled{
			{Name: "openssl", Version: "3.5.7", Licence: "Apache-2.0", In: manifest.Libpython},
			{Name: "libffi", Licence: "MIT", In: "oxgen.libs/libffi.so.8"},
			{Name: "xz", Version: "5.4.1", Licence: "LicenseRef-Public-Domain", In: manifest.Libpython},
		},
		Runtimes: []manifest.Runtime{{Target: "linux/amd64", Name: "libpython3.14.so.1.0", SHA256: strings.Repeat("cd", 32), Link: "static", Extensions: []manifest.Linked{
			{Module: "shop._linked", Object: "extension_shop-_linked_linux_amd64.syso", SHA256: strings.Repeat("ef", 32), Libraries: []string{"m"}},
		}}},
	}
	c := &table.Contents{Bootstrap: []byte("b"), Importer: []byte("i")}
	add := func(path, kind, distribution, origin string, data []byte) {
		m.Files = append(m.Files, manifest.File{Path: path, Kind: kind, Distribution: distribution, Origin: origin})
		c.Files = append(c.Files, table.File{Path: path, Stored: table.Stored{Bytes: data, Length: len(data)}})
	}
	add("LICENSE.txt", "resource", "python", "stdlib/LICENSE.txt", []byte("PSF"))
	add("oxgen.libs/libffi.so.8", "library", "", "host-libraries/libffi.so.8", object)
	add("shop-2.0.dist-info/licenses/LICENSE", "metadata", "shop", "shop.whl!LICENSE", []byte("the licence"))
	add("shop-2.0.dist-info/sboms/auditwheel.cdx.json", "metadata", "shop", "x", []byte(embedded))
	add("shop-2.0.dist-info/sboms/broken.cdx.json", "metadata", "shop", "x", []byte("{"))
	add("shop-2.0.dist-info/sboms/other file.spdx.json", "metadata", "shop", "x", []byte("{}"))
	add("shop.libs/libcrypto-1a2b3c4d.so.3", "library", "shop", "x", []byte("code\x00OpenSSL 3.0.2 15 Mar 2022\x00"))
	add("shop.libs/libopenblas64_p-r0-0cf96a72.3.23.dev.so", "library", "shop", "x", []byte("code"))
	add("shop/_fast.so", "extension", "shop", "x", object)
	c.Natives = []table.Native{
		{Path: "oxgen.libs/libffi.so.8", Digest: "1", Name: "libffi.so.8"},
		{Path: "shop/_fast.so", Digest: "2", Needs: []string{"oxgen.libs/libffi.so.8"}},
	}
	if c.Manifest, err = m.Encode(); err != nil {
		t.Fatal(err)
	}
	data, err := table.Encode(c)
	if err != nil {
		t.Fatal(err)
	}
	p, err := program.Read("shop", data, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func madeBill(t *testing.T) *bill.Bill {
	t.Helper()
	b, warnings, err := bill.Make(bill.Inputs{
		Program: encode(t), Go: "go1.26.0", Version: "v0.1.0",
		Modules: []bill.Module{{Path: "example.com/shop", Main: true}, {Path: "golang.org/x/sys", Version: "v0.49.0", Sum: "h1:abc="}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(warnings) != 1 || !strings.Contains(warnings[0].Error(), "broken.cdx.json") {
		t.Errorf("warnings: %v", warnings)
	}
	return b
}

func TestMake(t *testing.T) {
	t.Parallel()
	var got []string
	var list func(indent string, components []*bill.Component)
	list = func(indent string, components []*bill.Component) {
		for _, c := range components {
			got = append(got, indent+c.Ref)
			for _, n := range c.Needs {
				got = append(got, indent+"  → "+n)
			}
			list(indent+"  ", c.Inside)
		}
	}
	b := madeBill(t)
	list("", append([]*bill.Component{b.Program}, b.Components...))
	want := strings.Split(strings.TrimSpace(`
program
  → extension:shop._linked:linux/amd64
  → file:oxgen.libs/libffi.so.8
  → pkg:generic/python@3.14.6
  → pkg:golang/golang.org/x/sys@v0.49.0
  → pkg:golang/stdlib@1.26.0
  → pkg:pypi/base-lib@1.0%2Blocal
  → pkg:pypi/shop@2.0
extension:shop._linked:linux/amd64
file:oxgen.libs/libffi.so.8
  → pkg:generic/libffi
pkg:generic/python@3.14.6
  → pkg:generic/libffi
  → pkg:generic/openssl@3.5.7
  → pkg:generic/xz@5.4.1
  libpython:linux/amd64
  pkg:generic/libffi
  pkg:generic/openssl@3.5.7
  pkg:generic/xz@5.4.1
pkg:golang/golang.org/x/sys@v0.49.0
pkg:golang/stdlib@1.26.0
pkg:pypi/base-lib@1.0%2Blocal
pkg:pypi/shop@2.0
  → pkg:pypi/base-lib@1.0%2Blocal
  → pkg:pypi/shop@2.0#auditwheel.cdx.json#jpeg
  → pkg:pypi/shop@2.0#auditwheel.cdx.json#zip
  → pkg:pypi/shop@2.0#pkg:pypi/six@1.17.0
  → pkg:pypi/shop@2.0#pkg:pypi/six@1.17.0#again-2
  file:shop.libs/libcrypto-1a2b3c4d.so.3
    → file:shop.libs/libcrypto-1a2b3c4d.so.3#openssl
  file:shop.libs/libcrypto-1a2b3c4d.so.3#openssl
  file:shop.libs/libopenblas64_p-r0-0cf96a72.3.23.dev.so
  file:shop/_fast.so
    → file:oxgen.libs/libffi.so.8
  pkg:pypi/shop@2.0#auditwheel.cdx.json#jpeg
    → pkg:pypi/shop@2.0#auditwheel.cdx.json#zip
  pkg:pypi/shop@2.0#auditwheel.cdx.json#zip
    pkg:pypi/shop@2.0#auditwheel.cdx.json#inner@3
  pkg:pypi/shop@2.0#pkg:pypi/six@1.17.0
  pkg:pypi/shop@2.0#pkg:pypi/six@1.17.0#again-2`), "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	versions := map[string]string{}
	for c := range b.All {
		if strings.HasPrefix(c.Ref, "file:shop.libs/") {
			versions[c.Name] = c.Version + " " + c.Licence.Expression + " " + c.CPE
		}
	}
	wantVersions := map[string]string{
		"shop.libs/libcrypto-1a2b3c4d.so.3": "3.0.2 Apache-2.0 ", "openssl": "3.0.2 Apache-2.0 cpe:2.3:a:openssl:openssl:3.0.2:*:*:*:*:*:*:*",
		"shop.libs/libopenblas64_p-r0-0cf96a72.3.23.dev.so": "0.3.23.dev MIT OR Apache-2.0 ",
	}
	if diff := cmp.Diff(wantVersions, versions); diff != "" {
		t.Errorf("what wheels vendor (-want +got)\n%s", diff)
	}
}

// TestSame has the same program give the same bytes, and a document that the library reads back.
func TestSame(t *testing.T) {
	t.Parallel()
	for name, write := range formats {
		var first, second bytes.Buffer
		for _, out := range []*bytes.Buffer{&first, &second} {
			if err := write(madeBill(t), out); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(first.String(), second.String()); diff != "" {
			t.Errorf("%s: two bills of one program differ:\n%s", name, diff)
		}
	}
	var out bytes.Buffer
	if err := madeBill(t).WriteCycloneDX(&out); err != nil {
		t.Fatal(err)
	}
	var bom cdx.BOM
	if err := cdx.NewBOMDecoder(&out, cdx.BOMFileFormatJSON).Decode(&bom); err != nil {
		t.Fatal(err)
	}
	if bom.Metadata.Timestamp != "" || !strings.HasPrefix(bom.SerialNumber, "urn:uuid:") {
		t.Errorf("timestamp %q, serial number %q", bom.Metadata.Timestamp, bom.SerialNumber)
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	madeBill(t).All(func(c *bill.Component) bool {
		for _, text := range c.Texts {
			got[c.Name] = text.Path
		}
		return true
	})
	want := map[string]string{
		"CPython": "LICENSE.txt", "shop": "shop-2.0.dist-info/licenses/LICENSE",
		"openssl": "oxgen: openssl.txt", "libffi": "oxgen: libffi.txt",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
