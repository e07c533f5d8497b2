#include "textflag.h"

// void handler(int, siginfo_t *, ucontext_t *context), called by the kernel: context->uc_sigmask |= shieldMask. It runs in
// one thread at a time, so that the count needs no lock.
TEXT shieldThread<>(SB), NOSPLIT|NOFRAME, $0
	MOVD  $·shieldMask(SB), R3
	MOVD  (R3), R3
	MOVD  40(R2), R4
	ORR   R3, R4
	MOVD  R4, 40(R2)
	MOVD  $·shieldCount(SB), R3
	MOVWU (R3), R4
	ADD   $1, R4
	MOVW  R4, (R3)
	RET

// func shieldHandler() uintptr
TEXT ·shieldHandler(SB), NOSPLIT, $0-8
	MOVD $shieldThread<>(SB), R0
	MOVD R0, ret+0(FP)
	RET
