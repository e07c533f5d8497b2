#include "go_asm.h"
#include "textflag.h"

// PyObject *(PyObject *self, PyObject *const *args, Py_ssize_t nargs), called by C (_PyCFunctionFast): call(function, arg, …)
// of CallValues.
TEXT call<>(SB), NOSPLIT|NOFRAME, $0
	PUSHQ BX
	PUSHQ R12
	PUSHQ R13
	SUBQ  $64, SP                      // the function and its arguments; the stack is aligned to 16 bytes now
	MOVQ  SI, BX
	MOVQ  DX, R12
	XORL  R13, R13
	XORL  AX, AX
	MOVQ  AX, 8(SP)
	MOVQ  AX, 16(SP)
	MOVQ  AX, 24(SP)
	MOVQ  AX, 32(SP)
	MOVQ  AX, 40(SP)
	MOVQ  AX, 48(SP)
	CMPQ  R12, $(const_maxCallArgs + 1)
	JLE   next
	MOVQ  $(const_maxCallArgs + 1), R12

next:
	CMPQ R13, R12
	JGE  ready
	MOVQ (BX)(R13*8), DI
	MOVQ ·caller+callState_argument(SB), AX
	CALL AX
	MOVQ AX, (SP)(R13*8)
	INCQ R13
	JMP  next

ready:
	MOVQ 0(SP), R10
	MOVQ 8(SP), DI
	MOVQ 16(SP), SI
	MOVQ 24(SP), DX
	MOVQ 32(SP), CX
	MOVQ 40(SP), R8
	MOVQ 48(SP), R9
	XORL AX, AX                        // no vector registers, for functions with variable arguments
	CALL R10
	MOVQ AX, DI
	MOVQ ·caller+callState_result(SB), AX
	CALL AX
	ADDQ $64, SP
	POPQ R13
	POPQ R12
	POPQ BX
	RET

// long (long number, long a, long b, long c, long d, long e), called by C: a system call, without errno.
TEXT syscall<>(SB), NOSPLIT|NOFRAME, $0
	MOVQ DI, AX
	MOVQ SI, DI
	MOVQ DX, SI
	MOVQ CX, DX
	MOVQ R8, R10
	MOVQ R9, R8
	SYSCALL
	RET

// func callFunctions() (call, syscall uintptr)
TEXT ·callFunctions(SB), NOSPLIT, $0-16
	LEAQ call<>(SB), AX
	MOVQ AX, call+0(FP)
	LEAQ syscall<>(SB), AX
	MOVQ AX, syscall+8(FP)
	RET
