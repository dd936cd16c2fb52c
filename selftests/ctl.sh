#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# ipvsdummyctl: words, abbreviations, what it shows, and what it says to what
# it cannot do.
#
#   netns $ns:  kube-ipvs0 (ipvsdummy)   w0 (veth, watched): 10.1.0.1/24
. "$(dirname "$0")/common.sh"

setup()
{
	new_netns
	new_link ipvsdummy $dev
	new_link veth w0 peer name w0p
	expect here ipvsdummyctl watch add w0
	expect vip_add 10.1.0.1/24 w0
}

ctl()
{
	here ipvsdummyctl "$@"
}

# wrong WORDS ARGUMENT...: exit 2, one line that has these words, no change
wrong()
{
	local words=$1 out rc=0 before
	shift

	before=$(ctl -j show)$(ctl -j watch list)
	out=$(ctl "$@" 2>&1) || rc=$?
	equal 2 $rc "exit of $*"
	[[ $out == *"$words"* && $(wc -l <<<"$out") = 1 ]] ||
		fail "$*: $out, not $words"
	equal "$before" "$(ctl -j show)$(ctl -j watch list)" "state after $*"
}

policy()
{
	ctl -j show $dev | jq -c '.[0] | [.mode] + [.classes[].action // empty]'
}

test_set()
{
	setup
	equal '["enforce","reject","flag"]' "$(policy)" default
	expect ctl set $dev mode audit host skip onlink reject
	equal '["audit","skip","reject"]' "$(policy)" set
	expect ctl set $dev onlink allow
	equal '["audit","skip","allow"]' "$(policy)" "one of them"
	expect ctl se $dev m e ho fl o fl
	equal '["enforce","flag","flag"]' "$(policy)" abbreviated
}

test_wrong_words()
{
	setup
	wrong frobnicate frobnicate
	wrong purple set $dev mode purple
	wrong purple set $dev host purple
	wrong purple set $dev purple reject
	wrong mode set $dev mode
	wrong mode set $dev mode audit mode audit
	wrong host set $dev host flag host flag
	wrong skip set $dev onlink skip
	wrong s set $dev mode audit host s onlink s
	wrong nosuch set nosuch mode audit
	wrong w0 set w0 mode audit
	wrong lo show lo
	wrong a123456789012345 show a123456789012345
	wrong 300.1.1.1 check $dev 300.1.1.1
	wrong 10.0.0.1/32 check $dev 10.0.0.1/32
	wrong w0 watch add w0
	wrong other watch del other
	wrong "a b" watch add "a b"
}

# of several words that it could be, none is taken
test_ambiguous()
{
	setup
	wrong "set" s $dev
	wrong "show" s $dev
}

test_check()
{
	setup
	expect vip_add 10.2.0.1/32
	expect ctl check $dev 10.9.9.9
	expect ctl check $dev 10.1.0.7
	! ctl check $dev -strict 10.1.0.7 >/dev/null || fail "strict"
	! ctl check $dev 10.1.0.1 >/dev/null || fail "host"
	equal '["allow","flag","reject"]' "$(ctl -j check $dev 10.9.9.9 \
		10.1.0.7 10.1.0.1 | jq -c 'map(.action)')" actions
	ctl set $dev mode audit
	equal '["flag","reject"]' "$(ctl -j check $dev 10.1.0.1 |
		jq -c '.[0] | [.action, .would]')" audit
	expect ctl check $dev 10.1.0.1
	equal "0 0 0" "$(ctl -j show | jq -r '.[0].classes[] | .active' |
		xargs)" "nothing is left behind"
}

test_check_list()
{
	local out

	setup
	printf '%s\n' "10.1.0.1  default/mysql" "# a comment" "" \
		"fd00::1	kube-system/dns" >"$tmp/list"
	out=$(ctl -j check $dev - <"$tmp/list")
	equal 1 $? "exit"
	equal '[["10.1.0.1","reject","default/mysql"],["fd00::1","allow","kube-system/dns"]]' \
		"$(jq -c 'map([.address, .action, .label])' <<<"$out")" list
	echo "10.1.0.300 x" >>"$tmp/list"
	out=$(ctl check $dev - <"$tmp/list" 2>&1)
	equal 2 $? "exit of a bad line"
	[[ $out == *10.1.0.300*5* ]] || fail "which line? $out"
	seq 5000 | awk '{ print "10.1." int($1 / 250) "." $1 % 250 }' |
		ctl -j check $dev - >"$tmp/out"
	equal 5000 "$(jq length "$tmp/out")" "many"
}

test_watch()
{
	setup
	expect ctl watch add later
	ctl watch list | grep -q '^w0 ' || fail "w0 is not listed"
	ctl watch list | grep -q later || fail "later is not listed"
	expect ctl watch del later
	! ctl watch list | grep -q later || fail "later is still listed"
}

test_version()
{
	expect ctl version
	expect ctl -V
	expect ctl help
	expect ctl -h
	expect ctl -j version
}

run_all test_set test_wrong_words test_ambiguous test_check test_check_list \
	test_watch test_version
