#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: nics=1
#
# Completion in bash, as it is called on a tab.
#
#   test's namespace:  kube-ipvs0 (ipvsdummy)   w0 (veth)
. "$(dirname "$0")/common.sh"

completions=$(dirname "$(readlink -f "$0")")/../tools/completion
[ -d "$completions" ] || completions=/usr/share/bash-completion/completions
. "$completions/ipvsdummyctl"
. "$completions/ipvsdummy-mon"

# offers WANTED WORD...: on a tab after these words; the last may be begun
offers()
{
	local wanted=$1
	shift

	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	COMPREPLY=()
	"$(complete -p "$1" | sed 's/.*-F \([^ ]*\).*/\1/')" "$1" "${!#}" ''
	equal "$wanted" "${COMPREPLY[*]}" "after $*"
}

test_ctl()
{
	new_link ipvsdummy $dev
	new_link veth w0 peer name w0p
	ctl rule add $dev 10.2.0.0/16 allow
	ctl rule add $dev fd00:2::/64 flag
	ctl watch add later
	set -- ipvsdummyctl
	offers "show set rule watch peer wire check why save sync adopt release upgrade evict version help" "$@" ""
	offers "show set save sync" "$@" s
	offers "$dev" "$@" show ""
	offers "$dev" "$@" -j show k
	offers "" "$@" show $dev ""
	offers "$dev" "$@" set ""
	offers "mode host gateway neigh onlink arp-reply probe" \
		"$@" set $dev ""
	offers "enforce audit" "$@" set $dev mode ""
	offers "mode" "$@" set $dev mode audit m
	offers "allow flag reject skip" "$@" set $dev mode audit host ""
	offers "allow flag reject verify" "$@" se $dev o ""
	offers "allow flag reject" "$@" set $dev neigh ""
	offers "normal uncontested never" "$@" set $dev a ""
	offers "off on" "$@" set $dev mode audit probe ""
	offers "add replace del list flush" "$@" rule ""
	offers "$dev" "$@" ru a ""
	offers "" "$@" rule add $dev ""
	offers "reject" "$@" rule add $dev 10.0.0.0/8 r
	offers "10.2.0.0/16 fd00:2::/64" "$@" rule del $dev ""
	offers "add exclude del list flush" "$@" watch ""
	offers "w0p w0" "$@" watch add w
	offers "later" "$@" watch del la
	expect ctl peer add 10.2.0.1
	expect ctl peer add 52:54:00:12:34:02
	offers "add del list flush sync" "$@" peer ""
	offers "52:54:00:12:34:02" "$@" peer del 52:54:00
	offers "10.2.0.1" "$@" pe d 1
	offers "" "$@" peer add ""
	offers "show set" "$@" wire ""
	offers "sightings timeout" "$@" wire set ""
	offers "timeout" "$@" wire set sightings 5 t
	offers "" "$@" wire show ""
	offers "$dev" "$@" sync k
	echo >"$tmp/a-policy"
	offers "$tmp/a-policy" "$@" sync $dev "$tmp/a"
	offers "$tmp/a-policy" "$@" peer sync "$tmp/a"
	offers "$tmp/a-policy" "$@" -batch "$tmp/a"
	offers "$dev" "$@" -batch "$tmp/a" show ""
	offers "-batch" "$@" -b
	new_link dummy plain7
	offers "plain7" "$@" adopt p
	offers "mode host gateway neigh onlink arp-reply probe" \
		"$@" adopt plain7 ""
	offers "$dev" "$@" release ""
	offers "$dev" "$@" upgrade ""
	offers "rule" "$@" evict $dev r
	offers "-standalone -strict" "$@" -s
	offers "" "$@" frob ""
	ctl watch flush
	ctl peer flush
}

test_mon()
{
	new_link ipvsdummy $dev
	set -- ipvsdummy-mon
	offers "--follow" "$@" --f
	offers "host gateway neigh onlink rule" "$@" --class ""
	offers "host,rule" "$@" --class host,r
	offers "$dev" "$@" --json --dev ""
	offers "rejected resolved" "$@" --event re
	offers "info warning critical" "$@" --min-severity = ""
	offers "info warning critical" "$@" --min-severity =
	offers "always" "$@" --color = al
}

# What others call their interfaces and files is not run, neither now nor when the line is.
# shellcheck disable=SC2016 # that is the point
test_hostile()
{
	local name='$(>x)' quoted='\$\(\>x\)'

	cd "$tmp" || fail "no $tmp"
	new_link ipvsdummy "$name"
	: >'$(>x)file'
	offers "$quoted" ipvsdummyctl show '$'
	offers "$quoted" ipvsdummyctl watch add '$'
	offers "$quoted" ipvsdummyctl rule add '$'
	offers "${quoted}file" ipvsdummyctl sync w0 '$'
	offers "${quoted}file" ipvsdummyctl -batch '$'
	offers "$quoted" ipvsdummy-mon --dev '$'
	offers "${quoted}file" ipvsdummy-mon --exec '$'
	[ ! -e x ] || fail "it was run"
}

run_all test_ctl test_mon test_hostile
