#include "go_asm.h"
#include "textflag.h"

// PyObject *(PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames): a guard, called by C
// (_PyCFunctionFastWithKeywords). Its number is in R10.
TEXT guard<>(SB), NOSPLIT|NOFRAME, $0
	PUSHQ BX
	PUSHQ R12
	PUSHQ R13
	PUSHQ R14
	PUSHQ R15                          // the stack is aligned to 16 bytes now
	MOVQ  SI, BX
	MOVQ  DX, R12
	MOVQ  CX, R13
	MOVQ  R10, R14
	LEAQ  ·guards(SB), R15
	MOVQ  guardState_originals(R15)(R14*8), DI
	MOVQ  guardState_vectorcall(R15), AX
	CALL  AX
	TESTQ AX, AX
	JEQ   raised
	CMPQ  AX, guardState_no(R15)
	JEQ   fallback

done:
	POPQ R15
	POPQ R14
	POPQ R13
	POPQ R12
	POPQ BX
	RET

raised:
	MOVQ  guardState_notADirectory(R15), DI
	MOVQ  (DI), DI
	MOVQ  guardState_matches(R15), AX
	CALL  AX
	TESTL AX, AX
	JEQ   null
	MOVQ  guardState_clear(R15), AX
	CALL  AX

fallback:
	MOVQ  guardState_fallbacks(R15), DI
	MOVQ  R14, SI
	MOVQ  guardState_item(R15), AX
	CALL  AX
	TESTQ AX, AX
	JEQ   done
	MOVQ  AX, DI
	MOVQ  BX, SI
	MOVQ  R12, DX
	MOVQ  R13, CX
	MOVQ  guardState_vectorcall(R15), AX
	CALL  AX
	TESTQ AX, AX
	JEQ   done
	MOVQ  AX, BX
	MOVQ  AX, DI
	MOVQ  guardState_osError(R15), SI
	MOVQ  (SI), SI
	MOVQ  guardState_instance(R15), AX
	CALL  AX
	CMPL  AX, $1
	MOVQ  BX, AX
	JNE   done
	MOVQ  8(BX), DI                    // ob_type
	MOVQ  BX, SI
	MOVQ  guardState_raise(R15), AX
	CALL  AX
	MOVQ  BX, DI
	MOVQ  guardState_release(R15), AX
	CALL  AX

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
	PUSHQ R13                          // the stack is aligned to 16 bytes now
	MOVQ  SI, BX
	LEAQ  ·guards(SB), R13
	MOVQ  0(BX), DI
	MOVQ  guardState_asInteger(R13), AX
	CALL  AX
	MOVQ  AX, R12
	MOVQ  8(BX), BX
	MOVQ  BX, DI
	MOVQ  guardState_keep(R13), AX
	CALL  AX
	TESTQ R12, R12
	JLT   fallbacks
	CMPQ  R12, $const_maxGuards
	JGE   none
	CMPQ  guardState_originals(R13)(R12*8), $0
	JNE   none
	MOVQ  BX, guardState_originals(R13)(R12*8)
	MOVQ  16(BX), SI                   // m_ml of a PyCFunctionObject (Include/cpython/methodobject.h)
	MOVQ  R12, AX
	SHLQ  $5, AX
	LEAQ  ·guardDefs(SB), DI
	ADDQ  AX, DI
	MOVQ  methodDef_name(SI), AX
	MOVQ  AX, methodDef_name(DI)
	MOVQ  methodDef_doc(SI), AX
	MOVQ  AX, methodDef_doc(DI)
	MOVQ  24(BX), SI                   // m_self
	MOVQ  32(BX), DX                   // m_module
	MOVQ  guardState_function(R13), AX
	CALL  AX
	JMP   return

fallbacks:
	MOVQ BX, guardState_fallbacks(R13)

none:
	XORL DI, DI
	MOVQ guardState_integer(R13), AX
	CALL AX

return:
	POPQ R13
	POPQ R12
	POPQ BX
	RET

// func guardMaker() uintptr
TEXT ·guardMaker(SB), NOSPLIT, $0-8
	LEAQ maker<>(SB), AX
	MOVQ AX, ret+0(FP)
	RET
