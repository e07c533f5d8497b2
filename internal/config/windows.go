package config

import (
	"regexp"
)

// windowsVersion is a version as the resources of an executable for Windows have it.
var windowsVersion = regexp.MustCompile(`^[0-9]{1,4}(\.[0-9]{1,4}){0,3}$`)

// checkWindows reports what can't be meant in the table windows.
func (d *document) checkWindows(w *Windows) {
	if w.Version != "" && !windowsVersion.MatchString(w.Version) {
		d.wrong("windows.version", `up to four numbers, as in "1.2.3.4"`, "%q is not a version of a file of Windows", w.Version)
	}
}
