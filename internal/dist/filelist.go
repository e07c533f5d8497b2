package dist

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
)

// A fileList is the files.json that go-embed-python puts beside the files of a platform. A Go module can't carry
// symbolic links, executable bits or empty directories; the list does.
type fileList struct {
	Files []listedFile `json:"files"`
}

// A listedFile is one entry: a directory, a symbolic link or a file.
type listedFile struct {
	Name       string      `json:"name"` // slash path below the directory of the list
	Size       int64       `json:"size"` // in bytes, unpacked
	Mode       fs.FileMode `json:"perm"` // in Go's own bits, type bits included
	Symlink    string      `json:"symlink"`
	Compressed bool        `json:"compressed"` // the module has NAME.gz
}

// stored returns the name that the module has the file under.
func (f listedFile) stored() string {
	if f.Compressed {
		return f.Name + ".gz"
	}
	return f.Name
}

// parseFileList reads a files.json and refuses what is not one.
func parseFileList(data []byte) (*fileList, error) {
	var list fileList
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("files.json: %w", err)
	}
	if len(list.Files) == 0 {
		return nil, errors.New("files.json: it lists nothing")
	}
	for i, f := range list.Files {
		if err := f.check(); err != nil {
			return nil, fmt.Errorf("files.json: entry %d, %q: %w", i, f.Name, err)
		}
	}
	return &list, nil
}

func (f listedFile) check() error {
	if !validName(f.Name) {
		return errors.New("unsafe name")
	}
	if f.Size < 0 || f.Size > maxBytes {
		return fmt.Errorf("size %d", f.Size)
	}
	switch f.Mode.Type() {
	case 0, fs.ModeDir:
		if f.Symlink != "" {
			return fmt.Errorf("link to %q of mode %v", f.Symlink, f.Mode)
		}
	case fs.ModeSymlink:
		if f.Symlink == "" {
			return errors.New("link to nothing")
		}
	default:
		return fmt.Errorf("mode %v", f.Mode)
	}
	return nil
}

// total returns the sum of the sizes of all files.
func (l *fileList) total() int64 {
	var sum int64
	for _, f := range l.Files {
		if f.Mode.IsRegular() {
			sum += f.Size
		}
	}
	return sum
}
