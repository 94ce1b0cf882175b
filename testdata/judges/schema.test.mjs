// Prism holds every request of gijctl and every answer of the sandbox against GitHub's own description, for each kind of host.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Way } from './lib/front.mjs';
import { GitHub } from './lib/github.mjs';
import { newCode, Person } from './lib/person.mjs';
import { describe, specs, startProxy } from './lib/prism.mjs';
import { Operator, startSandbox, tempFolder, until } from './lib/program.mjs';
import { judge, report } from './lib/verdict.mjs';

// What differs: the kind of host that the sandbox is, and that an Enterprise Server has no rate limits unless somebody enables them.
const kinds = { 'api.github.com': { kind: 'dotcom', rateLimit: 200 }, 'ghes-3.19': { kind: 'ghes', rateLimit: 404 } };

// What gijctl itself must have asked.
const own = [
	'POST /app-manifests/{code}/conversions 201', 'POST /app-manifests/{code}/conversions 404',
	'GET /app 200', 'GET /app 401', 'GET /app/installations 200', 'GET /app/installation-requests 200',
	'PUT /app/installations/{installation_id}/suspended 204', 'DELETE /app/installations/{installation_id}/suspended 204',
	'DELETE /app/installations/{installation_id} 204', 'GET /app/hook/config 200', 'GET /app/hook/deliveries 200', 'GET /orgs/{org} 200',
];

// What was asked by anybody: the rest of what the sandbox serves.
const required = [
	'GET /app/installations/{installation_id} 200', 'GET /app/installations/{installation_id} 404',
	'PUT /app/installations/{installation_id}/suspended 404', 'DELETE /app/installations/{installation_id}/suspended 404',
	'DELETE /app/installations/{installation_id} 404', 'GET /app/hook/deliveries/{delivery_id} 200',
	'POST /app/hook/deliveries/{delivery_id}/attempts 202', 'GET /orgs/{org} 404', 'GET /orgs/{org}/installation 200',
	'GET /orgs/{org}/installation 404', 'GET /users/{username}/installation 404', 'GET /apps/{app_slug} 200', 'GET /apps/{app_slug} 404',
	'POST /app/installations/{installation_id}/access_tokens 201', 'POST /app/installations/{installation_id}/access_tokens 401',
	'POST /app/installations/{installation_id}/access_tokens 403', 'POST /app/installations/{installation_id}/access_tokens 404',
	'POST /app/installations/{installation_id}/access_tokens 422', 'GET /installation/repositories 200', 'GET /installation/repositories 401',
	'DELETE /installation/token 204',
];

for (const name of specs) {
	test(`schema of ${name}`, async (t) => {
		const { kind, rateLimit } = kinds[name];
		const sandbox = await startSandbox(t, `github-kind=${kind}`);
		const { spec, file } = await describe(t, name);
		const way = await Way.open(t, { spec, github: sandbox.githubUrl, startPrism: (upstream) => startProxy(t, file, upstream) });
		way.testsPrism = true;
		const operator = await Operator.of(t, sandbox, way.origin);
		await t.test('others ask', () => othersAsk(way, sandbox, rateLimit));
		await t.test('a host that differs is asked', async (t) => {
			const faults = ['github-owner=enterprise', 'github-count=hidden', 'github-no-slug', 'github-no-webhook-secret'];
			const other = await startSandbox(t, `github-kind=${kind}`, ...faults);
			way.github = other.githubUrl;
			await differentHost(way, other);
			way.github = sandbox.githubUrl;
		});
		await t.test('gijctl makes an app, watches it, and ends it', () => lifeOfAnApp(operator));
		await t.test('gijctl suspends, rotates and uninstalls the one that is there', (t) => seededApp(t, way, operator, sandbox));
		const blind = [...way.tested].filter(([, found]) => !found).map(([line]) => line);
		assert.deepEqual(blind, [], 'Prism lets any answer pass here');
		report(t, judge(way.seen, { required: [...required, `GET /rate_limit ${rateLimit}`], own }));
	});
}

