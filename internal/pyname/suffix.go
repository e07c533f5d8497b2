package pyname

import "strings"

// ExtensionSuffixes returns the endings of extension modules in the order in which CPython of a feature version ("3.14") looks
// for them, as importlib.machinery.EXTENSION_SUFFIXES has them in the default distributions. The platform is Go's.
func ExtensionSuffixes(feature, goos, goarch string) []string {
	digits := strings.ReplaceAll(feature, ".", "")
	switch goos {
	case "linux":
		machine := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[goarch]
		return []string{".cpython-" + digits + "-" + machine + "-linux-gnu.so", ".abi3.so", ".so"}
	case "windows":
		return []string{".cp" + digits + "-win_" + goarch + ".pyd", ".pyd"}
	}
	return []string{".cpython-" + digits + "-" + goos + ".so", ".abi3.so", ".so"}
}
