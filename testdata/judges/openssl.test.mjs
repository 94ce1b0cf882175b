// openssl verifies the JWT that gijctl signs in with, and its claims are those that GitHub takes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import http from 'node:http';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { cleanup, Operator, startSandbox, tempFolder } from './lib/program.mjs';

const openssl = (...args) => execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

test('openssl', async (t) => {
	const folder = await tempFolder(t);
	const [key, pkcs8, pub] = ['key.pem', 'key8.pem', 'pub.pem'].map((name) => join(folder, name));
	const umask = process.umask(0o077);
	cleanup(t, () => process.umask(umask));
	openssl('genrsa', '-traditional', '-out', key, '2048');
	openssl('pkcs8', '-topk8', '-nocrypt', '-in', key, '-out', pkcs8);
	openssl('rsa', '-in', key, '-pubout', '-out', pub);
	assert.ok((await readFile(key, 'utf8')).startsWith('-----BEGIN RSA PRIVATE KEY-----'), 'openssl wrote another form');

	const sandbox = await startSandbox(t);
	const { origin, tokens } = await listener(t);
	const operator = await Operator.of(t, sandbox, origin);
	for (const [what, issuer, file] of [['an id, PKCS#1', '4711', key], ['a client id, PKCS#8', 'Iv23liJudgeJudgeJudg', pkcs8]]) {
		await t.test(what, async () => {
			tokens.length = 0;
			const began = Math.floor(Date.now() / 1000);
			await operator.fails(4, 'gha', 'get', '--org', 'acme', '--app-id', issuer, '--pem-file', file);
			assert.ok(tokens.length > 0, 'gijctl sent no Authorization: Bearer');
			const ended = Math.ceil(Date.now() / 1000);
			for (const token of tokens) await check(folder, pub, token, { issuer, began, ended });
		});
	}
	await t.test('another key does not verify it', async () => {
		const [other, otherPub] = ['other.pem', 'otherpub.pem'].map((name) => join(folder, name));
		openssl('genrsa', '-out', other, '2048');
		openssl('rsa', '-in', other, '-pubout', '-out', otherPub);
		await assert.rejects(verify(folder, otherPub, tokens[0]));
	});
	await t.test('a changed claim does not verify', async () => {
		const [head, body, signature] = tokens[0].split('.');
		const changed = Buffer.from(Buffer.from(body, 'base64url').toString().replace(/"iss":"?\w+"?/, '"iss":"1"')).toString('base64url');
		assert.notEqual(changed, body);
		await assert.rejects(verify(folder, pub, [head, changed, signature].join('.')));
	});
});

async function verify(folder, pub, token) {
	const [head, body, signature] = token.split('.');
	const [signed, signatureFile] = [join(folder, 'signed'), join(folder, 'signature')];
	await writeFile(signed, `${head}.${body}`);
	await writeFile(signatureFile, Buffer.from(signature, 'base64url'));
	assert.equal(openssl('dgst', '-sha256', '-verify', pub, '-signature', signatureFile, signed).trim(), 'Verified OK');
}

async function check(folder, pub, token, { issuer, began, ended }) {
	assert.ok(/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token), 'a JWT is three parts in base64url, without padding');
	await verify(folder, pub, token);
	const [head, claims] = token.split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url')));
	assert.equal(head.alg, 'RS256');
	assert.equal(head.typ ?? 'JWT', 'JWT');
	assert.deepEqual(Object.keys(claims).sort(), ['exp', 'iat', 'iss']);
	// What some hosts refuse otherwise: an old Enterprise Server takes an app id as an integer alone.
	assert.equal(String(claims.iss), issuer);
	for (const name of ['iat', 'exp']) assert.ok(Number.isInteger(claims[name]), `${name} is a whole number of seconds`);
	assert.ok(claims.iat <= ended - 55, `iat is ${claims.iat - began} s after now: a clock that is a little fast is refused`);
	assert.ok(claims.iat >= began - 120, `iat is ${began - claims.iat} s ago`);
	assert.ok(claims.exp - claims.iat <= 600, `it is good for ${claims.exp - claims.iat} s, and GitHub takes 600`);
	assert.ok(claims.exp <= ended + 545, `exp is ${claims.exp - ended} s from now: a slow clock there refuses 600`);
	assert.ok(claims.exp >= began + 60, `exp is ${claims.exp - began} s from now`);
}

// listener is a GitHub that refuses everybody, and keeps what they signed in with.
async function listener(t) {
	const tokens = [];
	const server = http.createServer((req, res) => {
		const [, token] = /^Bearer (.+)$/.exec(req.headers.authorization ?? '') ?? [];
		if (token && req.url.startsWith('/api/v3/')) tokens.push(token);
		res.writeHead(401, { 'content-type': 'application/json; charset=utf-8' })
			.end(JSON.stringify({ message: 'A JSON web token could not be decoded', documentation_url: 'https://docs.github.com/rest' }));
	});
	cleanup(t, () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }));
	await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
	return { origin: `http://127.0.0.1:${server.address().port}`, tokens };
}
