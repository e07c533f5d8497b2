package cpython

// See signals_linux.go; the numbers are those of macOS (sys/signal.h).
var (
	programSignals = []uintptr{1, 2, 3, 6, 13, 14, 15, 18, 19, 20, 21, 22, 23, 24, 25, 26, 28, 29, 30, 31}
	faultSignals   = []uintptr{4, 5, 7, 8, 10, 11, 12}
)

const (
	sigINT  = 2
	sigURG  = 16
	sigPROF = 27
)
