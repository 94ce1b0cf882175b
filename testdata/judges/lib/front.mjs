// The way between a client and the sandbox's GitHub, with Prism in its middle:
//
//	client -> front -> Prism -> back -> sandbox
//
// Prism serves an API at its root, and the sandbox, like a GitHub Enterprise Server, serves it below /api/v3: the front takes
// that off, and the back puts it on again. Web pages are in no description, and go past Prism.
import http from 'node:http';
import { operationsOf } from './operations.mjs';
import { cleanup } from './program.mjs';

const apiPath = '/api/v3';

// spoiled is a header by which the front asks the back for a spoiled answer.
const spoiled = 'x-judge-spoiled';

// passed sends a request to an origin, and returns the answer, whole.
function passed({ method, body }, origin, path, headers) {
	return new Promise((resolve, reject) => {
		const { hostname, port } = new URL(origin);
		const out = http.request({ hostname, port, path, method, headers }, async (res) => {
			resolve({ status: res.statusCode, headers: res.headers, body: await whole(res) });
		});
		out.on('error', reject);
		out.end(body);
	});
}

async function whole(stream) {
	const chunks = [];
	for await (const chunk of stream) chunks.push(chunk);
	return Buffer.concat(chunks);
}

function answer(res, { status, headers, body }) {
	const { 'transfer-encoding': _, connection: __, 'keep-alive': ___, ...rest } = headers;
	res.writeHead(status, rest).end(body);
}

function listen(t, handle) {
	const server = http.createServer((req, res) => whole(req).then((body) => handle(Object.assign(req, { body }), res)).catch((err) => {
		res.writeHead(599, { 'content-type': 'text/plain' }).end(`the judge's own proxy: ${err}`);
	}));
	cleanup(t, () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }));
	return new Promise((resolve, reject) => {
		server.once('error', reject).listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`));
	});
}

// Way is the whole way. Its origin is the GitHub that a client is told of; seen is what went by.
export class Way {
	seen = [];

	// open makes it. startPrism gets the address of the back, and returns that of Prism. With a mock there is no back.
	static async open(t, { spec, github, startPrism }) {
		const way = new Way();
		way.operationOf = operationsOf(spec);
		way.github = github;
		way.origin = await listen(t, (req, res) => way.front(req, res));
		way.prism = await startPrism(await listen(t, (req, res) => way.back(req, res)));
		return way;
	}

	async front(req, res) {
		if (!req.url.startsWith(`${apiPath}/`)) {
			answer(res, await passed(req, this.github, req.url, req.headers));
			return;
		}
		const path = req.url.slice(apiPath.length);
		// In an encoding, Prism could not read an answer. GitHub takes its own media type for JSON, of which a mock knows nothing: 406.
		const { 'accept-encoding': _, ...headers } = req.headers;
		if (headers.accept) headers.accept += ', application/json;q=0.9';
		const got = await passed(req, this.prism, path, headers);
		const record = this.record(req, path, got);
		this.seen.push(record);
		if (this.testsPrism) await this.testPrism(record, req, path, headers);
		if (this.onePage) delete got.headers.link;
		answer(res, got);
	}

	// testsPrism has Prism tested with each kind of answer that it lets pass: does it look at that at all?
	testsPrism = false;
	tested = new Map();

	// testPrism repeats a request, to which the back gives an answer of the same status that no description allows.
	async testPrism({ operation, status, documented, violations }, req, path, headers) {
		const line = `${operation} ${status}`;
		if (!documented || violations.length || status === 204 || this.tested.has(line)) return;
		this.tested.set(line, false);
		const got = await passed(req, this.prism, path, { ...headers, [spoiled]: String(status) });
		this.tested.set(line, Boolean(got.headers['sl-violations']));
	}

	// onePage keeps the Link of an answer back: a mock has one for every list, and it leads to GitHub.
	onePage = false;

	// spoil, where it is set, may change an answer of the sandbox before Prism sees it.
	spoil;

	// back gives the request to the sandbox under the name that the client knows, so that the addresses in its answer are that.
	async back(req, res) {
		if (req.headers[spoiled]) {
			answer(res, { status: Number(req.headers[spoiled]), headers: { 'content-type': 'application/json; charset=utf-8' }, body: '"no description allows a text"' });
			return;
		}
		const got = await passed(req, this.github, apiPath + req.url, { ...req.headers, host: new URL(this.origin).host });
		const path = req.url.split('?')[0];
		this.spoil?.(this.operationOf(req.method, path)?.name, got);
		answer(res, got);
	}

	record(req, path, { status, headers, body }) {
		const bare = path.split('?')[0];
		const operation = this.operationOf(req.method, bare);
		const isProblem = (headers['content-type'] ?? '').startsWith('application/problem+json');
		return {
			method: req.method, path: bare, client: req.headers['user-agent'] ?? '', status,
			operation: operation?.name ?? `${req.method} ${bare}`,
			documented: operation?.statuses.includes(String(status)) ?? false,
			violations: violationsOf(headers['sl-violations'], isProblem ? body.toString() : ''),
			body: isProblem || status < 400 ? undefined : body.toString(), // that of a refusal: it holds no secret
		};
	}
}

// violationsOf returns what Prism found, as sentences: its header has all, its own answer says what it sent none of on.
function violationsOf(header, problem) {
	if (!header) return problem ? [problem] : [];
	try {
		return JSON.parse(header).map((v) => `${v.location.join('.')}: ${v.message} (${v.severity})`);
	} catch {
		return [header];
	}
}
