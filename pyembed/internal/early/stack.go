//go:build amd64 || arm64

package early

func init() {
	grow()
	populateHeap()
}

// grow returns. It has a frame of 16 KiB, for which there must be room: a goroutine starts with 2 KiB of stack, a start of Python needs some
// 30, and the main goroutine's would be copied four times on the way, each time with all the frames that are on it read off the
// executable's tables, whose pages nobody has touched before.
func grow()
