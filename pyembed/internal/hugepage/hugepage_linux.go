// Package hugepage has memory come in huge pages (Documentation/admin-guide/mm/transhuge.rst).
package hugepage

import "golang.org/x/sys/unix"

// Size is the size of a huge page in bytes, where pages have 4 KiB. Where they are larger, so are huge ones, and this is a piece of
// memory like any other.
const Size = 2 << 20

// Populate has memory, which nobody has touched yet, come in huge pages when it is touched, and touches its first bytes. Where the system
// has no huge pages to give, as many small ones are there as these bytes take, from Linux 5.14 on.
func Populate(memory []byte, first int) {
	_ = unix.Madvise(memory, unix.MADV_HUGEPAGE)
	_ = unix.Madvise(memory[:first], unix.MADV_POPULATE_WRITE)
}