async function othersAsk(way, { app }, rateLimit) {
	const key = await readFile(app.pemFile, 'utf8');
	const github = new GitHub(way.origin, app.id, key);
	const expect = async (status, method, path, options) => {
		const got = await github.call(method, path, options);
		assert.equal(got.status, status, `${method} ${path}: ${got.status >= 400 ? got.text : ''}`);
		return got.body;
	};
	const [installation] = await expect(200, 'GET', '/app/installations?per_page=1');
	const it = `/app/installations/${installation.id}`;
	for (const path of ['/app', it, '/app/installation-requests', '/app/hook/config', `/orgs/${app.org}`, `/orgs/${app.org}/installation`]) {
		await expect(200, 'GET', path);
	}
	await expect(rateLimit, 'GET', '/rate_limit');
	const { slug } = await expect(200, 'GET', '/app');
	await expect(200, 'GET', `/apps/${slug}`);
	const none = '/app/installations/1';
	for (const [method, path] of [
		['GET', none], ['DELETE', none], ['PUT', `${none}/suspended`], ['DELETE', `${none}/suspended`], ['POST', `${none}/access_tokens`],
		['GET', '/orgs/there-is-none'], ['GET', '/orgs/hooli/installation'], ['GET', '/users/octo-admin/installation'], ['GET', '/apps/there-is-none'],
		['POST', '/app-manifests/0000000000000000000000000000000000000000/conversions'],
	]) await expect(404, method, path);

	const { privateKey: other } = generateKeyPairSync('rsa', {
		modulusLength: 2048, privateKeyEncoding: { type: 'pkcs1', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' },
	});
	const stranger = new GitHub(way.origin, app.id, other);
	for (const [method, path] of [['GET', '/app'], ['GET', '/app/installations'], ['POST', `${it}/access_tokens`]]) {
		assert.equal((await stranger.call(method, path)).status, 401);
	}

	const { token } = await expect(201, 'POST', `${it}/access_tokens`);
	await expect(201, 'POST', `${it}/access_tokens`, { body: { permissions: { metadata: 'read' } } });
	await expect(422, 'POST', `${it}/access_tokens`, { body: { permissions: { administration: 'write' } } });
	const { repositories } = await expect(200, 'GET', '/installation/repositories?per_page=2', { token });
	assert.ok(repositories.length > 0, 'no repositories: their schema was not used');
	await expect(204, 'DELETE', '/installation/token', { token });
	await expect(401, 'GET', '/installation/repositories', { token });

	await expect(204, 'PUT', `${it}/suspended`);
	assert.ok((await expect(200, 'GET', it)).suspended_at, 'a suspended installation says when');
	await expect(403, 'POST', `${it}/access_tokens`);
	await expect(204, 'DELETE', `${it}/suspended`);

	await askForInstallation(way.origin, app);
	const requests = await expect(200, 'GET', '/app/installation-requests');
	assert.ok(requests.length > 0, 'no requests: their schema was not used');

	const deliveries = await expect(200, 'GET', '/app/hook/deliveries?per_page=2');
	assert.ok(deliveries.length > 0, 'no deliveries: their schema was not used');
	await expect(200, 'GET', `/app/hook/deliveries/${deliveries[0].id}`);
	await expect(202, 'POST', `/app/hook/deliveries/${deliveries[0].id}/attempts`);

	const code = await newCode(way.origin, 'hooli', { name: 'judge-schema', hook_attributes: { url: 'https://hook.example/judge' }, default_events: ['push'], default_permissions: { contents: 'read' } });
	await expect(201, 'POST', `/app-manifests/${code}/conversions`, { token: null });
	await expect(404, 'POST', `/app-manifests/${code}/conversions`, { token: null });
}

// askForInstallation lets a person ask for the app in an organization of which they are no owner.
async function askForInstallation(origin, { org, slug }) {
	const person = new Person();
	await person.submit(await person.visit(`${origin}/organizations/${org}/settings/apps/${slug}/advanced`), 'Make public');
	const choice = await person.visit(`${origin}/apps/${slug}/installations/new`);
	const link = choice.document.querySelectorAll('a').find((a) => a.textContent === 'initech');
	assert.ok(link, `initech cannot be chosen: ${choice.document.textContent}`);
	const asked = await person.submit(await person.visit(new URL(link.getAttribute('href'), choice.url)), 'Request');
	assert.ok(asked.status < 400, asked.text);
}

// differentHost has what is not in every answer: an app of an enterprise, without a number of installations, slug or secret of a webhook.
async function differentHost(way, { app }) {
	const github = new GitHub(way.origin, app.id, await readFile(app.pemFile, 'utf8'));
	const { body } = await github.call('GET', '/app');
	assert.equal(body.owner.type, undefined, 'the owner is an enterprise');
	assert.ok(!('installations_count' in body));
	const code = await newCode(way.origin, 'hooli', { name: 'judge-differs' });
	const { status, body: made } = await github.call('POST', `/app-manifests/${code}/conversions`, { token: null });
	assert.equal(status, 201);
	assert.deepEqual([made.slug, made.webhook_secret], [undefined, null]);
}

// lifeOfAnApp is an app of gijctl's own, from its form to its end, with a person in the browser.
async function lifeOfAnApp(operator) {
	const person = new Person();
	const org = 'hooli';
	// guided runs a command that shows a page, plays the person there, and returns what the command printed.
	const guided = async (args, play) => {
		const run = operator.begin('gha', ...args, '--no-browser', '--yes', '--wait-timeout', '30s', '-o', 'json');
		const [page] = await until(run, args.join(' '), () => /^http:\/\/127\.0\.0\.1:\d+\S*$/m.exec(run.stderr));
		await play(await person.visit(page));
		const { code, stdout, stderr } = await operator.end(run);
		assert.equal(code, 0, `gijctl gha ${args.join(' ')}: exit status ${code}\n${stderr}`);
		return JSON.parse(stdout);
	};
	const create = ['create', '--org', org, '--webhook-url', 'https://hook.example/own', '--event', 'push,pull_request'];
	const made = await guided([...create, '--name', 'judge-own'], async (page) => {
		const confirm = await person.submit(page, /^Continue on/);
		const end = await person.submit(confirm, `Create GitHub App for ${org}`);
		assert.equal(end.status, 200, end.text);
	});
	assert.equal(made.slug, 'judge-own');

	// Two forms for a browser elsewhere. The first one's code is spent, and given once more with the state of the second.
	const addresses = [];
	for (const name of ['judge-elsewhere', 'judge-spent']) {
		const file = join(operator.folder, `${name}.html`);
		await operator.does('gha', ...create, '--another', '--name', name, '--manifest-only', file);
		const elsewhere = new Person();
		elsewhere.stopAt = 'http://127.0.0.1:52871/';
		const confirm = await elsewhere.submit(await elsewhere.open(file), /./);
		addresses.push(new URL((await elsewhere.submit(confirm, `Create GitHub App for ${org}`)).url));
	}
	const [first, second] = addresses;
	await operator.does('gha', 'create', '--org', org, '--yes', '--code', String(first));
	second.searchParams.set('code', first.searchParams.get('code'));
	await operator.fails(5, 'gha', 'create', '--org', org, '--yes', '--code', String(second));

	await guided(['install', made.slug], async (page) => {
		const installed = await person.submit(page, 'Install');
		assert.ok(installed.status < 400, installed.text);
	});
	for (const args of [['list', '--check'], ['get', made.slug], ['audit', made.slug]]) await operator.does('gha', ...args, '-o', 'json');
	await operator.does('gha', 'uninstall', made.slug, '--yes');
	await guided(['delete', made.slug], async (page) => {
		await person.submit(page, 'Delete GitHub App', { confirm: made.slug });
	});
}

// seededApp is the app that GIJ has an integration of: watched, suspended and resumed, its key rotated, and taken out of its organization.
async function seededApp(t, way, operator, { app }) {
	const folder = await tempFolder(t);
	const which = ['--app-id', String(app.id), '--pem-file', app.pemFile];
	const keyFile = async (name, text) => {
		const file = join(folder, name);
		await writeFile(file, text, { mode: 0o600 });
		return file;
	};
	const details = await operator.does('gha', 'get', ...which, '-o', 'json');
	await operator.does('gha', 'audit', ...which, '-o', 'json');
	await operator.does('gha', 'suspend', ...which, '--yes');
	await operator.does('gha', 'get', ...which, '-o', 'json');
	await operator.does('gha', 'unsuspend', ...which, '--yes');

	const { privateKey: other } = generateKeyPairSync('rsa', {
		modulusLength: 2048, privateKeyEncoding: { type: 'pkcs1', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' },
	});
	await operator.fails(4, 'gha', 'get', '--app-id', String(app.id), '--pem-file', await keyFile('other.pem', other));

	const person = new Person();
	const page = await person.visit(`${way.origin}/organizations/${app.org}/settings/apps/${details.slug}`);
	const { text: next } = await person.submit(page, 'Generate a private key');
	await operator.does('gha', 'rotate-key', String(details.integrationId), '--pem-file', await keyFile('next.pem', next), '--yes', '-o', 'json');
	await operator.does('gha', 'uninstall', ...which, '--yes');
}
