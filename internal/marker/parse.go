package marker

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// variables are the names of PEP 508 and PEP 751, and those of PEP 345, which old metadata has.
var variables = map[string]string{
	"python_version": "", "python_full_version": "", "os_name": "", "sys_platform": "", "platform_release": "",
	"platform_system": "", "platform_version": "", "platform_machine": "", "platform_python_implementation": "",
	"implementation_name": "", "implementation_version": "", "extra": "", "extras": "", "dependency_groups": "",

	"os.name": "os_name", "sys.platform": "sys_platform", "platform.version": "platform_version",
	"platform.machine": "platform_machine", "platform.python_implementation": "platform_python_implementation",
	"python_implementation": "platform_python_implementation",
}

// token matches what an expression is made of, after white space.
var token = regexp.MustCompile(`^(\(|\)|===|==|~=|!=|<=|>=|<|>|'[^']*'|"[^"]*"|[A-Za-z_][A-Za-z0-9_.]*)`)

// Bounds of an expression, in bytes and in parentheses, so that foreign text can't exhaust the stack.
const (
	maxText  = 64 << 10
	maxDepth = 100
)

// Parse reads a marker. An empty text is no marker and an error. The error says at which byte, from 1.
func Parse(s string) (Marker, error) {
	p := &parser{text: s, rest: s}
	if len(s) > maxText {
		return Marker{}, fmt.Errorf("the marker is longer than %d bytes", maxText)
	}
	p.next()
	root, err := p.either(0)
	if err != nil {
		return Marker{}, err
	}
	if p.token != "" || p.rest != "" {
		return Marker{}, p.wrong("and, or, or the end")
	}
	return Marker{root, s}, nil
}

// A parser reads from left to right.
type parser struct {
	text  string
	rest  string // behind token
	token string // "" at the end, and where there is none
	at    int    // offset of token
}

func (p *parser) next() {
	p.rest = strings.TrimLeft(p.rest, " \t")
	p.at = len(p.text) - len(p.rest)
	p.token = token.FindString(p.rest)
	p.rest = p.rest[len(p.token):]
}

// wrong is the error of something else than what was expected.
func (p *parser) wrong(expected string) error {
	what := p.token
	if what == "" && p.rest != "" {
		what = p.rest[:1]
	}
	if what == "" {
		return fmt.Errorf("byte %d: the marker ends where %s is expected", p.at+1, expected)
	}
	return fmt.Errorf("byte %d: %q is not %s", p.at+1, what, expected)
}

// either reads parts with "or" between them.
func (p *parser) either(depth int) (node, error) {
	return p.row("or", true, func() (node, error) {
		return p.row("and", false, func() (node, error) { return p.part(depth) })
	})
}

func (p *parser) row(word string, anyOf bool, read func() (node, error)) (node, error) {
	j := &junction{any: anyOf}
	for {
		n, err := read()
		if err != nil {
			return nil, err
		}
		j.parts = append(j.parts, n)
		if p.token != word {
			break
		}
		p.next()
	}
	if len(j.parts) == 1 {
		return j.parts[0], nil
	}
	return j, nil
}

// part reads a comparison, or an expression in parentheses.
func (p *parser) part(depth int) (node, error) {
	if p.token != "(" {
		return p.comparison()
	}
	if depth == maxDepth {
		return nil, fmt.Errorf("byte %d: more than %d parentheses within each other", p.at+1, maxDepth)
	}
	p.next()
	n, err := p.either(depth + 1)
	if err != nil {
		return nil, err
	}
	if p.token != ")" {
		return nil, p.wrong("a closing parenthesis")
	}
	p.next()
	return n, nil
}

func (p *parser) comparison() (node, error) {
	start := p.at
	left, leftIs, err := p.operand()
	if err != nil {
		return nil, err
	}
	op, err := p.operator()
	if err != nil {
		return nil, err
	}
	right, rightIs, err := p.operand()
	if err != nil {
		return nil, err
	}
	c := &comparison{variable: left, op: op, text: right}
	if rightIs {
		c = &comparison{variable: right, op: op, text: left, reversed: true}
	}
	set := c.variable == "extras" || c.variable == "dependency_groups"
	switch {
	case leftIs == rightIs:
		return nil, fmt.Errorf("byte %d: a variable must be compared with a text in quotes", start+1)
	case set && (!c.reversed || op != "in" && op != "not in"):
		return nil, fmt.Errorf("byte %d: %s is a set, of which a marker asks as in '\"name\" in %s'", start+1, c.variable, c.variable)
	}
	return c, nil
}

// operand reads a variable or a text.
func (p *parser) operand() (text string, isVariable bool, err error) {
	t := p.token
	if t != "" && (t[0] == '\'' || t[0] == '"') {
		p.next()
		return t[1 : len(t)-1], false, nil
	}
	name, known := variables[t]
	if !known {
		return "", false, p.wrong("a variable or a text in quotes")
	}
	if name == "" {
		name = t
	}
	p.next()
	return name, true, nil
}

var operators = []string{"===", "==", "~=", "!=", "<=", ">=", "<", ">", "in"}

func (p *parser) operator() (string, error) {
	op := p.token
	switch {
	case op == "not":
		if p.next(); p.token != "in" {
			return "", p.wrong("in, after not")
		}
		op = "not in"
	case !slices.Contains(operators, op):
		return "", p.wrong("an operator")
	}
	p.next()
	return op, nil
}
