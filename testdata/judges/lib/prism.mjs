// Prism knows GitHub's own description of its API, and holds requests and answers against it.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { start, tempFolder, until } from './program.mjs';

const require = createRequire(import.meta.url);

// The descriptions: that of GitHub.com, and of the newest GitHub Enterprise Server that is published.
export const specs = ['api.github.com', 'ghes-3.19'];

// What is changed in the descriptions before Prism reads them. What is not needed any more fails.
const corrections = [{
	what: 'GET /app/installations: account is a user or an enterprise, and not both at once',
	why: "the description's own example, and its schema of one installation, have it so",
	apply(spec) {
		const { account } = spec.paths['/app/installations'].get.responses['200'].content['application/json'].schema.items.properties;
		assert.equal(account.allOf?.length, 2);
		account.anyOf = account.allOf;
		delete account.allOf;
	},
}, {
	what: 'nullable without a type is written as one more alternative, null',
	why: 'Prism cannot compile such a schema, and then checks nothing of the whole answer, without a word',
	apply(spec) {
		assert.ok(withoutNullable(spec) > 0);
	},
}];

// withoutNullable rewrites the schemas below a value, and returns how many.
function withoutNullable(value) {
	if (value === null || typeof value !== 'object') return 0;
	let n = 0;
	if (value.nullable === true && value.type === undefined) {
		n++;
		delete value.nullable;
		const choice = value.anyOf ?? value.oneOf;
		if (choice) {
			choice.push({ enum: [null] });
		} else if (value.allOf) {
			value.anyOf = [{ allOf: value.allOf }, { enum: [null] }];
			delete value.allOf;
		}
	}
	for (const below of Object.values(value)) n += withoutNullable(below);
	return n;
}

// describe reads a description, and writes it, corrected, for Prism.
export async function describe(t, name) {
	const spec = JSON.parse(await readFile(require.resolve(`@octokit/openapi/generated/${name}.json`), 'utf8'));
	for (const { what, why, apply } of corrections) {
		apply(spec);
		t.diagnostic(`corrected in the description: ${what}: ${why}`);
	}
	const file = join(await tempFolder(t), `${name}.json`);
	await writeFile(file, JSON.stringify(spec));
	return { spec, file };
}

async function startPrism(t, command, ...args) {
	const folder = await tempFolder(t);
	// Its program is run by node directly: what npx or .bin start does not end with them. NODE_ENV=production would fork it.
	const main = require.resolve('@stoplight/prism-cli/dist/index.js');
	const run = start(t, process.execPath, [main, command, '-h', '127.0.0.1', '-p', '0', '--cors', 'false', ...args], {
		env: { PATH: process.env.PATH, HOME: folder, TERM: 'dumb' }, cwd: folder,
	});
	const [, origin] = await until(run, 'prism', () => /Prism is listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(run.stdout), 90);
	return origin;
}

// startProxy stands before upstream. A violation in an answer becomes an answer 500, one in a request 422.
export function startProxy(t, file, upstream) {
	return startPrism(t, 'proxy', '--errors', file, upstream);
}

// startMock answers by the examples of the description, or, if dynamic, by whatever the description allows: each time
// something else. With --seed it would be the same each time.
export function startMock(t, file, { dynamic = false } = {}) {
	return startPrism(t, 'mock', ...(dynamic ? ['-d'] : []), file);
}
