// Prism plays GitHub: by the examples in GitHub's description, and by whatever that description allows, at random. gijctl must
// cope with it, or say in a sentence why it cannot; and no request of its own may be one that GitHub would refuse.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Way } from './lib/front.mjs';
import { Person } from './lib/person.mjs';
import { describe, specs, startMock } from './lib/prism.mjs';
import { Operator, startSandbox } from './lib/program.mjs';

const rounds = { examples: 1, random: 3 };

for (const name of specs) {
	for (const [kind, dynamic] of [['examples', false], ['random', true]]) {
		test(`mock of ${name}, ${kind}`, async (t) => {
			const sandbox = await startSandbox(t);
			const { spec, file } = await describe(t, name);
			const way = await Way.open(t, { spec, github: sandbox.githubUrl, startPrism: () => startMock(t, file, { dynamic }) });
			way.onePage = true;
			const operator = await Operator.of(t, sandbox, way.origin);
			// 2 is what is refused of a host that tells nonsense; of a right one it would be our own mistake.
			const statuses = [0, 1, 3, 4, 5, 6, 7, ...(dynamic ? [2] : [])];
			const endings = new Map();
			for (let round = 0; round < rounds[kind]; round++) {
				for (const args of [...commands(sandbox.app), await exchange(operator, round)]) {
					const { status, sentence } = await copes(operator, args, statuses);
					const ending = sentence && !dynamic ? `${status}: ${sentence}` : status;
					endings.set(ending, (endings.get(ending) ?? 0) + 1);
				}
			}
			check(way.seen);
			for (const [ending, n] of [...endings].sort()) t.diagnostic(`${n} x ${ending}`);
		});
	}
}

// commands are about the app that GIJ has an integration of, which is another one than any in the mock; and about that of the
// examples, which GIJ does not have.
function commands({ id, pemFile }) {
	const [integrated, example] = [['--app-id', String(id), '--pem-file', pemFile], ['--app-id', '1', '--org', 'octocat', '--pem-file', pemFile]];
	return [
		['list', '--check', ...integrated],
		...[integrated, example].flatMap((app) => [['get', ...app], ['audit', ...app], ['suspend', ...app, '--yes'], ['unsuspend', ...app, '--yes'], ['uninstall', ...app, '--yes']]),
	];
}

// exchange begins to make an app, and returns the command that finishes it with a code that GitHub never gave.
async function exchange(operator, round) {
	const file = join(operator.folder, `form-${round}.html`);
	await operator.does('gha', 'create', '--org', 'github', '--another', '--manifest-only', file);
	const { document } = await new Person().open(file);
	const state = new URL(document.querySelector('form').getAttribute('action')).searchParams.get('state');
	return ['create', '--org', 'github', '--yes', '--code', 'a1b2c3d4', '--state', state];
}

// copes runs a command, which may fail, and returns how it ended.
async function copes(operator, args, statuses) {
	const { code, stdout, stderr } = await operator.run('gha', ...args, '--retries', '0', '--timeout', '20s');
	const said = `gijctl gha ${args.join(' ')}: exit status ${code}\n${stdout}${stderr}`;
	assert.ok(statuses.includes(code), said);
	const [sentence] = /^gijctl: .*/m.exec(stderr) ?? [];
	if (code !== 0 && code !== 3) assert.ok(sentence, `no sentence: ${said}`);
	return { status: `gha ${args[0]}: exit status ${code}`, sentence };
}

function check(seen) {
	const blamed = seen.flatMap((r) => r.violations.filter((v) => /^request\b|NO_PATH_MATCHED|NO_METHOD_MATCHED|NOT_ACCEPTABLE/.test(v)).map((v) => `${r.operation}: ${v}`));
	assert.deepEqual(blamed, [], 'requests that are not as GitHub describes them');
	for (const operation of ['GET /app 200', 'GET /app/installations 200', 'POST /app-manifests/{code}/conversions 201']) {
		assert.ok(seen.some((r) => `${r.operation} ${r.status}` === operation), `${operation}: never seen`);
	}
}
