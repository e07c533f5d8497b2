// Package licence finds out under which licences software comes, as SPDX expressions (SPDX 2.3, annex D; PEP 639), and
// holds them against rules.
package licence

import (
	"slices"
	"strings"

	"github.com/github/go-spdx/v2/spdxexp"
)

// Unknown stands in rules for software whose licence is not known.
const Unknown = "unknown"

// deprecated are identifiers that the SPDX list has replaced, in lower case, with what they mean now.
var deprecated = map[string]string{
	"gpl-1.0": "GPL-1.0-only", "gpl-2.0": "GPL-2.0-only", "gpl-3.0": "GPL-3.0-only",
	"lgpl-2.0": "LGPL-2.0-only", "lgpl-2.1": "LGPL-2.1-only", "lgpl-3.0": "LGPL-3.0-only",
	"agpl-1.0": "AGPL-1.0-only", "agpl-3.0": "AGPL-3.0-only",
	"gfdl-1.1": "GFDL-1.1-only", "gfdl-1.2": "GFDL-1.2-only", "gfdl-1.3": "GFDL-1.3-only",
	"gpl-1.0+": "GPL-1.0-or-later", "gpl-2.0+": "GPL-2.0-or-later", "gpl-3.0+": "GPL-3.0-or-later",
	"lgpl-2.0+": "LGPL-2.0-or-later", "lgpl-2.1+": "LGPL-2.1-or-later", "lgpl-3.0+": "LGPL-3.0-or-later",
	"agpl-3.0+": "AGPL-3.0-or-later",
}

// Parse returns an SPDX expression in its usual spelling: identifiers as the SPDX list writes them, operators in upper case,
// identifiers that were replaced by those that replaced them. ok is false when text is no expression.
func Parse(text string) (expression string, ok bool) {
	words := tokens(text)
	for i, w := range words {
		switch upper := strings.ToUpper(w); upper {
		case "AND", "OR", "WITH":
			words[i] = upper
		case "(", ")":
		default:
			if known, id := spdxexp.ActiveLicense(w); known {
				words[i] = id
			}
			if now := deprecated[strings.ToLower(w)]; now != "" {
				words[i] = now
			}
		}
	}
	expression = join(words)
	if len(expression) > maxExpression || !parses(expression) {
		return "", false
	}
	return expression, true
}

// maxExpression bounds what is taken for an expression, in bytes.
const maxExpression = 4096

// parses asks the library. What it can't read is no expression, also where it gives up in its own way: metadata are foreign.
func parses(expression string) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	ok, _ = spdxexp.ValidateLicenses([]string{expression})
	return ok
}

// tokens returns the words and parentheses of an expression.
func tokens(text string) []string {
	return strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(text))
}

func join(words []string) string {
	text := strings.Join(words, " ")
	return strings.NewReplacer("( ", "(", " )", ")").Replace(text)
}

// Terms returns the licences that an expression of Parse names, in its order, each once. An exception belongs to its licence:
// "GPL-2.0-or-later WITH Classpath-exception-2.0".
func Terms(expression string) []string {
	var list []string
	words := tokens(expression)
	for i := 0; i < len(words); i++ {
		switch words[i] {
		case "AND", "OR", "(", ")":
			continue
		}
		term := words[i]
		if i+2 < len(words) && words[i+1] == "WITH" {
			i += 2
			term += " WITH " + words[i]
		}
		if !slices.Contains(list, term) {
			list = append(list, term)
		}
	}
	return list
}

// And joins expressions that all hold. Equal ones count once; none gives "".
func And(expressions []string) string {
	var list []string
	for _, e := range expressions {
		if !slices.Contains(list, e) {
			list = append(list, e)
		}
	}
	if len(list) > 1 {
		for i, e := range list {
			if strings.Contains(e, " OR ") {
				list[i] = "(" + e + ")"
			}
		}
	}
	return strings.Join(list, " AND ")
}
