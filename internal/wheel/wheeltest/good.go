package wheeltest

import (
	"archive/zip"
	"strings"
)

// Good returns wheels of many kinds that are right, by a name for each. The first one is small.
func Good() map[string]Wheel {
	store := func(h *zip.FileHeader) { h.Method = zip.Store }
	return map[string]Wheel{
		"pure": {Files: Text(map[string]string{"demo/__init__.py": "x = 1\n", "demo/data.txt": "data\n"})},
		"stored": {
			Files:   []File{{Name: "demo/"}, {Name: "demo/a.py", Content: "a = 1\n", Edit: store}, {Name: "demo/empty.py", Edit: store}},
			Comment: "a comment",
		},
		"native": {
			Tag: "cp314-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64", Build: "7",
			Files: []File{
				{Name: "demo/__init__.py", Content: "import demo.fast\n"},
				{Name: "demo/fast.abi3.so", Content: "\x7fELF" + strings.Repeat("machine code ", 30), Mode: 0o755},
				{Name: "demo.libs/libx-00000000.so.1", Content: "\x7fELF library"},
			},
		},
		"schemes": {
			Name: "Demo.App", Version: "1.0.post1",
			Files: Text(map[string]string{
				"demo_app-1.0.post1.data/purelib/demo/__init__.py": "p = 1\n", "demo_app-1.0.post1.data/platlib/demo/b.py": "b = 1\n",
				"demo_app-1.0.post1.data/scripts/demo": "#!python\n", "demo_app-1.0.post1.data/headers/demo.h": "int x;\n",
				"demo_app-1.0.post1.data/data/share/man/demo.1": ".TH\n",
			}),
			Metadata: "Metadata-Version: 2.4\nName: demo-app\nVersion: 1.0-1\nRequires-Python: >=3.8\n\nThe description.\n",
		},
		"names": {
			Files: Text(map[string]string{
				"demo/ünïcode, 1.txt": "quoted in RECORD", "demo/日本.py": "j = 1\n", "demo/with blank.txt": "", "demo/'quote'.txt": "q",
			}),
			EntryPoints: "[console_scripts]\ndemo = demo:main\n",
		},
		"namespace": {
			Name: "ns_one", Version: "2024.1",
			Files: Text(map[string]string{"ns/one/__init__.py": "", "ns/one/deep/er/x.py": "x = 1\n"}),
		},
	}
}
