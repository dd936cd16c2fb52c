#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: nics=1 timeout=240
#
# Rules of the operator's own: words, the longest prefix, judging by them, and
# who may set them.
#
#   netns $ns:  kube-ipvs0 (ipvsdummy)
#               w0 (veth, watched): 10.1.0.1/24, fd00:1::1/64
. "$(dirname "$0")/common.sh"

setup()
{
	new_netns
	new_link ipvsdummy $dev
	new_link veth w0 peer name w0p
	expect here ipvsdummyctl watch add w0
	expect vip_add 10.1.0.1/24 w0
	expect vip_add fd00:1::1/64 w0
}

test_words()
{
	setup
	expect ctl rule add $dev 10.0.0.0/8 reject
	expect ctl rule add 192.0.2.0/24 flag dev $dev
	expect ctl ru a fd00:7::/48 al d $dev
	expect ctl rule add $dev 198.51.100.7 allow
	equal "10.0.0.0/8 reject, 192.0.2.0/24 flag, 198.51.100.7/32 allow, fd00:7::/48 allow" \
		"$(rules)" added
	expect ctl rule replace $dev 10.0.0.0/8 flag
	expect ctl rule replace 0.0.0.0/0 allow dev $dev
	expect ctl rule del $dev 192.0.2.0/24
	expect ctl rule del 198.51.100.7/32 dev $dev
	expect ctl rule del $dev fd00:7::/48 allow
	equal "0.0.0.0/0 allow, 10.0.0.0/8 flag" "$(rules)" changed
	equal "$dev  0.0.0.0/0   allow
$dev  10.0.0.0/8  flag" "$(ctl rule list $dev)" text
	equal '[{"dev":"kube-ipvs0","ifindex":true,"family":"inet","prefix":"0.0.0.0/0","action":"allow"}]' \
		"$(ctl -j rule list | jq -c '.[0].ifindex |= (. > 0) | .[:1]')" \
		json
}

test_wrong_words()
{
	setup
	new_link dummy d0
	expect ctl rule add $dev 10.0.0.0/8 allow
	all_wrong <<-END
		add, del | rule
		frob | rule frob
		which link | rule add
		which prefix | rule add $dev
		without an action | rule add $dev 10.1.0.0/16
		without an action | rule replace 10.1.0.0/16 dev $dev
		one argument too many | rule add $dev 10.1.0.0/16 allow x
		one argument too many | rule del $dev 10.0.0.0/8 allow x
		10.1.0.1/16: host bits set, 10.1.0.0/16? | rule add $dev 10.1.0.1/16 allow
		fd00::1/127: host bits set, fd00::/127? | rule add $dev fd00::1/127 allow
		10.0.0.1/0: host bits set, 0.0.0.0/0? | rule del $dev 10.0.0.1/0
		over 32 | rule add $dev 10.0.0.0/33 allow
		over 128 | rule add $dev fd00::/129 allow
		over 32 | rule add $dev 10.0.0.0/99999999999999999999 allow
		10.0.0: not a prefix | rule add $dev 10.0.0 allow
		10.0.0.0/: not a prefix | rule add $dev 10.0.0.0/ allow
		not a prefix | rule add $dev 10.0.0.0/x allow
		not a prefix | rule add $dev 10.0.0.0/-1 allow
		not a prefix | rule add $dev 10.0.0.0/0x8 allow
		not a prefix | rule add $dev 10.0.0.0/8/8 allow
		not a prefix | rule add $dev fd00::/+64 allow
		not a prefix | rule add $dev /8 allow
		not a prefix | rule add $dev "" allow
		not a prefix | rule add $dev " " allow
		skip: not an action of a rule | rule add $dev 10.1.0.0/16 skip
		already | rule add $dev 10.0.0.0/8 allow
		already | rule add $dev 10.0.0.0/8 reject
		no rule | rule del $dev 10.1.0.0/16
		the rule of this prefix is allow | rule del $dev 10.0.0.0/8 reject
		nosuch | rule add nosuch 10.1.0.0/16 allow
		nosuch | rule list nosuch
		nosuch | rule flush nosuch
		d0: The link is not of kind | rule add d0 10.1.0.0/16 allow
		d0 | rule list d0
		a123456789012345 | rule add a123456789012345 10.1.0.0/16 allow
		only one link | rule list $dev $dev
		only one link | rule flush $dev $dev
		not a setting | set $dev rule allow
	END
}

