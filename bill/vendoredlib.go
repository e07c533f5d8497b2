package bill

import (
	"regexp"

	"github.com/oxgen/oxgen/internal/bundled"
	"github.com/oxgen/oxgen/internal/manifest"
)

// addVendoredLibrary says of a shared library that a distribution brings what can be told: the licence is that of its wheel, the
// version that of its name. A library that oxgen knows (OpenSSL, zlib …) is a component of its own, for those who look for
// vulnerabilities, with the version that its machine code has.
func (m *maker) addVendoredLibrary(owner, file *Component, soname string, code []byte) {
	file.Licence = manifest.Licence{Expression: owner.Licence.Expression, From: distributionLicence, Stated: owner.Licence.Stated}
	if !file.Licence.Known() && file.Licence.Stated == "" {
		file.Licence = manifest.Licence{}
	}
	name := bundled.OriginalName(file.Filename)
	if file.Version = versionInName(name); file.Version == "" {
		file.Version = versionInName(bundled.OriginalName(soname))
	}
	file.add("soversion", interfaceVersion(name))
	lib := bundled.OfFile(file.Filename)
	if lib == nil {
		return
	}
	version := lib.VersionIn(code)
	if version == "" {
		version = file.Version
	}
	c := &Component{
		Ref: file.Ref + "#" + lib.Name, Kind: Library, Name: lib.Name, Version: version, PURL: purl("generic", lib.Name, version), CPE: lib.CPE(version),
		Summary: lib.Title + ", a library that a wheel brings", Homepage: lib.Homepage,
		Licence: manifest.Licence{Expression: lib.LicenceOf(version), From: licenceKnown},
	}
	c.add("in", file.Name)
	m.inside(owner, c)
	file.Needs = append(file.Needs, c.Ref)
	file.Version, file.Licence = version, c.Licence
}

// distributionLicence is where the licence of a library was found that a distribution brings.
const distributionLicence = "its distribution"

var (
	// versionBefore matches a version in front of the ending: "libdb-5.3.so", "libopenblas64_p-r0.3.23.dev.so", "libtcl8.6.so".
	versionBefore = regexp.MustCompile(`^lib.*?[A-Za-z_]?[-_.]?[rv]?(\d+(?:\.\d+)+(?:\.?(?:dev|rc|beta|alpha|post)\d*)?)\.so`)
	// versionBehind matches the one behind it, in macOS in front of it, which is that of the library's interface.
	versionBehind = regexp.MustCompile(`\.so\.(\d+(?:\.\d+)*)$|\.(\d+(?:\.\d+)*)\.dylib$`)
)

// versionInName returns the release that a library is by its name, "" when that does not say. Numbers behind ".so" are no release:
// libjpeg.so.62.4.0 is of libjpeg-turbo 3.
func versionInName(name string) string {
	if m := versionBefore.FindStringSubmatch(name); m != nil {
		return m[1]
	}
	return ""
}

// interfaceVersion returns the numbers behind ".so", "" for none.
func interfaceVersion(name string) string {
	if m := versionBehind.FindStringSubmatch(name); m != nil {
		return m[1] + m[2]
	}
	return ""
}
