#include "go_asm.h"
#include "textflag.h"

// int (PyObject *self, PyObject *args, PyObject *kwargs): tp_init of FileIO, called by C.
TEXT streamInit<>(SB), NOSPLIT|NOFRAME, $0
	PUSHQ BX
	PUSHQ R12
	PUSHQ R13
	PUSHQ R14
	PUSHQ R15
	SUBQ  $48, SP                      // 0: the error's three words, 24: the arguments of the fallback; aligned to 16 bytes
	MOVQ  DI, 24(SP)
	MOVQ  SI, 32(SP)
	MOVQ  DX, 40(SP)
	LEAQ  ·guards(SB), R14
	LEAQ  ·streams(SB), R15
	MOVQ  streamState_original(R15), AX
	CALL  AX
	MOVL  AX, R12
	TESTL AX, AX
	JEQ   return
	MOVQ  streamState_interpreter(R15), AX
	CALL  AX
	CMPQ  AX, streamState_owner(R15)
	JNE   return
	MOVQ  guardState_notADirectory(R14), DI
	MOVQ  (DI), DI
	MOVQ  guardState_matches(R14), AX
	CALL  AX
	TESTL AX, AX
	JEQ   return
	LEAQ  0(SP), DI
	LEAQ  8(SP), SI
	LEAQ  16(SP), DX
	MOVQ  streamState_fetch(R15), AX
	CALL  AX
	MOVQ  streamState_fallback(R15), DI
	XORL  SI, SI
	MOVQ  guardState_item(R14), AX
	CALL  AX
	TESTQ AX, AX
	JEQ   forget
	MOVQ  AX, DI
	LEAQ  24(SP), SI
	MOVL  $3, DX
	CMPQ  40(SP), $0
	JNE   ask
	MOVL  $2, DX

ask:
	XORL  CX, CX
	MOVQ  guardState_vectorcall(R14), AX
	CALL  AX
	TESTQ AX, AX
	JEQ   forget
	MOVQ  AX, BX
	CMPQ  AX, streamState_none(R15)
	JEQ   stands
	XORL  R12, R12
	MOVQ  AX, DI
	MOVQ  guardState_osError(R14), SI
	MOVQ  (SI), SI
	MOVQ  guardState_instance(R14), AX
	CALL  AX
	CMPL  AX, $1
	JNE   answered
	MOVL  $-1, R12
	MOVQ  8(BX), DI                    // ob_type
	MOVQ  BX, SI
	MOVQ  guardState_raise(R14), AX
	CALL  AX

answered:
	MOVQ BX, DI
	MOVQ guardState_release(R14), AX
	CALL AX

forget:
	MOVQ 0(SP), DI
	MOVQ guardState_release(R14), AX
	CALL AX
	MOVQ 8(SP), DI
	MOVQ guardState_release(R14), AX
	CALL AX
	MOVQ 16(SP), DI
	MOVQ guardState_release(R14), AX
	CALL AX
	JMP  return

stands:
	MOVQ BX, DI
	MOVQ guardState_release(R14), AX
	CALL AX
	MOVQ 0(SP), DI
	MOVQ 8(SP), SI
	MOVQ 16(SP), DX
	MOVQ streamState_restore(R15), AX
	CALL AX

return:
	MOVL R12, AX
	ADDQ $48, SP
	POPQ R15
	POPQ R14
	POPQ R13
	POPQ R12
	POPQ BX
	RET

// PyObject *(PyObject *self, PyObject *const *args, Py_ssize_t nargs), called by C (_PyCFunctionFast): stream(type, init,
// list) of streamValue.
TEXT streamMaker<>(SB), NOSPLIT|NOFRAME, $0
	PUSHQ BX
	PUSHQ R12
	PUSHQ R13                          // the stack is aligned to 16 bytes now
	MOVQ  SI, BX
	LEAQ  ·guards(SB), R12
	LEAQ  ·streams(SB), R13
	XORL  DI, DI
	CMPQ  streamState_original(R13), $0
	JNE   done
	MOVQ  streamState_interpreter(R13), AX
	CALL  AX
	MOVQ  AX, streamState_owner(R13)
	MOVQ  16(BX), DI
	MOVQ  DI, streamState_fallback(R13)
	MOVQ  guardState_keep(R12), AX
	CALL  AX
	MOVQ  0(BX), DI
	MOVQ  const_typeInit(DI), AX
	MOVQ  AX, streamState_original(R13)
	LEAQ  streamInit<>(SB), AX
	MOVQ  AX, const_typeInit(DI)
	MOVQ  8(BX), DI
	MOVQ  AX, const_wrapperWrapped(DI)
	MOVL  $1, DI

done:
	MOVQ guardState_integer(R12), AX
	CALL AX
	POPQ R13
	POPQ R12
	POPQ BX
	RET

// func streamFunction() uintptr
TEXT ·streamFunction(SB), NOSPLIT, $0-8
	LEAQ streamMaker<>(SB), AX
	MOVQ AX, ret+0(FP)
	RET
