package wheel
import "context"
type Wheel struct{ Members []*Member }
func (w *Wheel) Name() string { return "" }
type Scheme uint8
const (
 Root Scheme = iota
 Scripts
 Headers
 DataFiles
)
type Member struct{ Name, Path string; Scheme Scheme; Size int64; Executable bool}
func (m *Member) Read() ([]byte, error) { return nil, nil }
type Limits struct{}
func Open(ctx context.Context, path, label string, l Limits) (*Wheel, error) {return nil,nil}
func RecordPaths([]byte) []string {return nil}
