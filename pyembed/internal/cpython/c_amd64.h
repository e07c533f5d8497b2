// Where C passes arguments, and how many bytes at the top of the stack belong to the function that is called.
#ifdef GOOS_windows
#define A0 CX
#define A1 DX
#define A2 R8
#define A3 R9
#define HOME 32
#else
#define A0 DI
#define A1 SI
#define A2 DX
#define A3 CX
#define HOME 0
#endif

// RELEASE gives a reference to an object up, or none for NULL; state is a register with the address of guards.
#define RELEASE(object, state) \
	MOVQ object, A0; \
	MOVQ guardState_release(state), AX; \
	CALL AX

// FETCH takes the error into three words at the bottom of the stack, behind HOME, and RESTORE sets it again.
#define FETCH(state) \
	LEAQ HOME+0(SP), A0; \
	LEAQ HOME+8(SP), A1; \
	LEAQ HOME+16(SP), A2; \
	MOVQ guardState_fetch(state), AX; \
	CALL AX

#define RESTORE(state) \
	MOVQ HOME+0(SP), A0; \
	MOVQ HOME+8(SP), A1; \
	MOVQ HOME+16(SP), A2; \
	MOVQ guardState_restore(state), AX; \
	CALL AX

// FORGET gives up an error that was fetched.
#define FORGET(state) \
	RELEASE(HOME+0(SP), state); \
	RELEASE(HOME+8(SP), state); \
	RELEASE(HOME+16(SP), state)

// RAISE raises the exception in BX, by its ob_type.
#define RAISE(state) \
	MOVQ 8(BX), A0; \
	MOVQ BX, A1; \
	MOVQ guardState_raise(state), AX; \
	CALL AX
