package cpython

// The signals whose handlers the Go runtime has taken before any code of ours ran, and which Python programs expect to be
// as the system set them (signal(7); the numbers are the same on amd64 and arm64).
var (
	// Those that come from outside, and abort's: Python handles them, or their default action is what users of Python know.
	// Go keeps SIGURG for the preemption of goroutines and SIGPROF for profiles of Go code; 32 and 33 are glibc's.
	programSignals = []uintptr{
		1, 2, 3, 6, 10, 12, 13, 14, 15, 17, 18, 20, 21, 22, 24, 25, 26, 28, 29, 30,
		34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, // real-time
	}
	// Those of faults: Go makes panics or a dump of its goroutines out of them.
	faultSignals = []uintptr{4, 5, 7, 8, 11, 16, 31}
)

const (
	sigINT  = 2
	sigURG  = 23
	sigPROF = 27
)
