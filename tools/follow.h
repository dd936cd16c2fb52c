/* SPDX-License-Identifier: GPL-2.0 */
/* The conflicts now, then every event. */
#ifndef IPVSDUMMY_FOLLOW_H
#define IPVSDUMMY_FOLLOW_H

#include "filter.h"
#include "print.h"

void make_unavailable(struct record *record);
int follow(struct printer *printer, const struct filter *filter);

#endif
