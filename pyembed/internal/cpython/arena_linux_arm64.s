#include "textflag.h"

// void *arena_alloc(void *ctx, size_t size), called by C: mmap(NULL, size, PROT_READ|PROT_WRITE,
// MAP_PRIVATE|MAP_ANONYMOUS|MAP_POPULATE, -1, 0), NULL when it fails.
TEXT arenaAlloc<>(SB), NOSPLIT|NOFRAME, $0
	MOVD $0, R0
	MOVD $3, R2
	MOVD $0x8022, R3
	MOVD $-1, R4
	MOVD $0, R5
	MOVD $222, R8
	SVC
	CMN  $4095, R0
	BCC  done
	MOVD $0, R0

done:
	RET

// void arena_free(void *ctx, void *address, size_t size), called by C: munmap(address, size).
TEXT arenaFree<>(SB), NOSPLIT|NOFRAME, $0
	MOVD R1, R0
	MOVD R2, R1
	MOVD $215, R8
	SVC
	RET

// func arenaFunctions() (alloc, free uintptr)
TEXT ·arenaFunctions(SB), NOSPLIT, $0-16
	MOVD $arenaAlloc<>(SB), R0
	MOVD R0, alloc+0(FP)
	MOVD $arenaFree<>(SB), R0
	MOVD R0, free+8(FP)
	RET
