/* A library that cffi and ctypes open, and that _shape is linked with. */
typedef struct { int x, y; } point;

int calls;

double area(double width, double height) {
	calls++;
	return width * height;
}

int sum(const point *points, int count) {
	int total = 0;
	calls++;
	for (int i = 0; i < count; i++)
		total += points[i].x + points[i].y;
	return total;
}

int each(int count, int (*call)(int)) {
	int total = 0;
	for (int i = 0; i < count; i++)
		total += call(i);
	return total;
}
