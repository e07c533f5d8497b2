package licence

import (
	"path"
	"strings"
)

// IsText tells by the name of a file whether it is the text of a licence: LICENSE, LICENCE.md, COPYING.LESSER, NOTICE.txt,
// AUTHORS (PEP 639 takes these by default: LICEN[CS]E*, COPYING*, NOTICE*, AUTHORS*). A module is none.
func IsText(name string) bool {
	switch path.Ext(name) {
	case ".py", ".pyc", ".pyi", ".so", ".json", ".html":
		return false
	}
	upper := strings.ToUpper(name)
	for _, p := range []string{"LICENSE", "LICENCE", "COPYING", "NOTICE", "AUTHORS"} {
		if strings.HasPrefix(upper, p) {
			return true
		}
	}
	return false
}
