//go:build linux || windows

#include "c_amd64.h"
#include "go_asm.h"
#include "textflag.h"

// On Windows the fallback is asked about every OSError, and tells whose path it is (templates/guards_windows.py).
#ifdef GOOS_windows
#define REFUSAL guardState_osError
#else
#define REFUSAL guardState_notADirectory
#endif

// int (PyObject *self, PyObject *args, PyObject *kwargs): tp_init of FileIO, called by C.
TEXT streamInit<>(SB), NOSPLIT|NOFRAME, $0
	PUSHQ BX
	PUSHQ R12
	PUSHQ R13
	PUSHQ R14
	PUSHQ R15
	SUBQ  $(HOME+48), SP               // 0: the error's three words, 24: the arguments of the fallback; aligned to 16 bytes
	MOVQ  A0, HOME+24(SP)
	MOVQ  A1, HOME+32(SP)
	MOVQ  A2, HOME+40(SP)
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
	MOVQ  REFUSAL(R14), A0
	MOVQ  (A0), A0
	MOVQ  guardState_matches(R14), AX
	CALL  AX
	TESTL AX, AX
	JEQ   return
	FETCH(R14)
	MOVQ  streamState_fallback(R15), A0
	XORL  A1, A1
	MOVQ  guardState_item(R14), AX
	CALL  AX
	TESTQ AX, AX
	JEQ   forget
	MOVQ  AX, A0
	LEAQ  HOME+24(SP), A1
	MOVL  $3, A2
	CMPQ  HOME+40(SP), $0
	JNE   ask
	MOVL  $2, A2

ask:
	XORL  A3, A3
	MOVQ  guardState_vectorcall(R14), AX
	CALL  AX
	TESTQ AX, AX
	JEQ   forget
	MOVQ  AX, BX
	CMPQ  AX, streamState_none(R15)
	JEQ   stands
	XORL  R12, R12
	MOVQ  AX, A0
	MOVQ  guardState_osError(R14), A1
	MOVQ  (A1), A1
	MOVQ  guardState_instance(R14), AX
	CALL  AX
	CMPL  AX, $1
	JNE   answered
	MOVL  $-1, R12
	RAISE(R14)

answered:
	RELEASE(BX, R14)

forget:
	FORGET(R14)
	JMP  return

stands:
	RELEASE(BX, R14)
	RESTORE(R14)

return:
	MOVL R12, AX
	ADDQ $(HOME+48), SP
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
	PUSHQ R13
	SUBQ  $HOME, SP                    // the stack is aligned to 16 bytes now
	MOVQ  A1, BX
	LEAQ  ·guards(SB), R12
	LEAQ  ·streams(SB), R13
	XORL  A0, A0
	CMPQ  streamState_original(R13), $0
	JNE   done
	MOVQ  streamState_interpreter(R13), AX
	CALL  AX
	MOVQ  AX, streamState_owner(R13)
	MOVQ  16(BX), A0
	MOVQ  A0, streamState_fallback(R13)
	MOVQ  guardState_keep(R12), AX
	CALL  AX
	MOVQ  0(BX), A0
	MOVQ  const_typeInit(A0), AX
	MOVQ  AX, streamState_original(R13)
	LEAQ  streamInit<>(SB), AX
	MOVQ  AX, const_typeInit(A0)
	MOVQ  8(BX), A0
	MOVQ  AX, const_wrapperWrapped(A0)
	MOVL  $1, A0

done:
	MOVQ guardState_integer(R12), AX
	CALL AX
	ADDQ $HOME, SP
	POPQ R13
	POPQ R12
	POPQ BX
	RET

// func streamFunction() uintptr
TEXT ·streamFunction(SB), NOSPLIT, $0-8
	LEAQ streamMaker<>(SB), AX
	MOVQ AX, ret+0(FP)
	RET
