package wheel

import "fmt"

// Limits bound what reading a wheel can cost. A zero field stands for the default.
type Limits struct {
	Members    int   // files and folders in the archive; default 200,000
	MemberSize int64 // bytes of one unpacked file; default 2 GiB
	TotalSize  int64 // bytes of all unpacked files; default 8 GiB
	Ratio      int64 // unpacked bytes for each byte of the archive, counted above 64 MiB; default 200
}

// Bounds that are not for users to choose.
const (
	maxName     = 1024     // bytes in the name of a member
	maxPart     = 255      // bytes between two slashes, as in every common file system
	maxList     = 64 << 20 // bytes of RECORD, METADATA, WHEEL and entry_points.txt
	ratioCounts = 64 << 20 // unpacked bytes from which on Limits.Ratio is looked at
)

// A limitError is a wheel that is beyond a limit which the user may raise.
type limitError struct {
	key string // of the configuration
	err error
}

func (e *limitError) Error() string { return e.err.Error() }

func (e *limitError) Unwrap() error { return e.err }

// beyond is the error about a limit that has a key.
func beyond(key, format string, args ...any) error {
	return &limitError{key, fmt.Errorf(format, args...)}
}

func (l Limits) orDefault() Limits {
	if l.Members == 0 {
		l.Members = 200_000
	}
	if l.MemberSize == 0 {
		l.MemberSize = 2 << 30
	}
	if l.TotalSize == 0 {
		l.TotalSize = 8 << 30
	}
	if l.Ratio == 0 {
		l.Ratio = 200
	}
	return l
}

// check holds the sizes that the directory of an archive states against the limits. Reading trusts no size beyond what
// was stated, so it need not look again.
func (l Limits) check(members []*Member, archive int64) error {
	var total int64
	for _, m := range members {
		if m.Size > l.MemberSize {
			return beyond("max-wheel-file-size", "%w", fault(m.Name, "unpacks to %d bytes, more than the %d allowed", m.Size, l.MemberSize))
		}
		if total += m.Size; total > l.TotalSize { // each is at most MemberSize: no overflow
			return beyond("max-wheel-size", "unpacks to more than the %d bytes allowed", l.TotalSize)
		}
	}
	if total > ratioCounts && total/l.Ratio > archive {
		return beyond("max-wheel-ratio", "unpacks to more than %d times its size", l.Ratio)
	}
	return nil
}
