package pyc

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// render writes all that a code object says, a code object a line, those within it after it. testdata/render.py writes
// the same about the interpreter's code objects.
func render(c *Code) string {
	var b strings.Builder
	for code := range c.All() {
		consts := make([]string, len(code.Consts))
		for i, value := range code.Consts {
			consts[i] = renderConst(value)
		}
		digest := sha256.Sum256(slices.Concat(code.Code, code.LineTable, code.ExceptionTable))
		fmt.Fprintf(&b, "%s %s %s %d args %d %d %d stack %d flags %d names %s vars %s cells %s free %s consts %s code %x imports %s\n",
			text(code.Name), text(code.Qualname), text(code.Filename), code.FirstLine,
			code.ArgCount, code.PosOnlyArgCount, code.KwOnlyArgCount, code.StackSize, code.Flags,
			texts(code.Names), texts(code.Varnames()), texts(code.Cellvars()), texts(code.Freevars()),
			strings.Join(consts, ","), digest[:8], renderImports(code))
	}
	return b.String()
}

func text(s string) string { return "'" + hex.EncodeToString([]byte(s)) }

func texts(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = text(s)
	}
	return strings.Join(out, ",")
}

func renderConst(value any) string {
	switch v := value.(type) {
	case nil:
		return "None"
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 16)
	case *big.Int:
		return v.Text(16)
	case float64:
		return fmt.Sprintf("f%016x", math.Float64bits(v))
	case complex128:
		return fmt.Sprintf("j%016x%016x", math.Float64bits(real(v)), math.Float64bits(imag(v)))
	case string:
		return text(v)
	case []byte:
		return "b" + hex.EncodeToString(v)
	case Ellipsis:
		return "..."
	case Slice:
		return "slice(" + renderConst(v.Start) + "," + renderConst(v.Stop) + "," + renderConst(v.Step) + ")"
	case Tuple:
		return "(" + strings.Join(renderConsts(v), ",") + ")"
	case FrozenSet:
		items := renderConsts(v)
		slices.Sort(items)
		return "{" + strings.Join(items, ",") + "}"
	case *Code:
		return "code " + text(v.Name)
	}
	return fmt.Sprintf("unknown %T", value)
}

func renderConsts(values []any) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = renderConst(v)
	}
	return out
}

func renderImports(c *Code) string {
	var out []string
	for _, i := range c.statements() {
		from := "None"
		if i.From != nil {
			from = texts(i.From)
		}
		out = append(out, fmt.Sprintf("%s/%d/%s", text(i.Name), i.Level, from))
	}
	return strings.Join(out, ";")
}
