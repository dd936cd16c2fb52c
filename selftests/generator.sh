#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# With ON_MISSING=closed, who requires the link is whoever its unit is ordered before.
. "$(dirname "$0")/common.sh"

generator=/vm/system-generators/ipvsdummy-generator
[ -x $generator ] || skip_all "not in the VM"
[ ! -e /etc/systemd ] || skip_all "there is a systemd"

units="/etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system"

setup()
{
	trap 'rm -rf /etc/systemd /run/systemd /usr/local/lib/systemd \
		/etc/default/ipvsdummy; cleanup' EXIT
	# shellcheck disable=SC2086 # words
	mkdir -p /etc/default $units
	echo ON_MISSING=closed >/etc/default/ipvsdummy
	enable $dev
}

# enable DEV [DIRECTORY]
enable()
{
	local wants=${2:-/etc/systemd/system/multi-user.target.wants}

	mkdir -p "$wants"
	ln -s /vm/system/ipvsdummy@.service "$wants/ipvsdummy@$1.service"
}

# drop_in DIRECTORY NAME LINE...
drop_in()
{
	mkdir -p "$1"
	printf '%s\n' "${@:3}" >"$1/$2"
}

# holders [DEV]: who requires its link, but for those that the unit itself names
holders()
{
	generate
	(cd "$tmp/generated" && ls -d -- *.d/"ipvsdummy@${1:-$dev}.conf") |
		sed 's,\.d/.*,,' | grep -vxFf "$tmp/own" | xargs
}

generate()
{
	rm -rf "$tmp/generated"
	mkdir "$tmp/generated"
	expect $generator "$tmp/generated" "$tmp/generated" "$tmp/generated"
	sed -n 's/^Before=//p' /vm/system/ipvsdummy@.service |
		tr ' ' '\n' >"$tmp/own"
}

test_unit()
{
	local file="kubelet.service.d/ipvsdummy@$dev.conf"

	setup
	generate
	equal "[Unit] Requires=ipvsdummy@$dev.service After=ipvsdummy@$dev.service" \
		"$(xargs <"$tmp/generated/$file")" "$file"
	equal "$(sort "$tmp/own")" "$(cd "$tmp/generated" && ls -d -- *.d |
		sed 's/\.d$//' | sort)" "holders"
	echo ON_MISSING=open >/etc/default/ipvsdummy
	generate
	equal "" "$(ls "$tmp/generated")" open
}

# In the unit of the one link or in that of all, wherever
test_drop_ins()
{
	local all

	setup
	enable vip0
	enable vip1 /run/systemd/system/kubelet.service.requires
	drop_in "/etc/systemd/system/ipvsdummy@$dev.service.d" override.conf \
		'[Unit]' Before=one.service
	for all in $units; do
		drop_in "$all/ipvsdummy@.service.d" "$(echo "$all" |
			cut -d/ -f2-3 | tr / -).conf" '[Unit]' \
			"Before=$(echo "$all" | cut -d/ -f2).service"
	done
	equal "etc.service one.service run.service usr.service" \
		"$(holders)" "$dev"
	equal "etc.service run.service usr.service" "$(holders vip0)" vip0
	equal "etc.service run.service usr.service" "$(holders vip1)" vip1
}

# As systemd reads it
test_syntax()
{
	setup
	drop_in "/etc/systemd/system/ipvsdummy@.service.d" a.conf \
		Before=no.service '[Unit]' '#Before=no.service' \
		'; Before=no.service' 'After=no.service' \
		' Before = one.service  two.service' 'Before=three.service \' \
		'# and' '  four.service' Before= '[Service]' Before=no.service \
		'[Unit]' 'Before=five.service some.target'
	printf '[Unit]\nBefore=six.service' \
		>"/etc/systemd/system/ipvsdummy@.service.d/b.conf"
	drop_in "/etc/systemd/system/ipvsdummy@.service.d" c.txt \
		'[Unit]' Before=no.service
	equal "five.service four.service one.service six.service three.service two.service" \
		"$(holders)" "holders"
}

# What is in /etc goes before what is in /run, and that before what is in /usr
test_masks()
{
	local first="/etc/systemd/system/ipvsdummy@$dev.service.d"
	local all dir

	setup
	for all in $units; do
		drop_in "$all/ipvsdummy@.service.d" a.conf '[Unit]' \
			"Before=$(echo "$all" | cut -d/ -f2).service"
	done
	equal etc.service "$(holders)" "in all"
	drop_in "$first" a.conf '[Unit]' Before=first.service
	equal first.service "$(holders)" "of the instance"
	ln -sf /dev/null "$first/a.conf"
	equal "" "$(holders)" masked
	rm -r "$first" /etc/systemd/system/ipvsdummy@.service.d
	equal run.service "$(holders)" "in /run"

	for dir in $units; do
		rm -rf "$dir"/*.d
	done
	drop_in /run/systemd/system ipvsdummy@.service '[Unit]' Before=run.service
	equal run.service "$(holders)" "another template"
	drop_in /etc/systemd/system "ipvsdummy@$dev.service" \
		'[Unit]' Before=etc.service
	equal etc.service "$(holders)" "a unit of its own"
	generate
	equal etc.service.d "$(ls "$tmp/generated")" "nothing of the template"
	ln -sf /dev/null "/etc/systemd/system/ipvsdummy@$dev.service"
	generate
	equal "" "$(ls "$tmp/generated")" "masked unit"
}

run_all test_unit test_drop_ins test_syntax test_masks
