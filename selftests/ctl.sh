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
	all_wrong <<-END
		frobnicate | frobnicate
		purple | set $dev mode purple
		purple | set $dev host purple
		purple | set $dev purple reject
		mode | set $dev mode
		mode | set $dev mode audit mode audit
		host | set $dev host flag host flag
		skip | set $dev onlink skip
		onlink skip | set $dev mode audit host s onlink s
		nosuch | set nosuch mode audit
		w0 | set w0 mode audit
		lo | show lo
		a123456789012345 | show a123456789012345
		300.1.1.1 | check $dev 300.1.1.1
		10.0.0.1/32 | check $dev 10.0.0.1/32
		w0 | watch add w0
		other | watch del other
		a b | watch add "a b"
		a*b: an asterisk only at the end | watch add a*b
		**: an asterisk only at the end | watch exclude **
		a12345678901234 | watch exclude a12345678901234*
		w0 | watch exclude w0
		one argument too many | watch list w0
		which interface | watch exclude
		which address | why $dev
		10.0.0.1/32 | why $dev 10.0.0.1/32
		nosuch | why nosuch 10.0.0.1
		one argument too many | why $dev 10.0.0.1 10.0.0.2
		set, save, sync | s $dev
		watch, why | w $dev
		-j: not a subcommand | -j show
	END
	wrong frobnicate frobnicate
	wrong frobnicate -frobnicate
	wrong strict -strict show
	wrong dry-run -dry-run show
	wrong force -force show
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

# line NAME: its line of watch list, with single spaces
line()
{
	ctl watch list | awk -v name="$1" '$1 == name { $1 = $1; print }'
}

test_watch()
{
	setup
	expect ctl watch add later
	equal "w0 named addresses 1" "$(line w0)" w0
	equal "later named absent" "$(line later)" later
	expect ctl watch del later
	equal "" "$(line later)" "later is gone"
	expect ctl watch flush
	equal "[]" "$(ctl -j watch list)" "flushed"
}

test_watch_patterns()
{
	setup
	new_link veth pod1 peer name pod2
	expect ctl watch add 'p*'
	expect ctl watch add 'pod*'
	equal "p* named interfaces 0" "$(line 'p*')" "the shorter one"
	equal "pod1 named addresses 0" "$(line pod1)" pod1
	equal "pod* named interfaces 2" "$(line 'pod*')" pattern
	expect ctl watch exclude pod2
	equal "" "$(line pod2 | grep -v excluded)" "pod2 is excluded"
	equal "pod2 excluded" "$(line pod2)" pod2
	expect ctl watch exclude 'pod1*'
	equal "" "$(line pod1)" "the longest name decides"
	expect ctl watch add pod1
	equal "pod1 named addresses 0" "$(line pod1)" "an exact one before all"
	equal '["pod1*","pod2"] ["p*","pod*"]' "$(ctl -j watch list |
		jq -rc '[(map(select(.excluded).dev) | sort),
			map(select(.interfaces).dev)] | map(tostring) |
			join(" ")')" json
	wrong already watch exclude pod1
	wrong already watch add pod2
	# through a rename, and gone and come again
	expect here ip link set pod1 name pod7
	equal "pod1 named absent" "$(line pod1)" renamed
	equal "pod7 named addresses 0" "$(line pod7)" "renamed, to"
	expect here ip link del pod7
	equal "pod* named interfaces 0" "$(line 'pod*')" gone
	new_link veth pod8 peer name x8
	equal "pod8 named addresses 0" "$(line pod8)" came
	expect vip_add 10.8.0.1/24 pod8
	refused "" vip_add 10.8.0.1/32
	is "rejected host pod8" 10.8.0.1 || fail "not judged by it"
	expect ctl watch exclude pod8
	expect vip_add 10.8.0.1/32
}

test_why()
{
	local out

	setup
	expect ctl rule add $dev 10.0.0.0/8 reject
	expect ctl rule add $dev 10.1.0.0/16 allow
	out=$(ctl why $dev 10.1.0.1)
	equal '   rule    allow   prefix 10.1.0.0/16
   rule    reject  prefix 10.0.0.0/8
*  host    reject  address of w0
   onlink  flag    prefix 10.1.0.0/24 of w0
10.1.0.1 would be refused with EADDRINUSE on kube-ipvs0: host, address of w0' \
		"$out" "why a host's"
	out=$(ctl why $dev 10.1.0.9 | grep -e '^[*]' -e would)
	equal '*  rule    allow   prefix 10.1.0.0/16
10.1.0.9 would be bound, and nothing reported on kube-ipvs0: rule, prefix 10.1.0.0/16' \
		"$out" "why not"
	out=$(ctl why $dev fd00:9::9)
	equal '   rule    -  no match
   host    -  no match
   onlink  -  no match
fd00:9::9 would be bound, and nothing reported on kube-ipvs0: no conflict' \
		"$out" "nothing"
	set_policy mode audit
	ctl why $dev 10.9.9.9 | grep -q 'flagged.*rule.*would reject' ||
		fail "audit: $(ctl why $dev 10.9.9.9)"
	equal '["flag","reject",[["rule","10.0.0.0/8",null,true]],0]' \
		"$(ctl -j why $dev 10.9.9.9 | jq -c '[.action, .would,
		(.reasons | map([.class, .match_prefix, .match_dev, .decides])),
		.omitted]')" json
}

test_show()
{
	setup
	expect ctl rule add $dev 10.3.0.0/16 reject
	expect vip_add 10.1.0.7/32
	refused "" vip_add 10.1.0.1/32
	refused "" vip_add 10.3.0.1/32
	equal "$dev: mode enforce, addresses 1, rules 1, events 3, lost 0" \
		"$(ctl show $dev | head -n 1)" text
	equal '[1,1,8192,3,0]' "$(ctl -j show $dev | jq -c '.[0] |
		[.addresses, .rules, .rules_max, .events, .lost]')" json
	equal '[["host",1,0],["onlink",0,1],["rule",1,0]]' "$(ctl -j show $dev |
		jq -c '.[0].classes | map([.class, .rejected, .flagged])')" \
		classes
}

test_version()
{
	expect ctl version
	expect ctl -V
	expect ctl help
	expect ctl -h
	expect ctl -j version
}

run_all test_set test_wrong_words test_check test_check_list \
	test_watch test_watch_patterns test_why test_show test_version