test_longest_wins()
{
	setup
	set_policy onlink reject
	expect ctl rule add $dev 0.0.0.0/0 flag
	expect ctl rule add $dev 10.0.0.0/8 reject
	expect ctl rule add $dev 10.1.0.0/16 flag
	expect ctl rule add $dev 10.1.0.128/25 allow
	expect ctl rule add $dev 10.1.0.200 reject
	expect ctl rule add $dev ::/0 reject
	expect ctl rule add $dev fd00::/16 allow
	equal "flag rule" "$(would 11.0.0.1)" /0
	equal "reject rule" "$(would 10.2.0.1)" /8
	equal "flag rule" "$(would 10.1.0.9)" "/16, in the place of onlink"
	equal "allow null" "$(would 10.1.0.129)" /25
	equal "reject rule" "$(would 10.1.0.200)" /32
	equal "reject rule" "$(would 2001:db8::1)" "IPv6 /0"
	equal "allow null" "$(would fd00:1::9)" "IPv6 /16"
	expect ctl rule del $dev 10.1.0.0/16
	equal "reject rule" "$(would 10.1.0.9)" "back to /8"
	expect ctl rule del $dev 10.0.0.0/8
	expect ctl rule del $dev 0.0.0.0/0
	equal "reject onlink" "$(would 10.1.0.9)" "no rule"
}

# A rule that allows says nothing of class host, one that rejects comes first
test_rules_and_classes()
{
	setup
	expect ctl rule add $dev 10.1.0.0/24 allow
	expect vip_add 10.1.0.7/32
	is "" 10.1.0.7 || fail "onlink, though allowed: $(state 10.1.0.7)"
	refused "" vip_add 10.1.0.1/32
	is "rejected host w0" 10.1.0.1 || fail "host, though allowed"
	expect ctl rule replace $dev 10.1.0.0/24 reject
	refused "" vip_add 10.1.0.1/32
	is "rejected rule null" 10.1.0.1 || fail "a rule that rejects"
	set_policy host allow
	refused "" vip_add 10.1.0.1/32
}

test_reject_outside()
{
	setup
	expect ctl rule add $dev 192.0.2.53 reject
	expect ctl rule add $dev fd00:53::53 reject
	expect ctl rule add $dev 169.254.169.254 reject
	refused "rule" vip_add 192.0.2.53/32
	refused "rule" vip_add fd00:53::53/128
	refused "rule" vip_add 169.254.169.254/32
	is "rejected rule null" 192.0.2.53 || fail IPv4
	is "rejected rule null" fd00:53::53 || fail IPv6
	equal "192.0.2.53/32 rule" "$(here ipvsdummy-mon -j --class rule |
		jq -r 'select(.address == "192.0.2.53") |
			"\(.match_prefix) \(.evidence)"')" monitor
	here ipvsdummy-mon | grep -q '192.0.2.53 .*rule  *prefix 192.0.2.53/32' ||
		fail "text: $(here ipvsdummy-mon)"
}

test_rejudged()
{
	local file=$tmp/events

	setup
	expect vip_add 192.0.2.1/32
	expect vip_add fd00:9::1/128
	follow "$file"
	expect ctl rule add $dev 192.0.2.0/24 reject
	is "flagged rule null" 192.0.2.1 || fail "bound, and rejected now"
	expect ctl rule add $dev fd00:9::/64 flag
	is "flagged rule null" fd00:9::1 || fail "IPv6, flagged"
	refused "" vip_add 192.0.2.2/32
	expect ctl rule replace $dev 192.0.2.0/24 allow
	is "" 192.0.2.1 || fail "allowed now"
	expect vip_add 192.0.2.2/32
	is "" 192.0.2.2 || fail "bound, but still in conflict"
	expect ctl rule flush $dev
	wait_for saw "flagged resolved" "$file" fd00:9::1
	wait_for saw "flagged resolved" "$file" 192.0.2.1
	wait_for saw "rejected resolved" "$file" 192.0.2.2
}

test_flush()
{
	setup
	new_link ipvsdummy other
	for link in $dev other; do
		expect ctl rule add $link 10.7.0.0/16 allow
		expect ctl rule add $link fd00:7::/64 flag
	done
	equal "$dev other" "$(ctl -j rule list | jq -r '.[].dev' | uniq |
		xargs)" "of all links"
	expect ctl rule flush other
	equal "" "$(rules other)" flushed
	equal "10.7.0.0/16 allow, fd00:7::/64 flag" "$(rules)" "the other"
	expect ctl rule add other 10.7.0.0/16 allow
	expect ctl rule flush
	equal "[]" "$(ctl -j rule list)" "all flushed"
}

# So many rules as fit, in one request; and one more.
test_full()
{
	local max=8192

	setup
	{
		seq 0 $((max / 2 - 1)) |
			awk '{ printf "rule add DEV 10.%d.%d.0/24 allow\n",
				$1 / 256, $1 % 256 }'
		seq 0 $((max / 2 - 1)) |
			awk '{ printf "rule add DEV fd00:%x::/32 reject\n", $1 }'
	} >"$tmp/full"
	ctl sync $dev "$tmp/full" >"$tmp/out" || fail "not as many as fit"
	equal $max "$(wc -l <"$tmp/out")" "lines of difference"
	equal $max "$(ctl -j show $dev | jq '.[0].rules')" rules
	equal "reject rule" "$(would fd00:fff::1)" "the last one"
	wrong "Too many rules" rule add $dev 203.0.113.0/24 allow
	expect ctl rule replace $dev 10.0.0.0/24 flag
	# one goes, one comes, at once
	sed 's|10.0.0.0/24|203.0.113.0/24|' "$tmp/full" >"$tmp/moved"
	equal "rule del $dev 10.0.0.0/24 flag
