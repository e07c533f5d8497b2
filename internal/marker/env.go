package marker

import (
	"strings"

	"github.com/oxgen/oxgen/internal/pep440"
	"github.com/oxgen/oxgen/internal/target"
)

// systems are the variables that name the operating system, by GOOS: os_name, sys_platform, platform_system.
var systems = map[string][3]string{
	"linux": {"posix", "linux", "Linux"}, "darwin": {"posix", "darwin", "Darwin"}, "windows": {"nt", "win32", "Windows"},
}

// machines are the values of platform_machine, by GOOS/GOARCH.
var machines = map[string]string{
	"linux/amd64": "x86_64", "linux/arm64": "aarch64", "darwin/amd64": "x86_64", "darwin/arm64": "arm64",
	"windows/amd64": "AMD64", "windows/arm64": "ARM64",
}

// For returns what markers find with CPython of a version, "3.14.6", on a target. platform_release and platform_version
// have no value.
func For(python string, t target.Target) Env {
	full := python
	short := python
	if v, ok := pep440.Parse(python); ok {
		full = v.String()
		if parts := strings.SplitN(v.Base(), ".", 3); len(parts) > 1 {
			short = parts[0] + "." + parts[1]
		}
	}
	values := map[string]string{
		"python_version": short, "python_full_version": full,
		"implementation_name": "cpython", "implementation_version": full, "platform_python_implementation": "CPython",
	}
	if s, ok := systems[t.GOOS]; ok {
		values["os_name"], values["sys_platform"], values["platform_system"] = s[0], s[1], s[2]
	}
	if m, ok := machines[t.String()]; ok {
		values["platform_machine"] = m
	}
	return Env{Values: values}
}
