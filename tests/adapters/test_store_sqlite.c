/* The SQLite store keeps the store's contract. */
#include "store_suite.h"

int main(void)
{
	return store_suite_run();
}
