// What a judge makes of what it saw.
import assert from 'node:assert/strict';

// The statuses that GitHub's description does not list for an operation, though GitHub is known, or must be expected, to answer so.
// The tags are those of the knowledge they come from: observed by third parties [3P], or inferred [INF]. Everything else that the
// description does not list is a violation.
export const undocumented = new Map([
	['GET /app 401', '[3P] a key that is not of this app, or none any more: "A JSON web token could not be decoded"'],
	['GET /app 404', '[INF] the app was deleted'],
	['GET /app/installations 401', '[INF] as GET /app: all operations of an app sign in alike'],
	['GET /orgs/{org}/installation 404', '[INF] the app is not installed in this organization'],
	['GET /users/{username}/installation 404', '[INF] the app is not installed for this user'],
	['GET /app/hook/config 404', '[INF] the app has no webhook'],
]);

// judge fails on any violation, on any undocumented status that is not expected, and on each required operation that was not seen:
// a judge that saw nothing proves nothing. required are lines like "GET /app 200", of any client, and own those that gijctl itself
// must have sent. It returns what it saw, for the report.
export function judge(seen, { required = [], own = [] } = {}) {
	const excused = new Map();
	const problems = [];
	for (const r of seen) {
		const line = `${r.operation} ${r.status}`;
		const excuse = !r.documented && undocumented.get(line);
		if (excuse && isError(r.body)) excused.set(line, excuse);
		const left = r.violations.filter((v) => !(excuse && isUnlistedStatus(v)));
		for (const v of left) problems.push(`${line} (${r.client.split('/')[0]}): ${v}`);
		if (!r.documented && !left.length && !excuse) problems.push(`${line} (${r.client.split('/')[0]}): the description does not list this status`);
		if (excuse && !isError(r.body)) problems.push(`${line} (${r.client.split('/')[0]}): its body is not GitHub's error: ${r.body}`);
	}
	const count = counted(seen);
	const ownCount = counted(seen.filter((r) => /^gijctl\b/.test(r.client)));
	for (const line of required) if (!count.has(line)) problems.push(`${line}: never seen`);
	for (const line of own) if (!ownCount.has(line)) problems.push(`${line}: never seen from gijctl itself`);
	if (problems.length) assert.fail(`violations, or things not seen:\n  ${[...new Set(problems)].join('\n  ')}`);
	return { count, ownCount, excused };
}

const isUnlistedStatus = (violation) => violation.includes('Unable to match the returned status code');

// isError holds an answer that the description does not list against the description's basic-error, whose keys are all optional;
// message and documentation_url GitHub always sends.
function isError(body) {
	try {
		const { message, documentation_url: url } = JSON.parse(body);
		return typeof message === 'string' && message !== '' && typeof url === 'string';
	} catch {
		return false;
	}
}

function counted(seen) {
	const count = new Map();
	for (const r of seen) {
		const line = `${r.operation} ${r.status}`;
		count.set(line, (count.get(line) ?? 0) + 1);
	}
	return count;
}

// report prints what was seen, and what was let pass.
export function report(t, { count, ownCount, excused }) {
	for (const [line, n] of [...count].sort()) t.diagnostic(`${String(n).padStart(4)} x ${line} (${ownCount.get(line) ?? 0} of gijctl)`);
	for (const [line, why] of [...excused].sort()) t.diagnostic(`let pass, not in the description: ${line}: ${why}`);
}
