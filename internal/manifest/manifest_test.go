package manifest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRoundTrip(t *testing.T) {
	want := &Manifest{
		Name: "hello", Distribution: "cpython-3.14.6", Python: "3.14.6", Targets: []string{"linux/amd64"}, Run: "module hello",
		Files:    []File{{Path: "hello/__init__.py", Kind: "module", Origin: "hello/__init__.py"}},
		Verdicts: []Verdict{{Origin: "a.so", Verdict: "unsupported", Reason: "extension"}},
	}
	section, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(string(section))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("manifest (-want +got):\n%s", diff)
	}
}

func FuzzDecode(f *testing.F) {
	section, err := (&Manifest{Name: "hello"}).Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(section))
	f.Fuzz(func(_ *testing.T, section string) {
		_, _ = Decode(section)
	})
}

func TestScriptModule(t *testing.T) {
	for path, want := range map[string]string{
		"main.py":     "_oxgen_script main%2Epy",
		"bin/tool":    "_oxgen_script bin/tool",
		"100%.2E":     "_oxgen_script 100%25%2E2E",
		"a%2E/b.c.py": "_oxgen_script a%252E/b%2Ec%2Epy",
	} {
		got := ScriptModule(path)
		if got != want {
			t.Errorf("%q is %q, want %q", path, got, want)
		}
		if back, ok := ScriptPath(got); !ok || back != path {
			t.Errorf("%q is that of %q, want %q", got, back, path)
		}
	}
	if path, ok := ScriptPath("json.decoder"); ok {
		t.Errorf("json.decoder is the script %q", path)
	}
}
