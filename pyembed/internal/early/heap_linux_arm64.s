#include "textflag.h"

// func populate(start unsafe.Pointer, size uintptr)
TEXT ·populate(SB), NOSPLIT, $0-16
	// madvise(start, size, MADV_POPULATE_WRITE)
	MOVD start+0(FP), R0
	MOVD size+8(FP), R1
	MOVD $23, R2
	MOVD $233, R8
	SVC
	RET
