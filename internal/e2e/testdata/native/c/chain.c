// A library with one function, NAME, which returns VALUE and what NEXT of another library returns. It says when it is loaded.
#include <stdio.h>
#include <unistd.h>

#define STRING(x) #x
#define TEXT(x) STRING(x)

#ifdef NEXT
extern int NEXT(void);
#else
#define NEXT() 0
#endif

#ifdef STATIC_TLS
static __thread int calls __attribute__((tls_model("initial-exec")));
#else
static __thread int calls;
#endif

__attribute__((constructor)) static void say(void)
{
	static const char text[] = "loads " TEXT(NAME) "\n";
	if (write(1, text, sizeof text - 1) < 0)
		_exit(99);
}

int NAME(void)
{
	calls++;
	return VALUE + NEXT();
}

// calls_of returns how often the thread has called the function.
int calls_of(void) { return calls; }
