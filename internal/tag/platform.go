package tag

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/oxgen/oxgen/internal/target"
)

// legacy are the platform tags of before PEP 600, by the minor version of glibc 2 (PEP 513, 571, 599).
var legacy = map[int]string{5: "manylinux1", 12: "manylinux2010", 17: "manylinux2014"}

// machines are how Linux names the architectures, by their names in Go.
var machines = map[string]string{"amd64": "x86_64", "arm64": "aarch64", "386": "i686"}

// platformsOf returns the platform tags of a target, the best first.
func platformsOf(t target.Target, limits Limits) ([]string, error) {
	switch t.GOOS {
	case "linux":
		if machine := machines[t.GOARCH]; machine != "" {
			return linux(machine, limits.Glibc)
		}
	case "darwin":
		if t.GOARCH == "amd64" || t.GOARCH == "arm64" {
			return macOS(t.GOARCH, limits.MacOS)
		}
	case "windows":
		if name := map[string]string{"amd64": "win_amd64", "arm64": "win_arm64", "386": "win32"}[t.GOARCH]; name != "" {
			return []string{name}, nil
		}
	}
	return nil, fmt.Errorf("no wheels are known for %s", t)
}

func linux(machine, glibc string) ([]string, error) {
	newest, oldest := newestGlibc, 17
	if machine != "aarch64" {
		oldest = 5
	}
	if glibc != "" {
		major, minor, err := twoNumbers(glibc)
		if err != nil || major != 2 {
			return nil, fmt.Errorf("%q is not a version of glibc 2", glibc)
		}
		newest = minor
	}
	var list []string
	for minor := newest; minor >= oldest; minor-- {
		list = append(list, fmt.Sprintf("manylinux_2_%d_%s", minor, machine))
		if name := legacy[minor]; name != "" {
			list = append(list, name+"_"+machine)
		}
	}
	return append(list, "linux_"+machine), nil // what is built on the machine itself
}

// macOS lists the tags of the versions from the newest on. Since macOS 11 a tag has a minor version of 0; 10.16 is what
// macOS 11 calls itself to programs that were built for older ones (packaging.tags.mac_platforms).
func macOS(arch, newest string) ([]string, error) {
	major, minor := newestMacOS, 0
	if newest != "" {
		var err error
		if major, minor, err = twoNumbers(newest); err != nil || major < 10 {
			return nil, fmt.Errorf("%q is not a version of macOS", newest)
		}
	}
	var list []string
	add := func(major, minor int, formats ...string) {
		for _, f := range formats {
			list = append(list, fmt.Sprintf("macosx_%d_%d_%s", major, minor, f))
		}
	}
	for m := major; m >= 11; m-- {
		if arch == "arm64" {
			add(m, 0, "arm64", "universal2")
		} else {
			add(m, 0, "x86_64", "intel", "fat64", "fat32", "universal2", "universal")
		}
	}
	from := 16
	switch {
	case major == 10 && arch == "arm64":
		from = 0 // there was none
	case major == 10:
		from = minor
	}
	for m := from; m >= 4; m-- {
		if arch == "arm64" {
			add(10, m, "universal2")
		} else {
			add(10, m, "x86_64", "intel", "fat64", "fat32", "universal2", "universal")
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("no macOS %s ran on %s", newest, arch)
	}
	return list, nil
}

// summary names the platforms in a few words.
func summary(t target.Target, platforms []string) string {
	switch t.GOOS {
	case "linux":
		return platforms[0] + " and older or " + platforms[len(platforms)-1]
	case "darwin":
		return platforms[0] + " and older or universal2"
	}
	return platforms[0]
}

// twoNumbers reads "2.28"; the second one is 0 when it is missing, and a third one does not count.
func twoNumbers(s string) (major, minor int, err error) {
	first, second, ok := strings.Cut(s, ".")
	second, _, _ = strings.Cut(second, ".")
	if major, err = strconv.Atoi(first); err == nil && ok {
		minor, err = strconv.Atoi(second)
	}
	if err == nil && (major < 0 || minor < 0) {
		err = strconv.ErrRange
	}
	return major, minor, err
}
