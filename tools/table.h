/* SPDX-License-Identifier: GPL-2.0 */
/* Aligned columns of text. */
#ifndef IPVSDUMMY_TABLE_H
#define IPVSDUMMY_TABLE_H

#define COLUMNS_MAX	9

/**
 * struct table - columns that grow with what they hold
 * @columns: their number
 * @width: of each
 */
struct table {
	int columns;
	int width[COLUMNS_MAX];
};

void table_fit(struct table *table, const char *const *cell);
void table_put(struct table *table, const char *const *cell,
	       const char *const *color);

#endif
