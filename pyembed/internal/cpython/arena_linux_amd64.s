#include "textflag.h"

// The second half of a huge page of which the first half is in use, 0 for none.
GLOBL spareArena<>(SB), NOPTR, $8

// void *arena_alloc(void *ctx, size_t size), called by C, NULL when it fails. Arenas of 1 MiB are halves of huge pages.
TEXT arenaAlloc<>(SB), NOSPLIT|NOFRAME, $0
	CMPQ SI, $0x100000
	JNE  pages

	XORL  AX, AX
	XCHGQ AX, spareArena<>(SB)
	TESTQ AX, AX
	JNZ   populate

	// mmap(NULL, 4 MiB, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)
	MOVL $9, AX
	XORL DI, DI
	MOVL $0x400000, SI
	MOVL $3, DX
	MOVL $0x22, R10
	MOVQ $-1, R8
	XORL R9, R9
	SYSCALL
	CMPQ AX, $0xfffffffffffff001
	JCC  fewer

	// munmap what lies before and behind the 2 MiB in it that a huge page can be. One of the two may be nothing, and an error.
	MOVQ AX, R9
	LEAQ 0x1fffff(AX), R8
	ANDQ $~0x1fffff, R8
	MOVQ R9, DI
	MOVQ R8, SI
	SUBQ R9, SI
	MOVL $11, AX
	SYSCALL
	LEAQ 0x200000(R8), DI
	LEAQ 0x200000(R9), SI
	SUBQ R8, SI
	MOVL $11, AX
	SYSCALL

	// madvise(R8, 2 MiB, MADV_HUGEPAGE)
	MOVQ R8, DI
	MOVL $0x200000, SI
	MOVL $14, DX
	MOVL $28, AX
	SYSCALL

	// Another interpreter's thread may have left a second half meanwhile: munmap it.
	LEAQ  0x100000(R8), DI
	XCHGQ DI, spareArena<>(SB)
	MOVQ  R8, AX
	TESTQ DI, DI
	JZ    populate
	MOVL  $0x100000, SI
	MOVL  $11, AX
	SYSCALL
	MOVQ  R8, AX

populate:
	// madvise(AX, 1 MiB, MADV_POPULATE_WRITE): a huge page, or as many small ones. Linux 5.14.
	MOVQ AX, R8
	MOVQ AX, DI
	MOVL $0x100000, SI
	MOVL $23, DX
	MOVL $28, AX
	SYSCALL
	MOVQ R8, AX
	RET

fewer:
	MOVL $0x100000, SI

pages:
	// mmap(NULL, size, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_POPULATE, -1, 0)
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
