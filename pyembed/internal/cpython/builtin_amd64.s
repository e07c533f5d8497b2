//go:build linux || darwin

#include "textflag.h"

// PyObject *PyInit__oxgen(void), called by C: PyModuleDef_Init(&builtinDef).
TEXT builtinInit<>(SB), NOSPLIT|NOFRAME, $0
	LEAQ ·builtinDef(SB), DI
	MOVQ ·cDefInit(SB), AX
	JMP  AX

// int execute(PyObject *module), called by C: gives the module its attributes; -1 with an exception set when one can't
// be made.
TEXT builtinExecute<>(SB), NOSPLIT|NOFRAME, $0
	PUSHQ BX
	PUSHQ R12
	PUSHQ R13
	MOVQ  DI, R12
	MOVQ  ·builtinFirst(SB), BX

next:
	CMPQ  0(BX), $0
	JEQ   done
	MOVQ  16(BX), DI
	MOVQ  24(BX), SI
	MOVQ  32(BX), DX
	MOVQ  8(BX), AX
	CALL  AX
	TESTQ AX, AX
	JEQ   failed
	MOVQ  AX, R13
	MOVQ  R12, DI
	MOVQ  0(BX), SI
	MOVQ  R13, DX
	MOVQ  ·cSetAttribute(SB), AX
	CALL  AX
	MOVQ  R13, DI
	MOVL  AX, R13
	MOVQ  ·cDecRef(SB), AX
	CALL  AX
	TESTL R13, R13
	JNE   failed
	ADDQ  $40, BX
	JMP   next

failed:
	MOVL $-1, AX
	JMP  return

done:
	XORL AX, AX

return:
	POPQ R13
	POPQ R12
	POPQ BX
	RET

// func builtinFunctions() (initialise, execute uintptr)
TEXT ·builtinFunctions(SB), NOSPLIT, $0-16
	LEAQ builtinInit<>(SB), AX
	MOVQ AX, initialise+0(FP)
	LEAQ builtinExecute<>(SB), AX
	MOVQ AX, execute+8(FP)
	RET
