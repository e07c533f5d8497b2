#include "go_asm.h"
#include "textflag.h"

// PyObject *(PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames): a guard, called by C
// (_PyCFunctionFastWithKeywords). Its number is in R9.
TEXT guard<>(SB), NOSPLIT|NOFRAME, $0
	SUB  $48, RSP
	STP  (R19, R20), 0(RSP)
	STP  (R21, R22), 16(RSP)
	STP  (R23, R30), 32(RSP)
	MOVD R1, R19
	MOVD R2, R20
	MOVD R3, R21
	MOVD R9, R22
	MOVD $·guards(SB), R23
	ADD  R22<<3, R23, R4
	MOVD guardState_originals(R4), R0
	MOVD guardState_vectorcall(R23), R4
	CALL (R4)
	CBZ  R0, raised
	MOVD guardState_no(R23), R4
	CMP  R4, R0
	BEQ  fallback

done:
	LDP 0(RSP), (R19, R20)
	LDP 16(RSP), (R21, R22)
	LDP 32(RSP), (R23, R30)
	ADD $48, RSP
	RET

raised:
	MOVD guardState_notADirectory(R23), R0
	MOVD (R0), R0
	MOVD guardState_matches(R23), R4
	CALL (R4)
	CBZW R0, null
	MOVD guardState_clear(R23), R4
	CALL (R4)

fallback:
	MOVD guardState_fallbacks(R23), R0
	MOVD R22, R1
	MOVD guardState_item(R23), R4
	CALL (R4)
	CBZ  R0, done
	MOVD R19, R1
	MOVD R20, R2
	MOVD R21, R3
	MOVD guardState_vectorcall(R23), R4
	CALL (R4)
	CBZ  R0, done
	MOVD R0, R19
	MOVD guardState_osError(R23), R1
	MOVD (R1), R1
	MOVD guardState_instance(R23), R4
	CALL (R4)
	CMPW $1, R0
	MOVD R19, R0
	BNE  done
	MOVD 8(R19), R0                // ob_type
	MOVD R19, R1
	MOVD guardState_raise(R23), R4
	CALL (R4)
	MOVD R19, R0
	MOVD guardState_release(R23), R4
	CALL (R4)

null:
	MOVD $0, R0
	B    done

#define ENTRY(number) \
	PCALIGN $16; \
	MOVD    $(number), R9; \
	B       guard<>(SB);

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
	MOVD $entries<>(SB), R0
	MOVD R0, ret+0(FP)
	RET

// PyObject *(PyObject *self, PyObject *const *args, Py_ssize_t nargs), called by C (_PyCFunctionFast): guard(number, object)
// of GuardValues.
TEXT maker<>(SB), NOSPLIT|NOFRAME, $0
	SUB  $32, RSP
	STP  (R19, R20), 0(RSP)
	STP  (R21, R30), 16(RSP)
	MOVD R1, R19
	MOVD $·guards(SB), R21
	MOVD 0(R19), R0
	MOVD guardState_asInteger(R21), R4
	CALL (R4)
	MOVD R0, R20
	MOVD 8(R19), R19
	MOVD R19, R0
	MOVD guardState_keep(R21), R4
	CALL (R4)
	CMP  $0, R20
	BLT  fallbacks
	CMP  $const_maxGuards, R20
	BGE  none
	ADD  R20<<3, R21, R4
	MOVD guardState_originals(R4), R5
	CBNZ R5, none
	MOVD R19, guardState_originals(R4)
	MOVD 16(R19), R1               // m_ml of a PyCFunctionObject (Include/cpython/methodobject.h)
	MOVD $·guardDefs(SB), R0
	ADD  R20<<5, R0, R0
	MOVD methodDef_name(R1), R4
	MOVD R4, methodDef_name(R0)
	MOVD methodDef_doc(R1), R4
	MOVD R4, methodDef_doc(R0)
	MOVD 24(R19), R1               // m_self
	MOVD 32(R19), R2               // m_module
	MOVD guardState_function(R21), R4
	CALL (R4)
	B    return

fallbacks:
	MOVD R19, guardState_fallbacks(R21)

none:
	MOVD $0, R0
	MOVD guardState_integer(R21), R4
	CALL (R4)

return:
	LDP 0(RSP), (R19, R20)
	LDP 16(RSP), (R21, R30)
	ADD $32, RSP
	RET

// func guardMaker() uintptr
TEXT ·guardMaker(SB), NOSPLIT, $0-8
	MOVD $maker<>(SB), R0
	MOVD R0, ret+0(FP)
	RET
