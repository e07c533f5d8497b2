#include "textflag.h"

// void *arena_alloc(void *ctx, size_t size), called by C: mmap(NULL, size, PROT_READ|PROT_WRITE,
// MAP_PRIVATE|MAP_ANONYMOUS|MAP_POPULATE, -1, 0), NULL when it fails.
TEXT arenaAlloc<>(SB), NOSPLIT|NOFRAME, $0
	MOVL $9, AX
	XORL DI, DI
	MOVL $3, DX
	MOVL $0x8022, R10
	MOVQ $-1, R8
	XORL R9, R9
	SYSCALL
	CMPQ AX, $0xfffffffffffff001
	JCS  done
	XORL AX, AX

done:
	RET

// void arena_free(void *ctx, void *address, size_t size), called by C: munmap(address, size).
TEXT arenaFree<>(SB), NOSPLIT|NOFRAME, $0
	MOVQ SI, DI
	MOVQ DX, SI
	MOVL $11, AX
	SYSCALL
	RET

// func arenaFunctions() (alloc, free uintptr)
TEXT ·arenaFunctions(SB), NOSPLIT, $0-16
	LEAQ arenaAlloc<>(SB), AX
	MOVQ AX, alloc+0(FP)
	LEAQ arenaFree<>(SB), AX
	MOVQ AX, free+8(FP)
	RET
