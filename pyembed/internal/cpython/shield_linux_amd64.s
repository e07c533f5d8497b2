#include "textflag.h"

// void handler(int, siginfo_t *, ucontext_t *context), called by the kernel: context->uc_sigmask |= shieldMask.
TEXT shieldThread<>(SB), NOSPLIT|NOFRAME, $0
	MOVQ ·shieldMask(SB), AX
	ORQ  AX, 296(DX)
	LOCK
	INCL ·shieldCount(SB)
	RET

// func shieldHandler() uintptr
TEXT ·shieldHandler(SB), NOSPLIT, $0-8
	LEAQ shieldThread<>(SB), AX
	MOVQ AX, ret+0(FP)
	RET
