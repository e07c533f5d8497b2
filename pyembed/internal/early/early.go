// Package early has memory of the Go runtime that a start of Python surely uses be there at once, not piece by piece. It imports nothing:
// so it is initialised before most of what uses that memory. Where there is no assembly for it, it does nothing.
package early
