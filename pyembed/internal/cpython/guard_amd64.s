//go:build linux || windows

#include "c_amd64.h"
#include "go_asm.h"
#include "textflag.h"

// On Windows the error is kept until the fallback has told whose path it is (templates/guards_windows.py).
#ifdef GOOS_windows
#define FRAME 64                   // HOME: the error's three words
#define REFUSAL guardState_osError
#else
#define FRAME 0
#define REFUSAL guardState_notADirectory
#endif

// PyObject *(PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames): a guard, called by C
// (_PyCFunctionFastWithKeywords). Its number is in R10.
TEXT guard<>(SB), NOSPLIT|NOFRAME, $0
	PUSHQ BX
	PUSHQ R12
	PUSHQ R13
	PUSHQ R14
	PUSHQ R15
	SUBQ  $FRAME, SP                   // the stack is aligned to 16 bytes now
	MOVQ  A1, BX
	MOVQ  A2, R12
	MOVQ  A3, R13
	MOVQ  R10, R14
	LEAQ  ·guards(SB), R15

#ifdef GOOS_windows
	MOVQ $0, HOME+0(SP)
	MOVQ $0, HOME+8(SP)
	MOVQ $0, HOME+16(SP)

#endif
	MOVQ  guardState_originals(R15)(R14*8), A0
	MOVQ  guardState_vectorcall(R15), AX
	CALL  AX
	TESTQ AX, AX
	JEQ   raised
	CMPQ  AX, guardState_no(R15)
	JEQ   fallback

done:
	ADDQ $FRAME, SP
	POPQ R15
	POPQ R14
	POPQ R13
	POPQ R12
	POPQ BX
	RET

raised:
	MOVQ  REFUSAL(R15), A0
	MOVQ  (A0), A0
	MOVQ  guardState_matches(R15), AX
	CALL  AX
	TESTL AX, AX
	JEQ   null

#ifdef GOOS_windows
	FETCH(R15)

#else
	MOVQ guardState_clear(R15), AX
	CALL AX

#endif

fallback:
	MOVQ  guardState_fallbacks(R15), A0
	MOVQ  R14, A1
	MOVQ  guardState_item(R15), AX
	CALL  AX
	TESTQ AX, AX
	JEQ   forget
	MOVQ  AX, A0
	MOVQ  BX, A1
	MOVQ  R12, A2
	MOVQ  R13, A3
	MOVQ  guardState_vectorcall(R15), AX
	CALL  AX
	TESTQ AX, AX
	JEQ   forget
	MOVQ  AX, BX

#ifdef GOOS_windows
	CMPQ AX, guardState_notImplemented(R15)
	JEQ  stands

#endif
	MOVQ AX, A0
	MOVQ guardState_osError(R15), A1
	MOVQ (A1), A1
	MOVQ guardState_instance(R15), AX
	CALL AX
	CMPL AX, $1
	MOVQ BX, AX
	JNE  forget
	RAISE(R15)
	RELEASE(BX, R15)
	XORL AX, AX

forget:
#ifdef GOOS_windows
	MOVQ AX, BX
	FORGET(R15)
	MOVQ BX, AX

#endif
	JMP done

#ifdef GOOS_windows
stands:
	RELEASE(BX, R15)
	MOVQ guardState_no(R15), AX
	CMPQ HOME+0(SP), $0
	JEQ  done
	RESTORE(R15)

#endif
null:
	XORL AX, AX
	JMP  done

#define ENTRY(number) \
	PCALIGN $16; \
	MOVL    $(number), R10; \
	JMP     guard<>(SB);

#define ENTRIES(first) \
	ENTRY(first + 0) \
	ENTRY(first + 1) \
	ENTRY(first + 2) \
	ENTRY(first + 3) \
	ENTRY(first + 4) \
	ENTRY(first + 5) \
	ENTRY(first + 6) \
	ENTRY(first + 7)

TEXT entries<>(SB), NOSPLIT|NOFRAME, $0
	ENTRIES(0)
	ENTRIES(8)
	ENTRIES(16)
	ENTRIES(24)
	ENTRIES(32)
	ENTRIES(40)

// func guardEntries() uintptr
TEXT ·guardEntries(SB), NOSPLIT, $0-8
	LEAQ entries<>(SB), AX
	MOVQ AX, ret+0(FP)
	RET

// PyObject *(PyObject *self, PyObject *const *args, Py_ssize_t nargs), called by C (_PyCFunctionFast): guard(number, object)
// of GuardValues.
TEXT maker<>(SB), NOSPLIT|NOFRAME, $0
	PUSHQ BX
	PUSHQ R12
	PUSHQ R13
	SUBQ  $HOME, SP                    // the stack is aligned to 16 bytes now
	MOVQ  A1, BX
	LEAQ  ·guards(SB), R13
	MOVQ  0(BX), A0
	MOVQ  guardState_asInteger(R13), AX
	CALL  AX
	MOVLQSX AX, R12                  // a C long has 32 bits on Windows
	MOVQ  8(BX), BX
	MOVQ  BX, A0
	MOVQ  guardState_keep(R13), AX
	CALL  AX
	TESTQ R12, R12
	JLT   fallbacks
	CMPQ  R12, $const_maxGuards
	JGE   none
	CMPQ  guardState_originals(R13)(R12*8), $0
	JNE   none
	MOVQ  BX, guardState_originals(R13)(R12*8)
	MOVQ  16(BX), A1                   // m_ml of a PyCFunctionObject (Include/cpython/methodobject.h)
	MOVQ  R12, AX
	SHLQ  $5, AX
	LEAQ  ·guardDefs(SB), A0
	ADDQ  AX, A0
	MOVQ  methodDef_name(A1), AX
	MOVQ  AX, methodDef_name(A0)
	MOVQ  methodDef_doc(A1), AX
	MOVQ  AX, methodDef_doc(A0)
	MOVQ  24(BX), A1                   // m_self
	MOVQ  32(BX), A2                   // m_module
	MOVQ  guardState_function(R13), AX
	CALL  AX
	JMP   return

fallbacks:
	MOVQ BX, guardState_fallbacks(R13)

none:
	XORL A0, A0
	MOVQ guardState_integer(R13), AX
	CALL AX

return:
	ADDQ $HOME, SP
	POPQ R13
	POPQ R12
	POPQ BX
	RET

// func guardMaker() uintptr
TEXT ·guardMaker(SB), NOSPLIT, $0-8
	LEAQ maker<>(SB), AX
	MOVQ AX, ret+0(FP)
	RET
