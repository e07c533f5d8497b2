package pyc

import "testing"

// BenchmarkCanonical rewrites the code of the standard library.
func BenchmarkCanonical(b *testing.B) {
	all, size := marshalled(b)
	b.SetBytes(size)
	for b.Loop() {
		for _, code := range all {
			if _, err := Canonical(code, python(b).Version); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkImports reads the imports of the standard library off its code.
func BenchmarkImports(b *testing.B) {
	all, size := marshalled(b)
	b.SetBytes(size)
	for b.Loop() {
		for _, data := range all {
			if _, err := ReadImports(data, python(b).Version, "linux", nil); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// marshalled returns the code objects of every module of the standard library, and their bytes together.
func marshalled(b *testing.B) (all [][]byte, size int64) {
	stdlib(b, python(b), "1", func(_ string, code []byte, _ string) {
		all = append(all, code)
		size += int64(len(code))
	})
	return all, size
}
