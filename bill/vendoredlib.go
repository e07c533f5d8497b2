package bill

import (
	"path"
	"regexp"
	"strings"

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
	name := originalName(file.Filename)
	if file.Version = versionInName(name); file.Version == "" {
		file.Version = versionInName(originalName(soname))
	}
	file.add("soversion", interfaceVersion(name))
	for i := range bundled.All {
		lib := &bundled.All[i]
		if !lib.IsFile(name) {
			continue
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
		return
	}
}

// distributionLicence is where the licence of a library was found that a distribution brings.
const distributionLicence = "its distribution"

// hashInName matches what auditwheel and delocate's like put into names, so that two wheels can bring two versions of a library.
var hashInName = regexp.MustCompile(`-[0-9a-f]{8}(\.|$)`)

// originalName returns the name that a library had before auditwheel gave it one with a hash, "libgomp-a34b3233.so.1.0.0" →
// "libgomp.so.1.0.0" (auditwheel, repair.py: behind what comes before the first dot).
func originalName(name string) string {
	name = path.Base(name)
	at := hashInName.FindStringIndex(name)
	if at == nil || strings.Contains(name[:at[0]], ".") {
		return name
	}
	return name[:at[0]] + name[at[0]+len("-00000000"):]
}

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