rule add $dev 203.0.113.0/24 allow" "$(ctl sync $dev "$tmp/moved")" moved
	echo "rule add DEV ::/0 allow" >>"$tmp/full"
	wrong "Too many rules" sync $dev "$tmp/full"
	# nothing in common, the smaller way out is a flush
	echo "rule add DEV 192.0.2.0/24 allow" >"$tmp/other"
	ctl sync $dev "$tmp/other" >"$tmp/out" || fail "the way out"
	equal $((max + 1)) "$(wc -l <"$tmp/out")" "lines of difference"
	equal "192.0.2.0/24 allow" "$(rules)" "another policy"
}

test_moved_link()
{
	local from

	setup
	expect ctl rule add $dev 192.0.2.0/24 reject
	from=$ns
	new_netns
	expect ip -n "$from" link set $dev netns "$ns"
	equal "192.0.2.0/24 reject" "$(rules)" "rules after the move"
	refused "" vip_add 192.0.2.1/32
	is "rejected rule null" 192.0.2.1 || fail "not judged by them"
}

# Each setter, one a line
setters()
{
	cat <<-END
		set $dev mode audit
		rule add $dev 10.9.0.0/16 allow
		rule replace $dev 10.7.0.0/16 reject
		rule del $dev 10.7.0.0/16
		rule flush $dev
		rule flush
		watch add x1
		watch exclude x1
		watch del known
		watch flush
		peer add 10.9.9.9
		peer del 10.7.7.7
		peer flush
		peer sync /dev/null
		wire set timeout 60
	END
	echo "sync $dev $tmp/policy"
}

# without_admin COMMAND...: to run every setter with, all of which are refused
without_admin()
{
	local before

	echo "rule add DEV 10.8.0.0/16 allow" >"$tmp/policy"
	chmod -R a+rX "$tmp"
	expect "$@" ipvsdummyctl show
	expect "$@" ipvsdummyctl rule list
	expect "$@" ipvsdummyctl sync -dry-run $dev "$tmp/policy"
	before=$(all_set)
	setters >"$tmp/setters"
	"$@" ipvsdummyctl -force -batch "$tmp/setters" >"$tmp/errors" 2>&1
	equal "$(wc -l <"$tmp/setters")" \
		"$(grep -c 'CAP_NET_ADMIN .* needed' "$tmp/errors")" "refused"
	equal "$before" "$(all_set)" "state afterwards"
}

test_unprivileged()
{
	new_link ipvsdummy $dev
	expect ctl rule add $dev 10.7.0.0/16 allow
	expect ctl watch add known
	expect ctl peer add 10.7.7.7
	without_admin setpriv --reuid 65534 --regid 65534 --clear-groups \
		--inh-caps=-all
	# root, but for this
	without_admin setpriv --bounding-set -net_admin --inh-caps -net_admin
	expect ctl watch del known
	expect ctl peer flush
}

# In a namespace that a user owns, its root may do all, the others nothing.
test_user_namespace()
{
	local owner

	unshare --user --map-root-user --net sleep infinity &
	followers+=" $!"
	owner="nsenter -t $! -U -n --preserve-credentials"
	wait_for sh -c "$owner true 2>/dev/null"
	here()
	{
		$owner "$@"
	}
	expect here ip link add $dev type ipvsdummy
	expect here ipvsdummyctl rule add $dev 10.7.0.0/16 reject
	expect here ipvsdummyctl watch add known
	refused "" vip_add 10.7.0.1/32
	# shellcheck disable=SC2086 # words
	without_admin $owner setpriv --bounding-set -net_admin \
		--inh-caps -net_admin
	expect here ipvsdummyctl rule flush
	expect vip_add 10.7.0.1/32
	expect here ip link del $dev
}

# So they do of link-local addresses, at once.
test_link_local()
{
	setup
	expect ctl rule add $dev fe80::/64 flag
	expect vip_add fe80::77/128
	is "flagged rule null" fe80::77 || fail "$(state fe80::77)"
	expect vip_del fe80::77/128
	is "" fe80::77 || fail "$(state fe80::77)"
}

run_all test_words test_wrong_words test_longest_wins test_rules_and_classes \
	test_reject_outside test_rejudged test_flush test_full test_moved_link \
	test_link_local test_unprivileged test_user_namespace
