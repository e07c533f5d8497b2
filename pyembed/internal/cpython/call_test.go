//go:build linux && (amd64 || arm64)

package cpython

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

// calling is Python code that runs as the frozen `encodings` and calls functions of C.
const calling = `
import sys, _oxgen
def address(data):
    return id(data) + bytes.__basicsize__ - 1
def function(name):
    text = name.encode() + b"\0"
    return _oxgen.call(_oxgen.dlsym, 0, address(text))
def c(name, *args):
    return _oxgen.call(function(name), *args)
def number(text):
    text += b"\0"
    return c("strtoll", address(text), 0, 10)
out, form = bytes(100), b"%ld %ld %ld\0"
taken = bytes(range(1, 8))
copy = bytes(10)
name = b"x\0"
sys.seen = [
    number(b"123"),
    number(b"-7"),
    number(b"-9223372036854775808"),
    number(b"9223372036854775807"),
    c("labs", -5),
    c("strlen", address(b"four\0")),
    c("memcpy", address(copy), address(taken), 7) == address(copy) and copy,
    # Six arguments arrive, the function being none of them; a seventh does not.
    c("snprintf", address(out), 100, address(form), -1, 2, 3, 4) and out[:6],
    # Whatever fits into 64 bits, with a sign or without.
    c("labs", 2**64 - 9), c("labs", -2**63 + 1) == 2**63 - 1,
    function("oxgen_has_no_such_function"),
    # A negative errno: EINVAL for flags that there are not, EFAULT for a name that is nowhere.
    _oxgen.call(_oxgen.syscall, _oxgen.memfd_create, address(name), 1 << 20),
    _oxgen.call(_oxgen.syscall, _oxgen.memfd_create, 1, 0),
]
descriptor = _oxgen.call(_oxgen.syscall, _oxgen.memfd_create, address(name), 1)
sys.seen.append(descriptor > 2 and c("write", descriptor, address(taken), 7) & 0xffffffff)
sys.seen.append(c("close", descriptor) & 0xffffffff)
sys.seen += [c(f"pthread_mutex_{step}", _oxgen.mutex) & 0xffffffff for step in ("trylock", "trylock", "unlock", "trylock", "unlock")]
del sys.modules["encodings"]
sys.meta_path.reverse()
import encodings
sys.meta_path.reverse()
`

// TestCall calls functions of C from Python code.
func TestCall(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l library) {
		compiled, state := run(t, plan{
			Library: l, Settings: base(l),
			Code: fmt.Sprintf("import marshal; print(marshal.dumps(compile(%q, '<frozen>', 'exec')).hex())", calling),
		})
		code, err := hex.DecodeString(strings.TrimSpace(compiled))
		if err != nil || !state.Success() {
			t.Fatalf("%v, %s", state, compiled)
		}
		output, state := run(t, plan{Library: l, Settings: base(l), Frozen: string(code), Code: "import sys; print(sys.seen)"})
		const want = `[123, -7, -9223372036854775808, 9223372036854775807, 5, 4, b'\x01\x02\x03\x04\x05\x06\x07\x00\x00\x00', b'-1 2 3', 9, True, 0, -22, -14, 7, 0, 0, 16, 0, 0, 0]`
		if !state.Success() || strings.TrimSpace(output) != want {
			t.Errorf("%v, got %s\nwant %s", state, output, want)
		}
	})
}
