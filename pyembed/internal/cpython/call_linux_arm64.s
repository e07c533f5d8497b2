#include "go_asm.h"
#include "textflag.h"

// Variables are read by way of their address: the assembler would take R27 to read them at once, which is C's to keep.

// PyObject *(PyObject *self, PyObject *const *args, Py_ssize_t nargs), called by C (_PyCFunctionFast): call(function, arg, …)
// of CallValues.
TEXT call<>(SB), NOSPLIT|NOFRAME, $0
	SUB  $96, RSP
	STP  (R19, R20), 0(RSP)
	STP  (R21, R30), 16(RSP)
	STP  (ZR, ZR), 32(RSP)             // the function and its arguments
	STP  (ZR, ZR), 48(RSP)
	STP  (ZR, ZR), 64(RSP)
	MOVD ZR, 80(RSP)
	MOVD R1, R19
	MOVD R2, R20
	MOVD $0, R21
	CMP  $(const_maxCallArgs + 1), R20
	BLE  next
	MOVD $(const_maxCallArgs + 1), R20

next:
	CMP  R20, R21
	BGE  ready
	MOVD (R19)(R21<<3), R0
	MOVD $·caller(SB), R4
	MOVD callState_argument(R4), R4
	CALL (R4)
	ADD  $32, RSP, R4
	MOVD R0, (R4)(R21<<3)
	ADD  $1, R21
	B    next

ready:
	MOVD 32(RSP), R9
	LDP  40(RSP), (R0, R1)
	LDP  56(RSP), (R2, R3)
	LDP  72(RSP), (R4, R5)
	CALL (R9)
	MOVD $·caller(SB), R4
	MOVD callState_result(R4), R4
	CALL (R4)
	LDP  0(RSP), (R19, R20)
	LDP  16(RSP), (R21, R30)
	ADD  $96, RSP
	RET

// long (long number, long a, long b, long c, long d, long e), called by C: a system call, without errno.
TEXT syscall<>(SB), NOSPLIT|NOFRAME, $0
	MOVD R0, R8
	MOVD R1, R0
	MOVD R2, R1
	MOVD R3, R2
	MOVD R4, R3
	MOVD R5, R4
	SVC
	RET

// func callFunctions() (call, syscall uintptr)
TEXT ·callFunctions(SB), NOSPLIT, $0-16
	MOVD $call<>(SB), R0
	MOVD R0, call+0(FP)
	MOVD $syscall<>(SB), R0
	MOVD R0, syscall+8(FP)
	RET
