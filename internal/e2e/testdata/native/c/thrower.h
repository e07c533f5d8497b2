#include <stdexcept>

// Defined in the library that throws, known to the one that catches.
struct __attribute__((visibility("default"))) Trouble : std::runtime_error {
	int code;
	Trouble(int code) : std::runtime_error("trouble"), code(code) {}
	~Trouble() override;
};

void throws(int code);
