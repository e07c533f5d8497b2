package config

import (
	"strings"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/licence"
	"github.com/oxgen/oxgen/internal/pyname"
)

const hintLicence = "identifiers are those of https://spdx.org/licenses, as in \"GPL-3.0-only\"; \"GPL-*\" matches several, \"LicenseRef-NAME\" is one of your own"

func isLicencePattern(s string) error {
	if err := licence.CheckPattern(s); err != nil {
		return diag.Errorf("", hintLicence, "%w", err)
	}
	return nil
}

// ParseLicence reads an element of the key licences: the name of a distribution, a colon, an SPDX expression. The name comes
// back normalised.
func ParseLicence(s string) (distribution, expression string, err error) {
	name, text, ok := strings.Cut(s, ":")
	name = strings.TrimSpace(name)
	if !ok || !pyname.IsDistribution(name) {
		return "", "", diag.Errorf("", `"NAME: EXPRESSION", as in "demo: MIT OR Apache-2.0"`, "%q does not begin with the name of a distribution and a colon", s)
	}
	expression, ok = licence.Parse(text)
	if !ok {
		return "", "", diag.Errorf("", hintLicence, "%q is no SPDX expression", strings.TrimSpace(text))
	}
	return pyname.Normalize(name), expression, nil
}
