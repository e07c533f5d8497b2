package archive_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"

	"github.com/oxgen/oxgen/internal/archive"
)

var files = []archive.File{{Name: "shop", Data: []byte("machine code"), Executable: true}, {Name: "bill.json", Data: []byte("{}")}}

func TestPack(t *testing.T) {
	for goos, want := range map[string][]string{
		"linux":   {"shop_1.0.tar.gz", "shop_1.0/bill.json 644 {}", "shop_1.0/shop 755 machine code"},
		"windows": {"shop_1.0.zip", "shop_1.0/bill.json {}", "shop_1.0/shop machine code"},
	} {
		name, data, err := archive.Pack("shop_1.0", goos, files)
		if err != nil {
			t.Fatal(err)
		}
		_, again, _ := archive.Pack("shop_1.0", goos, []archive.File{files[1], files[0]})
		if !bytes.Equal(data, again) {
			t.Errorf("%s: the order of the files changes the archive", goos)
		}
		got := []string{name}
		if goos == "windows" {
			got = append(got, zipped(t, data)...)
		} else {
			got = append(got, tarred(t, data)...)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", goos, diff)
		}
	}
}

func tarred(t *testing.T, data []byte) (list []string) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	r := tar.NewReader(z)
	for {
		h, err := r.Next()
		if err != nil {
			return list
		}
		text, _ := io.ReadAll(r)
		mode := " 644 "
		if h.Mode == 0o755 {
			mode = " 755 "
		}
		list = append(list, h.Name+mode+string(text))
	}
}

func zipped(t *testing.T, data []byte) (list []string) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(part)
		list = append(list, f.Name+" "+string(text))
	}
	return list
}

func TestChecksums(t *testing.T) {
	const want = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a  bill.json\n" +
		"5ace2a28c6f40875ef2baac027d8b91a2f65701271c7b43ecbd467664dca9ef0  shop\n"
	got := string(archive.Checksums(files))
	if got != want {
		t.Errorf("got %s", got)
	}
}
