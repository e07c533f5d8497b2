//go:build !unix

package collector

// isLinkLoop says whether err comes from links that lead to one another; Windows has no error of its own for that.
func isLinkLoop(error) bool { return false }
