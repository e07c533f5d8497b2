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
