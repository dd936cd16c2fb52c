/* SPDX-License-Identifier: GPL-2.0 */
/* Errors: one line on stderr, exit code 2. */
#ifndef IPVSDUMMY_FAIL_H
#define IPVSDUMMY_FAIL_H

#include <stddef.h>

#define EXIT_ERROR	2

int begin(void);
void fail_at(const char *file, size_t line);
int fail(const char *word, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int fail_absent(void);
int finish(int exit_code);

#endif
