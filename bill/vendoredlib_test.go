package bill

import (
	"testing"

	"github.com/oxgen/oxgen/internal/bundled"
)

func TestNamesOfLibraries(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, original, version, soversion string }{
		{"numpy.libs/libopenblas64_p-r0-0cf96a72.3.23.dev.so", "libopenblas64_p-r0.3.23.dev.so", "0.3.23.dev", ""},
		{"libgomp-a34b3233.so.1.0.0", "libgomp.so.1.0.0", "", "1.0.0"},
		{"libcrypto-1a2b3c4d.so.3", "libcrypto.so.3", "", "3"},
		{"libdb-5.3.so", "libdb-5.3.so", "5.3", ""},
		{"libdb-5-1a2b3c4d.3.so", "libdb-5.3.so", "5.3", ""},
		{"libtcl8.6.so", "libtcl8.6.so", "8.6", ""},
		{"libgeos-3-0123abcd.11.1.so", "libgeos-3.11.1.so", "3.11.1", ""},
		{"libpython3.11.so.1.0", "libpython3.11.so.1.0", "3.11", "1.0"},
		{"libscipy_openblas-c128ec02.so", "libscipy_openblas.so", "", ""},
		{"libjpeg.62.4.0.dylib", "libjpeg.62.4.0.dylib", "", "62.4.0"},
		{"libstdc++-a9383cce.so.6.0.28", "libstdc++.so.6.0.28", "", "6.0.28"},
		{"libfoo.so", "libfoo.so", "", ""},
		{"", ".", "", ""},
	} {
		original := bundled.OriginalName(tt.name)
		got := [3]string{original, versionInName(original), interfaceVersion(original)}
		if want := [3]string{tt.original, tt.version, tt.soversion}; got != want {
			t.Errorf("%s: %q, want %q", tt.name, got, want)
		}
	}
}
