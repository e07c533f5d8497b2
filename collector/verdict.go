package collector

import "fmt"

// A VerdictKind says what became of a file.
type VerdictKind uint8

// The verdicts. Files with one of the first five are in Collection.Resources.
const (
	VerdictModule      VerdictKind = iota + 1
	VerdictExtension               // Kind Extension
	VerdictLibrary                 // Kind Library
	VerdictResource                // Kind Data
	VerdictMetadata                // Kind Metadata
	VerdictScript                  // a distribution's program: not embedded, its entry point serves
	VerdictExcluded                // left out by a rule, or shadowed
	VerdictUnsupported             // would be needed, perhaps, and can't be embedded

	verdictKinds = iota + 1
)

var verdictNames = [verdictKinds]string{
	"", "module", "extension", "library", "resource", "metadata", "script", "excluded",
	"unsupported",
}

// String returns the verdict in lower case.
func (k VerdictKind) String() string {
	if k == 0 || k >= verdictKinds {
		return fmt.Sprintf("VerdictKind(%d)", uint8(k))
	}
	return verdictNames[k]
}

// Included says whether a file with this verdict goes into the program.
func (k VerdictKind) Included() bool { return k >= VerdictModule && k <= VerdictMetadata }

// A Verdict is what became of one file.
type Verdict struct {
	Origin Origin
	Kind   VerdictKind
	Path   string // of the resource; "" when there is none
	Rule   string // name of the rule that excluded it, or took it in against another one; "" when none did
	Reason string // why, for people; "" for the plain cases
}

// Passing tells whether the file comes and goes without the program changing: what Python, version control, editors and
// oxgen itself leave in a tree. Such a verdict is for a scan, and does not belong into what is generated.
func (v Verdict) Passing() bool { return isPassing(v.Rule) }

func isPassing(rule string) bool {
	switch rule {
	case ruleBytecode, ruleVCS, ruleVenv, ruleTool, ruleEditor, ruleOxgen, ruleMade:
		return true
	}
	return false
}
