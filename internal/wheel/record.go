package wheel

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
)

// A recordLine is one line of RECORD (PEP 376, packaging.python.org "Recording installed projects").
type recordLine struct {
	sum  *digest // nil when the line has none
	size int64   // -1 when the line has none
}

// parseRecord reads RECORD: the lines by path. The path in errors is RECORD's own.
func parseRecord(name string, data []byte) (map[string]recordLine, error) {
	lines := map[string]recordLine{}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = 3
	r.ReuseRecord = true
	for {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil {
			return nil, fault(name, "%w", err)
		}
		path := strings.Clone(fields[0])
		if _, twice := lines[path]; twice {
			return nil, fault(name, "lists %q twice", path)
		}
		line := recordLine{size: -1}
		if fields[1] != "" {
			if line.sum, err = parseDigest(fields[1]); err != nil {
				return nil, fault(name, "%q: %w", path, err)
			}
		}
		if fields[2] != "" {
			size, err := strconv.ParseUint(fields[2], 10, 63)
			if err != nil {
				return nil, fault(name, "%q: %q is not a size", path, fields[2])
			}
			line.size = int64(size)
		}
		lines[path] = line
	}
}

// parseDigest reads "sha256=" and the digest in base64 for URLs, without padding.
func parseDigest(s string) (*digest, error) {
	algorithm, text, _ := strings.Cut(s, "=")
	known := digests[algorithm]
	if known == nil {
		return nil, errors.New("the digest is not sha256, sha384 or sha512")
	}
	value, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(value) != known().Size() {
		return nil, errors.New("the " + algorithm + " digest is malformed")
	}
	return &digest{strings.Clone(algorithm), value}, nil
}

// matchRecord gives the members their digests and refuses a wheel of which RECORD tells only a part.
func (w *Wheel) matchRecord(record []byte) error {
	name := w.DistInfo + "/RECORD"
	lines, err := parseRecord(name, record)
	if err != nil {
		return err
	}
	for _, m := range w.Members {
		line, listed := lines[m.Name]
		delete(lines, m.Name)
		switch {
		case m.Name == name, m.Name == name+".jws", m.Name == name+".p7s": // can't contain their own digest
			continue
		case !listed:
			return fault(m.Name, "is not listed in RECORD")
		case line.sum == nil:
			return fault(m.Name, "has no digest in RECORD")
		case line.size >= 0 && line.size != m.Size:
			return fault(m.Name, "has %d bytes, and RECORD says %d", m.Size, line.size)
		}
		m.sum = line.sum
	}
	delete(lines, name) // it need not be a member to be listed
	left := ""
	for path := range lines {
		if left == "" || path < left {
			left = path
		}
	}
	if len(lines) > 0 {
		return fault(name, "lists %q, which is not in the wheel", left)
	}
	return nil
}

// RecordPaths returns the paths that the RECORD of an installed distribution lists, in its order. What is malformed is
// passed over: an installation is taken as it is found.
func RecordPaths(data []byte) []string {
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	var paths []string
	for {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			return paths
		}
		if err == nil && fields[0] != "" {
			paths = append(paths, fields[0])
		}
	}
}
