package pyc

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The test binary plays the interpreter when it is called by one of these names.
var fakes = map[string]func(stdin io.Reader, stdout io.Writer){
	"fake-worker": fakeWorker,
	"fake-mute":   func(io.Reader, io.Writer) {},
	"fake-pypy":   func(_ io.Reader, w io.Writer) { io.WriteString(w, "version\t3\t11\t9\nimplementation\tpypy\n") },
	"fake-old":    func(_ io.Reader, w io.Writer) { io.WriteString(w, "version\t2\t7\t18\nimplementation\tunknown\n") },
	"fake-new":    func(_ io.Reader, w io.Writer) { io.WriteString(w, "version\t3\t99\t0\nimplementation\tcpython\n") },
	"fake-alpha": func(_ io.Reader, w io.Writer) {
		io.WriteString(w, "version\t3\t14\t0\nimplementation\tcpython\nhex\t51249312\nmagic\t140e0d0a\n")
	},
	"fake-text": func(_ io.Reader, w io.Writer) { io.WriteString(w, "hello, I'm no interpreter\n") },
	"fake-fail": func(io.Reader, io.Writer) {
		io.WriteString(os.Stderr, "Could not find platform libraries\nModuleNotFoundError: No module named 'encodings'\n")
		os.Exit(1)
	},
}

func TestMain(m *testing.M) {
	if play, ok := fakes[strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe")]; ok {
		play(os.Stdin, os.Stdout)
		return
	}
	os.Exit(m.Run())
}

// fake returns the path of an interpreter that is played by the test binary.
func fake(t *testing.T, name string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(self, ".exe") {
		name += ".exe"
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.Symlink(self, path); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	return path
}

var fakeMagic = [4]byte{0x2b, 0x0e, '\r', '\n'}

// fakeInterpreter returns an interpreter whose workers are played by fakeWorker.
func fakeInterpreter(t *testing.T) *Interpreter {
	return &Interpreter{Path: fake(t, "fake-worker"), Version: py314, Magic: fakeMagic, Build: "fake"}
}

// fakeWorker answers a source with a code object that has the source's path and how many sources this process has had
// before, unless the source tells it to do something else.
func fakeWorker(stdin io.Reader, stdout io.Writer) {
	in := bufio.NewReader(stdin)
	stdout.Write(fakeMagic[:])
	for served := 0; ; served++ {
		var head [9]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return
		}
		path, source := make([]byte, binary.LittleEndian.Uint32(head[1:])), make([]byte, binary.LittleEndian.Uint32(head[5:]))
		io.ReadFull(in, path)
		io.ReadFull(in, source)
		kind, body := byte(kindCode), codeOf(py314, codeParts{filename: short(string(path)), name: short("n" + strconv.Itoa(served))})
		switch string(source) {
		case "die":
			io.WriteString(os.Stderr, "Fatal Python error: Segmentation fault\n")
			os.Exit(3)
		case "die unless fresh":
			if served > 0 {
				os.Exit(3)
			}
		case "hang":
			time.Sleep(time.Hour)
		case "memory":
			kind, body = kindMemory, ""
		case "nonsense":
			body = "nonsense"
		case "huge answer":
			stdout.Write([]byte{kindCode, 255, 255, 255, 255})
			continue
		case "error":
			kind, body = kindError, string((&compileError{2, 3, "invalid syntax"}).append(nil))
		}
		var out bytes.Buffer
		out.WriteByte(kind)
		binary.Write(&out, binary.LittleEndian, uint32(len(body)))
		out.WriteString(body)
		stdout.Write(out.Bytes())
	}
}
