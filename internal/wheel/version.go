package wheel

import (
	"regexp"
	"strings"
)

// version is the pattern of PEP 440, appendix B. In file names the dash of a local version or a post
// release is written as an underscore, which the pattern allows at every separator.
var version = regexp.MustCompile(`(?i)^v?` +
	`(?:([0-9]+)!)?` + // 1 epoch
	`([0-9]+(?:\.[0-9]+)*)` + // 2 release
	`(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?([0-9]+)?)?` + // 3, 4 pre-release
	`(?:-([0-9]+)|[-_.]?(post|rev|r)[-_.]?([0-9]+)?)?` + // 5; 6, 7 post release
	`(?:[-_.]?(dev)[-_.]?([0-9]+)?)?` + // 8, 9 development release
	`(?:[+_]([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$`) // 10 local version

var preNames = map[string]string{"alpha": "a", "beta": "b", "c": "rc", "pre": "rc", "preview": "rc"}

// canonicalVersion returns the one spelling of all versions that PEP 440 holds equal; ok is false for what is none.
func canonicalVersion(s string) (canonical string, ok bool) {
	m := version.FindStringSubmatch(strings.ToLower(strings.TrimSpace(s)))
	if m == nil {
		return "", false
	}
	var b strings.Builder
	if epoch := number(m[1]); epoch != "0" {
		b.WriteString(epoch + "!")
	}
	b.WriteString(release(m[2]))
	if pre := m[3]; pre != "" {
		if name, found := preNames[pre]; found {
			pre = name
		}
		b.WriteString(pre + number(m[4]))
	}
	if m[5] != "" || m[6] != "" {
		b.WriteString(".post" + number(m[5]+m[7]))
	}
	if m[8] != "" {
		b.WriteString(".dev" + number(m[9]))
	}
	if m[10] != "" {
		parts := strings.FieldsFunc(m[10], func(r rune) bool { return r == '-' || r == '_' || r == '.' })
		for i, p := range parts {
			if strings.Trim(p, "0123456789") == "" {
				parts[i] = number(p)
			}
		}
		b.WriteString("+" + strings.Join(parts, "."))
	}
	return b.String(), true
}

// release drops the zeros that make no difference: 1.0.0 is 1, 01.2 is 1.2.
func release(s string) string {
	parts := strings.Split(s, ".")
	for i, p := range parts {
		parts[i] = number(p)
	}
	for len(parts) > 1 && parts[len(parts)-1] == "0" {
		parts = parts[:len(parts)-1]
	}
	return strings.Join(parts, ".")
}

// number drops leading zeros; an absent number is 0.
func number(s string) string {
	if s = strings.TrimLeft(s, "0"); s == "" {
		return "0"
	}
	return s
}

// sameVersion says whether two versions are equal by PEP 440.
func sameVersion(a, b string) bool {
	ca, okA := canonicalVersion(a)
	cb, okB := canonicalVersion(b)
	return okA && okB && ca == cb
}
