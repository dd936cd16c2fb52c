// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "table.h"

#define COLOR_RESET	"\033[0m"

/**
 * table_fit - make the columns wide enough for a row
 * @table: a table
 * @cell: the row
 */
void table_fit(struct table *table, const char *const *cell)
{
	int i, len;

	for (i = 0; i < table->columns; i++) {
		len = strlen(cell[i]);
		if (len > table->width[i])
			table->width[i] = len;
	}
}

/**
 * table_put - print a row
 * @table: a table; fits the row from now on
 * @cell: the row
 * @color: escape sequence for each cell, NULL or empty for none
 */
void table_put(struct table *table, const char *const *cell,
	       const char *const *color)
{
	int last = table->columns - 1;
	int i;

	table_fit(table, cell);
	while (last > 0 && !*cell[last])
		last--;
	for (i = 0; i <= last; i++) {
		int pad = i < last ? table->width[i] + 2 - strlen(cell[i]) : 0;

		if (color && *color[i])
			printf("%s%s" COLOR_RESET "%*s", color[i], cell[i],
			       pad, "");
		else
			printf("%s%*s", cell[i], pad, "");
	}
	putchar('\n');
}
