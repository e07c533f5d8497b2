#include "go_asm.h"
#include "textflag.h"

// int (PyObject *self, PyObject *args, PyObject *kwargs): tp_init of FileIO, called by C.
TEXT streamInit<>(SB), NOSPLIT|NOFRAME, $0
	SUB  $96, RSP                      // 48: the error's three words, 72: the arguments of the fallback
	STP  (R19, R20), 0(RSP)
	STP  (R21, R22), 16(RSP)
	STP  (R23, R30), 32(RSP)
	MOVD R0, 72(RSP)
	MOVD R1, 80(RSP)
	MOVD R2, 88(RSP)
	MOVD $·guards(SB), R21
	MOVD $·streams(SB), R22
	MOVD streamState_original(R22), R4
	CALL (R4)
	MOVW R0, R20
	CBZW R0, return
	MOVD streamState_interpreter(R22), R4
	CALL (R4)
	MOVD streamState_owner(R22), R4
	CMP  R4, R0
	BNE  return
	MOVD guardState_notADirectory(R21), R0
	MOVD (R0), R0
	MOVD guardState_matches(R21), R4
	CALL (R4)
	CBZW R0, return
	ADD  $48, RSP, R0
	ADD  $56, RSP, R1
	ADD  $64, RSP, R2
	MOVD guardState_fetch(R21), R4
	CALL (R4)
	MOVD streamState_fallback(R22), R0
	MOVD $0, R1
	MOVD guardState_item(R21), R4
	CALL (R4)
	CBZ  R0, forget
	ADD  $72, RSP, R1
	MOVD $3, R2
	MOVD 88(RSP), R4
	CBNZ R4, ask
	MOVD $2, R2

ask:
	MOVD $0, R3
	MOVD guardState_vectorcall(R21), R4
	CALL (R4)
	CBZ  R0, forget
	MOVD R0, R19
	MOVD streamState_none(R22), R4
	CMP  R4, R0
	BEQ  stands
	MOVD $0, R20
	MOVD guardState_osError(R21), R1
	MOVD (R1), R1
	MOVD guardState_instance(R21), R4
	CALL (R4)
	CMPW $1, R0
	BNE  answered
	MOVD $-1, R20
	MOVD 8(R19), R0                    // ob_type
	MOVD R19, R1
	MOVD guardState_raise(R21), R4
	CALL (R4)

answered:
	MOVD R19, R0
	MOVD guardState_release(R21), R4
	CALL (R4)

forget:
	MOVD 48(RSP), R0
	MOVD guardState_release(R21), R4
	CALL (R4)
	MOVD 56(RSP), R0
	MOVD guardState_release(R21), R4
	CALL (R4)
	MOVD 64(RSP), R0
	MOVD guardState_release(R21), R4
	CALL (R4)
	B    return

stands:
	MOVD R19, R0
	MOVD guardState_release(R21), R4
	CALL (R4)
	MOVD 48(RSP), R0
	MOVD 56(RSP), R1
	MOVD 64(RSP), R2
	MOVD guardState_restore(R21), R4
	CALL (R4)

return:
	MOVW R20, R0
	LDP  0(RSP), (R19, R20)
	LDP  16(RSP), (R21, R22)
	LDP  32(RSP), (R23, R30)
	ADD  $96, RSP
	RET

// PyObject *(PyObject *self, PyObject *const *args, Py_ssize_t nargs), called by C (_PyCFunctionFast): stream(type, init,
// list) of streamValue.
TEXT streamMaker<>(SB), NOSPLIT|NOFRAME, $0
	SUB  $32, RSP
	STP  (R19, R20), 0(RSP)
	STP  (R21, R30), 16(RSP)
	MOVD R1, R19
	MOVD $·guards(SB), R20
	MOVD $·streams(SB), R21
	MOVD $0, R0
	MOVD streamState_original(R21), R4
	CBNZ R4, done
	MOVD streamState_interpreter(R21), R4
	CALL (R4)
	MOVD R0, streamState_owner(R21)
	MOVD 16(R19), R0
	MOVD R0, streamState_fallback(R21)
	MOVD guardState_keep(R20), R4
	CALL (R4)
	MOVD 0(R19), R0
	MOVD const_typeInit(R0), R4
	MOVD R4, streamState_original(R21)
	MOVD $streamInit<>(SB), R4
	MOVD R4, const_typeInit(R0)
	MOVD 8(R19), R0
	MOVD R4, const_wrapperWrapped(R0)
	MOVD $1, R0

done:
	MOVD guardState_integer(R20), R4
	CALL (R4)
	LDP 0(RSP), (R19, R20)
	LDP 16(RSP), (R21, R30)
	ADD $32, RSP
	RET

// func streamFunction() uintptr
TEXT ·streamFunction(SB), NOSPLIT, $0-8
	MOVD $streamMaker<>(SB), R0
	MOVD R0, ret+0(FP)
	RET
