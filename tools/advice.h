/* SPDX-License-Identifier: GPL-2.0 */
/* What to do about conflicts. */
#ifndef IPVSDUMMY_ADVICE_H
#define IPVSDUMMY_ADVICE_H

#include "ipvs.h"
#include "record.h"

void advice_add(uint32_t *topics, const struct record *conflict);
void advice_put(uint32_t topics);
void advice_put_manifests(const struct record *conflict,
			  const struct served *served);

#endif
