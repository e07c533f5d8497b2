//go:build linux || darwin

#include "textflag.h"

// Variables are read by way of their address: the assembler would take R27 to read them at once, which is C's to keep.

// PyObject *PyInit__oxgen(void), called by C: PyModuleDef_Init(&builtinDef).
TEXT builtinInit<>(SB), NOSPLIT|NOFRAME, $0
	MOVD $·builtinDef(SB), R0
	MOVD $·cDefInit(SB), R1
	MOVD (R1), R1
	JMP  (R1)

// int execute(PyObject *module), called by C: gives the module its attributes; -1 with an exception set when one can't
// be made.
TEXT builtinExecute<>(SB), NOSPLIT|NOFRAME, $0
	STP.W (R29, R30), -48(RSP)
	STP   (R19, R20), 16(RSP)
	MOVD  R21, 32(RSP)
	MOVD  R0, R19
	MOVD  $·builtinFirst(SB), R20
	MOVD  (R20), R20

next:
	MOVD (R20), R1
	CBZ  R1, done
	MOVD 16(R20), R0
	MOVD 24(R20), R1
	MOVD 32(R20), R2
	MOVD 8(R20), R3
	CALL (R3)
	CBZ  R0, failed
	MOVD R0, R21
	MOVD R19, R0
	MOVD (R20), R1
	MOVD R21, R2
	MOVD $·cSetAttribute(SB), R3
	MOVD (R3), R3
	CALL (R3)
	MOVD R0, R1
	MOVD R21, R0
	MOVD R1, R21
	MOVD $·cDecRef(SB), R3
	MOVD (R3), R3
	CALL (R3)
	CBNZW R21, failed
	ADD  $40, R20
	JMP  next

failed:
	MOVD $-1, R0
	JMP  return

done:
	MOVD $0, R0

return:
	MOVD  32(RSP), R21
	LDP   16(RSP), (R19, R20)
	LDP.P 48(RSP), (R29, R30)
	RET

// func builtinFunctions() (initialise, execute uintptr)
TEXT ·builtinFunctions(SB), NOSPLIT, $0-16
	MOVD $builtinInit<>(SB), R0
	MOVD R0, initialise+0(FP)
	MOVD $builtinExecute<>(SB), R0
	MOVD R0, execute+8(FP)
	RET
