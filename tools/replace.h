/* SPDX-License-Identifier: GPL-2.0 */
/* Files that are replaced as a whole. */
#ifndef IPVSDUMMY_REPLACE_H
#define IPVSDUMMY_REPLACE_H

#include <limits.h>
#include <stdio.h>

/**
 * struct replace - a file that is being replaced
 * @out: what goes into the new one
 * @file: its name
 * @new: name of the new one until it is whole
 */
struct replace {
	FILE *out;
	const char *file;
	char new[PATH_MAX];
};

int replace_begin(struct replace *replace, const char *file);
int replace_end(struct replace *replace);

#endif
