/* SPDX-License-Identifier: GPL-2.0 */
/* The settings of a link: its mode, an action for each class, and what it does
 * on the wire.
 */
#ifndef IPVSDUMMY_SETTINGS_H
#define IPVSDUMMY_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl.h"

/* Settings are numbered by class, and no class has these numbers */
#define SETTING_MODE		0
#define SETTING_ARP_REPLY	14
#define SETTING_PROBE		15
#define SETTINGS_MAX		16

/**
 * struct setting - a setting, as it is or as it is to be
 * @given: there is one
 * @to: value of the enum that it has
 * @line: of the file that it was read from
 * @end: where its attribute ends in the request
 */
struct setting {
	bool given;
	uint32_t to;
	size_t line;
	uint32_t end;
};

bool setting_is_class(int what);
const char *setting_word(int what);
const char *setting_value(int what, const struct setting *setting);
bool setting_is_known(int what, const struct setting *setting);
void settings_default(struct setting *settings);
bool settings_parse(struct setting *settings, int argc, char **argv);
void settings_put(struct nlmsghdr *nlh, struct setting *settings);
int settings_find(const struct setting *settings, uint32_t offset);
int settings_make(struct ctl *ctl, const char *dev, struct setting *settings);

#endif
