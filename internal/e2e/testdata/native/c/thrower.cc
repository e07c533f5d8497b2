#include "thrower.h"

Trouble::~Trouble() {}

void throws(int code) { throw Trouble(code); }
