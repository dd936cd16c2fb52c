// SPDX-License-Identifier: GPL-2.0
#include <linux/ipvsdummy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "settings.h"
#include "words.h"

/**
 * setting_is_class - is it the action of a class?
 * @what: number of a setting
 *
 * Return: whether it is; the class has the same number.
 */
bool setting_is_class(int what)
{
	return what > SETTING_MODE && what < SETTING_ARP_REPLY;
}

static const struct words *values(int what)
{
	switch (what) {
	case SETTING_MODE:
		return &mode_words;
	case SETTING_ARP_REPLY:
		return &arp_reply_words;
	case SETTING_PROBE:
		return &probe_words;
	}
	return &action_words;
}

/**
 * setting_word - the word for a setting
 * @what: number of a setting
 *
 * Return: the word.
 */
const char *setting_word(int what)
{
	switch (what) {
	case SETTING_MODE:
		return "mode";
	case SETTING_ARP_REPLY:
		return "arp-reply";
	case SETTING_PROBE:
		return "probe";
	}
	return word_of(&class_words, what);
}

/**
 * setting_value - the word for what a setting is set to
 * @what: number of a setting
 * @setting: the setting
 *
 * Return: the word.
 */
const char *setting_value(int what, const struct setting *setting)
{
	return word_of(values(what), setting->to);
}

/**
 * setting_is_known - are there words for a setting?
 * @what: number of a setting
 * @setting: the setting
 *
 * Return: whether there are; if not it is a newer kernel's.
 */
bool setting_is_known(int what, const struct setting *setting)
{
	return (!setting_is_class(what) || word_is_known(&class_words, what)) &&
	       word_is_known(values(what), setting->to);
}

/**
 * settings_parse - parse pairs of words
 * @settings: added to
 * @argc: how many words
 * @argv: the words, [SETTING VALUE]...
 *
 * Return: whether they are good; what is not has been said.
 */
bool settings_parse(struct setting *settings, int argc, char **argv)
{
	const char *word[SETTINGS_MAX] = {};
	struct words words = { "a setting", word, SETTINGS_MAX };
	int i, what, to;

	memcpy(word, class_words.word, class_words.count * sizeof(*word));
	word[IPVSDUMMY_CLASS_RULE] = NULL;	/* each has its own action */
	word[SETTING_MODE] = setting_word(SETTING_MODE);
	word[SETTING_ARP_REPLY] = setting_word(SETTING_ARP_REPLY);
	word[SETTING_PROBE] = setting_word(SETTING_PROBE);

	for (i = 0; i < argc; i += 2) {
		what = word_find(&words, argv[i]);
		if (what < 0)
			return false;
		if (settings[what].given) {
			fail(argv[i], "given twice");
			return false;
		}
		if (i + 1 == argc) {
			fail(argv[i], "without %s", values(what)->what);
			return false;
		}
		to = word_find(values(what), argv[i + 1]);
		if (to < 0)
			return false;
		settings[what].given = true;
		settings[what].to = to;
	}
	return true;
}

/**
 * settings_default - make the settings of a new link
 * @settings: filled in
 */
void settings_default(struct setting *settings)
{
	static const struct {
		int what;
		uint32_t to;
	} defaults[] = {
		{ SETTING_MODE, IPVSDUMMY_MODE_ENFORCE },
		{ IPVSDUMMY_CLASS_HOST, IPVSDUMMY_ACTION_REJECT },
		{ IPVSDUMMY_CLASS_ONLINK, IPVSDUMMY_ACTION_FLAG },
		{ IPVSDUMMY_CLASS_GATEWAY, IPVSDUMMY_ACTION_REJECT },
		{ IPVSDUMMY_CLASS_NEIGH, IPVSDUMMY_ACTION_REJECT },
		{ SETTING_ARP_REPLY, IPVSDUMMY_ARP_REPLY_NORMAL },
		{ SETTING_PROBE, IPVSDUMMY_PROBE_OFF },
	};
	size_t i;

	memset(settings, 0, SETTINGS_MAX * sizeof(*settings));
	for (i = 0; i < sizeof(defaults) / sizeof(*defaults); i++)
		settings[defaults[i].what] = (struct setting) {
			.given = true, .to = defaults[i].to,
		};
}

static void put_setting(struct nlmsghdr *nlh, int what, uint32_t to)
{
	struct nlattr *nest;

	switch (what) {
	case SETTING_MODE:
		mnl_attr_put_u32(nlh, IPVSDUMMY_A_MODE, to);
		return;
	case SETTING_ARP_REPLY:
		mnl_attr_put_u32(nlh, IPVSDUMMY_A_ARP_REPLY, to);
		return;
	case SETTING_PROBE:
		mnl_attr_put_u32(nlh, IPVSDUMMY_A_PROBE, to);
		return;
	}
	nest = mnl_attr_nest_start(nlh, IPVSDUMMY_A_CLASS_POLICY);
	mnl_attr_put_u32(nlh, IPVSDUMMY_A_CLASS_CLASS, what);
	mnl_attr_put_u32(nlh, IPVSDUMMY_A_CLASS_ACTION, to);
	mnl_attr_nest_end(nlh, nest);
}

/**
 * settings_put - put settings into a request
 * @nlh: the request, with room for them
 * @settings: those that are given; each remembers its place
 */
void settings_put(struct nlmsghdr *nlh, struct setting *settings)
{
	int what;

	for (what = 0; what < SETTINGS_MAX; what++) {
		if (!settings[what].given)
			continue;
		put_setting(nlh, what, settings[what].to);
		settings[what].end = nlh->nlmsg_len;
	}
}

/**
 * settings_find - which setting did the kernel not like?
 * @settings: as they were put
 * @offset: of the attribute in question, not before the first setting
 *
 * Return: its number, or -1 if it is about something else.
 */
int settings_find(const struct setting *settings, uint32_t offset)
{
	int what;

	for (what = 0; what < SETTINGS_MAX; what++)
		if (offset < settings[what].end)
			return what;
	return -1;
}

/* Names the pair of words that the kernel did not like, else the link */
static int fail_make(const struct ctl *ctl, const char *dev,
		     const struct setting *settings, uint32_t begin, int err)
{
	char words[64];
	int what = -1;

	if (ctl->nl.offset >= begin)
		what = settings_find(settings, ctl->nl.offset);
	if (what < 0)
		return ctl_fail(ctl, dev, err);
	snprintf(words, sizeof(words), "%s %s", setting_word(what),
		 setting_value(what, &settings[what]));
	return ctl_fail(ctl, words, err);
}

/**
 * settings_make - make settings of a link, all of them or none
 * @ctl: with a socket
 * @dev: the link
 * @settings: those that are given
 *
 * Return: an exit code.
 */
int settings_make(struct ctl *ctl, const char *dev, struct setting *settings)
{
	struct nlmsghdr *nlh;
	uint32_t begin;
	int err;

	nlh = nl_request(&ctl->nl, IPVSDUMMY_CMD_LINK_SET, 0);
	mnl_attr_put_strz(nlh, IPVSDUMMY_A_IFNAME, dev);
	begin = nlh->nlmsg_len;
	settings_put(nlh, settings);
	err = nl_talk(&ctl->nl, NULL, NULL);
	return err ? fail_make(ctl, dev, settings, begin, err) : EXIT_SUCCESS;
}
