long sum(const long *numbers, long count);
long half(long number);
