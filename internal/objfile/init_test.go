package objfile

import "testing"

func TestInitName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ function, want string }{
		{"PyInit_spam", "spam"},
		{"PyInit__testcapi", "_testcapi"},
		// PEP 489.
		{"PyInitU_zck5b2b", "スパム"},
		// CPython, Modules/_testmultiphase.c.
		{"PyInitU_eckzbwbhc6jpgzcx415x", "＿インポートテスト"},
		{"PyInitU__testmultiphase_zkouka_naten_evc07gi8e", "_testmultiphase_zkouška_načtení"},
		{"PyInitU_zck5b2", ""},
		{"PyInitU_", ""},
		{"PyInitU_!", ""},
		{"PyInitU_99999999999999", ""},
		{"PyInit_", ""},
		{"Py_Initialize", ""},
		{"initspam", ""},
	} {
		if got, ok := initName(test.function); got != test.want || ok != (test.want != "") {
			t.Errorf("%s: got %q, %v, want %q", test.function, got, ok, test.want)
		}
	}
}
