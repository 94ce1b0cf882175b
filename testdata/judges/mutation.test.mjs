// The judge of the descriptions is judged: what is broken on purpose must be found, and an honest run must not be blamed.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Way } from './lib/front.mjs';
import { GitHub } from './lib/github.mjs';
import { newCode } from './lib/person.mjs';
import { describe, startProxy } from './lib/prism.mjs';
import { Operator, startSandbox } from './lib/program.mjs';
import { judge } from './lib/verdict.mjs';

// edited changes the JSON of an answer.
const edited = (change) => (answer) => {
	const value = JSON.parse(answer.body);
	change(value);
	answer.body = Buffer.from(JSON.stringify(value));
	delete answer.headers['content-length'];
};
const status = (code) => (answer) => { answer.status = code; };

test('mutation', async (t) => {
	const sandbox = await startSandbox(t, 'github-kind=dotcom');
	const { spec, file } = await describe(t, 'api.github.com');
	const way = await Way.open(t, { spec, github: sandbox.githubUrl, startPrism: (upstream) => startProxy(t, file, upstream) });
	const github = new GitHub(way.origin, sandbox.app.id, await readFile(sandbox.app.pemFile, 'utf8'));

	// during lets something happen with one operation's answers spoiled, and returns what the judge says of it: nothing, or its error.
	const during = async (spoiled, spoil, act, rules) => {
		way.seen = [];
		way.spoil = (operation, answer) => { if (operation === spoiled) spoil(answer); };
		await act();
		assert.ok(way.seen.length > 0, 'nothing went by the judge');
		try {
			judge(way.seen, rules);
			return '';
		} catch (err) {
			return err.message;
		}
	};
	const get = (path) => () => github.call('GET', path);
	let serial = 0;
	const convert = async () => {
		const code = await newCode(way.origin, 'hooli', { name: `judge-mutation-${++serial}` });
		return github.call('POST', `/app-manifests/${code}/conversions`, { token: null });
	};

	await t.test('honest answers are not blamed', async () => {
		assert.equal(await during('', undefined, get('/app'), { required: ['GET /app 200'] }), '');
		assert.equal(await during('', undefined, get('/app/installations'), { required: ['GET /app/installations 200'] }), '');
		assert.equal(await during('', undefined, convert, { required: ['POST /app-manifests/{code}/conversions 201'] }), '');
	});
	await t.test('a conversion without a key, and with an id that is a text', async () => {
		const said = await during('POST /app-manifests/{code}/conversions', edited((v) => { delete v.pem; v.id = String(v.id); }), convert);
		assert.match(said, /required property 'pem'/);
		assert.match(said, /id must be integer/);
	});
	for (const [what, path, operation, spoil, says] of [
		['a key that is missing', '/app', 'GET /app', edited((v) => { delete v.owner; }), /required property 'owner'/],
		['a permission that is a number', '/app/installations', 'GET /app/installations', edited((v) => { v[0].permissions.contents = 1; }), /contents/],
		['a time that is none', '/app', 'GET /app', edited((v) => { v.created_at = 'yesterday'; }), /created_at/],
		['an object for a list', '/app/installations', 'GET /app/installations', (a) => { a.body = Buffer.from('{}'); delete a.headers['content-length']; }, /must be array/],
		['a page for JSON', '/app', 'GET /app', (a) => { a.headers['content-type'] = 'text/html'; }, /media type/],
		['another success', '/app', 'GET /app', status(202), /GET \/app/],
		['a refusal that GitHub does not describe', '/app', 'GET /app', status(418), /Unable to match the returned status code/],
		['a refusal that is let pass, in words that are not GitHub\'s', '/app', 'GET /app', (a) => { a.status = 401; a.body = Buffer.from('[]'); delete a.headers['content-length']; }, /not GitHub's error/],
	]) {
		await t.test(what, async () => assert.match(await during(operation, spoil, get(path)), says));
	}
	await t.test('a request that GitHub would refuse', async () => {
		const act = () => github.call('POST', `/app/installations/${sandbox.app.installationId ?? 1}/access_tokens`, { body: { repository_ids: 'all' } });
		assert.match(await during('', undefined, act), /repository_ids/);
	});
	await t.test('an operation that GitHub does not have', async () => {
		assert.match(await during('', undefined, get('/app/keys')), /NO_PATH_MATCHED/);
	});
	await t.test('a judge that saw too little', async () => {
		assert.match(await during('', undefined, get('/app'), { required: ['GET /app/installations 200'] }), /installations 200: never seen/);
		assert.match(await during('', undefined, get('/app'), { own: ['GET /app 200'] }), /never seen from gijctl itself/);
	});
	await t.test('gijctl says so when an answer is broken', async () => {
		const operator = await Operator.of(t, sandbox, way.origin);
		const own = () => operator.fails(1, 'gha', 'get', '--app-id', String(sandbox.app.id), '--pem-file', sandbox.app.pemFile);
		assert.match(await during('GET /app', edited((v) => { delete v.owner; }), own), /required property 'owner'/);
	});
});
