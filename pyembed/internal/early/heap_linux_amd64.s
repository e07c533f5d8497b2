#include "textflag.h"

// func populate(start unsafe.Pointer, size uintptr)
TEXT ·populate(SB), NOSPLIT, $0-16
	// madvise(start, size, MADV_POPULATE_WRITE)
	MOVQ start+0(FP), DI
	MOVQ size+8(FP), SI
	MOVL $23, DX
	MOVL $28, AX
	SYSCALL
	RET
