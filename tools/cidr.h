/* SPDX-License-Identifier: GPL-2.0 */
/* Prefixes as the user writes them. */
#ifndef IPVSDUMMY_CIDR_H
#define IPVSDUMMY_CIDR_H

#include <stdbool.h>
#include <stdint.h>

#include "record.h"

bool cidr_parse(struct blob *prefix, uint32_t *plen, const char *text,
		const char *what);

#endif
