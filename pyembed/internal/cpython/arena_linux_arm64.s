#include "textflag.h"

// The second half of a huge page of which the first half is in use, 0 for none.
GLOBL spareArena<>(SB), NOPTR, $8

// void *arena_alloc(void *ctx, size_t size), called by C, NULL when it fails. Arenas of 1 MiB are halves of huge pages.
TEXT arenaAlloc<>(SB), NOSPLIT|NOFRAME, $0
	MOVD $0x100000, R9
	CMP  R9, R1
	BNE  pages

	MOVD $spareArena<>(SB), R10

take:
	LDAXR (R10), R9
	STLXR ZR, (R10), R11
	CBNZ  R11, take
	CBNZ  R9, populate

	// mmap(NULL, 4 MiB, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)
	MOVD $0, R0
	MOVD $0x400000, R1
	MOVD $3, R2
	MOVD $0x22, R3
	MOVD $-1, R4
	MOVD $0, R5
	MOVD $222, R8
	SVC
	CMN  $4095, R0
	BCS  fewer

	// munmap what lies before and behind the 2 MiB in it that a huge page can be. One of the two may be nothing, and an error.
	MOVD R0, R12
	MOVD $0x1fffff, R9
	ADD  R0, R9
	AND  $~0x1fffff, R9
	SUB  R12, R9, R1
	MOVD $215, R8
	SVC
	ADD  $0x200000, R9, R0
	ADD  $0x200000, R12, R1
	SUB  R9, R1
	MOVD $215, R8
	SVC

	// madvise(R9, 2 MiB, MADV_HUGEPAGE)
	MOVD R9, R0
	MOVD $0x200000, R1
	MOVD $14, R2
	MOVD $233, R8
	SVC

	// Another interpreter's thread may have left a second half meanwhile: munmap it.
	ADD $0x100000, R9, R13

put:
	LDAXR (R10), R0
	STLXR R13, (R10), R11
	CBNZ  R11, put
	CBZ   R0, populate
	MOVD  $0x100000, R1
	MOVD  $215, R8
	SVC

populate:
	// madvise(R9, 1 MiB, MADV_POPULATE_WRITE): a huge page, or as many small ones. Linux 5.14.
	MOVD R9, R0
	MOVD $0x100000, R1
	MOVD $23, R2
	MOVD $233, R8
	SVC
	MOVD R9, R0
	RET

fewer:
	MOVD $0x100000, R1

pages:
	// mmap(NULL, size, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_POPULATE, -1, 0)
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
